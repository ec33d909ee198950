"""Turn ENOSPC (from the OS, DuckDB or SQLite) into DiskFullError with a next step."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from include.errors import DiskFullError, TechPulseError

__all__ = ["raise_if_disk_full"]

_NUMBERS = (errno.ENOSPC, errno.EDQUOT)
# DuckDB repeats the OS's message; SQLite has its own: https://www.sqlite.org/rescode.html#full
_WORDS = ("no space left on device", "disk quota exceeded", "database or disk is full")


@contextmanager
def raise_if_disk_full(path: Path | str) -> Iterator[None]:
    """Raise DiskFullError, naming ``path``, when a write in the block finds the disk full."""
    try:
        yield
    except TechPulseError:
        # It has a next step already, and may quote a source that says "disk quota exceeded".
        raise
    except Exception as error:
        if not _is_full(error):
            raise
        raise DiskFullError(
            f"The disk is full: {error}",
            record=path,
            next_step=f"free some space{_left(path)}, then clear the task; nothing is half done.",
        ) from error


def _is_full(error: Exception) -> bool:
    if isinstance(error, OSError) and error.errno in _NUMBERS:
        return True
    message = str(error).lower()
    return any(words in message for words in _WORDS)


def _left(path: Path | str) -> str:
    """Return the free space of the path's disk as text, "" if the path is not on this machine."""
    for folder in Path(path).absolute().parents:
        if folder.is_dir():
            usage = shutil.disk_usage(folder)
            return f" in {folder} ({usage.free / 1e6:,.1f} of {usage.total / 1e6:,.0f} MB are left)"
    return ""
