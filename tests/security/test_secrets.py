"""A planted secret is nowhere in what a run leaves: not where it works, not where it fails."""

from __future__ import annotations

import contextlib
import datetime as dt
import gzip
import json
import os
import pickle
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from include.cli.main import main
from include.errors import TechPulseError
from include.hooks.http_source import hacker_news
from include.pipeline import job_boards
from include.pipeline.publish import publish_gold
from include.settings import PROJECT_ROOT, Settings, get_settings
from include.state.store import open_state
from include.warehouse.connection import open_warehouse
from sample.server import Upstream
from sample.world import World

NOW = dt.datetime(2026, 10, 31, 12, tzinfo=dt.UTC)
KEY = "planted-key-0f4b6d1c8a27"
LOGIN = "planted-login-93ae5517bc40"
STORE = "planted-store-5d10e2f7a9c6"
SECRETS = (KEY, LOGIN, STORE)
PARAMS: dict[str, Any] = {
    "location": "Anywhere", "role": "any", "level": "any", "days": 90,
    "max_results": 100, "sources": ["theirstack", "arbeitnow"], "dry_run": False,
}  # fmt: skip


def secrets_in(content: str | bytes) -> list[str]:
    data = content.encode(errors="surrogateescape") if isinstance(content, str) else content
    return [secret for secret in SECRETS if secret.encode() in data]


def leaks_of_folder(folder: Path) -> dict[str, list[str]]:
    """Return the secrets in every file below, unpacked where it is packed."""
    found = {}
    for path in (p for p in folder.rglob("*") if p.is_file()):
        content = path.read_bytes()
        if path.suffix == ".gz":
            content = gzip.decompress(content)
        if secrets := secrets_in(content):
            found[str(path)] = secrets
    return found


def leaks_of_warehouse(settings: Settings) -> dict[str, int]:
    """Return the tables with a row that holds a secret: DuckDB packs what is in its file."""
    found = {}
    with open_warehouse(settings) as warehouse:
        for schema, name in warehouse.execute(
            "select schema_name, table_name from duckdb_tables() where not internal"
        ).fetchall():
            rows = warehouse.execute(
                f'select count(*) from {schema}."{name}" as t where contains(t::varchar, $1) '
                "or contains(t::varchar, $2) or contains(t::varchar, $3)",
                list(SECRETS),
            ).fetchall()
            if rows != [(0,)]:
                found[f"{schema}.{name}"] = rows[0][0]
    return found


def told_by(error: BaseException) -> str:
    """Return all that an error says: its text, its trace with its causes, and pickled."""
    trace = "".join(traceback.format_exception(error))
    pickled = ""
    with contextlib.suppress(TypeError, AttributeError):  # a cause that cannot be pickled is not
        pickled = pickle.dumps(error).decode("latin-1")
    return "\n".join((str(error), repr(error), repr(vars(error)), trace, pickled))


@pytest.fixture
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Upstream]:
    """Serve an upstream whose connections hold the secrets."""
    stack = contextlib.ExitStack()

    def serve(**account: Any) -> Upstream:
        upstream = Upstream(
            World(jobs=60, today=NOW.date()), clock=NOW.timestamp, **{"api_key": KEY, **account}
        )
        url = stack.enter_context(upstream.serve())
        connect(monkeypatch, url)
        monkeypatch.setenv("TECHPULSE_DATA_DIR", str(tmp_path / "data"))
        monkeypatch.setenv("TECHPULSE_HTTP_MAX_ATTEMPTS", "2")
        monkeypatch.setenv("TECHPULSE_HTTP_READ_TIMEOUT_SECONDS", "0.3")
        monkeypatch.setenv("TECHPULSE_HTTP_TOTAL_TIMEOUT_SECONDS", "0.3")
        get_settings.cache_clear()
        return upstream

    with stack:
        yield serve


def connect(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    with_login = url.replace("http://", f"http://somebody:{LOGIN}@")
    for name, base in (
        ("theirstack", url),
        ("arbeitnow", f"{url}/api"),
        ("hackernews", with_login),
    ):
        connection = {"conn_type": "http", "host": base, "password": KEY}
        monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}_DEFAULT", json.dumps(connection))


def read_theirstack() -> None:
    plan = job_boards.plan_source("theirstack", PARAMS, "a_run", NOW)
    reports = [job_boards.fetch_chunk(plan, c, PARAMS, "a_run") for c in plan["chunks"]]
    job_boards.load_source(plan, reports, PARAMS, "a_run", NOW)


def read_hacker_news() -> None:
    with hacker_news() as source:
        source.submitted()


