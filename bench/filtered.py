"""Questions to every endpoint of jobs, each under another filter of every kind.

A filter has up to four restrictions, drawn from what the store holds, what many postings have
rather often, as people do; no question comes twice.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import get_args
from urllib.parse import urlencode

from bench.questions import places_of, technologies_of
from include.insights.pay import By
from include.insights.trends import months_before
from include.postings.family import FAMILIES
from include.postings.markup import plain_text
from include.postings.roles import LEVELS, ROLES
from include.serving.text.words import words

__all__ = ["Filtered", "Stored", "stored_in"]

_PAGES = "/techpulse"
_API = f"{_PAGES}/api/v1"
_READ = 2_000
"""Postings whose ids and words are drawn from."""
_MOST_RESTRICTIONS = 4
_WAYS = ("remote", "hybrid", "onsite", "mixed")
_DIMENSIONS = ("remote", "way", "roles", "levels", "family", "source", "country", "visa")
_SKILLS = (1, 12)
_TECHNOLOGIES_ASKED, _MONTHS_ASKED = 10, 60
_DRAWN_AGAIN = 1_000
"""Draws in a row without a new question: then none is left."""
Own = dict[str, Callable[[], str]]


@dataclass(frozen=True, slots=True)
class Stored:
    """What a store holds and filters ask for, with the postings that have it."""

    places: dict[str, int]
    technologies: dict[str, int]
    companies: dict[str, int]
    sources: Sequence[str]
    months: Sequence[str]
    ids: Sequence[str]
    texts: Sequence[Sequence[str]]
    """The words of some postings."""
    has_boards: bool
    """Whether a company's board was read: without one, no job is open or closed."""


def stored_in(store: Path) -> Stored:
    """Return what a published SQLite store holds."""
    with closing(sqlite3.connect(store)) as connection:

        def rows(query: str) -> list[tuple[str, ...]]:
            return connection.execute(query).fetchall()

        some = rows(
            "select id, description_raw from postings where duplicate_of is null "
            f"order by id limit {_READ}"
        )
        texts = [words(plain_text(text)) for _, text in some]
        return Stored(
            places=places_of(store),
            technologies=technologies_of(store),
            companies=dict(
                connection.execute(
                    "select company, count(*) from postings where company <> '' group by company"
                ).fetchall()
            ),
            sources=[row[0] for row in rows("select distinct source from postings order by 1")],
            months=[row[0][:7] for row in rows("select distinct month from monthly_trends "
                                               "where total_jobs > 0 order by 1")],
            ids=[row[0] for row in some],
            texts=[found for found in texts if len(found) > 2],
            has_boards=bool(rows("select 1 from weekly_open_jobs limit 1")),
        )  # fmt: skip


