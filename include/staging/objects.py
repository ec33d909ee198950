"""Files in an object store that workers share, through Airflow's ObjectStoragePath.

https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/objectstorage.html
Imported only for a URL, such as the staging root: a folder needs neither Airflow nor fsspec.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from airflow.sdk import ObjectStoragePath

__all__ = ["find", "get", "get_folder", "put", "put_folder", "remove"]


def put(address: str, content: bytes) -> None:
    """Write an object in one request, which is atomic."""
    path = ObjectStoragePath(address)
    path.fs.pipe_file(path.path, content)


def get(address: str) -> bytes:
    """Return an object's content; raise FileNotFoundError if it does not exist."""
    path = ObjectStoragePath(address)
    content: bytes = path.fs.cat_file(path.path)
    return content


def put_folder(root: str, folder: Path) -> None:
    """Write the files of a folder as objects below ``root``, several at a time."""
    path = ObjectStoragePath(root)
    path.fs.put(f"{folder}/", f"{path.path.rstrip('/')}/", recursive=True)


def get_folder(root: str, folder: Path) -> None:
    """Write the objects below ``root`` as files into a new folder, several at a time."""
    path = ObjectStoragePath(root)
    path.fs.invalidate_cache()
    folder.mkdir()
    path.fs.get(f"{path.path.rstrip('/')}/", f"{folder}/", recursive=True)


def find(root: str) -> Iterator[tuple[str, int, dt.datetime]]:
    """Yield each object's name below ``root``, size in bytes and time of change, by name."""
    path = ObjectStoragePath(root)
    path.fs.invalidate_cache()  # fsspec caches listings, and other machines write, too
    prefix = path.path.rstrip("/") + "/"
    for key, info in sorted(path.fs.find(path.path, detail=True).items()):
        with suppress(FileNotFoundError):  # removed since it was listed
            yield key.removeprefix(prefix), int(info["size"]), _modified(path.fs, key, info)


def remove(root: str, names: Iterable[str]) -> None:
    """Remove objects by name; ignore those that do not exist."""
    path = ObjectStoragePath(root)
    prefix = path.path.rstrip("/") + "/"
    for name in names:
        with suppress(FileNotFoundError):
            path.fs.rm_file(prefix + name)


def _modified(files: Any, key: str, info: dict[str, Any]) -> dt.datetime:
    # S3 includes it in the listing; other stores may need a request per object.
    modified_at: dt.datetime = info.get("LastModified") or files.modified(key)
    return modified_at if modified_at.tzinfo else modified_at.replace(tzinfo=dt.UTC)
