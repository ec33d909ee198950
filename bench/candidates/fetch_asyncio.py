"""The bound: a bare asyncio client that keeps the bodies in memory, and checks nothing."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp

from bench.candidates.digest import digest

__all__ = ["rows", "work"]

_items: dict[int, dict[str, Any] | None] = {}


def work(job: dict[str, Any]) -> None:
    """Walk over the thread with so many requests in flight."""
    asyncio.run(_walk(job["url"], job["thread"], job["concurrency"]))


async def _walk(url: str, thread: int, concurrency: int) -> None:
    connector = aiohttp.TCPConnector(limit=concurrency)
    async with aiohttp.ClientSession(connector=connector) as session, asyncio.TaskGroup() as group:

        async def fetch(item_id: int) -> None:
            async with session.get(f"{url}/item/{item_id}.json") as answer:
                item = json.loads(await answer.read())
            _items[item_id] = item
            for kid in (item or {}).get("kids", []):
                group.create_task(fetch(kid))

        group.create_task(fetch(thread))


def rows(job: dict[str, Any]) -> dict[str, Any]:
    """Return what was fetched."""
    return digest((key, item.get("text")) for key, item in _items.items() if item is not None)
