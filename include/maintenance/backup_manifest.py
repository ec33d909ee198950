"""A backup's manifest: its schema, validated when it is read."""

from __future__ import annotations

import datetime as dt
import json
import os
from pathlib import Path
from typing import Annotated, Any, NotRequired

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError, with_config
from pydantic_core import from_json
from typing_extensions import TypedDict  # pydantic wants it before Python 3.12

from include.errors import BackupError
from include.files import new_file

__all__ = [
    "FORMAT",
    "Backup",
    "SnapshotTimes",
    "StoredFile",
    "read_manifest",
    "write_manifest",
]

_MANIFEST = "manifest.json"
FORMAT = 1


def _is_file_name(name: str) -> str:
    if name in ("", ".", "..", _MANIFEST) or "\0" in name or Path(name).name != name:
        raise ValueError(f"the file {name!r} is not one of the backup's folder")
    return name


def _is_timestamp(text: str) -> str:
    if dt.datetime.fromisoformat(text).tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return text


Count = Annotated[int, Field(ge=0)]
Timestamp = Annotated[str, AfterValidator(_is_timestamp)]
_STRICT = ConfigDict(strict=True)


@with_config(_STRICT)
class StoredTable(TypedDict):
    """A table's number of rows and, in the warehouse, the sum of their hashes."""

    rows: Count
    content: NotRequired[str]


@with_config(_STRICT)
class StoredFile(TypedDict):
    """A file of a backup, and its tables by name."""

    file: Annotated[str, AfterValidator(_is_file_name)]
    sha256: str
    size_bytes: Count
    tables: dict[str, StoredTable]


@with_config(_STRICT)
class SnapshotTimes(TypedDict):
    """The time of each part's snapshot; ``are_one``: nothing was committed between the two.

    ``serving`` is when the serving store was last published, never later than ``warehouse``; None
    if it never was. ``warehouse_snapshot`` is the id of a lake's snapshot.
    """

    warehouse: Timestamp
    warehouse_snapshot: int | None
    serving: Timestamp | None
    are_one: bool


@with_config(_STRICT)
class Backup(TypedDict):
    """A backup's manifest, and ``path``, the folder it was read from.

    ``serving`` is None if nothing had been published. ``loads_unpublished`` counts loads in the
    warehouse that the serving store did not have yet. The oldest backups lack ``moments``.
    """

    path: str
    format: Annotated[int, Field(ge=1)]
    made_at: Timestamp
    duckdb_version: str
    warehouse: StoredFile
    serving: StoredFile | None
    loads: Count
    loads_unpublished: Count
    moments: NotRequired[SnapshotTimes]


_BACKUP = TypeAdapter(Backup)


def read_manifest(folder: Path) -> Backup:
    """Return the validated manifest of a backup; raises BackupError."""
    try:
        manifest = from_json((folder / _MANIFEST).read_bytes())
        if not isinstance(manifest, dict):
            raise _unreadable(folder, "it is not a JSON object")
        _refuse_a_later_format(folder, manifest.get("format"))
        return _BACKUP.validate_python({**manifest, "path": str(folder)})
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise _unreadable(folder, f"{where}: {first['msg']}") from error
    except (OSError, ValueError) as error:
        raise _unreadable(folder, str(error)) from error


def write_manifest(folder: Path, backup: Backup) -> None:
    """Write the manifest into the backup's folder and flush it to disk."""
    content = {name: value for name, value in backup.items() if name != "path"}
    with new_file(folder / _MANIFEST) as file:
        file.write(json.dumps(content, indent=1).encode())
        # Synced before the folder gets its final name.
        file.flush()
        os.fsync(file.fileno())


def _refuse_a_later_format(folder: Path, found: Any) -> None:
    if isinstance(found, int) and found > FORMAT:
        raise BackupError(
            f"The backup has format {found}, this code knows {FORMAT}",
            record=folder,
            next_step="use the version of TechPulse that made it.",
        )


def _unreadable(folder: Path, why: str) -> BackupError:
    return BackupError(
        f"The backup's manifest cannot be read: {why}",
        record=folder,
        next_step="name a folder that holds a manifest.json; `backup list` shows them.",
    )
