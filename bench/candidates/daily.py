"""A daily refresh without Airflow and without HTTP: the month is there, three comments changed.

Every answer lies ready in memory, so what is timed is all that is not HTTP; what is asked is
counted where a request would begin.
"""

from __future__ import annotations

import json
import os
from http import HTTPStatus
from typing import Any
from unittest import mock

from bench.history import items_of
from bench.pipeline import MonthRead, point_at, read_month
from include.http.transport import Answer, Transport
from include.settings import get_settings
from sample.threads import ACCOUNT
from sample.world import World

__all__ = ["prepare", "rows", "work"]

_HOST, _PATH = "http://127.0.0.1:9", "/v0/"
_read: list[MonthRead] = []
_asked: list[str] = []
_answers: dict[str, str] = {}


def prepare(job: dict[str, Any]) -> None:
    """Read the month once; then edit a comment, delete one and add one."""
    os.environ["TECHPULSE_DATA_DIR"] = job["folder"]
    get_settings.cache_clear()
    point_at(f"{_HOST}{_PATH}")
    mock.patch.object(Transport, "exchange", _answer).start()
    month = job["month"]
    world = World(first_month=month, last_month=month, comments=job["comments"])
    _make_answers(world, month)
    read_month(month, "first")
    posts = [block.root for block in world.blocks(month) if block.truth.is_job]
    world.edit_comment(posts[0], "Edited Ltd | Backend Engineer | Remote | Go")
    world.delete_comment(posts[1])
    world.add_comment(month, "Late Ltd | Frontend Engineer | Berlin | React")
    _make_answers(world, month)
    _asked.clear()


def work(job: dict[str, Any]) -> None:
    """Read it again."""
    _read.append(read_month(job["month"], "second"))


def rows(job: dict[str, Any]) -> dict[str, Any]:
    """Return what was loaded, and what was asked for it."""
    names = ("expected", "inserted", "unchanged", "updated")
    return {name: _read[-1].ledger[name] for name in names} | {"requests": len(_asked)}


def _answer(_: Transport, method: str, target: str, *__: object, **___: object) -> Answer:
    path = target.removeprefix(_PATH)
    _asked.append(path)
    return Answer(HTTPStatus.OK, {}, _answers[path])


def _make_answers(world: World, month: str) -> None:
    submitted = world.threads(month).submitted
    _answers[f"user/{ACCOUNT}.json"] = json.dumps(world.user(ACCOUNT))
    for key, item in items_of(world, submitted):
        _answers[f"item/{key}.json"] = json.dumps(item)
