"""Staged files: the output of a fetch task, one immutable file each.

A staged file is gzipped NDJSON, one line per record. Its name ends in the digest of its content, so
the same content is the same file. It is written to a temporary file and renamed, so a file is
complete or absent. Its manifest goes through XCom: path, digest and counts.

The root is a folder, or a URL that all workers share (``s3://connection@bucket/prefix``,
include/staging/objects.py), where a single PUT is atomic and replaces the rename.
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
from include.settings import get_settings
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

# Run ids contain colons and plus signs, which Windows, URLs and object stores treat specially.
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_DIGEST_CHARACTERS = 16
# File systems allow 255 bytes per name; a file name also needs room for digests and suffixes.
_FOLDER_CHARACTERS, _NAME_CHARACTERS = 250, 150
_LEVELS = 4  # source, partition, run, file
# Harmless: a file was added, another process removed the folder, or it is a symbolic link.
_NOT_OURS_TO_REMOVE = {errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT, errno.ENOTDIR}
_TRIES_TO_MAKE = 20  # upkeep may remove the empty folder before its first file is created


class Manifest(TypedDict):
    """Address, sha256, size in bytes and records by status of a staged file; fits in XCom."""

    path: str
    sha256: str
    size_bytes: int
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class StagedFile:
    """A file under the staging root; ``name`` as :func:`staged_name` returns it."""

    name: str
    size_bytes: int
    modified_at: dt.datetime


def stage(
    records: Iterable[Record],
    root: Path | str | None = None,
    *,
    source: str,
    partition: str,
    run: str,
    name: str,
) -> Manifest:
    """Write ``records`` as one staged file under ``root`` and return its manifest.

    ``root`` is ``staging_root`` of the settings unless another is given. The path is
    ``root/source/partition/run/name-digest.ndjson.gz``. Raises DiskFullError, or the OSError
    of a disk or store that refuses it; a failed write leaves nothing behind.
    """
    folder = "/".join(map(_safe, (source, partition, run)))
    # Sorted, and without gzip's timestamp: a retried task must produce the same digest and name.
    ordered = sorted(records, key=lambda record: record.key)
    content = gzip.compress(b"".join(map(_line, ordered)), compresslevel=1, mtime=0)
    digest = hashlib.sha256(content).hexdigest()
    file = f"{folder}/{_safe(name, _NAME_CHARACTERS)}-{digest[:_DIGEST_CHARACTERS]}.ndjson.gz"
    path = _write(root or get_settings().staging_root, file, content)
    counts = Counter(str(record.status) for record in ordered)
    return Manifest(path=path, sha256=digest, size_bytes=len(content), counts=dict(counts))


def staged_name(path: str) -> str:
    """Return a staged file's name below its root: ``source/partition/run/name``."""
    return "/".join(path.split("/")[-4:])


def list_staged(root: Path | str) -> Iterator[StagedFile]:
    """Yield all staged files by name, including temporary files that killed writers left behind."""
    folder = _folder(root)
    if folder is None:
        from include.staging import objects as staging_objects

        for name, size_bytes, modified_at in staging_objects.find(str(root)):
            yield StagedFile(name, size_bytes, modified_at)
        return
    for entry in _entries(str(folder), _LEVELS):
        with suppress(FileNotFoundError):  # its writer has renamed it, or upkeep removed it
            found = entry.stat(follow_symlinks=False)
            modified_at = dt.datetime.fromtimestamp(found.st_mtime, dt.UTC)
            name = Path(entry.path).relative_to(folder).as_posix()
            yield StagedFile(name, found.st_size, modified_at)


def remove_staged(root: Path | str, names: Iterable[str]) -> None:
    """Remove files by name, and the folders that this empties; ignore files that do not exist."""
    folder = _folder(root)
    if folder is None:
        from include.staging import objects as staging_objects

        staging_objects.remove(str(root), names)
        return
    for name in names:
        path = folder / name
        path.unlink(missing_ok=True)
        for parent in list(path.parents)[: _LEVELS - 1]:
            # rmdir, not a check before it: it never removes a folder that just got a file.
            try:
                parent.rmdir()
            except OSError as error:
                if error.errno not in _NOT_OURS_TO_REMOVE:
                    raise
                break


def _entries(folder: str, levels: int) -> Iterator[os.DirEntry[str]]:
    """Yield the files ``levels`` below, by name; folders may appear and vanish meanwhile."""
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
    """Yield local paths of files whose content matches their manifests' digests.

    Objects are downloaded once, so the bytes that are read are those that were checked. Raises
    StagedFileError for a missing or damaged file.
    """
    with TemporaryDirectory(prefix="techpulse-staged-") as target:
        yield [_checked_file(manifest, Path(target)) for manifest in manifests]


def _checked_file(manifest: Manifest, target: Path) -> str:
    content, folder = _checked(manifest), _folder(manifest["path"])
    if folder is not None:
        return str(folder)
    copy = target / f"{manifest['sha256']}.ndjson.gz"
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
    """Return the local path of a root or address; None: it is in an object store."""
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
    """Write a file atomically; return its address."""
    folder = _folder(root)
    if folder is not None:
        with raise_if_disk_full(folder / name):
            _write_atomically(folder / name, content)
        return str(folder / name)
    from include.staging import objects as staging_objects

    address = f"{str(root).rstrip('/')}/{name}"
    staging_objects.put(address, content)
    return address


def _safe(part: str, max_length: int = _FOLDER_CHARACTERS) -> str:
    """Return ``part`` as a safe path segment: no separator, not hidden, up to ``max_length`` long.

    A digest replaces the end of a long one, so that equal beginnings stay distinct.
    """
    # Leading dots: "..", which leaves the folder, and hidden files, which are our temporary ones.
    safe = _UNSAFE.sub("_", part).lstrip(".") or "_"
    if len(safe) <= max_length:
        return safe
    digest = hashlib.sha256(part.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{safe[: max_length - _DIGEST_CHARACTERS - 1]}-{digest[:_DIGEST_CHARACTERS]}"


def _line(record: Record) -> bytes:
    columns = asdict(record)
    # Only companies' boards have it.
    if record.board is None:
        del columns["board"]
    return json.dumps(columns, ensure_ascii=False).encode() + b"\n"


def _write_atomically(path: Path, content: bytes) -> None:
    # In the same folder, since a rename is atomic only within a file system.
    temp_path = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        with _new_file(temp_path) as file:
            file.write(content)
            file.flush()
            # Before the rename: a power cut must not leave a renamed but empty file.
            os.fsync(file.fileno())
        temp_path.replace(path)
    finally:
        temp_path.unlink(missing_ok=True)


def _new_file(path: Path) -> BinaryIO:
    for _ in range(_TRIES_TO_MAKE - 1):
        with suppress(FileNotFoundError):
            make_folder(path.parent)
            return new_file(path)
    make_folder(path.parent)
    return new_file(path)
