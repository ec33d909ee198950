"""Airflow as on many machines: each process with a home, a working folder and a log of its own.

The DAG bundle comes from Git, so that every machine has its own copy of the project, and what is
tested is the project as it was when the cluster began.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import psutil

from include.settings import PROJECT_ROOT
from local import process_groups as sessions
from sample.services import ObjectStore, Postgres, Redis, free_ports, object_store, postgres, redis
from tests.repository import BRANCH, check_out, snapshot

__all__ = ["Cluster", "run_cluster"]

_READY_SECONDS = 180.0
_PATIENCE_SECONDS = 5.0
_ADMIN = "admin"
_API_SERVER = "api-server"


@dataclass
class Cluster:
    """Services and Airflow processes on loopback. Made by :func:`run_cluster`."""

    root: Path
    postgres: Postgres
    redis: Redis
    store: ObjectStore
    connections: Mapping[str, str]
    settings: Mapping[str, str]
    worker_concurrency: int
    port: int = field(default_factory=lambda: free_ports(1)[0])
    secret: str = field(default_factory=lambda: secrets.token_hex(32))
    password: str = field(default_factory=lambda: secrets.token_hex(16))
    databases: dict[str, str] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("airflow", "lake", "serving", "state"):
            self.databases[name] = self.postgres.database(name)

    @property
    def leaders(self) -> Path:
        """The file that names every session that was begun."""
        return self.root / "sessions"

    @property
    def repository(self) -> Path:
        """The Git repository that the DAG bundle comes from."""
        return self.root / "techpulse.git"

    @property
    def image(self) -> Path:
        """The API server's own copy of the project, as in its image."""
        return self.root / "image"

    @property
    def url(self) -> str:
        """The API server's base URL."""
        return f"http://127.0.0.1:{self.port}"

    def node(self, name: str) -> Path:
        """One machine: its home, its working folder, its disk."""
        folder = self.root / name
        for part in ("airflow", "tmp", "data"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        return folder

    def environment(self, name: str) -> dict[str, str]:
        """The whole environment of a process: nothing of the caller's but the path."""
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
            **self._storage_settings(),
            **(self._plugin() if name == _API_SERVER else {"PYTHONPATH": self._loopback}),
            **self.connections,
            **self.settings,
        }

    @property
    def _loopback(self) -> str:
        """What keeps a scheduler's log server on loopback; it has no ``include``."""
        return str(self.image / "local" / "config")

    def _storage_settings(self) -> dict[str, str]:
        bucket = f"s3://techpulse_s3@{self.store.bucket}"
        return {
            **self.postgres.environment(),
            "AIRFLOW_CONN_TECHPULSE_S3": self.store.connection(),
            "TECHPULSE_WAREHOUSE_URI": self.postgres.lake_uri(self.databases["lake"]),
            "TECHPULSE_WAREHOUSE_DATA_PATH": f"{bucket}/lake",
            "TECHPULSE_STAGING_URL": f"{bucket}/staging",
            "TECHPULSE_SERVING_URL": self.postgres.url(self.databases["serving"]),
            "TECHPULSE_STATE_URL": self.postgres.url(self.databases["state"]),
        }

    def _plugin(self) -> dict[str, str]:
        """What only the API server has: elsewhere it would shadow the bundle's include."""
        return {
            "PYTHONPATH": str(self.image),
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(self.image / "plugins"),
        }

    def _airflow_settings(self) -> dict[str, str]:
        metadata = self.postgres.url(self.databases["airflow"], "postgresql+psycopg2")
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
            # What a dead worker had taken would wait for these: deploy/ has longer ones.
            "AIRFLOW__CELERY__WORKER_PREFETCH_MULTIPLIER": "1",
            "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT": "60",
            "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT_CHECK_INTERVAL": "5",
            "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "20",
            # a task that waits for a busy machine is not one that was lost
            "AIRFLOW__SCHEDULER__NUM_STUCK_IN_QUEUED_RETRIES": "20",
            "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "5",
            "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.2",
            "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT": "30",
            "AIRFLOW__COSMOS__ENABLE_TELEMETRY": "False",
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

    def processor_seconds(self) -> float:
        """What all of Airflow's processes, and those that have ended below them, have used."""
        used = 0.0
        for process in sessions.running(self.leaders):
            with suppress(psutil.NoSuchProcess):
                used += sum(process.cpu_times()[:4])  # its own, and that of children it awaited
        return used

    def airflow(self, *arguments: str) -> str:
        """Run an ``airflow`` command to its end; return what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "airflow", *arguments],
            env=self.environment(_ADMIN),
            cwd=self.node(_ADMIN),
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"airflow {arguments}: {(done.stdout + done.stderr)[-3_000:]}"
        return done.stdout

    def prepare(self) -> None:
        """Make the bundle's repository and the pools, migrate the metadata database."""
        snapshot(self.repository)
        check_out(self.repository, self.image)
        (self.root / "passwords.json").write_text(json.dumps({"admin": self.password}))
        self.airflow("db", "migrate")
        self.airflow("pools", "import", str(PROJECT_ROOT / "deploy" / "pools.json"))

    def start_servers(self) -> None:
        """Start API server, scheduler and DAG processor; return when all DAGs are there."""
        self.start(_API_SERVER, "api-server", "--host", "127.0.0.1", "--port", str(self.port))
        self.start("scheduler", "scheduler")
        self.start("dag-processor", "dag-processor")
        files = {file.name for file in (PROJECT_ROOT / "dags").glob("*.py")}
        self.wait("the API server", lambda: self.get("/techpulse/health/live"), _READY_SECONDS)
        self.wait("the DAGs", lambda: files <= self.files_read(), _READY_SECONDS)

    def wait(self, what: str, true: Callable[[], Any], seconds: float) -> Any:
        """Return what ``true()`` does once it is true; fail where a process has ended, or late."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with suppress(OSError):
                if found := true():
                    return found
            ended = [name for name, process in self.processes.items() if process.poll() is not None]
            assert not ended, f"waiting for {what}: {self._last_words(ended)}"
            time.sleep(0.25)
        raise AssertionError(f"no {what} after {seconds:.0f} s: {self._last_words(self.processes)}")

    def _last_words(self, names: Any) -> str:
        logs = {name: (self.root / f"{name}.log").read_text(errors="replace") for name in names}
        return "\n".join(f"--- {name}\n{log[-1_500:]}" for name, log in logs.items())

    def get(self, path: str, token: str = "") -> Any:
        """Return the JSON that the API server answers; raises OSError for anything else."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return _json(Request(f"{self.url}{path}", headers=headers))

    def token(self) -> str:
        """Log in; return a token for :meth:`get`."""
        body = json.dumps({"username": "admin", "password": self.password}).encode()
        headers = {"Content-Type": "application/json"}
        return str(_json(Request(f"{self.url}/auth/token", body, headers))["access_token"])

    def metadata(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of Airflow's metadata database."""
        return self.postgres.execute(self.databases["airflow"], sql)

    def files_read(self) -> set[str]:
        """The names of the DAG files that the DAG processor has read."""
        return {Path(row[0]).name for row in self.metadata("select fileloc from dag")}


def _json(request: Request) -> Any:
    try:
        with urlopen(request, timeout=30) as answer:
            return json.load(answer)
    except HTTPError as error:
        raise OSError(f"{request.full_url}: {error.code} {error.read()[:500]!r}") from error
    except ValueError as error:  # a path that nothing is mounted on answers Airflow's own page
        raise OSError(f"{request.full_url} did not answer JSON") from error


@contextmanager
def run_cluster(
    *,
    connections: Mapping[str, str],
    settings: Mapping[str, str],
    workers: int = 2,
    worker_concurrency: int = 2,
) -> Iterator[Cluster]:
    """Give a running cluster; end every process of it and delete its files afterwards.

    ``connections`` and ``settings`` are environment variables of every process. With
    KEEP_CLUSTER set the files stay, for reading the logs.
    """
    root = Path(tempfile.mkdtemp(prefix="techpulse-cluster-"))
    with ExitStack() as stack:
        if not os.environ.get("KEEP_CLUSTER"):
            stack.callback(shutil.rmtree, root, ignore_errors=True)
        servers = [stack.enter_context(start()) for start in (postgres, redis, object_store)]
        stack.callback(sessions.end, root / "sessions", _PATIENCE_SECONDS)
        cluster = Cluster(root, *servers, connections, settings, worker_concurrency)
        cluster.prepare()
        for number in range(1, workers + 1):
            cluster.start_worker(f"worker-{number}")
        cluster.start_servers()
        yield cluster
