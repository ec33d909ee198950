"""Questions to a published store, each asked once: drawn without replacement until none is left.

What was asked before is answered from a cache (of answers, or of the postings at a place), so a row
that says "all distinct" must never ask for the same place twice, whatever its spelling.
"""

from __future__ import annotations

import random
import re
import sqlite3
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from contextlib import closing
from itertools import cycle, islice
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote, urlencode

from include.serving.places import place_forms, places_asked

__all__ = ["Questions", "jobs_of", "months_of", "places_of", "technologies_of"]

_T = TypeVar("_T")
_API = "/techpulse/api/v1"
_REMOTE = re.compile(r"\s*remote\b", re.IGNORECASE)
_PART = re.compile(r"; | / | or ")
# filter: how often it is chosen
_ROLES = {"any": 6, "backend": 2, "frontend": 1, "fullstack": 1}
_LEVELS = {"any": 7, "entry": 1, "junior_mid": 2}
_DAYS = {30: 2, 90: 2, 365: 3, 1_825: 2, 5_000: 1}
_MORE_DAYS = 20
_TECHNOLOGIES_ASKED = 10
_MONTHS_ASKED = 60
_REPEATED = 60
"""Different questions of the rows that repeat theirs, at most."""


def places_of(store: Path) -> dict[str, int]:
    """Return the places of a store's postings as they are written there, with their postings.

    Spellings that the index compares as one place ("Dallas, TX" and "Dallas, Texas") count as one.
    """
    with closing(sqlite3.connect(store)) as connection:
        rows = connection.execute(
            "select location, count(*) from postings where location is not null group by location"
        ).fetchall()
    written: Counter[str] = Counter()
    for location, count in rows:
        for part in _PART.split(location):
            if not _REMOTE.match(part):  # the index reads that as a way of working
                written[part.strip()] += count
    owners: dict[str, str] = {}  # form: the most frequent spelling that has it
    postings: Counter[str] = Counter()
    for place, count in written.most_common():
        forms = kept_by(place)
        owner = next((owners[form] for form in forms if form in owners), place)
        for form in forms:
            owners.setdefault(form, owner)
        if forms:
            postings[owner] += count
    return dict(postings)


def kept_by(place: str) -> list[str]:
    """Return what the index keeps its answer for a place by: places of the tree, words."""
    asked = places_asked(place)
    return [*sorted(asked.place_ids), *(place_forms(asked.words) if asked.words else ())]


def technologies_of(store: Path) -> dict[str, int]:
    """Return the ids of a store's technologies with the postings that name each."""
    with closing(sqlite3.connect(store)) as connection:
        return dict(
            connection.execute(
                # Counted first: joined row by row, four million take minutes.
                "select technology_id, coalesce(n, 0) from dim_technologies left join "
                "(select skill, count(*) as n from posting_skills group by skill) "
                "on skill = technology_id"
            ).fetchall()
        )


def jobs_of(store: Path) -> int:
    """Return how many postings an unfiltered question counts: no duplicates, seniors, tomorrows."""
    with closing(sqlite3.connect(store)) as connection:
        (count,) = connection.execute(
            "select count(*) from postings "
            "where duplicate_of is null and level_bucket <> 'senior_excluded' "
            "and posted_day <= date('now')"
        ).fetchone()
    return int(count)


def months_of(store: Path) -> tuple[int, int]:
    """Return the first and the last month with a skill named, as years * 12 + months - 1."""
    with closing(sqlite3.connect(store)) as connection:
        ends = connection.execute(
            "select min(month), max(month) from monthly_trends where mention_count > 0"
        ).fetchone()
    first, last = (int(month[:4]) * 12 + int(month[5:7]) - 1 for month in map(str, ends))
    return first, last


class Questions:
    """What is asked of one store; every iterator goes on where it stopped.

    ``months``: of the whole store, the first and the last, as years * 12 + months - 1. What many
    postings name is asked for sooner, as people do, but once.
    """

    def __init__(
        self,
        places: dict[str, int],
        technologies: dict[str, int],
        months: tuple[int, int],
        seed: int = 7,
    ) -> None:
        self._rng = random.Random(seed)
        self._technologies = technologies
        self._months = months
        order = self._in_turn(places)
        self.places = len(order)
        # A third for the postings, so that no row finds its place in the index's cache.
        insights = [place for number, place in enumerate(order) if number % 3]
        self.insights = _once(self._insights(insights))
        self.trends = _once(self._trends())
        self.postings = _once(
            (place, f"{_API}/postings?location={quote(place)}") for place in order[::3]
        )

    def repeated(self, questions: Iterator[str]) -> Iterator[str]:
        """Return a few of the questions, again and again."""
        few = max(1, min(_REPEATED, self.places // 20))
        return cycle(list(islice(questions, few)))

    def _in_turn(self, weights: dict[str, int]) -> list[str]:
        """Return all keys in a random order, the heavy ones rather early.

        A weighted draw without replacement: Efraimidis and Spirakis 2006,
        https://doi.org/10.1016/j.ipl.2005.11.003.
        """
        keys = {key: self._rng.random() ** (1 / max(n, 1)) for key, n in weights.items()}
        return sorted(keys, key=lambda key: -keys[key])

    def _chosen(self, weights: dict[_T, int]) -> _T:
        return self._rng.choices(list(weights), list(weights.values()))[0]

    def _insights(self, places: Iterable[str]) -> Iterator[tuple[Hashable, str]]:
        for place in places:
            query = {
                "location": place,
                "role": self._chosen(_ROLES),
                "level": self._chosen(_LEVELS),
                "days": self._chosen(_DAYS) + self._rng.randrange(_MORE_DAYS),
            }
            yield place, f"{_API}/insights?{urlencode(query)}"

    def _trends(self) -> Iterator[tuple[Hashable, str]]:
        first, last = self._months
        while True:
            ids = self._in_turn(self._technologies)[:_TECHNOLOGIES_ASKED]
            start = self._rng.randint(first, max(first, last - _MONTHS_ASKED + 1))
            span = (start, min(start + _MONTHS_ASKED - 1, last))
            begin, end = (f"{month // 12}-{month % 12 + 1:02}" for month in span)
            asked = f"tech_ids={quote(','.join(ids))}&start_date={begin}&end_date={end}"
            yield (frozenset(ids), span), f"{_API}/trends?{asked}"


def _once(questions: Iterator[tuple[Hashable, str]]) -> Iterator[str]:
    """Yield each question whose key has not come before; ends when the questions do."""
    seen: set[Hashable] = set()
    for key, question in questions:
        if key not in seen:
            seen.add(key)
            yield question
