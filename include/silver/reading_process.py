"""Read the postings of Arrow batches on standard input: one of the processes of processes.py."""

from __future__ import annotations

import logging
import sys

from include.silver.postings import read_texts
from include.silver.processes import serve

__all__ = ["main"]


def main() -> None:
    """Answer each batch of standard input on standard output; end with the input."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    answers, sys.stdout = sys.stdout.buffer, sys.stderr  # nothing else may write among them
    serve(sys.stdin.buffer, answers, read_texts)


if __name__ == "__main__":
    main()
