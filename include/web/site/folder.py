"""A folder that is replaced as a whole: what is there is an old site, or a new one, never a mix."""

from __future__ import annotations

import errno
import json
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
    _check(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    _tidy(folder)
    with work_folder(folder, _NEW) as new:
        new.chmod(0o755)  # a public page: whoever serves it may read it
        (new / MARKER).write_text(json.dumps({"format": _FORMAT, **about}) + "\n")
        yield new
        _swap(new, folder)


def _check(folder: Path) -> None:
    while (found := _inode(folder)) and not _is_ours(folder):
        if _inode(folder) == found:  # else another process has replaced it between two looks
            raise ConfigurationError(
                "The folder is no site that TechPulse has written, so it is not replaced.",
                record=folder,
                next_step="name a new or an empty folder.",
            )


def _inode(folder: Path) -> int | None:
    try:
        return folder.stat().st_ino
    except FileNotFoundError:
        return None


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
            with suppress(OSError):  # another process has been quicker
                old.rename(folder)
        shutil.rmtree(old, ignore_errors=True)


def _swap(new: Path, folder: Path) -> None:
    old = folder.with_name(f".{folder.name}.{uuid4().hex}{_OLD}")
    while new.exists():
        with suppress(FileNotFoundError):
            folder.rename(old)
        try:
            new.rename(folder)
        except OSError as error:
            # Between the two, another process has put its own there.
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise
        shutil.rmtree(old, ignore_errors=True)
