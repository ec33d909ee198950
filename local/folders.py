"""Delete data safely: only files that TechPulse creates, and outside the project only on demand.

``TECHPULSE_DATA_DIR`` may name any folder, even one with other files. Only files that TechPulse
creates are deleted in it. A folder outside the project is not touched unless its path is typed.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from include.errors import ConfigurationError
from include.settings import PROJECT_ROOT

__all__ = ["contents", "delete_data", "delete_folder", "may_delete", "size_bytes"]

_MADE: Final = (
    "staging",
    "state",
    "backups",
    "demo",
    "warehouse.duckdb*",  # with its write-ahead log and temporary files
    ".warehouse.duckdb.*",  # a compaction that was cut short
    "serving.sqlite*",
)
_CODE: Final = ("bench", "dags", "dbt", "deploy", "docs", "include", "local", "plugins", "sample",
                "tests", ".ci", ".git", ".venv")  # fmt: skip


def contents(folder: Path) -> list[Path]:
    """Return TechPulse's files and folders in a data folder, sorted; [] if there is no folder."""
    return sorted({path for pattern in _MADE for path in folder.glob(pattern)})


def size_bytes(path: Path) -> int:
    """Return the size of a file, or of all files below a folder; 0 for a symbolic link."""
    if path.is_symlink():
        return 0
    files = path.rglob("*") if path.is_dir() else iter((path,))
    return sum(file.lstat().st_size for file in files if file.is_file())


def may_delete(folder: Path, retype: Callable[[Path], str]) -> bool:
    """Return whether a folder is inside the project, or ``retype`` returns its path.

    Raises ConfigurationError for a folder that contains the project, its code, or the user's home.
    """
    real = folder.resolve()
    if real in {Path.home(), *Path.home().parents, PROJECT_ROOT, *PROJECT_ROOT.parents}:
        raise ConfigurationError(
            "This folder contains more than TechPulse's data",
            record=folder,
            next_step="set TECHPULSE_DATA_DIR to a folder of its own.",
        )
    if PROJECT_ROOT in real.parents:
        if real.relative_to(PROJECT_ROOT).parts[0] in _CODE:
            raise ConfigurationError(
                "This folder contains the project's code",
                record=folder,
                next_step="set TECHPULSE_DATA_DIR to a folder of its own.",
            )
        return True
    return retype(folder) == str(folder)


def delete_data(folder: Path) -> list[Path]:
    """Delete TechPulse's files in a data folder; return the paths that remain.

    An empty folder is deleted too. Raises OSError when something cannot be deleted.
    """
    for path in contents(folder):
        _delete(path)
    left = list(_entries(folder))
    if folder.is_dir() and not folder.is_symlink() and not left:
        folder.rmdir()
    return left


def delete_folder(folder: Path) -> None:
    """Delete a folder with everything in it; of a symbolic link only the link."""
    if folder.exists() or folder.is_symlink():
        _delete(folder)


def _entries(folder: Path) -> Iterator[Path]:
    return folder.iterdir() if folder.is_dir() else iter(())


def _delete(path: Path) -> None:
    """Delete a file, a folder or a symbolic link; never the link's target."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
