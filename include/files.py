"""Files and folders of ours: their owner's alone, whatever umask the process has.

A umask is the whole process's, so Airflow's: modes are set where files are made. What was there
before keeps its mode. ``TECHPULSE_FILES_FOR_GROUP`` opens what is made to its group, too.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from include.settings import get_settings

__all__ = ["make_file", "make_folder", "new_file", "protect"]

_OWNER = 0o600, 0o700
_GROUP = 0o660, 0o770


def make_folder(folder: Path) -> None:
    """Make a folder and what is missing above it; raise FileExistsError where it is a file."""
    if folder.is_dir():
        return
    if folder.parent != folder:
        make_folder(folder.parent)
    try:
        folder.mkdir(mode=_OWNER[1])
    except FileExistsError:
        if not folder.is_dir():
            raise
    else:
        protect(folder)


def new_file(path: Path) -> BinaryIO:
    """Open a new file for writing; raise FileExistsError where there is one."""
    file = os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _OWNER[0]), "wb")
    protect(path)
    return file


def make_file(path: Path) -> None:
    """Make a file and its folder where there is none, for a library that opens it by its path."""
    make_folder(path.parent)
    with suppress(FileExistsError):
        new_file(path).close()


def protect(path: Path) -> None:
    """Set the mode of a file or folder of ours that another library has made."""
    found = path.stat().st_mode
    file_mode, folder_mode = _GROUP if get_settings().files_for_group else _OWNER
    kept = found & stat.S_ISGID  # a folder that hands on its group goes on doing so
    path.chmod(folder_mode | kept if stat.S_ISDIR(found) else file_mode)
