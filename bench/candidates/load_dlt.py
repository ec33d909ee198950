"""The same load in dlt: a resource over the staged files, merged by key.

https://dlthub.com/docs/general-usage/merge-loading; rows are yielded in pages and files are written
as Parquet, as https://dlthub.com/docs/reference/performance advises.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.candidates.digest import digest
from bench.candidates.staged import read_batches

os.environ |= {"RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "ERROR"}

import dlt

__all__ = ["prepare", "rows", "work"]

_PAGE = 5_000


def prepare(job: dict[str, Any]) -> None:
    """Load what is already there."""
    _run(job, Path(job["there"]))


def work(job: dict[str, Any]) -> None:
    """Load all staged files."""
    _run(job, Path(job["news"]))


def _run(job: dict[str, Any], files: Path) -> None:
    raw_items = dlt.resource(
        _pages(files),
        name="raw_items",
        primary_key="item_id",
        write_disposition="merge",
        columns={"item_id": {"data_type": "bigint"}, "payload": {"data_type": "json"}},
    )
    _pipeline(job).run(raw_items, loader_file_format="parquet")


def _pages(files: Path) -> Iterator[list[dict[str, Any]]]:
    for page in read_batches(files, _PAGE):
        yield [
            {
                "item_id": int(record["key"]),
                "payload": record["payload"],
                "payload_hash": record["payload_hash"],
            }
            for record in page
        ]


def rows(job: dict[str, Any]) -> dict[str, Any]:
    """Return what the table holds now."""
    with (
        _pipeline(job).sql_client() as client,
        client.execute_query("select item_id, payload_hash from raw_items") as found,
    ):
        return digest(found.fetchall())


def _pipeline(job: dict[str, Any]) -> Any:
    folder = Path(job["folder"])
    return dlt.pipeline(
        pipeline_name="raw_items",
        pipelines_dir=str(folder / "pipelines"),
        destination=dlt.destinations.duckdb(str(folder / "dlt.duckdb")),
        dataset_name="bronze",
    )
