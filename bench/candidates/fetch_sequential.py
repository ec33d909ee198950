"""The older system's way: one request at a time, rows inserted a hundred at a time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import requests

from bench.candidates.digest import digest
from bench.candidates.load_executemany import TABLE, save

__all__ = ["prepare", "rows", "work"]

_BATCH = 100


def prepare(job: dict[str, Any]) -> None:
    """Make the table."""
    with _open(job) as connection:
        connection.execute(TABLE)


def work(job: dict[str, Any]) -> None:
    """Walk over the thread, save every hundred items."""
    with requests.Session() as session, _open(job) as connection:
        batch: list[tuple[int, str, str]] = []
        for item in _items(session, job["url"], job["thread"]):
            text = json.dumps(item, sort_keys=True)
            batch.append((item["id"], text, hashlib.sha256(text.encode()).hexdigest()))
            if len(batch) == _BATCH:
                save(connection, batch)
                batch = []
        save(connection, batch)


def rows(job: dict[str, Any]) -> dict[str, Any]:
    """Return what the table holds now."""
    with _open(job) as connection:
        return digest(
            connection.execute("select item_id, payload ->> 'text' from raw_items").fetchall()
        )


def _items(session: requests.Session, url: str, thread: int) -> Iterator[dict[str, Any]]:
    waiting = [thread]
    while waiting:
        item = session.get(f"{url}/item/{waiting.pop()}.json", timeout=30).json()
        if item is not None:
            yield item
            waiting += item.get("kids", [])


def _open(job: dict[str, Any]) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(Path(job["folder"]) / "older.duckdb"))
