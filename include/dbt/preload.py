"""Load dbt once in the scheduler, from which Airflow forks its tasks.

Each model is a task and each task a process, which spends most of its time starting dbt: imports,
generated code of data classes, parsing. A forked task inherits what the scheduler has loaded. It
still reads the project itself, so it sees the current files.

Only modules and generated code remain in the scheduler: no thread, which a fork would lose and then
wait for; no process, file, lock or environment variable. No warehouse is opened.
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
    # The static parser leaves threads behind; a fork that parses a changed model would wait for
    # them forever.
    "--no-static-parser",
    "parse",
    f"--project-dir={DBT_DIR}",
    f"--profiles-dir={DBT_DIR}",
)
_IMPORTED_BY_TASKS = ("dbt.task.build", "include.postings", "include.sources.registry")
"""Our own modules are dropped again; the modules they import and the expressions that ``re`` has
compiled for them stay. Not pyarrow: it keeps a thread."""
_THREADS = Path("/proc/self/task")


def preload_dbt(settings: Settings) -> None:
    """Import dbt and parse the project twice: first in full, then from the cache as a task does.

    The caller drops our own modules from ``sys.modules``, because tasks import them from their
    bundle. Raises ConfigurationError when the project cannot be parsed or dbt leaves a thread.
    """
    threads = _threads()
    environment = dbt_environment(settings)
    with (
        _environment(environment),
        _without_resource_tracker(),
        tempfile.TemporaryDirectory() as folder,
    ):
        try:
            # dbt writes into the working directory, too.
            with chdir(folder):
                for _ in range(2):
                    _parse(folder)
                for name in _IMPORTED_BY_TASKS:
                    import_module(name)
        finally:
            _cleanup()
    if _threads() > threads:
        raise ConfigurationError(
            "dbt left a thread in the process that tasks are forked from",
            next_step="set TECHPULSE_PRELOAD_DBT=false, restart the scheduler, and report this.",
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
    # Importing duckdb opens an in-memory database with threads; the next caller gets a new one.
    duckdb.default_connection().close()
    gc.collect()  # dbt's semaphores are released with the objects that own them


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
    """Stop the resource tracker, the process that Python starts with dbt's first lock.

    Otherwise forked tasks would share the scheduler's tracker, which would keep the locks of a
    killed task for as long as the scheduler lives.
    """
    tracker: Any = resource_tracker._resource_tracker
    ours = tracker._fd is None
    try:
        yield
    finally:
        if ours:
            tracker._stop()


def _threads() -> int:
    """Return the process's number of threads, native ones included; 0 without ``/proc``."""
    return len(list(_THREADS.iterdir())) if _THREADS.exists() else 0
