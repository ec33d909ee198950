"""How fast postings are read: the matcher beside the per-pattern loop it replaces.

``python -m bench.classify`` reads generated postings of about 1.3 kB of HTML in alternating rounds
and prints the median of each: CPU seconds of this process, so that neighbours weigh less.
"""

from __future__ import annotations

import argparse
import re
import statistics
import sys
import time
from collections.abc import Callable, Sequence

from include.postings import read_posting
from include.postings.markup import plain_text
from include.postings.taxonomy import Taxonomy, load_taxonomy
from include.postings.technologies import default_matcher
from sample.world import World

__all__ = ["main", "old_loop", "postings"]

POSTING_CHARS = 1_300
"""A Hacker News posting's mean length, HTML included."""


_PROSE = (
    "<p>We started in a kitchen and now fill two floors. Our customers plan deliveries with us, "
    "and a wrong number costs them a lorry&#x27;s way, so we test with care and talk to them often."
    "<p>You would share decisions from the first week, write what you know down, and leave at five."
)


def postings(count: int) -> list[str]:
    """Return generated comments, filled up or cut to POSTING_CHARS each."""
    world = World(first_month="2026-01", last_month="2026-02", comments=count)
    texts = [
        item["text"]
        for month in world.months()
        for label in world.labels(month)
        if label["is_job"] and (item := world.item(label["id"])) and item.get("text")
    ]
    return [_filled(text) for text in texts[:count]]


def _filled(text: str) -> str:
    """Add prose that names no technology up to a real posting's length: theirs is mostly prose."""
    while len(text) < POSTING_CHARS:
        text += _PROSE
    return text[:POSTING_CHARS]


def old_loop(taxonomy: Taxonomy) -> Callable[[str], set[str]]:
    """Return the older way: a regular expression a technology, each searched in the whole text."""
    patterns = [
        (
            technology.id,
            re.compile(
                rf"(?<!\w)(?:{'|'.join(map(re.escape, technology.spellings()))})(?!\w)",
                re.IGNORECASE,
            ),
        )
        for technology in taxonomy.technologies
    ]
    return lambda text: {key for key, pattern in patterns if pattern.search(text)}


def _cpu_seconds(work: Callable[[str], object], texts: Sequence[str]) -> float:
    start = time.process_time()
    for text in texts:
        work(text)
    return time.process_time() - start


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns 0."""
    parser = argparse.ArgumentParser(prog="bench.classify", description=__doc__)
    parser.add_argument("--postings", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="fewer postings and rounds")
    options = parser.parse_args(arguments)
    count, rounds = (100, 3) if options.quick else (options.postings, options.rounds)
    texts = postings(count)
    plain = [plain_text(text) for text in texts]
    old, matcher = old_loop(load_taxonomy()), default_matcher()
    works: dict[str, tuple[Callable[[str], object], Sequence[str]]] = {
        "per-pattern loop, technologies": (old, plain),
        "matcher, technologies": (matcher.count, plain),
        "read_posting, everything": (read_posting, texts),
    }
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, (work, given) in works.items():
            seconds[name].append(_cpu_seconds(work, given))
    medians = {name: statistics.median(taken) / count for name, taken in seconds.items()}
    base = medians["per-pattern loop, technologies"]
    size = statistics.mean(map(len, texts))
    print(f"{count} postings of {size:.0f} characters, {rounds} rounds, median CPU time a posting")
    for name, taken in medians.items():
        print(f"{name:32}{taken * 1e6:10.0f} us{1 / taken:10.0f}/s{base / taken:8.1f}x")
    return 0


if __name__ == "__main__":
    sys.exit(main())
