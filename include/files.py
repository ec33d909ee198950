"""Create files and folders that only their owner can access, whatever the process's umask.

The umask belongs to the whole Airflow process, so modes are set per file. Existing files keep their
mode. With ``TECHPULSE_FILES_FOR_GROUP`` the group has access, too.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from include.settings import get_settings

__all__ = ["make_file", "make_folder", "new_file", "protect", "work_folder"]

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


@contextmanager
def work_folder(path: Path, suffix: str) -> Iterator[Path]:
    """Give a new folder beside ``path``, to be renamed in the block; delete what is left of it.

    Such folders of killed processes are deleted, too. One that a process is at work in is not: the
    process holds its ``flock``, which the kernel releases when it dies.
    """
    make_folder(path.parent)
    for left in path.parent.glob(f".{escape(path.name)}.*{suffix}"):
        _delete_unless_held(left)
    folder, lock = _held_folder(path, suffix)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _held_folder(path: Path, suffix: str) -> tuple[Path, int]:
    while True:
        folder = path.with_name(f".{path.name}.{uuid4().hex}{suffix}")
        folder.mkdir(mode=_OWNER[1])
        # Until it is locked, another process may take it for a killed one's.
        with suppress(FileNotFoundError):
            lock = os.open(folder, os.O_RDONLY)
            with suppress(OSError):  # NFS locks no folders: there, nothing is deleted either
                fcntl.flock(lock, fcntl.LOCK_EX)
            if folder.exists():
                protect(folder)
                return folder, lock
            os.close(lock)


def _delete_unless_held(folder: Path) -> None:
    try:
        lock = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return
    else:
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(lock)
