"""Read the postings of Arrow batches on standard input: one of the processes of processes.py."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import BinaryIO

import pyarrow as pa

from include.silver.postings import read_texts

__all__ = ["main", "serve"]


def main() -> None:
    """Answer each batch of standard input on standard output; end with the input."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    answers, sys.stdout = sys.stdout.buffer, sys.stderr  # nothing else may write among them
    serve(sys.stdin.buffer, answers, read_texts)


def serve(
    questions: BinaryIO, answers: BinaryIO, read: Callable[[pa.RecordBatch], pa.RecordBatch]
) -> None:
    """Write ``read(batch)`` for each batch of a stream, at once."""
    writer = None
    for batch in pa.ipc.open_stream(questions):
        found = read(batch)
        writer = writer or pa.ipc.new_stream(answers, found.schema)
        writer.write_batch(found)
        answers.flush()


if __name__ == "__main__":
    main()
