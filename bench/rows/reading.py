"""Classify 100,000 postings: the whole reading, and the matcher beside the per-pattern loop.

Processor seconds of one thread, so that neighbours weigh less.
"""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable, Sequence
from itertools import islice

from bench.report import Result, at_least
from include.postings import read_posting
from include.postings.markup import plain_text
from include.postings.taxonomy import Taxonomy, load_taxonomy
from include.postings.technologies import default_matcher
from sample.world import World

__all__ = ["old_loop", "postings", "run"]

POSTING_CHARS = 1_300
"""A Hacker News posting's mean length, HTML included."""

_PROSE = (
    "<p>We started in a kitchen and now fill two floors. Our customers plan deliveries with us, "
    "and a wrong number costs them a lorry&#x27;s way, so we test with care and talk to them often."
    "<p>You would share decisions from the first week, write what you know down, and leave at five."
)
_ROUNDS = 5
_OLD = "older loop: each technology's pattern over the text"
_MATCHER = "TechPulse, the same technologies"
_WHOLE = "TechPulse, the whole reading"


def run(quick: bool = False) -> list[Result]:
    """Measure in rounds, each with postings of its own; the older loop reads the first of each."""
    count = 500 if quick else 100_000
    texts = postings(count)
    size = count // _ROUNDS
    seconds: dict[str, list[float]] = {_OLD: [], _MATCHER: [], _WHOLE: []}
    old, matcher = old_loop(load_taxonomy()), default_matcher()
    for start in range(0, count, size):
        part = texts[start : start + size]
        plain = [plain_text(text) for text in part]
        seconds[_OLD].append(_each(old, plain[: max(size // 400, 20)]))
        seconds[_MATCHER].append(_each(matcher.count, plain))
        seconds[_WHOLE].append(_each(read_posting, part))
    return [_result(seconds, texts)]


def postings(count: int) -> list[str]:
    """Return generated comments that are jobs, filled up or cut to POSTING_CHARS each."""
    world = World(comments=min(count, 800))
    texts = (
        item["text"]
        for month in world.months()
        for block in world.blocks(month)
        if block.truth.is_job and (item := block.items[block.root]) and item.get("text")
    )
    return [_filled(text) for text in islice(texts, count)]


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


def _each(work: Callable[[str], object], texts: Sequence[str]) -> float:
    """Return the processor seconds of one text."""
    start = time.process_time()
    for text in texts:
        work(text)
    return (time.process_time() - start) / len(texts)


def _result(seconds: dict[str, list[float]], texts: Sequence[str]) -> Result:
    median = {name: statistics.median(taken) for name, taken in seconds.items()}
    size, technologies = sum(map(len, texts)) / len(texts), len(load_taxonomy().technologies)
    return Result(
        key="reading",
        work=f"classify {len(texts):,} postings of {size:,.0f} characters",
        goals=[
            at_least("a core", 3_000, 1 / median[_WHOLE], "postings/s"),
            at_least(
                f"the per-pattern loop, {technologies:,} technologies in both",
                3,
                median[_OLD] / median[_MATCHER],
            ),
        ],
        lines=[_line(name, taken) for name, taken in seconds.items()],
        command="python -m bench reading",
        note="Every text is read once, so that no cache has seen it. Processor seconds grow where "
        "other processes share the core's caches.",
    )


def _line(name: str, taken: Sequence[float]) -> dict[str, str]:
    return {
        "contestant": name,
        "rounds": str(len(taken)),
        "median µs a posting": f"{statistics.median(taken) * 1e6:,.0f}",
        "spread µs": f"{min(taken) * 1e6:,.0f} to {max(taken) * 1e6:,.0f}",
        "postings/s": f"{1 / statistics.median(taken):,.0f}",
    }
