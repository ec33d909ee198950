"""Read postings of the recorded history: on one core, and in a process a core.

The history lies beside the project (../shared/history); where it is absent nothing is measured.
"""

from __future__ import annotations

import gzip
import json
import random
import statistics
import sys
import time
from collections.abc import Sequence

import pyarrow as pa

from bench.report import Result, at_least
from bench.rows.real import HISTORY, months_there
from bench.sizes import describe
from include.postings import extract_posting
from include.silver.postings import read_texts
from include.silver.processes import answered, cores

__all__ = ["measure"]

_ROUNDS = 4
_BATCH = 1_000
_IN_PROCESSES = "postings.read_texts, {n} processes"
_GOAL_TIMES = 1.7


def measure(quick: bool = False) -> list[Result]:
    """Measure postings/s a core in rounds, then all of them once by one and once by more."""
    if not months_there():
        print(f"  reading: no recorded history at {HISTORY}", file=sys.stderr)
        return []
    one_core, whole = (200, 2_000) if quick else (10_000, 40_000)
    texts = _texts(whole)
    rounds = [
        texts[at : at + one_core // _ROUNDS] for at in range(0, one_core, one_core // _ROUNDS)
    ]
    rates = [_rate(part) for part in rounds]
    processes = max(2, cores())
    seconds = {n: _seconds(texts, n) for n in (1, processes)}
    times = seconds[1] / seconds[processes]
    return [
        Result(
            key="reading_real",
            work=f"read {one_core:,} postings of the recorded history on one core, {whole:,} in "
            "processes",
            goals=[at_least(f"one process, with {processes}", _GOAL_TIMES, times)],
            lines=[
                _line("extract_posting, one core", statistics.median(rates), rates),
                *(_line(_IN_PROCESSES.format(n=n), whole / s, []) for n, s in seconds.items()),
            ],
            command="python -m bench reading",
            sizes=[describe({"postings": whole, "distinct texts": len(set(texts))})],
            note="On one core in processor seconds, in processes in seconds, their start included.",
        )
    ]


def _texts(count: int) -> list[str]:
    """Return comments of all months, shuffled, the same each time."""
    found: list[str] = []
    for month in months_there():
        with gzip.open(HISTORY / "hn" / f"{month}.jsonl.gz", "rt", encoding="utf-8") as file:
            found += filter(None, (json.loads(line).get("text") for line in file))
    random.Random(1).shuffle(found)
    return found[:count]


def _rate(texts: Sequence[str]) -> float:
    start = time.process_time()
    for text in texts:
        extract_posting(text)
    return len(texts) / (time.process_time() - start)


def _seconds(texts: Sequence[str], processes: int) -> float:
    rows = [
        {"posting_id": str(n), "source": "hacker_news", "url": "", "canonical_url": "",
         "is_live": True, "title": None, "company": None, "description_raw": text,
         "reader_error": None}
        for n, text in enumerate(texts)
    ]  # fmt: skip
    schema = pa.schema(
        [(name, pa.bool_() if name == "is_live" else pa.string()) for name in rows[0]]
    )
    batches = pa.Table.from_pylist(rows, schema=schema).to_batches(max_chunksize=_BATCH)
    start = time.perf_counter()
    if processes == 1:
        found = list(map(read_texts, batches))
    else:
        found = list(answered("include.silver.reading_process", batches, processes=processes))
    seconds = time.perf_counter() - start
    if sum(len(batch) for batch in found) != len(texts):
        raise RuntimeError("not every posting was read")
    return seconds


def _line(name: str, rate: float, rounds: Sequence[float]) -> dict[str, str]:
    spread = f"{min(rounds):,.0f} to {max(rounds):,.0f}" if rounds else ""
    return {"candidate": name, "postings/s": f"{rate:,.0f}", "spread": spread}
