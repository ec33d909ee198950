"""A published store of a few postings, and one in which some of them are not loaded yet."""

from __future__ import annotations

import json
import os
import signal
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

import duckdb
import pytest
from aiosmtpd.controller import Controller

from include.serving.publish import publish
from include.settings import Settings, get_settings
from sample.gold.postings import GoldSize, fill_gold

NOW = datetime(2026, 11, 26, 18, 30, tzinfo=UTC)
_LATE = 6
"""Postings that only the full store has; one of them is the oldest of all that are recent."""
_RECENT = """
    update gold.fct_postings set date_posted = timestamptz '2026-11-20T12:00:00Z'
        + to_hours(cast(n as integer)), month = '2026-11-01', duplicate_of = null
    from (
        select posting_id as id, row_number() over (order by posting_id) as n
        from gold.fct_postings
    )
    where id = posting_id
"""
_HOSTILE = """
    update gold.fct_postings set company = 'Übermut & Söhne',
        title = 'Engineer <script>alert(1)</script> & <!channel>' || chr(8)
    where posting_id = (select max(posting_id) from gold.fct_postings)
"""
_OF_POSTINGS = "fct_postings", "fct_jobs"


@dataclass(frozen=True)
class Stores:
    """URLs of the same store at three times, and the ids of its postings, oldest first."""

    early: str
    """Lacks the postings that load late."""
    full: str
    edited: str
    """Each title has changed."""
    ids: tuple[str, ...]
    late: tuple[str, ...]


@pytest.fixture(scope="package")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Stores:
    folder = tmp_path_factory.mktemp("searches")
    urls = {name: f"sqlite:///{folder / name}.sqlite" for name in ("early", "full", "edited")}
    with duckdb.connect() as warehouse:
        fill_gold(
            warehouse,
            GoldSize(postings=30, first=date(2026, 10, 1), companies=5, technologies=8),
        )
        warehouse.execute(_RECENT)
        warehouse.execute(_HOSTILE)
        by_age = "select posting_id from gold.fct_postings order by date_posted"
        ids = [posting_id for (posting_id,) in warehouse.sql(by_age).fetchall()]
        late = ids[:1] + ids[-_LATE + 1 :]
        for table in _OF_POSTINGS:
            warehouse.execute(f"create table late_{table} as from gold.{table} where posting_id in "
                              "(select unnest(?))", [late])  # fmt: skip
            warehouse.execute(
                f"delete from gold.{table} where posting_id in (select unnest(?))", [late]
            )
        publish(warehouse, urls["early"])
        for table in _OF_POSTINGS:
            warehouse.execute(f"insert into gold.{table} from late_{table}")
        publish(warehouse, urls["full"])
        warehouse.execute("update gold.fct_postings set title = 'Renamed ' || title")
        publish(warehouse, urls["edited"])
    return Stores(**urls, ids=tuple(ids), late=tuple(late))


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Callable[[str], None]:
    """Let the searches read a store."""

    def use(url: str) -> None:
        monkeypatch.setenv("TECHPULSE_SERVING_URL", url)
        get_settings.cache_clear()

    return use


@pytest.fixture
def write(settings: Settings) -> Callable[[str], Path]:
    """Write ``searches.toml``."""

    def write(text: str) -> Path:
        settings.data_dir.mkdir(exist_ok=True)
        file = settings.data_dir / "searches.toml"
        file.write_text(text)
        return file

    return write


class Mailbox:
    """A real SMTP server's messages."""

    def __init__(self) -> None:
        self.received: list[Message] = []
        self.refusing = False

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.refusing:
            return "451 try again"
        self.received.append(message_from_bytes(envelope.content))
        return "250 OK"


@pytest.fixture(scope="package")
def _smtp() -> Iterator[tuple[Mailbox, int]]:
    mailbox = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(mailbox, hostname="127.0.0.1", port=port)
    server.start()
    yield mailbox, port
    server.stop()


@pytest.fixture
def mailbox(_smtp: tuple[Mailbox, int], monkeypatch: pytest.MonkeyPatch) -> Mailbox:
    """An SMTP server on loopback, which Airflow's default mail connection names."""
    mailbox, port = _smtp
    mailbox.__init__()  # type: ignore[misc]
    extra = {
        "disable_ssl": True,
        "disable_tls": True,
        "retry_limit": 0,
        "from_email": "techpulse@example.org",
    }
    connection = {"conn_type": "smtp", "host": "127.0.0.1", "port": port, "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", json.dumps(connection))
    return mailbox


def kill_in(work: Callable[[], object]) -> None:
    """Run the work in a process of its own, which has to be killed by it."""
    if not (child := os.fork()):
        try:
            work()
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL, "the process was to be killed"


def die(*_: object, **__: object) -> None:
    """Kill this process, as the kernel does when memory runs out."""
    os.kill(os.getpid(), signal.SIGKILL)
