"""Create files and folders that only their owner can access, whatever the process's umask.

The umask belongs to the whole Airflow process, so modes are set per file. Existing files keep their
mode. With ``TECHPULSE_FILES_FOR_GROUP`` the group has access, too.
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
    """Create a folder and its missing parents; raise FileExistsError if the path is a file."""
    if folder.is_dir():
        return
    if folder.parent != folder:
        make_folder(folder.parent)
    try:
        folder.mkdir(mode=_OWNER[1])
    except FileExistsError:
        # Another process created the same folder first.
        if not folder.is_dir():
            raise
    else:
        protect(folder)


def new_file(path: Path) -> BinaryIO:
    """Open a new file for writing; raise FileExistsError if the path exists."""
    # The mode is set by open() itself: with a later chmod others could open the file in between.
    file = os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _OWNER[0]), "wb")
    protect(path)
    return file


def make_file(path: Path) -> None:
    """Create an empty file and its folder if absent, for a library that opens it by its path."""
    make_folder(path.parent)
    with suppress(FileExistsError):
        new_file(path).close()


def protect(path: Path) -> None:
    """Set the mode of a file or folder that another library created for us."""
    found = path.stat().st_mode
    file_mode, folder_mode = _GROUP if get_settings().files_for_group else _OWNER
    setgid = found & stat.S_ISGID  # keep it: new files inherit the folder's group by it
    path.chmod(folder_mode | setgid if stat.S_ISDIR(found) else file_mode)
