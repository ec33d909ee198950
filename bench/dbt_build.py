"""dbt in this process, on any warehouse: for tests and measurements."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, cast
from unittest import mock

from include.dbt.project import DBT_DIR, dbt_environment
from include.settings import Settings

__all__ = ["dbt"]

_PARSED: dict[object, Any] = {}
"""Manifests of this process by what they were parsed from."""


def dbt(settings: Settings, *arguments: str, project: Path = DBT_DIR) -> dict[str, str]:
    """Run a dbt command; return the status of each node by its name.

    Its artifacts lie in ``data_dir``, so that several may run at the same time. The project as it
    is in this checkout is parsed once a process: parsing costs as much as building a small world.
    """
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    folders = {"--project-dir": project, "--profiles-dir": DBT_DIR}
    folders["--target-path"] = settings.data_dir / "target"
    folders["--log-path"] = settings.data_dir / "logs"
    options = [str(part) for option in folders.items() for part in option]
    environment = dbt_environment(settings)
    del environment["DBT_EXCLUDE_RESOURCE_TYPES"]
    with mock.patch.dict(os.environ, environment):
        manifest = None
        if project == DBT_DIR and "--vars" not in arguments:
            manifest = _parsed(environment, options)
        done = dbtRunner(manifest=manifest).invoke([*arguments, *options, "--log-level", "none"])
    # dbt leaves the file open, and locked for other processes, to the end of this one.
    cast("Any", DuckDBConnectionManager).close_all_connections()
    if done.exception:
        raise done.exception
    finished: Any = done.result
    return {result.node.name: str(result.status) for result in finished.results}


def _parsed(environment: dict[str, str], options: list[str]) -> Any:
    from dbt.cli.main import dbtRunner

    key = environment["TECHPULSE_DBT_TARGET"]
    if key not in _PARSED:
        done = dbtRunner().invoke(["parse", *options, "--log-level", "none"])
        if done.exception:
            raise done.exception
        _PARSED[key] = done.result
    return _PARSED[key].deepcopy()
