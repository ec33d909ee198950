"""The manifest of an export: what it holds, and how its rows add up to the warehouse's.

``manifest.json`` is written last and names the folder of the export, ``<id>``, a digest of its
files. A folder that no manifest names is no export: it was interrupted, or has been replaced.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, TypedDict

from include.errors import ExportError
from include.maintenance.export.files import StoredFile

__all__ = [
    "FORMAT",
    "MANIFEST",
    "Manifest",
    "TableCounts",
    "as_json",
    "export_id",
    "parse",
    "verify",
]

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
_ID_CHARACTERS: Final = 16
_AGAIN: Final = "export again: python -m include.cli export --to."


class TableCounts(TypedDict):
    """Rows of a table, here and in the warehouse; ``left_out`` by source.

    ``rows + left_out = warehouse_rows``, unless the table ``is_recounted`` without a source.
    """

    rows: int
    warehouse_rows: int
    left_out: dict[str, int]
    is_recounted: bool


class Manifest(TypedDict):
    """An export: ``files`` have path (below ``export``), bytes, sha256, and table and rows.

    ``as_of`` is when the newest load that it includes committed; ``sources`` and ``left_out`` have
    the number of postings by source.
    """

    format: int
    export: str
    as_of: str
    sources: dict[str, int]
    left_out: dict[str, int]
    tables: dict[str, TableCounts]
    files: list[dict[str, Any]]


def export_id(files: Iterable[StoredFile]) -> str:
    """Return the digest of the files' paths and contents: the same data have the same id."""
    lines = sorted(f"{file.path} {file.sha256}\n" for file in files)
    return hashlib.sha256("".join(lines).encode()).hexdigest()[:_ID_CHARACTERS]


def as_json(manifest: Manifest) -> bytes:
    """Return the manifest as a file."""
    return (json.dumps(manifest, indent=1) + "\n").encode()


def parse(content: bytes, record: str) -> Manifest:
    """Return the manifest in a file; raise ExportError for anything else."""
    try:
        manifest: Manifest = json.loads(content)
        if manifest["format"] != FORMAT or not manifest["export"]:
            raise ValueError(f"format {manifest['format']} is not {FORMAT}")
    except (ValueError, KeyError, TypeError) as error:
        raise ExportError(
            f"This is not the manifest of an export: {error!r}",
            record=record,
            next_step="name another folder or prefix, or delete the file.",
        ) from error
    return manifest


def verify(manifest: Manifest, folder: Path) -> None:
    """Raise ExportError unless the export's files are the manifest's and its counts add up."""
    files = [StoredFile(**file) for file in manifest["files"]]
    if export_id(files) != manifest["export"]:
        raise ExportError("The manifest was changed", record=MANIFEST, next_step=_AGAIN)
    for file in files:
        _verify_file(file, folder)
    known = {file.path for file in files}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.relative_to(folder).as_posix() not in known:
            raise ExportError("The manifest has no such file", record=path, next_step=_AGAIN)
    for name, counts in manifest["tables"].items():
        _verify_counts(name, counts, [file for file in files if file.table == name])


def _verify_file(file: StoredFile, folder: Path) -> None:
    path = folder / file.path
    if not path.is_file():
        raise ExportError("A file is missing", record=path, next_step=_AGAIN)
    with path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    if digest != file.sha256:
        raise ExportError("A file is damaged", record=path, next_step=_AGAIN)


def _verify_counts(name: str, counts: TableCounts, files: list[StoredFile]) -> None:
    for kind in ("parquet", "csv"):
        rows = sum(file.rows or 0 for file in files if file.path.startswith(f"{kind}/"))
        if rows != counts["rows"]:
            message = f"The {kind} files have {rows} rows, the table {counts['rows']}"
            raise ExportError(message, record=name, next_step=_AGAIN)
    total = counts["rows"] + sum(counts["left_out"].values())
    if total != counts["warehouse_rows"] and not counts["is_recounted"]:
        message = f"{total} rows with those left out, the warehouse had {counts['warehouse_rows']}"
        raise ExportError(message, record=name, next_step=_AGAIN)
