"""The systems on recorded answers and labelled records beside the project, where they are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from include.postings import extract_posting
from include.postings.places import written
from include.sources.company_boards import company_record
from include.sources.company_names import company_in_text
from include.sources.record import Status
from include.sources.registry import system, system_names
from include.sources.source import ParsedRecord

LIMIT = 5_000_000
# The name that stands for a company whatever its legal form or domain: "Acorn, Inc.", "acorn.io".
FORM = re.compile(r"[,\s]+(?:inc|llc|ltd|gmbh|corp|co)\.?$|\.(?:com|io|ai|co|org|net)$")
SAME_PLACE = {"us": "united states", "usa": "united states", "new york city": "new york",
              "uk": "united kingdom", "worldwide": "anywhere"}  # fmt: skip


def answers(data: Path, name: str) -> Iterator[tuple[str, dict[str, Any], str, str | None]]:
    """Yield (board, record, its text, the answer's company) of a system's recorded answers."""
    suffix = {"personio": "xml", "teamtailor": "rss"}.get(name, "json")
    for file in sorted((data / "ats" / name).glob(f"*.{suffix}")):
        body = file.read_text(encoding="utf-8")
        if "not-found" in file.stem or "404" in file.stem:
            continue
        if file.stem.endswith("-detail"):
            yield file.stem, json.loads(body), body, None
        elif file.stem.startswith("v3-"):
            yield from ((file.stem, r, json.dumps(r), None) for r in json.loads(body)["results"])
        else:
            page = next(system(name).pages(file.stem, lambda *_, body=body: body))
            yield from ((file.stem, value, text, page.company) for value, text in page.records)


@pytest.mark.parametrize("name", system_names())
def test_every_recorded_record_is_read(shared_data, name):
    found = list(answers(shared_data, name))
    assert found
    source = system(name)
    keys = set()
    for board, value, text, _ in found:
        record = company_record(source, board, value, text, max_bytes=LIMIT)
        assert record.status is Status.FETCHED
        keys.add(record.key)
        assert not any(f'"{key}"' in (record.payload or "") for key in source.personal)
        stated = source.parse(json.loads(record.payload or ""), board)
        assert stated.url
        assert stated.url.startswith("https://")
        assert stated.title == stated.title.strip()
        assert stated.company == stated.company.strip()
        assert stated.date_posted is None or stated.date_posted.tzinfo
        assert stated.date_posted or name in ("bamboohr", "rippling")
        assert "&lt;" not in stated.description
        assert stated.places or stated.location is None
    assert len(keys) == len({(board, source.parse(v, board).key) for board, v, _, _ in found})


def test_the_labelled_records_are_read_as_labelled(shared_data):
    """Goals of the text as the labeller saw it: the name comes from record or text alone."""
    labels = _by_id(shared_data.parent / "labels" / "boards_labels.ndjson")
    posts = _by_id(shared_data.parent / "labels" / "boards_posts.ndjson")
    recorded = {
        f"{name}:{board}:{system(name).parse(value, board).key}": (name, board, value, company)
        for name in system_names()
        for board, value, _, company in answers(shared_data, name)
    }
    right = {"remote": 0, "country": 0, "company": 0, "pay": 0}
    named = hits = told = met = 0
    chosen = [label for label in labels.values() if label["record"] in recorded]
    assert len(chosen) == 57
    for label in chosen:
        name, board, value, company = recorded[label["record"]]
        read = _read(system(name).parse(value, board), board, company, posts[label["id"]]["text"])
        right["remote"] += read["remote"] == label["remote"]
        right["country"] += read["country"] == label["country"]
        right["pay"] += read["pay"] == label["salary"]
        right["company"] += not label["company"] or _name(read["company"]) == _name(
            label["company"]
        )
        gold, got = set(map(_place, label["locations"])), set(map(_place, read["places"]))
        named, told, met = named + len(gold), told + len(got), met + len(gold & got)
        hits += bool(label["company"])
    places = 2 * met / (named + told)
    companies = 1 - (len(chosen) - right["company"]) / hits
    assert right["remote"] >= 0.95 * len(chosen)
    assert right["country"] >= 0.95 * len(chosen)
    assert places >= 0.92
    assert companies >= 0.93
    assert len(chosen) - right["pay"] <= 2


def _by_id(file: Path) -> dict[int, dict[str, Any]]:
    rows = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    return {row["id"]: row for row in rows}


def _read(stated: ParsedRecord, board: str, company: str | None, text: str) -> dict[str, Any]:
    """Return the fields as gold has them: the record's own, else those of the text."""
    named = stated.company or company or company_in_text(text, board)
    reading = extract_posting(text, title=stated.title, company=named, source="board")
    salary = stated.salary or reading.salary
    return {
        "company": named,
        "remote": stated.remote or reading.remote,
        "country": stated.country if stated.places else reading.country,
        "places": written(stated.places) or reading.locations,
        "pay": salary.to_dict() if salary else None,
    }


def _name(company: str | None) -> str:
    return re.sub(r"[^a-z0-9]+", "", FORM.sub("", (company or "").casefold()))


def _place(place: str) -> str:
    short = re.sub(r"\(.*?\)", "", place.casefold()).split(",")[0].strip(" .")
    return SAME_PLACE.get(short, short)
