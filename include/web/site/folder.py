"""A folder that is replaced as a whole: what is there is an old site, or a new one, never a mix."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path
from uuid import uuid4

from include.errors import ConfigurationError
from include.files import work_folder

__all__ = ["MARKER", "replaced"]

MARKER = "site.json"
"""Says that a folder is a site of ours, so that nothing else is ever deleted."""
_FORMAT = "techpulse-site-1"
_NEW, _OLD = ".site", ".old.site"
"""How the names of the folders beside it end, while it is replaced."""


@contextmanager
def replaced(folder: Path, **about: str) -> Iterator[Path]:
    """Give a folder with the marker, which takes the place of ``folder`` at the end of the block.

    ``about`` is written into the marker. If the block fails, ``folder`` stays as it is; of two that
    replace it at once, the last one to end does. Raises ConfigurationError if it exists and is
    neither empty nor such a site.
    """
    folder = folder.resolve()  # what a link leads to is replaced, not the link
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        _check(folder)
        _tidy(folder)
    with work_folder(folder, _NEW) as new:
        new.chmod(0o755)  # a public page: whoever serves it may read it
        (new / MARKER).write_text(json.dumps({"format": _FORMAT, **about}) + "\n")
        yield new
        with _alone(folder):
            _check(folder)  # what has been put there meanwhile is not deleted either
            _swap(new, folder)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait until no other process looks at the folder or replaces it; the lock leaves no file."""
    lock = os.open(folder.parent, os.O_RDONLY)
    try:
        with suppress(OSError):  # NFS locks no folders: there, one of two at once may fail
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _check(folder: Path) -> None:
    if folder.exists() and not _is_ours(folder):
        raise ConfigurationError(
            "The folder is no site that TechPulse has written, so it is not replaced.",
            record=folder,
            next_step="name a new or an empty folder.",
        )


def _is_ours(folder: Path) -> bool:
    """Return whether a folder is empty or a site."""
    try:
        return (
            not any(folder.iterdir())
            or json.loads((folder / MARKER).read_text())["format"] == _FORMAT
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _tidy(folder: Path) -> None:
    """Put back what a killed run had just taken away, or delete it if there is a newer one."""
    for old in folder.parent.glob(f".{escape(folder.name)}.*{_OLD}"):
        if not folder.exists():
            old.rename(folder)
        shutil.rmtree(old, ignore_errors=True)


def _swap(new: Path, folder: Path) -> None:
    old = folder.with_name(f".{folder.name}.{uuid4().hex}{_OLD}")
    if folder.exists():
        folder.rename(old)
    new.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
