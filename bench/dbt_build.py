"""dbt in this process, on any warehouse: for tests and measurements."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, cast
from unittest import mock

from include.dbt.project import DBT_DIR, dbt_environment
from include.settings import Settings

__all__ = ["dbt"]


def dbt(settings: Settings, *arguments: str, project: Path = DBT_DIR) -> dict[str, str]:
    """Run a dbt command; return the status of each node by its name, exposures left out.

    Its artifacts lie in ``data_dir``, so that several may run at the same time.
    """
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    folders = {"--project-dir": project, "--profiles-dir": DBT_DIR}
    folders["--target-path"] = settings.data_dir / "target"
    folders["--log-path"] = settings.data_dir / "logs"
    options = [str(part) for option in folders.items() for part in option]
    environment = dbt_environment(settings)
    for of_the_dag in ("DBT_EXCLUDE_RESOURCE_TYPES", "DBT_WRITE_JSON", "DBT_LOG_LEVEL_FILE"):
        del environment[of_the_dag]
    with mock.patch.dict(os.environ, environment):
        done = dbtRunner().invoke([*arguments, *options, "--log-level", "none"])
    # dbt leaves the file open, and locked for other processes, to the end of this one.
    cast("Any", DuckDBConnectionManager).close_all_connections()
    if done.exception:
        raise done.exception
    finished: Any = done.result
    return {
        result.node.name: str(result.status)
        for result in finished.results
        if result.status != "no-op"  # an exposure: dbt builds nothing for it
    }
