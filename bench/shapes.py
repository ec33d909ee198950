"""What an answer of each kind holds: a count, or ValueError where its figures cannot be right."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

__all__ = ["SHAPES", "listed", "object_of", "points", "postings_counted"]


def object_of(body: bytes) -> Any:
    """Return the object of a JSON answer; raises ValueError for another one."""
    answer = json.loads(body)
    if not isinstance(answer, dict):
        raise ValueError("no object")
    return answer


def _require(is_right: bool, what: object) -> None:
    if not is_right:
        raise ValueError(what)


def _in_order(*values: float | None) -> bool:
    """Return whether numbers, those that are there, do not fall but for rounding."""
    known = [value for value in values if value is not None]
    return all(one <= other + 1e-9 for one, other in pairwise(known))


def postings_counted(body: bytes) -> int:
    """Return the postings of insights: each skill is of some of them."""
    answer = object_of(body)
    skills, total = answer["skills"], answer["totals"]["postings_count"]
    _require(all(0 < skill["count"] <= total for skill in skills), f"skills not of {total}")
    return int(total)


def points(body: bytes) -> int:
    """Return the mentions of trends: several series of as many points."""
    series = object_of(body)["data"]
    lengths = {len(one["points"]) for one in series}
    _require(len(series) > 1 and len(lengths) == 1, f"{len(series)} series of {sorted(lengths)}")
    return sum(point["mention_count"] for one in series for point in one["points"])


def listed(body: bytes) -> int:
    """Return the postings of a page: no more than there are."""
    answer = object_of(body)
    _require(len(answer["data"]) <= answer["meta"]["total_count"], "more postings than there are")
    return len(answer["data"])


def _found(body: bytes) -> int:
    """Return the postings that a search finds: each says where its words stand."""
    rows = object_of(body)["data"]
    _require(all(row["matched"] for row in rows), "a posting without the words")
    return listed(body)


def _movers(body: bytes) -> int:
    answer = object_of(body)
    for row in answer["data"]:
        _require(row["q"] <= answer["meta"]["q_limit"], "a mover that is noise")
        _require(_in_order(row["low"], row["change_points"], row["high"]), "an interval")
    return int(answer["meta"]["tested"])


def _volume(body: bytes) -> int:
    rows = object_of(body)["data"]
    months = [row["month"] for row in rows]
    _require(months == sorted(set(months)), "months out of order")
    _require(all(row["companies"] <= row["postings"] <= row["jobs"] for row in rows), "counts")
    return sum(row["postings"] for row in rows)


def _market(body: bytes) -> int:
    rows = object_of(body)["data"]
    _require(all(row["postings_count"] <= row["total_jobs"] for row in rows), "counts")
    shares = ([row[name] for name in ("low", "pooled_share", "high")] for row in rows)
    _require(all(_in_order(*one) for one in shares), "an interval")
    return len(rows)


def _salaries(body: bytes) -> int:
    rows = object_of(body)["data"]
    for row in rows:
        _require(_in_order(row["p25"], row["median"], row["p75"]), "quartiles")
        _require(_in_order(row["low"], row["pooled_median"], row["high"]), "an interval")
    return len(rows)


def _pairs(body: bytes) -> int:
    answer = object_of(body)
    for row in answer["data"]:
        _require(row["lift_low"] <= row["lift"] + 1e-9, "an interval")
        _require(row["companies_count"] <= row["postings_count"], "counts")
    return len(answer["data"])


def _places(body: bytes) -> int:
    answer = object_of(body)
    for row in answer["data"]:
        _require(row["jobs"] <= answer["meta"]["counted"]["jobs"], "more jobs than counted")
        _require(_in_order(row["low"], row["share"], row["high"]), "an interval")
    return len(answer["data"])


def _companies(body: bytes) -> int:
    answer = object_of(body)
    jobs: int = sum(row["jobs"] for row in answer["data"])
    _require(jobs <= answer["meta"]["counted"]["jobs"], "more jobs than counted")
    return jobs


def _company(body: bytes) -> int:
    meta = object_of(body)["meta"]
    months = [row["month"] for row in meta["months"]]
    _require(months == sorted(set(months)), "months out of order")
    jobs: int = sum(row["jobs"] for row in meta["months"])
    _require(jobs == meta["counted"]["jobs"], "jobs of no month")
    return jobs


def _page(body: bytes) -> int:
    """Return the length of a page in HTML; raise ValueError for a part of one."""
    _require(body.rstrip().endswith(b"</html>"), "no whole page")
    return len(body)


def _open(body: bytes) -> int:
    answer = object_of(body)
    weeks = [row["week"] for row in answer["weekly"]]
    _require(weeks == sorted(set(weeks)), "weeks out of order")
    _require(all(row["closed"] <= row["n"] for row in answer["days_open"]), "more closed than open")
    return len(weeks)


def _match(body: bytes) -> int:
    meta = object_of(body)["meta"]
    jobs: int = sum(row["jobs"] for row in meta["fits"])
    _require(jobs == meta["naming_jobs"], "jobs of no fit")
    _require(jobs + meta["unnamed_jobs"] == meta["counted"]["jobs"], "jobs that are not counted")
    _require(sum(one["jobs"] for one in meta["openings"]) <= meta["lacking_one_jobs"], "openings")
    return jobs


def _suggestions(body: bytes) -> int:
    rows = object_of(body)["data"]
    _require(all(row["name"] and row["postings"] > 0 for row in rows), "a name without postings")
    return len(rows)


def _posting(body: bytes) -> int:
    answer = object_of(body)
    said = len(answer["evidence"])
    runs = [run for block in answer["text"] for run in block["runs"]]
    _require(all(mark < said for run in runs for mark in run["marks"]), "words of no answer")
    _require(bool(answer["posting"]["id"]), "no posting")
    return sum(len(run["text"]) for run in runs)


def _explain(body: bytes) -> int:
    answer = object_of(body)
    text = answer["text"]
    for one in answer["evidence"]:
        _require(0 <= one["start"] <= one["end"] <= len(text), "words outside the text")
    return len(text)


SHAPES: Mapping[str, Callable[[bytes], int]] = {
    "insights, any filter": postings_counted,
    "trends, any filter": points,
    "movers": _movers,
    "volume": _volume,
    "market": _market,
    "salaries": _salaries,
    "pairs": _pairs,
    "places": _places,
    "companies": _companies,
    "company": _company,
    "company, the page": _page,
    "open": _open,
    "match": _match,
    "search, newest first": _found,
    "search, best first": _found,
    "suggestions": _suggestions,
    "posting": _posting,
    "explain": _explain,
}
"""By what a row calls its questions (bench/filtered.py)."""
