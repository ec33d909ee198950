"""A dbt project of a few models, with this project's macros and profiles."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any, cast
from unittest import mock

import yaml

from include.dbt.project import DBT_DIR, dbt_environment
from include.settings import Settings
from include.warehouse.connection import open_warehouse

__all__ = ["SmallProject"]

_PROJECT = {
    "name": "small",
    "version": "1.0.0",
    "profile": "techpulse",
    "macro-paths": ["macros"],
    "flags": {"send_anonymous_usage_stats": False},
    "models": yaml.safe_load((DBT_DIR / "dbt_project.yml").read_text())["models"]["techpulse"],
}
"""The models' general configuration is that of the project, without its folders'."""
_FOLDERS = ("staging", "intermediate", "marts")


class SmallProject:
    """Models in ``folder``, built in the warehouse of ``settings``: file or lake."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.folder, self.settings = folder, settings
        self._parsed: Any = None
        (folder / "models").mkdir(parents=True)
        shutil.copytree(DBT_DIR / "macros", folder / "macros")
        general = {k: v for k, v in _PROJECT["models"].items() if k not in _FOLDERS}
        project = {**_PROJECT, "models": {"small": general}}
        (folder / "dbt_project.yml").write_text(yaml.safe_dump(project))

    def write(self, file: str, text: str) -> None:
        """Write a model, or what is said of it: ``file`` has its suffix."""
        (self.folder / "models" / file).write_text(text)
        self._parsed = None

    def run(self, *arguments: str) -> dict[str, str]:
        """Call dbt; return what became of each node: its status, or what it says of its failure."""
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager
        from dbt.cli.main import dbtRunner

        folders = {
            "--project-dir": self.folder,
            "--profiles-dir": DBT_DIR,
            "--target-path": self.folder / "target",
            "--log-path": self.folder / "logs",
        }
        options = [str(part) for option in folders.items() for part in option]
        environment = dbt_environment(self.settings) | {"DBT_LOG_LEVEL_FILE": "info"}
        with mock.patch.dict(os.environ, environment):
            # The static parser keeps threads, which a process that is forked later has not.
            options += ["--no-static-parser", "--log-level", "none"]
            if not self._parsed:
                self._parsed = self._result(dbtRunner().invoke(["parse", *options]))
            done = dbtRunner(manifest=self._parsed.deepcopy()).invoke([*arguments, *options])
        cast("Any", DuckDBConnectionManager).close_all_connections()
        return {
            result.node.name: str(result.message if result.status == "error" else result.status)
            for result in self._result(done).results
        }

    @staticmethod
    def _result(done: Any) -> Any:
        if done.exception:
            raise done.exception
        return done.result

    def build(self, model: str, *arguments: str) -> str:
        """Build one model; return what became of it."""
        return self.run("run", "--select", model, *arguments)[model]

    def words(self) -> str:
        """What dbt has said since the last time, in its log."""
        log = self.folder / "logs" / "dbt.log"
        text = log.read_text() if log.exists() else ""
        log.unlink(missing_ok=True)
        return text

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query on the warehouse, in order."""
        with open_warehouse(self.settings) as warehouse:
            return sorted(warehouse.execute(sql).fetchall(), key=repr)

    def execute(self, *statements: str) -> None:
        """Change the warehouse."""
        with open_warehouse(self.settings) as warehouse:
            for statement in statements:
                warehouse.execute(statement)
