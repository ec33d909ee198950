"""Staged files: what a mapped task leaves behind, one immutable file each.

A staged file is gzipped NDJSON, one line a record. Its name ends in the digest of its content, it
is written aside and renamed, so a file is whole or not there, and the same content is the same
file. What goes through XCom is its manifest: path, digest and counts.

The root is a folder, or the URL of a place that all workers see (``s3://connection@bucket/prefix``,
include/staging/objects.py): there one PUT does what the renaming does here.
"""

from __future__ import annotations

import datetime as dt
import errno
import gzip
import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, TypedDict
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from include.disk import raise_if_disk_full
from include.errors import StagedFileError
from include.files import make_folder, new_file
from include.sources.record import Record

__all__ = [
    "Manifest",
    "StagedFile",
    "checked_files",
    "list_staged",
    "remove_staged",
    "stage",
    "staged_name",
]

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_DIGEST_CHARACTERS = 16
# A file system takes 255 bytes a name; a file's has our digests and endings, too.
_FOLDER_CHARACTERS, _NAME_CHARACTERS = 250, 150
_LEVELS = 4  # source, partition, run, file
# Why a folder stays: a file came into it, another one removed it, or it is a link to elsewhere.
_NOT_OURS_TO_REMOVE = {errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT, errno.ENOTDIR}
_TRIES_TO_MAKE = 20  # upkeep may remove the empty folder between its making and its first file


class Manifest(TypedDict):
    """What is known of a staged file without opening it; small enough for XCom."""

    path: str
    sha256: str
    size_bytes: int
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class StagedFile:
    """A file under the staging root; ``name`` as :func:`staged_name` gives it."""

    name: str
    size_bytes: int
    modified_at: dt.datetime


def stage(
    records: Iterable[Record],
    root: Path | str,
    *,
    source: str,
    partition: str,
    run: str,
    name: str,
) -> Manifest:
    """Write ``records`` as one staged file under ``root`` and return its manifest.

    The path is ``root/source/partition/run/name-digest.ndjson.gz``. Raises DiskFullError, or the
    OSError of a disk or store that does not take it; nothing is left behind then.
    """
    folder = "/".join(map(_safe, (source, partition, run)))
    ordered = sorted(records, key=lambda record: record.key)
    content = gzip.compress(b"".join(map(_line, ordered)), compresslevel=1, mtime=0)
    digest = hashlib.sha256(content).hexdigest()
    file = f"{folder}/{_safe(name, _NAME_CHARACTERS)}-{digest[:_DIGEST_CHARACTERS]}.ndjson.gz"
    path = _write(root, file, content)
    counts = Counter(str(record.status) for record in ordered)
    return Manifest(path=path, sha256=digest, size_bytes=len(content), counts=dict(counts))


def staged_name(path: str) -> str:
    """Return a staged file's name wherever its root is: ``source/partition/run/name``."""
    return "/".join(path.split("/")[-4:])


def list_staged(root: Path | str) -> Iterator[StagedFile]:
    """Yield all staged files, and what writers that were killed have left aside, by name."""
    folder = _folder(root)
    if folder is None:
        from include.staging import objects as staging_objects

        for name, size_bytes, moment in staging_objects.find(str(root)):
            yield StagedFile(name, size_bytes, moment)
        return
    for entry in _entries(str(folder), _LEVELS):
        with suppress(FileNotFoundError):  # its writer has renamed it, or upkeep removed it
            found = entry.stat(follow_symlinks=False)
            moment = dt.datetime.fromtimestamp(found.st_mtime, dt.UTC)
            name = Path(entry.path).relative_to(folder).as_posix()
            yield StagedFile(name, found.st_size, moment)


def remove_staged(root: Path | str, names: Iterable[str]) -> None:
    """Remove files by name, and the folders that are empty then; one that is gone is no error."""
    folder = _folder(root)
    if folder is None:
        from include.staging import objects as staging_objects

        staging_objects.remove(str(root), names)
        return
    for name in names:
        path = folder / name
        path.unlink(missing_ok=True)
        for parent in list(path.parents)[: _LEVELS - 1]:
            try:
                parent.rmdir()
            except OSError as error:
                if error.errno not in _NOT_OURS_TO_REMOVE:
                    raise
                break


def _entries(folder: str, levels: int) -> Iterator[os.DirEntry[str]]:
    """Yield the files so many levels below, by name; folders may come and go meanwhile."""
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return
    for entry in entries:
        if levels > 1:
            yield from _entries(entry.path, levels - 1)
        elif not entry.is_dir(follow_symlinks=False):
            yield entry


@contextmanager
def checked_files(manifests: Sequence[Manifest]) -> Iterator[list[str]]:
    """Give the paths of files on this machine, each found to be what its manifest says.

    What lies in an object store is fetched once, so what was checked is what is read. Raises
    StagedFileError.
    """
    with TemporaryDirectory(prefix="techpulse-staged-") as here:
        yield [_checked_file(manifest, Path(here)) for manifest in manifests]


def _checked_file(manifest: Manifest, here: Path) -> str:
    content, folder = _checked(manifest), _folder(manifest["path"])
    if folder is not None:
        return str(folder)
    copy = here / f"{manifest['sha256']}.ndjson.gz"
    copy.write_bytes(content)
    return str(copy)


def _checked(manifest: Manifest) -> bytes:
    path = manifest["path"]
    next_step = "clear the fetch task of this run: it stages the file again."
    try:
        content = _read(path)
    except OSError as error:
        message = f"A staged file cannot be read: {error.strerror or type(error).__name__}"
        raise StagedFileError(message, record=path, next_step=next_step) from error
    if hashlib.sha256(content).hexdigest() != manifest["sha256"]:
        raise StagedFileError("A staged file is damaged", record=path, next_step=next_step)
    return content


def _folder(root: Path | str) -> Path | None:
    """Return the folder or file that a root or address is on this machine; None: it is not."""
    if isinstance(root, Path) or "://" not in root:
        return Path(root)
    url = urlsplit(root)
    return Path(unquote(url.path)) if url.scheme == "file" else None


def _read(address: str) -> bytes:
    path = _folder(address)
    if path is not None:
        return path.read_bytes()
    from include.staging import objects as staging_objects

    return staging_objects.get(address)


def _write(root: Path | str, name: str, content: bytes) -> str:
    """Write a file, whole or not at all; return its address."""
    folder = _folder(root)
    if folder is not None:
        with raise_if_disk_full(folder / name):
            _write_atomically(folder / name, content)
        return str(folder / name)
    from include.staging import objects as staging_objects

    address = f"{str(root).rstrip('/')}/{name}"
    staging_objects.put(address, content)
    return address


def _safe(part: str, longest: int = _FOLDER_CHARACTERS) -> str:
    """Return a part of a path that can neither leave its folder nor hide, nor be too long for it.

    Two long parts that begin alike stay two.
    """
    safe = _UNSAFE.sub("_", part).lstrip(".") or "_"
    if len(safe) <= longest:
        return safe
    digest = hashlib.sha256(part.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{safe[: longest - _DIGEST_CHARACTERS - 1]}-{digest[:_DIGEST_CHARACTERS]}"


def _line(record: Record) -> bytes:
    return json.dumps(asdict(record), ensure_ascii=False).encode() + b"\n"


def _write_atomically(path: Path, content: bytes) -> None:
    aside = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        with _new_file(aside) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def _new_file(path: Path) -> BinaryIO:
    for _ in range(_TRIES_TO_MAKE - 1):
        with suppress(FileNotFoundError):
            make_folder(path.parent)
            return new_file(path)
    make_folder(path.parent)
    return new_file(path)
