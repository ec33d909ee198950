"""Parse one DAG file as Airflow's DAG processor does: Airflow is imported before, once."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from airflow.dag_processing.dagbag import DagBag

from include.settings import PROJECT_ROOT

__all__ = ["HEAVY", "prepare", "rows", "work"]

HEAVY = ("dbt", "duckdb", "pandas", "requests")
"""What a parse has no use for; dbt-core's own package is ``dbt``."""

_before: set[str] = set()
_bags: list[DagBag] = []


def prepare(job: dict[str, Any]) -> None:
    """Import what a warm process has: Airflow, and Cosmos, which its plugin imports."""
    import_module("cosmos")
    os.environ["TECHPULSE_DATA_DIR"] = job["folder"]
    _before.update(sys.modules)


def work(job: dict[str, Any]) -> None:
    """Parse the file."""
    path = PROJECT_ROOT / "dags" / job["file"]
    _bags.append(DagBag(path, bundle_path=Path(PROJECT_ROOT), collect_dags=True))


def rows(job: dict[str, Any]) -> dict[str, Any]:
    """Return how many DAGs the file has, and what heavy packages it imported."""
    bag = _bags[-1]
    if bag.import_errors or not bag.dags:
        raise RuntimeError(f"{job['file']} does not parse: {bag.import_errors}")
    new = {name.partition(".")[0] for name in set(sys.modules) - _before}
    return {
        "dags": len(bag.dags),
        "heavy": sorted(new.intersection(HEAVY)),
    }
