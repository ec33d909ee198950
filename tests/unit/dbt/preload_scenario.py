"""Preload dbt in this process, build a model in forks of it, print what was seen as JSON.

python preload_scenario.py <empty folder>
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import include.dbt.preload
from include.dbt.preload import preload_dbt
from include.dbt.project import DBT_DIR, dbt_environment
from include.errors import ConfigurationError
from include.settings import Settings

_NODE = "stg_loads"


def main(folder: Path) -> None:
    settings, data = Settings(data_dir=folder / "data"), Settings(data_dir=folder / "built")
    project = folder / "project"
    shutil.copytree(DBT_DIR, project, ignore=shutil.ignore_patterns("target", "logs"))
    _in_fork(lambda: _make_bronze(data))
    _in_fork(lambda: _build(data, project))  # leaves its parse, as a run of the DAG does
    cold = _in_fork(lambda: _build(data, project))
    logging.basicConfig()  # as Airflow has: a library of dbt does it where nobody has
    before = _state()
    preload_dbt(settings)
    after = _state()
    from dbt.adapters.factory import FACTORY

    found: dict[str, Any] = {
        "kept": {name: (before[name], after[name]) for name in before},
        "children": _children(),
        "adapters": list(FACTORY.adapters),
        "data": [str(path) for path in settings.data_dir.rglob("*")],
        "cold": cold,
        "warm": _in_fork(lambda: _build(data, project)),
        "counted": _in_fork(_count),
        "refused": _in_fork(lambda: _refused(settings, folder)),
    }
    (model,) = project.rglob(f"{_NODE}.sql")
    model.write_text(f"select *, 1 as changed_since from ({model.read_text()})")
    found["changed"] = _in_fork(lambda: _build(data, project))
    print(json.dumps(found))


def _state() -> dict[str, Any]:
    loggers = [logging.root, *map(logging.getLogger, list(logging.root.manager.loggerDict))]
    return {
        "environment": dict(os.environ),
        "folder": str(Path.cwd()),
        "handlers": {
            log.name: [repr(handler) for handler in log.handlers]
            for log in loggers
            if any(type(handler) is not logging.NullHandler for handler in log.handlers)
            and log.name != "stdout_log"  # dbt's own, made anew each time that it is called
        },
        "log levels": {log.name: log.level for log in loggers[:1]},
        "signals": {number: repr(signal.getsignal(number)) for number in (1, 2, 10, 12, 15, 17)},
        "search path": list(sys.path),
        "files open": sorted(file.name for file in Path("/proc/self/fd").iterdir()),
        "threads": len(list(Path("/proc/self/task").iterdir())),
    }


def _children() -> list[str]:
    command = ["ps", "-o", "args=", "--ppid", str(os.getpid())]
    lines = subprocess.run(command, capture_output=True, text=True).stdout.splitlines()
    return [line for line in lines if not line.startswith("ps ")]


def _in_fork(act: Callable[[], Any]) -> Any:
    """Return what a fork of this process makes of it."""
    reading, writing = os.pipe()
    if not (child := os.fork()):
        os.write(writing, json.dumps(act()).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as answer:
        text = answer.read()
    os.waitpid(child, 0)
    return json.loads(text)


def _build(settings: Settings, project: Path) -> dict[str, Any]:
    began = time.process_time()
    os.environ.update(dbt_environment(settings))
    from dbt.cli.main import dbtRunner

    target = f"--target-path={settings.data_dir / 'target'}"
    options = [f"--project-dir={project}", f"--profiles-dir={project}", target]
    done = dbtRunner().invoke(["--quiet", "build", "--select", _NODE, *options])
    seconds = time.process_time() - began
    return {
        "success": done.success,
        "processor_seconds": seconds,
        "compiled": done.result.results[0].node.compiled_code,
    }


def _refused(settings: Settings, folder: Path) -> dict[str, Any]:
    """What is said, and left, where there is no project."""
    include.dbt.preload._PARSE += (f"--project-dir={folder / 'nowhere'}",)
    before, words = _state(), ""
    try:
        preload_dbt(settings)
    except ConfigurationError as error:
        words = str(error)
    return {"words": words, "kept": _state() == before, "children": _children()}


def _make_bronze(settings: Settings) -> None:
    from include.warehouse.connection import open_warehouse

    with open_warehouse(settings):
        pass


def _count() -> int:
    import duckdb

    answer = duckdb.sql("select count(*) from (select distinct range from range(1000000))")
    return int(answer.fetchall()[0][0])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
