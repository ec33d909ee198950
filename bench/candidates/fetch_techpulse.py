"""TechPulse's fetching tasks, without Airflow around them: from the API to staged files."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bench.candidates.digest import digest
from bench.candidates.staged import read_batches
from include.http.client import HttpClient
from include.settings import Settings
from include.sources.hacker_news.client import SOURCE, HackerNews
from include.sources.record import Record
from include.staging.files import Manifest, stage

__all__ = ["fetch", "rows", "settings_of", "work"]

_staged: list[Manifest] = []


def work(job: dict[str, Any]) -> None:
    """Fetch the thread, its comments and all replies; leave staged files."""
    _staged.extend(fetch(job))


def fetch(job: dict[str, Any]) -> list[Manifest]:
    """Stage the thread and its comments, ``chunk_comments`` at a time, or all at once."""
    with _source(job) as source:
        thread = source.read(job["thread"])
        kids = json.loads(thread.payload or "{}")["kids"]
        size = job.get("chunk_comments") or len(kids)
        chunks = [kids[start : start + size] for start in range(0, len(kids), size)]
        walks = [_stage(job, source.walk(chunk), f"comments {chunk[0]}") for chunk in chunks]
    return [_stage(job, [thread], "thread"), *walks]


def settings_of(job: dict[str, Any]) -> Settings:
    """Return the settings of the job's folder and concurrency."""
    return Settings(data_dir=Path(job["folder"]), hn_concurrency=job["concurrency"])


def _source(job: dict[str, Any]) -> HackerNews:
    settings = settings_of(job)
    client = HttpClient(
        job["url"],
        max_attempts=settings.http_max_attempts,
        connections=settings.hn_concurrency,
        settings=settings,
    )
    return HackerNews(
        client,
        concurrency=settings.hn_concurrency,
        max_items=settings.hn_max_items,
    )


def _stage(job: dict[str, Any], records: Iterable[Record], name: str) -> Manifest:
    folder = settings_of(job).staging_dir
    return stage(records, folder, source=SOURCE, partition="2026-05", run="bench", name=name)


def rows(job: dict[str, Any]) -> dict[str, Any]:
    """Return what the staged files hold; what is null upstream is no item."""
    folder = Path(_staged[0]["path"]).parent
    found = []
    for record in (record for batch in read_batches(folder, 1_000) for record in batch):
        item = json.loads(record["payload"])
        if not item.get("is_tombstone"):
            found.append((item["id"], item.get("text")))
    return digest(found)
