"""The API is asked all the while, as others publish and are killed: no error, no mixed answer."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import random
import signal
import threading
import time
from collections import Counter
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from flask.testing import FlaskClient

from include.settings import Settings
from include.web.app import create_app

from .arena import Arena
from .report import note
from .steps import FIRST, SECOND

PATHS = (
    "/api/v1/insights?location=Anywhere&days=3650",
    "/api/v1/insights?location=Remote&days=3650&role=backend&top=10",
    "/api/v1/trends",
    "/api/v1/trends?tech_ids=python,rust&start_date=2026-01",
    "/api/v1/postings?limit=100",
    "/api/v1/loads",
    "/api/v1/technologies",
    "/api/v1/movers",
)
_PUBLISH = ("publish",)


def answer_of(client: FlaskClient, path: str, etag: str = "") -> tuple[int, str, str]:
    """Return an answer's status, the digest of its content and its ETag."""
    answer = client.get(path, headers={"If-None-Match": etag} if etag else {})
    if answer.status_code == 304:
        return 304, "", answer.headers["ETag"]
    content = json.loads(answer.data) if answer.status_code == 200 else answer.text
    if isinstance(content, dict):
        content.pop("generated_at", None)
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    return answer.status_code, digest, answer.headers.get("ETag", "")


def client_of(data: Path) -> FlaskClient:
    with mock.patch("include.web.app.VERSION_CHECK_SECONDS", 0.0):
        return create_app(Settings(data_dir=data)).test_client()


def whole_answers(data: Path) -> dict[str, str]:
    client = client_of(data)
    answers = {path: answer_of(client, path) for path in PATHS}
    assert {status for status, _, _ in answers.values()} == {200}
    client.application.extensions["techpulse"].close()
    return {path: digest for path, (_, digest, _) in answers.items()}


def read_on(data: Path, stop: Connection, result: Connection) -> None:
    """Ask from two threads until told to stop; send what came, and how often."""
    seen: Counter[tuple[str, int, str]] = Counter()
    errors: list[str] = []
    ended = threading.Event()

    def ask(client: FlaskClient, rng: random.Random) -> None:
        etags: dict[str, tuple[str, str]] = {}
        while not ended.is_set():
            path = rng.choice(PATHS)
            known = etags.get(path, ("", ""))
            try:
                status, digest, etag = answer_of(
                    client, path, known[0] if rng.random() < 0.3 else ""
                )
            except Exception as error:
                errors.append(f"{path}: {error!r}")
                continue
            if status == 304:
                digest = known[1] if etag == known[0] else "304 for another ETag"
            else:
                etags[path] = etag, digest
            seen[path, status, digest] += 1

    application = client_of(data).application
    threads = [
        threading.Thread(target=ask, args=(application.test_client(), random.Random(n)))
        for n in range(2)
    ]
    for thread in threads:
        thread.start()
    stop.recv()
    ended.set()
    for thread in threads:
        thread.join()
    result.send((dict(seen), errors))


@pytest.mark.slow
def test_readers_see_one_version_or_the_other_and_never_an_error(
    arena: Arena, full: bool, seed: int
) -> None:
    rng, rounds = random.Random(seed + 2), 20 if full else 4
    wanted = {day.name: whole_answers(arena.root / day.name) for day in (FIRST, SECOND)}
    arena.restore("second")
    context = multiprocessing.get_context("fork")
    (stopped, stop), (result, send) = context.Pipe(False), context.Pipe(False)
    reader = context.Process(target=read_on, args=(arena.data, stopped, send))
    reader.start()
    kills = publishes = 0
    try:
        for number in range(rounds):
            day = (FIRST, SECOND)[number % 2]
            more = {"TECHPULSE_WAREHOUSE_URI": str(warehouse_of(arena, day.name))}
            child = arena.start(day, _PUBLISH, more=more)
            child.signal_after(rng.uniform(0.3, 1.0) * arena.seconds[_PUBLISH])
            kills += child.end() == -signal.SIGKILL
            arena.finish(day, _PUBLISH, more=more)
            publishes += 1
            time.sleep(0.05)  # a moment for the readers to see it
    finally:
        stop.send(None)
        answers: tuple[dict[Any, int], list[str]] = result.recv()
        reader.join(20)
    seen, errors = answers
    assert errors == []
    assert {status for _, status, _ in seen} <= {200, 304}
    allowed = {(path, version[path]) for version in wanted.values() for path in PATHS}
    mixed = {key: count for key, count in seen.items() if (key[0], key[2]) not in allowed}
    assert mixed == {}
    for path in PATHS:  # both were seen: the readers have not slept
        assert {d for p, _, d in seen if p == path} == {
            version[path] for version in wanted.values()
        }
    total = sum(seen.values())
    whole = total - sum(mixed.values())
    note(
        f"answers of the API during {publishes} publishes", kills=kills, expected=total, found=whole
    )


def warehouse_of(arena: Arena, name: str) -> Path:
    """A copy of a kept warehouse: what is kept stays as it is."""
    copy = arena.root / f"published_{name}" / "warehouse.duckdb"
    if not copy.exists():
        copy.parent.mkdir()
        copy.write_bytes((arena.root / name / "warehouse.duckdb").read_bytes())
    return copy
