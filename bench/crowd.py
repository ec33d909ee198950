"""Months of more comments than one generated thread has ids for: several worlds in one thread.

The first world has the threads. What the others' threads hold is put below the first's, under ids
that no world has, so that a million postings are of the months that Hacker News has had.
"""

from __future__ import annotations

from typing import Any

from bench.history import items_of, load_items
from include.settings import Settings
from include.warehouse.loads import Ledger
from sample.hn import MAX_COMMENTS
from sample.months import FIRST_MONTH, month_index, month_name
from sample.world import World

__all__ = ["Crowd", "crowd_of"]

_IDS_APART = 100_000_000  # the generated threads end at half of it
_AVERAGE = 550  # comments that a month of the real threads has about
_JOB_SHARE = 0.88
"""Of the generated comments; the others are deleted, dead, or no job (sample/hn.py)."""


class Crowd:
    """Worlds of the same months that are read as one."""

    def __init__(self, worlds: list[World]) -> None:
        self.first, *self._others = worlds

    def months(self) -> list[str]:
        """Return the months whose threads are out."""
        return self.first.months()

    def jobs(self) -> int:
        """Return about how many comments are a job."""
        comments = sum(world.comments for world in (self.first, *self._others))
        return round(len(self.months()) * comments * _JOB_SHARE)

    def load_month(self, month: str, settings: Settings) -> Ledger:
        """Load a month of all worlds as they are now."""
        threads = self.first.threads(month)
        items = [(key, self.first.item(key)) for key in threads.superseded]
        kids = [
            kid
            for number, world in enumerate(self._others, 1)
            for kid in self._below(world, number * _IDS_APART, month, items)
        ]
        for key, item in items_of(self.first, [threads.thread_id]):
            if item and key == threads.thread_id:
                item = {**item, "kids": [*item["kids"], *kids]}
            items.append((key, item))
        return load_items(month, threads.thread_id, items, settings)

    def _below(
        self, world: World, apart: int, month: str, items: list[tuple[int, dict[str, Any] | None]]
    ) -> list[int]:
        """Add to ``items`` what another world's thread holds; return the thread's own comments."""
        theirs, ours = world.threads(month).thread_id, self.first.threads(month).thread_id
        kids = [] if (thread := world.item(theirs)) is None else thread["kids"]
        for key, item in items_of(world, kids):
            items.append((key + apart, item and _moved(item, apart, {theirs: ours})))
        return [kid + apart for kid in kids]


def crowd_of(postings: int) -> Crowd:
    """Return a crowd of about so many postings.

    Months are those of Hacker News, the newest first, of as many comments as real ones have; once
    there are no more months, the months grow.
    """
    last = month_index("2026-10")
    months = min(max(postings // _AVERAGE, 1), last - month_index(FIRST_MONTH) + 1)
    comments = max(_AVERAGE, round(postings / months))
    sizes = [MAX_COMMENTS] * (comments // MAX_COMMENTS)
    sizes += [rest] if (rest := comments % MAX_COMMENTS) else []
    first, newest = month_name(last - months + 1), month_name(last)
    return Crowd(
        [
            World(7 + number, first_month=first, last_month=newest, comments=size)
            for number, size in enumerate(sizes)
        ]
    )


def _moved(item: dict[str, Any], apart: int, known: dict[int, int]) -> dict[str, Any]:
    """Return an item whose ids, its parent's and its children's lie so far higher."""
    parent = item.get("parent")
    moved = {**item, "id": item["id"] + apart}
    if parent is not None:
        moved["parent"] = known.get(parent, parent + apart)
    if "kids" in item:
        moved["kids"] = [kid + apart for kid in item["kids"]]
    return moved
