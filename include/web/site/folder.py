"""A folder that is replaced as a whole: what is there is an old site, or a new one, never a mix."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from glob import escape
from pathlib import Path
from tempfile import mkdtemp

from include.errors import ConfigurationError

__all__ = ["MARKER", "replaced"]

MARKER = "site.json"
"""Says that a folder is a site of ours, so that nothing else is ever deleted."""
_FORMAT = "techpulse-site-1"
_NEW, _OLD = ".site", ".old.site"
"""How the names of the folders beside it end, while it is replaced."""


@contextmanager
def replaced(folder: Path, **about: str) -> Iterator[Path]:
    """Give an empty folder, which takes the place of ``folder`` at the end of the block.

    ``about`` is written into the marker. If the block fails, ``folder`` stays as it is. Raises
    ConfigurationError if it exists and is neither empty nor such a site.
    """
    folder = folder.resolve()  # what a link leads to is replaced, not the link
    _check(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    _tidy(folder)
    # Beside it, hence on the same disk, so that it can be renamed.
    new = Path(mkdtemp(prefix=f".{folder.name}.", suffix=_NEW, dir=folder.parent))
    try:
        new.chmod(0o755)  # a public page: whoever serves it may read it
        yield new
        (new / MARKER).write_text(json.dumps({"format": _FORMAT, **about}) + "\n")
        _swap(new, folder)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _check(folder: Path) -> None:
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    try:
        known = json.loads((folder / MARKER).read_text())["format"] == _FORMAT
    except (OSError, ValueError, KeyError, TypeError):
        known = False
    if not known:
        raise ConfigurationError(
            "The folder is no site that TechPulse has written, so it is not replaced.",
            record=folder,
            next_step="name a new or an empty folder.",
        )


def _tidy(folder: Path) -> None:
    """Delete what a killed run left; put back what it had just taken away."""
    for left in folder.parent.glob(f".{escape(folder.name)}.*{_NEW}"):
        if left.name.endswith(_OLD) and not folder.exists():
            left.rename(folder)
        else:
            shutil.rmtree(left)


def _swap(new: Path, folder: Path) -> None:
    old = new.with_name(new.name.removesuffix(_NEW) + _OLD)
    if folder.exists():
        folder.rename(old)
    new.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
