"""dbt in this process, on any warehouse: for tests and measurements."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, cast
from unittest import mock

from include.dbt.project import DBT_DIR, dbt_environment
from include.settings import Settings

__all__ = ["dbt"]

_PARSED: dict[tuple[str, str], Any] = {}
"""What this process has parsed of the project, by target and by the name of the database."""


def dbt(
    settings: Settings, *arguments: str, project: Path = DBT_DIR, **variables: object
) -> dict[str, str]:
    """Run a dbt command with values of the project's vars; return each node's status by its name.

    Its artifacts lie in ``data_dir``, so that several may run at the same time. This project is
    parsed once a process: that takes as long as building a small world.
    """
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    folders = {"--project-dir": project, "--profiles-dir": DBT_DIR}
    folders["--target-path"] = settings.data_dir / "target"
    folders["--log-path"] = settings.data_dir / "logs"
    options = [str(part) for option in folders.items() for part in option]
    # The static parser keeps threads, which a process that is forked later has not.
    options += ["--log-level", "none", "--no-static-parser"]
    environment = dbt_environment(settings)
    del environment["DBT_EXCLUDE_RESOURCE_TYPES"]
    of_vars = ["--vars", json.dumps(variables)] if variables else []
    with mock.patch.dict(os.environ, environment):
        manifest = _parsed(environment, options) if project == DBT_DIR else None
        done = dbtRunner(manifest=manifest).invoke([*arguments, *of_vars, *options])
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


def _parsed(environment: dict[str, str], options: list[str]) -> Any:
    """Return a manifest that a command may change; the vars have no part in what is parsed."""
    from dbt.cli.main import dbtRunner

    key = (environment["TECHPULSE_DBT_TARGET"], Path(environment["TECHPULSE_DBT_WAREHOUSE"]).name)
    if key not in _PARSED:
        done = dbtRunner().invoke(["parse", *options])
        if done.exception:
            raise done.exception
        _PARSED[key] = done.result
    return _PARSED[key].deepcopy()
