"""dbt, started once in the process that Airflow forks its tasks from.

Each model is a task, each task a process of its own, and most of what it does is dbt starting:
importing it, making the code of its data classes, parsing. What the scheduler has done once, tasks
that are forked from it find done. They read the project themselves, as it is when they run.

Left behind are modules and generated code alone: no thread, which a fork would lose and wait for;
no process, file or lock; nothing in the environment. No warehouse is opened.
"""

from __future__ import annotations

import gc
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager
from importlib import import_module
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any

from include.dbt.project import DBT_DIR, dbt_environment
from include.errors import ConfigurationError
from include.settings import Settings

__all__ = ["preload_dbt"]

_PARSE = (
    "--quiet",
    "--log-level=none",
    # It keeps threads for good, and a fork that parses a changed model waits for them for ever.
    "--no-static-parser",
    "parse",
    f"--project-dir={DBT_DIR}",
    f"--profiles-dir={DBT_DIR}",
)
_IMPORTED_BY_TASKS = ("dbt.task.build", "include.postings", "include.sources.registry")
"""Of our own modules, which are forgotten, what they import and the expressions that ``re`` has
compiled for them are kept. Not pyarrow: it keeps a thread."""
_THREADS = Path("/proc/self/task")


def preload_dbt(settings: Settings) -> None:
    """Import dbt and parse the project, twice: the second time is what a task does.

    Who calls it drops our own modules from ``sys.modules``: tasks take them from their bundle.
    Raises ConfigurationError where the project cannot be parsed, or where dbt has left a thread.
    """
    threads = _threads()
    environment = dbt_environment(settings)
    with (
        _environment(environment),
        _without_resource_tracker(),
        tempfile.TemporaryDirectory() as folder,
    ):
        try:
            with chdir(folder):
                for _ in range(2):
                    _parse(folder)
                for name in _IMPORTED_BY_TASKS:
                    import_module(name)
        finally:
            _cleanup()
    if _threads() > threads:
        raise ConfigurationError(
            "dbt has left a thread in the process that tasks are forked from",
            next_step="set TECHPULSE_PRELOAD_DBT=false, restart the scheduler, and tell us",
        )


def _parse(folder: str) -> None:
    from dbt.cli.main import dbtRunner

    paths = (f"--target-path={folder}", f"--log-path={folder}")
    done = dbtRunner().invoke([*_PARSE, *paths])
    if not done.success:
        raise ConfigurationError(
            f"dbt cannot parse the project: {done.exception}", record=DBT_DIR
        ) from done.exception


def _cleanup() -> None:
    import duckdb
    from dbt.adapters.factory import reset_adapters

    reset_adapters()  # type: ignore[no-untyped-call]
    # Importing duckdb opens a database in memory, with threads; whoever asks for it gets another.
    duckdb.default_connection().close()
    gc.collect()  # locks are given back when their owner is


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def _without_resource_tracker() -> Iterator[None]:
    """End the process that Python starts with dbt's first lock, which removes what is not unlocked.

    It would be the tasks' too, and keep the locks of one that was killed while the scheduler lives.
    """
    tracker: Any = resource_tracker._resource_tracker
    ours = tracker._fd is None
    try:
        yield
    finally:
        if ours:
            tracker._stop()


def _threads() -> int:
    """How many threads this process has, those of libraries too; 0 where nothing tells."""
    return len(list(_THREADS.iterdir())) if _THREADS.exists() else 0
