"""What a load of boards' records costs at least: the same rows, ready in memory, into bronze."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pyarrow as pa

from include.settings import Settings, get_settings
from include.warehouse.connection import open_warehouse

__all__ = ["prepare", "rows", "work"]

_TABLE = "bronze.raw_job_postings"
_batches: list[pa.Table] = []


def prepare(job: dict[str, Any]) -> None:
    """Take the rows of a loaded warehouse, a table a system; make an empty one."""
    with open_warehouse(Settings(data_dir=Path(job["loaded"])), read_only=True) as loaded:
        names = loaded.execute(f"select distinct source from {_TABLE} order by source").fetchall()
        for (name,) in names:
            found = loaded.execute(f"select * from {_TABLE} where source = ?", [name])
            _batches.append(found.to_arrow_table())
    os.environ |= job["environment"]
    os.environ["TECHPULSE_DATA_DIR"] = job["folder"]
    get_settings.cache_clear()
    with open_warehouse(get_settings()):
        pass


def work(_: dict[str, Any]) -> None:
    """Insert a system after the other, each in a transaction."""
    for batch in _batches:
        with open_warehouse(get_settings()) as warehouse:
            warehouse.execute("begin")
            warehouse.register("batch", batch)
            warehouse.execute(f"insert into {_TABLE} by name select * from batch")
            warehouse.execute("commit")


def rows(_: dict[str, Any]) -> dict[str, Any]:
    """Return how many rows there are."""
    with open_warehouse(get_settings(), read_only=True) as warehouse:
        found = warehouse.execute(f"select count(*) from {_TABLE}").fetchone()
    return {"inserted": int(found[0])} if found else {}
