"""A board's reading, from answers that are made here."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any, cast

from include.http.client import HttpClient
from include.http.transport import Answer
from include.sources.company_boards import BoardReading, DueBoard, read_board
from include.sources.record import Record
from include.sources.registry import system

NOW = dt.datetime(2026, 10, 5, 6, tzinfo=dt.UTC)


class Client:
    """Answers each request by its path."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers, self.asked = answers, list[str]()

    def fetch(self, path: str, params: Any = None, *, etag: str | None = None) -> Answer:
        self.asked.append(path)
        return Answer(200, {}, json.dumps(self.answers[path]))


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
