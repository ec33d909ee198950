"""How well postings are read: ``make evaluate``.

Scores the classifier against generated postings, whose truth is known (sample/), and against
hand-labelled ones where they lie beside the project (../shared/labels). Prints a figure a field
and the worst misses. ``python -m bench.evaluate --misses 10 --field roles`` shows more of one;
``--unknown 50`` prints the names in the warehouse's technology lists that the taxonomy lacks.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bench.unknown import recent_postings, unknown_names
from include.cli.classify import classify_record
from include.postings.technologies import default_matcher
from include.settings import PROJECT_ROOT, get_settings
from sample.world import World

__all__ = ["FIELDS", "LABELS_DIR", "Case", "generated_cases", "labelled_cases", "main", "score"]

LABELS_DIR = PROJECT_ROOT.parent / "shared" / "labels"
FIRST_MONTH, LAST_MONTH = "2025-11", "2026-02"
GENERATED_COMMENTS = 150
"""Comments a generated month: 600 postings are read in a second and vary enough."""

_UNKNOWN_SHOWN = 100

_SETS = ("technologies", "roles", "levels", "jobs")
_UNSAID_ROLES = frozenset(("other", "software"))
"""Said of any engineer, so neither asked for nor counted, as in the labelling guide's scorer."""


@dataclass(frozen=True, slots=True)
class Case:
    """One text: what it says, and what was read."""

    text: str
    truth: Mapping[str, Any]
    answer: Mapping[str, Any]


def labelled_cases(folder: Path = LABELS_DIR) -> list[Case]:
    """Return the hand-labelled posts; none where the folder is absent."""
    posts, labels = folder / "dev_posts.ndjson", folder / "dev_labels.ndjson"
    if not (posts.exists() and labels.exists()):
        return []
    truths = {row["id"]: row for row in _rows(labels)}
    return [
        Case(row["text"], truths[row["id"]], classify_record(row))
        for row in _rows(posts)
        if row["id"] in truths
    ]


def generated_cases(comments: int = GENERATED_COMMENTS, seed: int = 20_260_101) -> list[Case]:
    """Return generated comments with a text, and what they were written to say."""
    world = World(seed=seed, first_month=FIRST_MONTH, last_month=LAST_MONTH, comments=comments)
    labels = [truth for month in world.months() for truth in world.labels(month)]
    return [
        Case(text, truth, classify_record({"id": truth["id"], "text": text}))
        for truth in labels
        if (item := world.item(truth["id"])) and not (item.get("dead") or item.get("deleted"))
        if (text := item.get("text"))
    ]


def score(cases: Sequence[Case]) -> dict[str, float]:
    """Return each field's figure: F1 of the sets, the share of right answers of the others.

    The older labels do not split a posting into jobs: then there is no figure of these.
    """
    jobs = [case for case in cases if case.truth["is_job"]]
    figures = {"is_job": _share(c.answer["is_job"] == c.truth["is_job"] for c in cases)}
    for field in FIELDS[1:]:
        asked = [c for c in jobs if _is_labelled(field, c.truth)]
        if field in _SETS and asked:
            figures[field] = _f1([_pair(field, case) for case in asked])
        elif asked:
            figures[field] = _share(truth == answer for truth, answer in _pairs(field, asked))
    return figures


def _is_labelled(field: str, truth: Mapping[str, Any]) -> bool:
    if field == "company":
        return bool(truth["company"])
    return "jobs" in truth or field not in ("jobs", "jobs_count")


def misses(field: str, cases: Iterable[Case]) -> list[tuple[int, Case]]:
    """Return (how far off, case) of the wrong answers of a field, worst first."""
    asked = (c for c in cases if c.truth["is_job"] and _is_labelled(field, c.truth))
    wrong = [(_distance(*_pair(field, case)), case) for case in asked]
    if field == "is_job":
        wrong = [(int(c.truth["is_job"] != c.answer["is_job"]), c) for c in cases]
    return sorted((w for w in wrong if w[0]), key=lambda item: -item[0])


def _pair(field: str, case: Case) -> tuple[Any, Any]:
    return _READERS[field](case.truth), _READERS[field](case.answer)


def _pairs(field: str, cases: Iterable[Case]) -> Iterator[tuple[Any, Any]]:
    return (_pair(field, case) for case in cases)


def _technologies(row: Mapping[str, Any]) -> frozenset[str]:
    names = row["technologies"] if "technologies" in row else row["skills"]
    return frozenset(_technology(name) for name in names)


@cache
def _technology(name: str) -> str:
    """Return the taxonomy's id for a name as somebody wrote it, else the name in lower case."""
    technology = default_matcher().named(name)
    return technology.id if technology else re.sub(r"\W", "", name.lower())


