"""Time searches of a published store: each is asked once, so that no cache has it.

`python -m bench.search sqlite:///data/serving.sqlite` draws words, phrases, alternatives and
exclusions from the store's own texts, as often as each word is there, and prints per kind the time
of the look-up and of a whole page of postings, newest first and ranked: processor milliseconds of
this process and of PostgreSQL's, if it is on this machine, else milliseconds by the clock.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from include.insights.filters import JobFilter
from include.insights.postings import postings
from include.insights.search import matching
from include.insights.store import ServingStore, Snapshot
from include.postings.markup import plain_text
from include.serving.schema import POSTINGS
from include.serving.text.query import parse_query, wanted_phrases
from include.serving.text.search import explain
from include.serving.text.words import words

_TEXTS = 2_000
Draw = Callable[[], str]
Clock = Callable[[], float]


class Searches:
    """Searches of every kind, drawn from texts of the store; seeded."""

    def __init__(self, snapshot: Snapshot, seed: int = 7) -> None:
        self._rng = random.Random(seed)
        columns = POSTINGS.c
        query = sa.select(columns.title, columns.description_raw).order_by(columns.id)
        rows = snapshot.connection.execute(query.limit(_TEXTS)).all()
        self._texts = [found for row in rows if len(found := words(plain_text(row[1]))) > 5]
        self._titles = [found for row in rows if (found := words(row[0]))]

    def kinds(self) -> dict[str, Draw]:
        """Return what draws a search of each kind."""
        return {
            "a word": self._word,
            "two words": lambda: f"{self._word()} {self._word()}",
            "three words": lambda: f"{self._word()} {self._word()} {self._word()}",
            "a phrase of two": lambda: self._phrase(2),
            "a phrase of three": lambda: self._phrase(3),
            "a word in the title": lambda: (
                f"title:{self._rng.choice(self._rng.choice(self._titles))}"
            ),
            "a phrase of six": lambda: self._phrase(6),
            "alternatives": lambda: f"{self._word()} OR {self._phrase(2)}",
            "a word, not a phrase": lambda: f"{self._word()} -{self._phrase(2)}",
            "not a word": lambda: f"-{self._word()}",
        }

    def _word(self, texts: Sequence[Sequence[str]] = ()) -> str:
        return self._rng.choice(self._rng.choice(texts or self._texts))

    def _phrase(self, length: int) -> str:
        text = self._rng.choice(self._texts)
        start = self._rng.randrange(len(text) - length)
        return f'"{" ".join(text[start : start + length])}"'


def _clock_of(connection: sa.Connection) -> Clock:
    """Return what tells the seconds that the processor has worked for this connection."""
    if connection.dialect.name == "sqlite":
        return time.process_time
    pid = connection.scalar(sa.text("select pg_backend_pid()"))
    spent = Path(f"/proc/{pid}/schedstat")  # first: nanoseconds on a processor
    if not spent.exists():
        return time.perf_counter
    return lambda: time.process_time() + int(spent.read_text().split()[0]) / 1e9


def measure(snapshot: Snapshot, draw: Draw, count: int) -> Iterator[tuple[float, float, float]]:
    """Yield the seconds of a search, of its newest page, and of its best page."""
    today, asked = datetime.now(UTC).date(), set[str]()
    clock = _clock_of(snapshot.connection)
    while len(asked) < count:
        if (text := draw()) in asked:
            continue
        asked.add(text)
        yield (
            _timed(clock, lambda text=text: matching(snapshot, text)),  # type: ignore[misc]
            _timed(
                clock,
                lambda text=text: postings(snapshot, JobFilter(q=text), today, limit=25),  # type: ignore[misc]
            ),
            _timed(
                clock,
                lambda text=text: postings(  # type: ignore[misc]
                    snapshot, JobFilter(q=text), today, limit=25, by_relevance=True
                ),
            ),
        )


def _timed(clock: Clock, ask: Callable[[], object]) -> float:
    begun = clock()
    ask()
    return clock() - begun


def main() -> None:
    """Print p50, p95 and the longest of each kind, in milliseconds, and the plans."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("store", help="URL of the serving store")
    parser.add_argument("--count", type=int, default=100, help="searches of each kind")
    options = parser.parse_args()
    store = ServingStore(options.store)
    with store.read() as snapshot:
        searches = Searches(snapshot)
        first = _timed(time.process_time, lambda: matching(snapshot, "warm"))
        print(f"{snapshot.index.size} jobs; the first search {first * 1e3:.0f} ms")
        every: list[tuple[float, float, float]] = []
        for kind, draw in searches.kinds().items():
            every += (found := list(measure(snapshot, draw, options.count)))
            print(f"{kind:24}{_quantiles(found)}")
        print(f"{'all':24}{_quantiles(every)}")
        for text in ("python", '"machine learning" -title:senior'):
            for phrase in wanted_phrases(parse_query(text)):
                print(phrase, *explain(snapshot.connection, phrase), sep="\n    ")
    store.close()


def _quantiles(found: list[tuple[float, float, float]]) -> str:
    cells = []
    for name, times in zip(("look-up", "newest", "ranked"), zip(*found, strict=True), strict=True):
        ranked = sorted(times)
        shown = (ranked[len(ranked) // 2], ranked[len(ranked) * 95 // 100], ranked[-1])
        cells.append(f"{name} " + " ".join(f"{seconds * 1e3:6.1f}" for seconds in shown))
    return "   ".join(cells)


if __name__ == "__main__":
    main()
