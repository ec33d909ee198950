"""Staged files as any program reads them: gzipped NDJSON, standard library only."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

__all__ = ["read_batches"]


def read_batches(folder: Path, size: int) -> Iterator[list[dict[str, Any]]]:
    """Yield the records of all files of a folder, so many at a time."""
    records = _records(folder)
    while batch := list(islice(records, size)):
        yield batch


def _records(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.iterdir()):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            yield from map(json.loads, lines)
