"""Airflow as on many machines: each process with a home, a working folder and a log of its own."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import yaml

from include.settings import PROJECT_ROOT
from local import sessions
from local.cluster.repository import BRANCH, check_out, snapshot
from local.cluster.services import (
    ObjectStore,
    PostgreSQL,
    Redis,
    free_ports,
    wait_until,
)

__all__ = ["Cluster", "CommandFailedError", "run_cluster"]

_READY_SECONDS: Final = 120.0
_PATIENCE_SECONDS: Final = 5.0
_ADMIN: Final = "admin"
_API_SERVER: Final = "api-server"


class CommandFailedError(RuntimeError):
    """An ``airflow`` command did not succeed; str() has its last words."""


@dataclass
class Cluster:
    """Services and Airflow processes on loopback. Made by :func:`run_cluster`."""

    root: Path
    postgres: PostgreSQL
    redis: Redis
    store: ObjectStore
    connections: Mapping[str, str]
    settings: Mapping[str, str]
    warehouse_slots: int
    worker_concurrency: int
    port: int = field(default_factory=lambda: free_ports(1)[0])
    secret: str = field(default_factory=lambda: secrets.token_hex(32))
    password: str = field(default_factory=lambda: secrets.token_hex(16))
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def leaders(self) -> Path:
        """The file that names every session that was begun."""
        return self.root / "sessions"

    @property
    def repository(self) -> Path:
        """The Git repository that the DAG bundle comes from."""
        return self.root / "techpulse.git"

    @property
    def checkout(self) -> Path:
        """The API server's own copy of the project: its image."""
        return self.root / "image"

    @property
    def url(self) -> str:
        """The API server's base URL."""
        return f"http://127.0.0.1:{self.port}"

    def node(self, name: str) -> Path:
        """Return the folder of one machine: its home, its working folder, its disk."""
        folder = self.root / name
        for part in ("airflow", "tmp", "data"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        return folder

    def environment(self, name: str) -> dict[str, str]:
        """Return the whole environment of a process: nothing of the caller's but the path."""
        folder = self.node(name)
        return {
            "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
            "LANG": "C.UTF-8",
            "HOME": str(folder),
            "TMPDIR": str(folder / "tmp"),
            "AIRFLOW_HOME": str(folder / "airflow"),
            "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH": str(folder / "bundles"),
            "TECHPULSE_DATA_DIR": str(folder / "data"),
            **self._airflow_settings(),
            **(self._plugin() if name == _API_SERVER else {}),
            **self.connections,
            **self.settings,
        }

    def _plugin(self) -> dict[str, str]:
        """Return what only the API server has: elsewhere it would shadow the bundle's include."""
        return {
            "PYTHONPATH": str(self.checkout),
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(self.checkout / "plugins"),
        }

    def _airflow_settings(self) -> dict[str, str]:
        metadata = self.postgres.url("airflow")
        bundle = {
            "name": "techpulse",
            "classpath": "airflow.providers.git.bundles.git.GitDagBundle",
            "kwargs": {"git_conn_id": "techpulse_git", "tracking_ref": BRANCH},
        }
        git = {"conn_type": "git", "host": str(self.repository)}
        return {
            "AIRFLOW_CONN_TECHPULSE_GIT": json.dumps(git),
            "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{self.url}/execution/",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(self.root / "passwords.json"),
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": metadata,
            "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST": json.dumps([bundle]),
            "AIRFLOW__API__SECRET_KEY": self.secret,
            "AIRFLOW__API__BASE_URL": self.url,
            "AIRFLOW__API_AUTH__JWT_SECRET": self.secret,
            "AIRFLOW__CELERY__BROKER_URL": self.redis.url,
            "AIRFLOW__CELERY__RESULT_BACKEND": f"db+{metadata}",
            "AIRFLOW__CELERY__WORKER_CONCURRENCY": str(self.worker_concurrency),
            # A dead worker's prefetched task would wait for its timeout.
            "AIRFLOW__CELERY__WORKER_PREFETCH_MULTIPLIER": "1",
            "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT": "60",
            "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT_CHECK_INTERVAL": "10",
            "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "30",
            "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.2",
            "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT": "30",
            "AIRFLOW__COSMOS__ENABLE_TELEMETRY": "False",
            "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
            "DO_NOT_TRACK": "1",
        }

    def start(self, name: str, *command: str) -> None:
        """Start an ``airflow`` command in the background, on a machine of its own."""
        self.processes[name] = sessions.launch(
            [sys.executable, "-m", "airflow", *command],
            self.root / f"{name}.log",
            self.leaders,
            self.environment(name),
            self.node(name),
        )

    def start_worker(self, name: str) -> None:
        """Start a Celery worker."""
        self.start(
            name, "celery", "worker", "--celery-hostname", f"{name}@techpulse",
            "--skip-serve-logs", "--without-mingle", "--without-gossip",
        )  # fmt: skip

    def kill(self, name: str) -> int:
        """Kill (SIGKILL) a process with all of its children; return how many they were."""
        return sessions.kill(self.processes.pop(name).pid)

    def airflow(self, *arguments: str) -> str:
        """Run an ``airflow`` command to its end; return what it printed.

        Raises CommandFailedError.
        """
        done = subprocess.run(  # noqa: S603 -- a command of our own
            [sys.executable, "-m", "airflow", *arguments],
            env=self.environment(_ADMIN),
            cwd=self.node(_ADMIN),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            words = (done.stdout + done.stderr)[-3_000:]
            raise CommandFailedError(f"airflow {' '.join(arguments)}: {words}")
        return done.stdout

    def prepare(self) -> None:
        """Make the bundle's repository, migrate the metadata database, make the pools."""
        snapshot(self.repository)
        check_out(self.repository, self.checkout)
        (self.root / "passwords.json").write_text(json.dumps({"admin": self.password}))
        self.airflow("db", "migrate")
        file = self.root / "pools.json"
        file.write_text(json.dumps(self._pools()))
        self.airflow("pools", "import", str(file))

    def _pools(self) -> dict[str, dict[str, Any]]:
        settings = yaml.safe_load((PROJECT_ROOT / "airflow_settings.yaml").read_text())["airflow"]
        pools = {
            pool["pool_name"]: {
                "slots": pool["pool_slot"],
                "description": pool["pool_description"],
                "include_deferred": False,
            }
            for pool in settings["pools"]
        }
        pools["techpulse_warehouse"]["slots"] = self.warehouse_slots
        pools["techpulse_hackernews"]["slots"] = 16
        return pools

    def start_servers(self) -> None:
        """Start API server, scheduler and DAG processor; return when all DAGs are there."""
        self.start(_API_SERVER, "api-server", "--host", "127.0.0.1", "--port", str(self.port))
        self.start("scheduler", "scheduler")
        self.start("dag-processor", "dag-processor")
        self._wait("The API server", _API_SERVER, lambda: self.get("/techpulse/health/live"))
        self._wait("The DAGs", "dag-processor", lambda: len(self.dag_ids()) >= len(_dag_files()))

    def _wait(self, what: str, name: str, true: Callable[[], Any]) -> None:
        process, log = self.processes[name], self.root / f"{name}.log"
        wait_until(what, true, seconds=_READY_SECONDS, process=process, log=log)

    def get(self, path: str, *, token: str = "") -> Any:
        """Return the JSON that the API server answers; raises OSError for anything else."""
        request = Request(f"{self.url}{path}")  # noqa: S310 -- an address of our own
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        return _json(request)

    def token(self) -> str:
        """Log in; return a token for :meth:`get`."""
        body = json.dumps({"username": "admin", "password": self.password}).encode()
        headers = {"Content-Type": "application/json"}
        request = Request(f"{self.url}/auth/token", body, headers)  # noqa: S310
        return str(_json(request)["access_token"])

    def metadata(self, sql: str) -> list[tuple[Any, ...]]:
        """Return rows of Airflow's metadata database."""
        return self.postgres.execute(sql, "airflow")

    def dag_ids(self) -> list[str]:
        """Return the ids of the DAGs that the DAG processor has read."""
        return [row[0] for row in self.metadata("select dag_id from dag where not is_stale")]


def _json(request: Request) -> Any:
    try:
        with urlopen(request, timeout=30) as answer:  # noqa: S310 -- an address of our own
            return json.load(answer)
    except HTTPError as error:
        raise OSError(f"{request.full_url}: {error.code} {error.read()[:500]!r}") from error
    except ValueError as error:  # a path that nothing is mounted on answers Airflow's own page
        raise OSError(f"{request.full_url} did not answer JSON") from error


def _dag_files() -> list[Path]:
    return list((PROJECT_ROOT / "dags").glob("*.py"))


@contextmanager
def run_cluster(
    *,
    connections: Mapping[str, str],
    settings: Mapping[str, str],
    workers: int = 2,
    worker_concurrency: int = 2,
    warehouse_slots: int = 1,
    keep: bool = False,
) -> Iterator[Cluster]:
    """Give a running cluster; end every process of it and delete its files afterwards.

    ``connections`` and ``settings`` are environment variables of every process. Raises
    MissingServiceError where a service is not installed or does not come up.
    """
    root = Path(tempfile.mkdtemp(prefix="techpulse-cluster-"))
    root.chmod(0o755)  # PostgreSQL runs as a user of its own where we are root
    leaders = root / "sessions"
    try:
        store = ObjectStore.start(root / "object-store", leaders)
        postgres = PostgreSQL.start(root / "postgres", leaders, ["airflow", "techpulse"])
        redis = Redis.start(root / "redis", leaders)
        cluster = Cluster(
            root, postgres, redis, store, connections, settings, warehouse_slots, worker_concurrency
        )
        cluster.prepare()
        for number in range(1, workers + 1):
            cluster.start_worker(f"worker-{number}")
        cluster.start_servers()
        store.wait()
        yield cluster
    finally:
        sessions.end(leaders, _PATIENCE_SECONDS)
        if not keep:
            shutil.rmtree(root, ignore_errors=True)
