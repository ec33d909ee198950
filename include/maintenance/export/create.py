"""Export gold and the postings' facts as Parquet and CSV, with all that describes them.

The warehouse is read in one snapshot and left alone while the files are written. An export replaces
the one before as a whole or not at all (include/maintenance/export/targets.py); equal data make an
equal export, which is left as it is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from include.dbt.contract import contract_yaml
from include.errors import ConfigurationError, ExportError
from include.files import new_file
from include.maintenance.export.files import StoredFile, stored, write_table
from include.maintenance.export.manifest import (
    FORMAT,
    Manifest,
    TableCounts,
    export_id,
    verify,
)
from include.maintenance.export.package import data_package, note, views
from include.maintenance.export.rows import Snapshot, rows_of
from include.maintenance.export.tables import Table, export_contract, tables
from include.maintenance.export.targets import target_of
from include.settings import Settings
from include.sources.registry import source_names

__all__ = ["check_export", "create_export"]


def create_export(
    settings: Settings, to: str, now: dt.datetime, include_sources: Collection[str] = ()
) -> tuple[Manifest, bool]:
    """Export to a folder or a URL; return the manifest, and whether any file has changed.

    Sources whose terms forbid passing their postings on are left out unless named. Raises
    ConfigurationError for an unknown source or a warehouse without postings, WarehouseLockedError,
    ReconciliationError when a table does not add up, ExportError and DiskFullError.
    """
    _refuse_unknown(include_sources)
    target = target_of(to)
    before = target.current()
    with target.workplace() as folder:
        manifest = _written(settings, folder, include_sources)
        is_same = before is not None and before["export"] == manifest["export"]
        if is_same and target.is_whole(manifest):
            target.name(manifest)  # a load may have brought nothing new
        else:
            target.publish(folder, manifest, now)
            is_same = False
    return manifest, not is_same


def check_export(to: str) -> Manifest:
    """Compare an export with its manifest, file by file; return the manifest.

    Raises ExportError for a missing, changed or additional file, for counts that do not add up, and
    where there is no export.
    """
    target = target_of(to)
    manifest = target.current()
    if manifest is None:
        raise ExportError(
            "There is no export, or one that was interrupted",
            record=to,
            next_step="name the folder or URL that `export --to` was given, or export again.",
        )
    with target.fetched(manifest) as folder:
        verify(manifest, folder)
    return manifest


def _refuse_unknown(sources: Iterable[str]) -> None:
    for source in sources:
        if source not in source_names():
            raise ConfigurationError(
                "Unknown source",
                record=source,
                next_step=f"choose of {', '.join(source_names())}.",
            )


def _written(settings: Settings, folder: Path, include_sources: Collection[str]) -> Manifest:
    """Write all files of an export into a folder; return its manifest."""
    contract = export_contract()
    every = tables(contract)
    with (
        TemporaryDirectory(prefix="techpulse-export-rows-") as scratch,
        rows_of(settings, Path(scratch), every, include_sources) as rows,
    ):
        if not rows.sources:
            raise ConfigurationError(
                "The warehouse has no postings that may be exported",
                record=settings.warehouse_path,
                next_step="run the DAG analytics, or name a source (--include-source).",
            )
        files = [f for table in every for f in write_table(rows.connection, table, folder)]
    about = {
        "datapackage.json": data_package(every, files, rows.sources, rows.left_out),
        "contract.odcs.yaml": contract_yaml(contract).encode(),
        "views.sql": views(every),
        "README.md": note(rows.sources, rows.left_out),
    }
    for name, content in about.items():
        with new_file(folder / name) as file:
            file.write(content)
        files.append(stored(folder, name))
    return _manifest(rows, every, files)


def _manifest(rows: Snapshot, every: Iterable[Table], files: list[StoredFile]) -> Manifest:
    return Manifest(
        format=FORMAT,
        export=export_id(files),
        as_of=rows.as_of,
        sources=rows.sources,
        left_out=rows.left_out,
        tables={table.name: _table(rows, table, files) for table in every},
        files=[_entry(file) for file in files],
    )


def _table(rows: Snapshot, table: Table, files: Iterable[StoredFile]) -> TableCounts:
    counts = rows.counts[table.name]
    written = [file.rows or 0 for file in files if file.path == f"csv/{table.name}.csv.gz"]
    return TableCounts(
        rows=sum(written),
        warehouse_rows=counts.warehouse,
        left_out=counts.left_out,
        is_recounted=counts.is_recounted,
    )


def _entry(file: StoredFile) -> dict[str, Any]:
    entry = asdict(file)
    return entry if file.table else {k: v for k, v in entry.items() if k not in ("table", "rows")}