def _company(row: Mapping[str, Any]) -> str:
    return re.sub(r"[^a-z0-9]+", "", (row["company"] or "").lower())


def _salary(row: Mapping[str, Any]) -> tuple[Any, ...] | None:
    salary = row["salary"]
    return (salary["min"], salary["max"], salary["currency"]) if salary else None


def _jobs(row: Mapping[str, Any]) -> frozenset[tuple[str, str, int]]:
    """Return (role, level) of each job, numbered where two have the same."""
    kinds = Counter(
        (role, level)
        for job in row["jobs"]
        for role in job["roles"] or ("",)
        for level in job["levels"] or ("",)
    )
    return frozenset((*kind, nth) for kind, count in kinds.items() for nth in range(count))


_READERS: dict[str, Callable[[Mapping[str, Any]], Any]] = {
    "is_job": lambda row: row["is_job"],
    "technologies": _technologies,
    "company": _company,
    "remote": lambda row: row["remote"],
    "roles": lambda row: frozenset(row["roles"]) - _UNSAID_ROLES,
    "levels": lambda row: frozenset(row["levels"]),
    "salary": _salary,
    "visa": lambda row: row["visa"],
    "jobs_count": lambda row: len(row["jobs"]),
    "jobs": _jobs,
}
FIELDS = tuple(_READERS)


def _f1(pairs: Sequence[tuple[frozenset[str], frozenset[str]]]) -> float:
    right = sum(len(truth & answer) for truth, answer in pairs)
    named = sum(len(truth) + len(answer) for truth, answer in pairs)
    return 2 * right / named if named else 1.0


def _share(right: Iterable[bool]) -> float:
    answers = list(right)
    return sum(answers) / len(answers) if answers else 1.0


def _distance(truth: Any, answer: Any) -> int:
    if isinstance(truth, frozenset):
        return len(truth ^ answer)
    return int(truth != answer)


def _rows(path: Path) -> Iterator[Any]:
    with path.open(encoding="utf-8") as file:
        yield from (json.loads(line) for line in file)


def _print_table(sets: Mapping[str, Sequence[Case]]) -> None:
    figures = {name: score(cases) for name, cases in sets.items()}
    print(f"{'':14}" + "".join(f"{f'{name} ({len(sets[name])})':>18}" for name in sets))
    for field in FIELDS:
        found = (figures[name].get(field) for name in sets)
        cells = (f"{'-' if one is None else f'{one:.3f}':>18}" for one in found)
        print(f"{field:14}" + "".join(cells))


def _print_misses(name: str, cases: Sequence[Case], fields: Sequence[str], most: int) -> None:
    for field in fields:
        worst = misses(field, cases)
        if worst and most:
            print(f"\n{name}, {field}: {len(worst)} wrong")
        for _, case in worst[:most]:
            truth, answer = (_shown(value) for value in _pair(field, case))
            print(f"  {case.truth['id']}: says {truth}, read {answer}")
            print(f"    {' '.join(case.text.split())[:140]}")


def _shown(value: Any) -> Any:
    if not isinstance(value, frozenset):
        return value
    words = (one if isinstance(one, str) else " ".join(map(str, one)) for one in value)
    return ", ".join(sorted(words)) or "nothing"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table and the worst misses; always returns 0, the tests hold the floor."""
    parser = argparse.ArgumentParser(prog="bench.evaluate", description=__doc__)
    parser.add_argument("--misses", type=int, default=2, help="worst misses shown a field")
    parser.add_argument("--field", choices=FIELDS, help="show the misses of this field only")
    parser.add_argument("--labels", type=Path, default=LABELS_DIR, help="folder of the labels")
    parser.add_argument(
        "--unknown", type=int, nargs="?", const=_UNKNOWN_SHOWN, metavar="N",
        help="print the N names most companies write that the taxonomy lacks, and stop",
    )  # fmt: skip
    options = parser.parse_args(arguments)
    if options.unknown is not None:
        for name, companies in unknown_names(recent_postings(get_settings()))[: options.unknown]:
            print(f"{companies:6} {name}")
        return 0
    sets = {"generated": generated_cases()}
    if labelled := labelled_cases(options.labels):
        sets["labelled"] = labelled
    else:
        print(f"No labelled posts in {options.labels}: scoring generated ones only.")
    _print_table(sets)
    fields = (options.field,) if options.field else FIELDS
    for name, cases in sets.items():
        _print_misses(name, cases, fields, options.misses)
    return 0


if __name__ == "__main__":
    sys.exit(main())
