"""Cosmos tasks of the DAG ``analytics``: one a step of the build, tests included; no usage metrics.

Only that DAG file imports this module, because it imports Cosmos. Cosmos' plugin reads Cosmos'
settings before any DAG file is parsed, so setting environment variables here would be too late.
"""

from __future__ import annotations

import logging
import os
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from airflow.configuration import AIRFLOW_HOME
from airflow.sdk import TaskGroup
from cosmos import ProfileConfig
from cosmos import settings as cosmos_settings
from cosmos.constants import InvocationMode, TestIndirectSelection
from cosmos.operators.local import DbtBuildLocalOperator

from include.dbt.project import DBT_DIR, GRAPH_FILE, dbt_environment, steps
from include.settings import Settings

__all__ = ["DbtBuild", "cache_folder", "dbt_steps", "end_after"]

log = logging.getLogger(__name__)

_GRACE_SECONDS: Final = 60.0  # lets Airflow's own timeout end dbt first, with its error in the log

# Off unless this Airflow's operator has enabled it. A task's process reads it after it has parsed
# the DAG file; the scheduler itself counts only tasks of Cosmos' own classes.
cosmos_settings.enable_telemetry = cosmos_settings.conf.getboolean(
    "cosmos", "enable_telemetry", fallback=False
)


class DbtBuild(DbtBuildLocalOperator):  # type: ignore[misc]  # Cosmos has no types
    """``dbt build`` of some nodes, with dbt's partial parse cached in ``cache_folder``."""

    env: dict[str, Any]

    def execute(self, context: Any, **kwargs: Any) -> None:
        """Build and test."""
        # Here, not when the DAG is parsed: the folder depends on the worker's machine and user.
        self.cache_dir = cache_folder() if cosmos_settings.enable_cache else None
        if _lineage_is_on():  # Cosmos derives its events from dbt's artifacts
            self.env = {**self.env, "DBT_WRITE_JSON": "true"}
        with end_after(self.execution_timeout.total_seconds() + _GRACE_SECONDS):
            super().execute(context, **kwargs)


def _lineage_is_on() -> bool:
    """Return whether the OpenLineage provider is installed and has a transport."""
    try:
        provider = import_module("airflow.providers.openlineage.conf")
    except ModuleNotFoundError:
        return False
    return not provider.is_disabled()


@contextmanager
def end_after(seconds: float) -> Iterator[None]:
    """Kill this process if the block takes longer than ``seconds``; Airflow then retries the task.

    Airflow raises a task's timeout in the main thread, but there dbt waits for its query's thread
    before it propagates any error. A killed model leaves its table unchanged.
    """

    def end() -> None:
        log.critical("dbt did not end within the task's execution_timeout: killing its process")
        os.kill(os.getpid(), signal.SIGKILL)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def dbt_steps(settings: Settings, **options: Any) -> dict[str, DbtBuild]:
    """Return the tasks of the group ``dbt`` by step, in order; every task gets ``options``."""
    environment = dbt_environment(settings)
    profile = ProfileConfig(
        profile_name="techpulse",
        target_name=environment["TECHPULSE_DBT_TARGET"],
        profiles_yml_filepath=DBT_DIR / "profiles.yml",
    )
    tasks: dict[str, DbtBuild] = {}
    with TaskGroup("dbt"), _no_folder_of_cosmos():
        for step in steps():
            tasks[step.name] = DbtBuild(
                task_id=step.name,
                select=f"tag:{step.name}",
                # A test of two steps' models runs with the later one, not before that exists.
                indirect_selection=TestIndirectSelection.BUILDABLE.value,
                project_dir=DBT_DIR,
                profile_config=profile,
                # dbt in the task's own process is three times as fast as a subprocess.
                invocation_mode=InvocationMode.DBT_RUNNER,
                # Cosmos keeps a manifest beside the parse cache, and dbt writes none here.
                manifest_filepath=str(GRAPH_FILE),
                install_deps=False,
                emit_datasets=False,
                env=environment,
                doc_md=_DOCS.format(
                    models="\n".join(map("- {}".format, step.nodes.values())), name=step.name
                ),
                **options,
            )
    return tasks


_DOCS: Final = """Builds and tests, in the order that they read from each other:

{models}

A test of several models runs with the last of them. A killed task leaves each table as it was or as
it is to be; run again, it builds what is left. By hand, in `dbt/`: `dbt build --select tag:{name}`.
"""


@contextmanager
def _no_folder_of_cosmos() -> Iterator[None]:
    """Keep Cosmos from creating its cache in the machine's temporary folder at DAG parse time."""
    enabled, cosmos_settings.enable_cache = cosmos_settings.enable_cache, False
    try:
        yield
    finally:
        cosmos_settings.enable_cache = enabled


_TARGET: Final = "target"  # dbt's default name, which Cosmos expects


def cache_folder(dbt_dir: Path = DBT_DIR) -> Path | None:
    """Create and return the parse cache's folder of this checkout; None: dbt parses every time.

    It is in Airflow's ``[cosmos] cache_dir``, by default ``cosmos`` in AIRFLOW_HOME; if that is not
    writable, in ``techpulse-dbt-<user id>`` in the temporary folder. Checkouts never share one.
    """
    name = sha256(str(dbt_dir).encode()).hexdigest()[:16]
    base = cosmos_settings.conf.get("cosmos", "cache_dir", fallback="")
    folder = Path(base or Path(AIRFLOW_HOME, "cosmos")) / name
    if _writable(folder / _TARGET):
        return folder
    own = Path(tempfile.gettempdir(), f"techpulse-dbt-{os.geteuid()}")
    if _is_ours(own) and _writable(own / name / _TARGET):
        return own / name
    return None


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK | os.X_OK)


def _is_ours(folder: Path) -> bool:
    """Create the folder if needed; return whether only this user can write to it.

    Every user can write to the temporary folder, so another one may have created it first.
    """
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        there = folder.lstat()
    except OSError:
        return False
    return folder.is_dir() and there.st_uid == os.geteuid() and not there.st_mode & 0o077
