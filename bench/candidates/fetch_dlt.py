"""The same month in dlt: its REST API source, a level of replies after the other, in parallel.

https://dlthub.com/docs/dlt-ecosystem/verified-sources/rest_api/basic. The source's dependent
resources ask one address for each parent row; a small transformer makes those rows of an item's
``kids``. There are as many levels as the generated replies are deep, which a user would not know.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.candidates.digest import digest

os.environ |= {"RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "ERROR"}

import dlt
from dlt.sources.rest_api import rest_api_resources

__all__ = ["rows", "work"]


def work(job: dict[str, Any]) -> None:
    """Fetch the thread and its comments into DuckDB."""
    os.environ["EXTRACT__WORKERS"] = str(job["concurrency"])
    os.environ["EXTRACT__MAX_PARALLEL_ITEMS"] = str(job["concurrency"])
    _pipeline(job).run(list(_levels(job)), loader_file_format="parquet")


def _levels(job: dict[str, Any]) -> Iterator[Any]:
    """Yield the thread, then each level of what is below it."""
    level = _level(job, "thread", str(job["thread"]))
    yield level
    for depth in range(1, job["levels"] + 1):
        kids = level | dlt.transformer(_kids, name=f"kids_{depth}", selected=False)
        level = _level(job, f"level_{depth}", f"{{resources.kids_{depth}.id}}", kids)
        yield level


def _kids(item: Any) -> Iterator[list[dict[str, int]]]:
    items = item if isinstance(item, list) else [item]
    yield [{"id": kid} for one in items for kid in one.get("kids") or []]


def _level(job: dict[str, Any], name: str, item: str, *parents: Any) -> Any:
    config: Any = {
        "client": {"base_url": job["url"], "paginator": "single_page"},
        "resource_defaults": {
            "table_name": "items",
            "primary_key": "id",
            "write_disposition": "merge",
            "columns": {"kids": {"data_type": "json"}, "text": {"data_type": "text"}},
            "max_table_nesting": 0,
            "parallelized": True,
        },
        "resources": [
            *parents,
            {
                "name": name,
                "endpoint": {"path": f"item/{item}.json", "data_selector": "$"},
                "processing_steps": [{"filter": lambda found: found is not None}],
            },
        ],
    }
    return next(r for r in rest_api_resources(config) if r.name == name)


def rows(job: dict[str, Any]) -> dict[str, Any]:
    """Return what the table holds."""
    with (
        _pipeline(job).sql_client() as client,
        client.execute_query("select id, text from items") as found,
    ):
        return digest(found.fetchall())


def _pipeline(job: dict[str, Any]) -> Any:
    folder = Path(job["folder"])
    return dlt.pipeline(
        pipeline_name="hacker_news",
        pipelines_dir=str(folder / "pipelines"),
        destination=dlt.destinations.duckdb(str(folder / "dlt.duckdb")),
        dataset_name="bronze",
    )
