"""Staged files: what a mapped task leaves behind, one immutable file each.

A staged file is gzipped NDJSON, one line a record. Its name ends in the digest of its content, it
is written aside and renamed, so a file is whole or not there, and the same content is the same
file. What goes through XCom is its manifest: path, digest and counts.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypedDict
from uuid import uuid4

from include.errors import StagedFileError
from include.sources.record import Record

__all__ = [
    "Manifest",
    "StagedFile",
    "check_staged",
    "list_staged",
    "remove_staged",
    "stage",
    "staged_name",
]

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_DIGEST_CHARACTERS = 16


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
    records: Iterable[Record], root: Path, *, source: str, partition: str, run: str, name: str
) -> Manifest:
    """Write ``records`` as one staged file under ``root`` and return its manifest.

    The path is ``root/source/partition/run/name-digest.ndjson.gz``. Raises OSError when the disk
    does not take it; nothing is left behind then.
    """
    folder = root.joinpath(*map(_safe, (source, partition, run)))
    ordered = sorted(records, key=lambda record: record.key)
    content = gzip.compress(b"".join(map(_line, ordered)), compresslevel=1, mtime=0)
    digest = hashlib.sha256(content).hexdigest()
    path = folder / f"{_safe(name)}-{digest[:_DIGEST_CHARACTERS]}.ndjson.gz"
    _write_atomically(path, content)
    counts = Counter(str(record.status) for record in ordered)
    return Manifest(path=str(path), sha256=digest, size_bytes=len(content), counts=dict(counts))


def staged_name(path: str) -> str:
    """Return a staged file's name wherever its root is: ``source/partition/run/name``."""
    return "/".join(path.split("/")[-4:])


def list_staged(root: Path) -> Iterator[StagedFile]:
    """Yield all staged files, and what writers that were killed have left aside, by name."""
    for path in sorted(root.glob("*/*/*/*")):
        found = path.stat()
        moment = dt.datetime.fromtimestamp(found.st_mtime, dt.UTC)
        yield StagedFile(path.relative_to(root).as_posix(), found.st_size, moment)


def remove_staged(root: Path, names: Iterable[str]) -> None:
    """Remove files by name, and the folders that are empty then; one that is gone is no error."""
    for name in names:
        path = root / name
        path.unlink(missing_ok=True)
        for folder in list(path.parents)[:3]:
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()


def _safe(part: str) -> str:
    """Return a part of a path that can neither leave its folder nor hide."""
    return _UNSAFE.sub("_", part).lstrip(".") or "_"


def _line(record: Record) -> bytes:
    return json.dumps(asdict(record), ensure_ascii=False).encode() + b"\n"


def _write_atomically(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        with aside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def check_staged(manifest: Manifest) -> None:
    """Raise StagedFileError unless the file is there and is what its manifest says."""
    path = Path(manifest["path"])
    next_step = "clear the fetch task of this run: it stages the file again."
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        message = f"A staged file cannot be read: {error.strerror}"
        raise StagedFileError(message, record=path, next_step=next_step) from error
    if digest != manifest["sha256"]:
        raise StagedFileError("A staged file is damaged", record=path, next_step=next_step)