class Filtered:
    """Questions about any jobs of a store; seeded."""

    def __init__(self, stored: Stored, seed: int = 11) -> None:
        self._stored = stored
        self._rng = random.Random(seed)
        self._weighed = {
            name: (list(weights), list(accumulate(weights.values())))
            for name, weights in (
                ("place", stored.places),
                ("technology", stored.technologies),
                ("company", stored.companies),
            )
        }

    def ask(self, path: str, **own: Callable[[], str]) -> Iterator[str]:
        """Yield questions to a path, with a value of each of its ``own`` parameters."""
        return self._once(path, lambda: {**self._filter(), **self._values(own)})

    def plain(self, path: str, **own: Callable[[], str]) -> Iterator[str]:
        """Yield questions of ``own`` parameters alone."""
        return self._once(path, lambda: self._values(own))

    def by_path(self) -> dict[str, Iterator[str]]:
        """Return what is asked of each path, by what a row calls it."""
        some = self._some
        return {
            "insights, any filter": self.ask("insights"),
            "trends, any filter": self._once("trends", self._trends),
            "movers": self._of_months("movers", months=some(("12", "3"))),
            "volume": self._of_months("volume"),
            "market": self._of_months("market", dimension=some(_DIMENSIONS)),
            "salaries": self._of_months("salaries", by=some(get_args(By))),
            "pairs": self.ask("pairs", technology=self._technology),
            "places": self.ask("places", kind=some(("country", "state", "metro", "region"))),
            "companies": self.ask("companies", order=some(("jobs", "newest"))),
            "company": self.ask("company", company=lambda: self._heavy("company")),
            "company, the page": (
                f"{_PAGES}/company?{one.partition('?')[2]}"
                for one in self.plain("company", company=lambda: self._heavy("company"))
            ),
            **(
                {"open": self.ask("open", by=some(("family", "role")))}
                if self._stored.has_boards
                else {}
            ),
            "match": self.ask("match", skills=self._skills),
            "search, newest first": self.plain("postings", q=self._search),
            "search, best first": self.plain(
                "postings", q=self._search, order=some(("relevance",))
            ),
            "suggestions": self.plain(
                "suggestions", kind=some(("place", "company")), text=self._typed
            ),
            "posting": self.plain("posting", id=some(self._stored.ids)),
            "explain": self.plain("explain", id=some(self._stored.ids)),
        }

    def _of_months(self, path: str, **own: Callable[[], str]) -> Iterator[str]:
        """Yield questions about months, which take no other window."""
        return self._once(path, lambda: {**self._filter(window=False), **self._values(own)})

    def _once(self, path: str, draw: Callable[[], dict[str, str]]) -> Iterator[str]:
        seen: set[str] = set()
        again = 0
        while again < _DRAWN_AGAIN:
            query = urlencode(draw())
            again += 1
            if query not in seen:
                seen.add(query)
                again = 0
                yield f"{_API}/{path}?{query}"

    def _values(self, own: Own) -> dict[str, str]:
        return {name: draw() for name, draw in own.items()}

    def _some(self, values: Sequence[str]) -> Callable[[], str]:
        return lambda: self._rng.choice(values)

    def _heavy(self, name: str) -> str:
        keys, sums = self._weighed[name]
        return self._rng.choices(keys, cum_weights=sums)[0]

    def _technology(self) -> str:
        return self._heavy("technology")

    def _trends(self) -> dict[str, str]:
        """Return ten technologies of any jobs, over five years."""
        asked = dict.fromkeys(self._technology() for _ in range(_TECHNOLOGIES_ASKED))
        last = self._rng.choice(self._stored.months[_MONTHS_ASKED - 1 :] or self._stored.months)
        span = {"start_date": months_before(last, _MONTHS_ASKED - 1), "end_date": last}
        return {**self._filter(window=False), "tech_ids": ",".join(asked), **span}

    def _skills(self) -> str:
        count = self._rng.randint(*_SKILLS)
        return ",".join(dict.fromkeys(self._technology() for _ in range(count)))

    def _search(self) -> str:
        text = self._rng.choice(self._stored.texts)
        start = self._rng.randrange(len(text) - 1)
        one, other = text[start], self._rng.choice(text)
        return self._rng.choice(
            (one, f"{one} {other}", f'"{one} {text[start + 1]}"', f"{one} OR {other}")
        )

    def _typed(self) -> str:
        """Return the first letters of a place or a company."""
        name = self._heavy(self._rng.choice(("place", "company")))
        return name[: self._rng.randint(2, 9)].strip() or name[:1]

    def _list(self, values: Sequence[str]) -> str:
        return ",".join(self._rng.sample(values, self._rng.randint(1, min(3, len(values)))))

    def _filter(self, *, window: bool = True) -> dict[str, str]:
        """Return up to four restrictions of any kind, and mostly a window."""
        restrictions: dict[str, Callable[[], str]] = {
            "location": lambda: self._heavy("place"),
            "apply_from": lambda: self._heavy("place"),
            "remote": lambda: self._list(_WAYS),
            "roles": lambda: self._list(ROLES),
            "levels": lambda: self._list(LEVELS),
            "families": lambda: self._list(FAMILIES),
            "sources": lambda: self._list(self._stored.sources),
            "company": lambda: self._heavy("company"),
            "q": self._search,
            "technologies": self._technology,
            "seniors": lambda: "exclude",
            "repeats": lambda: "include",
        }
        count = self._rng.randrange(_MOST_RESTRICTIONS + 1)
        chosen = {name: restrictions[name]() for name in self._rng.sample([*restrictions], count)}
        kept = {"seniors": "include", **chosen}
        return kept | (self._window() if window else {})

    def _window(self) -> dict[str, str]:
        if self._rng.random() < 0.25:
            first, last = sorted(self._rng.choices(self._stored.months, k=2))
            return {"start_date": first, "end_date": last}
        return {"days": str(self._rng.choice((30, 90, 365, 1_825, 5_000)) + self._rng.randrange(9))}
