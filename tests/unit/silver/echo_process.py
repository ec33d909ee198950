"""A process that answers batches, for test_processes.py: twice each number; -1 ends it."""

from __future__ import annotations

import os
import sys

import pyarrow as pa

from include.silver.processes import serve


def twice(batch: pa.RecordBatch) -> pa.RecordBatch:
    numbers = batch.column("n").to_pylist()
    if -1 in numbers:
        os._exit(7)
    return pa.RecordBatch.from_pydict({"n": [2 * n for n in numbers]})


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer, twice)