FAILURES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "401: another key": ({"api_key": "another"}, {}),
    "402: no credits": ({"credits": 0}, {}),
    "503": ({}, {"fail_every": 1}),
    "429": ({}, {"rate_limit_every": 1, "retry_after": "900"}),
    "a timeout": ({}, {"slow_loris_every": 1, "slow_loris_ms": 1_000}),
    "a reset": ({}, {"reset_every": 1}),
    "HTML": ({}, {"html_every": 1}),
    "truncated": ({}, {"truncate_every": 1}),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_no_failure_of_a_source_tells_a_secret(
    failure: str,
    planted: Callable[..., Upstream],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    account, faults = FAILURES[failure]
    upstream = planted(**account)
    upstream.faults.update(faults)
    caplog.set_level("DEBUG")
    told = []
    for read in (read_theirstack, read_hacker_news):
        try:
            read()
        except Exception as error:
            told.append(told_by(error))
    assert told or "402" in failure  # what has no credits is skipped or loads nothing
    out, err = capfd.readouterr()
    assert secrets_in("\n".join((*told, caplog.text, out, err))) == []
    assert leaks_of_folder(get_settings().data_dir) == {}
    assert leaks_of_warehouse(get_settings()) == {}


def test_a_good_run_leaves_no_secret_behind(
    planted: Callable[..., Upstream], caplog: pytest.LogCaptureFixture
) -> None:
    upstream = planted()
    caplog.set_level("DEBUG")
    read_theirstack()
    assert upstream.routes.theirstack.credits_used > 0  # the key was used
    assert secrets_in(caplog.text) == []
    assert leaks_of_folder(get_settings().data_dir) == {}
    assert leaks_of_warehouse(get_settings()) == {}


STORES = {
    "TECHPULSE_SERVING_URL": f"postgresql+psycopg://techpulse:{STORE}@127.0.0.1:1/techpulse",
    "TECHPULSE_STATE_URL": f"postgresql+psycopg://techpulse:{STORE}@127.0.0.1:1/techpulse",
    "TECHPULSE_WAREHOUSE_URI": f"ducklake:postgres:host=127.0.0.1 user=me password={STORE}",
    "TECHPULSE_WAREHOUSE_URI as a URL": f"ducklake:postgres:postgresql://me:{STORE}@127.0.0.1:1/x",
}


def use_store(name: str) -> None:
    if name == "TECHPULSE_SERVING_URL":
        publish_gold()
    elif name == "TECHPULSE_STATE_URL":
        open_state("theirstack").read()
    else:
        with open_warehouse():
            pass


@pytest.mark.parametrize("name", STORES)
def test_no_failure_of_a_store_tells_its_password(
    name: str, settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    monkeypatch.setenv(name.split()[0], STORES[name])
    get_settings.cache_clear()
    with pytest.raises(Exception) as raised:  # noqa: PT011 -- whatever it is, it tells nothing
        use_store(name)
    told = "".join(traceback.format_exception(raised.value))
    assert secrets_in(told + told_by(raised.value) + caplog.text) == []
    assert secrets_in(repr(get_settings()) + str(get_settings())) == []
    assert isinstance(raised.value, TechPulseError), "an operator needs a next step"


@pytest.mark.parametrize("name", STORES)
def test_the_command_line_tells_no_secret(
    name: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THEIRSTACK_API_KEY", KEY)
    monkeypatch.setenv(name.split()[0], STORES[name])
    get_settings.cache_clear()
    told = ""
    for command in (["doctor", "--json"], ["loads"], ["inspect"], ["rejects", "list"]):
        done = CliRunner().invoke(main, command)
        told += done.output + (told_by(done.exception) if done.exception else "")
    assert len(told) > 500
    assert secrets_in(told) == []


@pytest.fixture
def job_boards_dag(airflow_database: Path) -> Any:
    from airflow.dag_processing.bundles.manager import DagBundlesManager
    from airflow.dag_processing.dagbag import BundleDagBag, sync_bag_to_db

    DagBundlesManager().sync_bundles_to_db()
    folder = PROJECT_ROOT / "dags"
    bag = BundleDagBag(str(folder), bundle_path=folder, bundle_name="dags-folder")
    sync_bag_to_db(bag, "dags-folder", None)
    return bag.dags["job_boards"]


@pytest.fixture
def home() -> Path:
    """AIRFLOW_HOME: metadata database (XCom, rendered fields, log rows) and log files."""
    return Path(os.environ["AIRFLOW_HOME"])


@pytest.mark.slow
def test_airflow_keeps_no_secret_of_a_good_and_a_failed_run(
    planted: Callable[..., Upstream],
    job_boards_dag: Any,
    home: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    upstream = planted()
    caplog.set_level("INFO")
    states = [job_boards_dag.test(run_conf=PARAMS).state]
    upstream.routes.theirstack._key = "another from now on"
    states.append(job_boards_dag.test(run_conf=PARAMS).state)
    assert [str(state) for state in states] == ["success", "failed"]
    out, err = capfd.readouterr()
    assert secrets_in(caplog.text + out + err) == []
    assert leaks_of_folder(home) == {}
    assert (home / "airflow.db").stat().st_size > 100_000  # that is where they would be
    assert leaks_of_folder(get_settings().data_dir) == {}
    assert leaks_of_warehouse(get_settings()) == {}


def test_what_is_searched_for_would_be_found(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "a.ndjson.gz").write_bytes(gzip.compress(f"x{KEY}x".encode()))
    (tmp_path / "b").write_text(LOGIN)
    assert list(leaks_of_folder(tmp_path).values()) in ([[KEY], [LOGIN]], [[LOGIN], [KEY]])
    with open_warehouse(settings) as warehouse:
        warehouse.execute("create table found as select {'deep': [?]} as column", [STORE])
    assert leaks_of_warehouse(settings) == {"main.found": 1}
    try:
        raise TechPulseError("no", record=KEY)
    except TechPulseError as error:
        told = told_by(error)
    assert secrets_in(told) == [KEY]
