"""A board's reading, from answers that are made here."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any, cast

import pytest

from include.errors import SourceRejectedError
from include.http.client import HttpClient
from include.http.transport import Answer
from include.sources.company_boards import BoardReading, DueBoard, read_board
from include.sources.company_texts import HASH_CHARACTERS, TextBudget
from include.sources.record import Record
from include.sources.registry import system

NOW = dt.datetime(2026, 10, 5, 6, tzinfo=dt.UTC)


class Client:
    """Answers each request by its path."""

    def __init__(self, answers: dict[str, Any], etag: str | None = None) -> None:
        self.answers, self.asked = answers, list[str]()
        self.headers = {"ETag": etag} if etag else {}

    def fetch(self, path: str, params: Any = None, *, etag: str | None = None) -> Answer:
        self.asked.append(path)
        if path not in self.answers:
            raise SourceRejectedError("HTTP 404", status=404)
        return Answer(200, self.headers, json.dumps(self.answers[path]))


def read(name: str, answers: dict[str, Any]) -> tuple[BoardReading, list[Record]]:
    due = DueBoard(board="acorn", home=0, etag=None, company=None)
    clients = [cast(HttpClient, Client(answers))]
    return read_board(system(name), due, clients, NOW, max_bytes=10_000)


def job(number: int) -> dict[str, Any]:
    return {"id": number, "title": f"Baker {number}", "absolute_url": "https://acorn.example/7",
            "location": {"name": "Oslo"}, "content": "Bread"}  # fmt: skip


def test_a_job_that_comes_twice_is_not_two_of_those_that_the_board_counts():
    shown = {"jobs": [job(1), job(1), job(2)], "meta": {"total": 3}}
    reading, records = read("greenhouse", {"v1/boards/acorn/jobs": shown})
    assert reading["outcome"] == "short"
    assert reading["message"] == "2 of 3 jobs came"
    assert len(records) == 2


LIST = "v1/companies/acorn/postings"
ENTRIES = [{"id": str(n), "name": f"Baker {n}", "location": {"city": "Oslo"}} for n in range(3)]
TEXTS = {
    f"{LIST}/{entry['id']}": {
        **entry,
        "creator": {"name": "Sam Sample"},
        "jobAd": {"sections": {"jobDescription": {"text": f"Bread {entry['id']}"}}},
    }
    for entry in ENTRIES
}


def read_entries(
    requests: int, known: list[str], gone: tuple[str, ...] = (), total: int = 3
) -> tuple[BoardReading, list[Record], list[str]]:
    """Read a board whose list has no texts; return the paths of the texts that were asked for."""
    listed = {LIST: {"content": ENTRIES, "totalFound": total}, **TEXTS}
    client = Client({path: value for path, value in listed.items() if path not in gone}, '"v1"')
    due = DueBoard(board="acorn", home=0, etag=None, company=None, known=known)
    reading, records = read_board(
        system("smartrecruiters"), due, [cast(HttpClient, client)], NOW,
        max_bytes=10_000, texts=TextBudget(requests),
    )  # fmt: skip
    return reading, records, client.asked[1:]


def hashes(records: list[Record]) -> list[str]:
    return [(record.payload_hash or "")[:HASH_CHARACTERS] for record in records]


def test_new_jobs_have_their_texts_without_personal_fields():
    reading, records, asked = read_entries(10, known=[])
    assert asked == list(TEXTS)
    assert reading["message"] == ""
    assert all(f"Bread {n}" in (record.payload or "") for n, record in enumerate(records))
    assert not any("Sam Sample" in (record.payload or "") for record in records)


def test_only_jobs_whose_entry_is_new_are_asked_for():
    _, first, _ = read_entries(10, known=[])
    _, second, asked = read_entries(10, known=hashes(first)[:2])
    assert asked == [f"{LIST}/2"]
    # An entry alone has the hash of its stored text: the load finds it unchanged.
    assert hashes(second) == hashes(first)


def test_what_the_budget_does_not_reach_is_asked_for_by_a_later_reading():
    reading, first, asked = read_entries(1, known=[])
    assert len(asked) == 1
    assert reading["outcome"] == "whole"
    assert reading["message"] == "2 new jobs have no text yet"
    _, again, asked = read_entries(0, known=hashes(first))
    assert asked == []
    assert hashes(again) == hashes(first)
    _, later, asked = read_entries(10, known=hashes(first))
    assert asked == [f"{LIST}/1", f"{LIST}/2"]
    assert hashes(later) != hashes(first)


def test_only_a_reading_of_one_page_with_every_text_may_be_unchanged_later():
    # A later page, or a text that is not here yet, may change while the first page does not.
    every = [record.payload_hash[:HASH_CHARACTERS] for record in read_entries(9, [])[1]]
    assert read_entries(9, every)[0]["etag"] == '"v1"'
    assert read_entries(0, every[:1])[0]["etag"] is None
    reading, _, _ = read_entries(9, every, total=6)
    assert (reading["outcome"], reading["etag"]) == ("short", None)


def test_a_text_that_is_gone_fails_neither_the_board_nor_the_others():
    reading, records, asked = read_entries(10, known=[], gone=(f"{LIST}/0",))
    assert reading["outcome"] == "whole"
    assert reading["message"] == "1 new jobs have no text yet"
    assert len(asked) == 3
    assert ["Bread" in (record.payload or "") for record in records] == [False, True, True]


@pytest.mark.parametrize(
    ("name", "listed", "path", "answer"),
    [
        ("bamboohr", ("careers/list", {"result": [{"id": "7", "jobOpeningName": "Baker"}]}),
         "careers/7/detail", {"result": {"jobOpening": {"description": "<p>Bread</p>"}}}),
        ("rippling", ("platform/api/ats/v1/board/acorn/jobs", [{"uuid": "7", "name": "Baker"}]),
         "platform/api/ats/v1/board/acorn/jobs/7", {"description": {"role": "Bread"}}),
    ],
)  # fmt: skip
def test_each_systems_text_is_read_from_its_detail(name, listed, path, answer):
    client = Client(dict([listed, (path, answer)]))
    due = DueBoard(board="acorn", home=0, etag=None, company=None)
    _, (record,) = read_board(
        system(name), due, [cast(HttpClient, client)], NOW, max_bytes=10_000, texts=TextBudget(1)
    )
    assert "Bread" in system(name).parse(json.loads(record.payload or ""), "acorn").description
