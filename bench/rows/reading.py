"""Classify 100,000 postings: the whole reading, and the matcher beside the per-pattern loop.

Processor seconds of one thread, so that neighbours weigh less.
"""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable, Sequence
from itertools import islice

from bench import reading_real
from bench.report import Result, at_least
from bench.sizes import describe
from include.postings import PostingFields, extract_posting
from include.postings.markup import plain_text
from include.postings.taxonomy import Taxonomy, load_taxonomy
from include.postings.technologies import default_matcher
from sample.truth import Truth
from sample.world import World

__all__ = ["check", "old_loop", "postings", "run"]

_ROUNDS = 5
_CHECKED = 500
"""Readings that are compared with what was meant."""
_MIN_F1 = 0.95
_OLD = "older loop: each technology's pattern over the text"
_MATCHER = "TechPulse, the same technologies"
_WHOLE = "TechPulse, the whole reading"


def run(quick: bool = False) -> list[Result]:
    """Measure in rounds, each with postings of its own; the older loop reads the first of each."""
    count = 500 if quick else 100_000
    known = postings(count)
    texts = [text for text, _ in known]
    size = count // _ROUNDS
    seconds: dict[str, list[float]] = {_OLD: [], _MATCHER: [], _WHOLE: []}
    old, matcher = old_loop(load_taxonomy()), default_matcher()
    for start in range(0, count, size):
        part = texts[start : start + size]
        plain = [plain_text(text) for text in part]
        seconds[_OLD].append(_each(old, plain[: max(size // 400, 20)]))
        seconds[_MATCHER].append(_each(matcher.count, plain))
        seconds[_WHOLE].append(_each(extract_posting, part))
    checked = known[:_CHECKED]
    check(checked, [extract_posting(text) for text, _ in checked])
    return [_result(seconds, known), *reading_real.measure(quick)]


def postings(count: int) -> list[tuple[str, Truth]]:
    """Return generated comments that are jobs, and what they say."""
    world = World(comments=min(count, 800))
    found = (
        (item["text"], block.truth)
        for month in world.months()
        for block in world.blocks(month)
        if block.truth.is_job and (item := block.items[block.root]) and item.get("text")
    )
    return list(islice(found, count))


def check(texts: Sequence[tuple[str, Truth]], readings: Sequence[PostingFields]) -> None:
    """Raise RuntimeError where readings are not those of the texts: a wrong one has no speed."""
    names = load_taxonomy().by_id
    right = named = 0
    for (_, truth), reading in zip(texts, readings, strict=True):
        read = {names[key].name for key, _ in reading.skills}
        right += 2 * len(read & set(truth.skills))
        named += len(read) + len(truth.skills)
    if right < _MIN_F1 * named:
        raise RuntimeError(f"F1 of the technologies read is {right / max(named, 1):.2f}")


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


def _result(seconds: dict[str, list[float]], known: Sequence[tuple[str, Truth]]) -> Result:
    median = {name: statistics.median(taken) for name, taken in seconds.items()}
    size = sum(len(text) for text, _ in known) / len(known)
    technologies = len(load_taxonomy().technologies)
    return Result(
        key="reading",
        work=f"classify {len(known):,} postings of {size:,.0f} characters",
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
        sizes=[_sizes(known)],
        note="Every text is read once, so that no cache has seen it. Processor seconds grow where "
        "other processes share the core's caches.",
    )


def _sizes(known: Sequence[tuple[str, Truth]]) -> str:
    truths = [truth for _, truth in known]
    named = {name for truth in truths for name in truth.skills}
    return describe(
        {
            "postings": len(known),
            "distinct texts": len({text for text, _ in known}),
            "technologies named": len(named),
            "distinct combinations of places": len({truth.locations for truth in truths}),
            "companies": len({truth.company for truth in truths}),
        }
    )


def _line(name: str, taken: Sequence[float]) -> dict[str, str]:
    return {
        "candidate": name,
        "rounds": str(len(taken)),
        "median µs a posting": f"{statistics.median(taken) * 1e6:,.0f}",
        "spread µs": f"{min(taken) * 1e6:,.0f} to {max(taken) * 1e6:,.0f}",
        "postings/s": f"{1 / statistics.median(taken):,.0f}",
    }
