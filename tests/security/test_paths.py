"""No name that a source, a run or a user gives can lead out of the data folder."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from starlette.testclient import TestClient

from include.errors import ConfigurationError, TechPulseError
from include.months import Month
from include.pipeline import job_boards
from include.settings import PROJECT_ROOT, Settings, get_settings
from include.sources.record import Record
from include.sources.source import SourceSkipped
from include.staging.files import stage
from include.warehouse.connection import open_warehouse
from include.warehouse.loads import hn_items, load
from include.web.app import create_app
from include.web.asgi import create_web_app, guarded

NAMES = {
    "a way up": "../../x",
    "absolute": "/etc/cron.d/x",
    "windows": "..\\..\\x",
    "a dot": ".",
    "two dots": "..",
    "hidden": ".ssh",
    "empty": "",
    "nul": "a\x00b",
    "newline": "a\nb",
    "very long": "x" * 5_000,
    "long way up": "../" * 500,
    "unicode": "ü/😀/\u202e../x",
    "lone surrogate": "\ud800/../x",
    "a device": "/dev/stdout",
    "a url": "file:///etc/passwd",
    "a home": "~/x",
    "a glob": "*",
    "sql": "'; drop table bronze.loads; --",
}
NOW = dt.datetime(2026, 10, 31, 12, tzinfo=dt.UTC)


def files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def everything_outside(data: Path) -> set[Path]:
    return {path for path in files(data.parent) if not path.is_relative_to(data)}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_staged_files_stay_below_the_staging_folder_and_are_loaded(
    name: str, settings: Settings
) -> None:
    payload = {"id": 1, "text": "x"}
    record = Record.fetched("1", payload, json.dumps(payload))
    root = settings.staging_dir
    manifest = stage([record], root, source=name, partition=name, run=name, name=name)
    path = Path(manifest["path"])
    assert path.resolve().is_relative_to(root.resolve())
    assert len(path.relative_to(root).parts) == 4
    assert everything_outside(settings.data_dir) == set()
    target = hn_items(dt.date(2026, 5, 1), 1)
    run_id = name.encode("utf-8", errors="replace").decode()  # a database holds no lone surrogate
    assert load(target, [manifest], run_id=run_id, started_at=NOW).inserted == 1
    with open_warehouse(settings) as warehouse:
        assert warehouse.execute("select run_id from bronze.loads").fetchall() == [(run_id,)]


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_month_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match="Next step"):
        Month.parse(name)


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_source_that_is_none_is_refused_and_nothing_is_written(
    name: str, settings: Settings
) -> None:
    params = {
        "location": name or "x", "role": "any", "level": "any", "days": 1, "max_results": 1,
        "sources": [name], "dry_run": False,
    }  # fmt: skip
    with pytest.raises((TechPulseError, SourceSkipped)):
        job_boards.plan_source(name, params, name, NOW)
    assert files(settings.data_dir.parent) == set()


@pytest.fixture
def client(settings: Settings) -> FlaskClient:
    return create_app(settings).test_client()


@pytest.fixture
def web(settings: Settings) -> TestClient:
    return TestClient(guarded(create_web_app(settings), settings.web_send_seconds))


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
@pytest.mark.parametrize(
    "path",
    ["/static/{}", "/static/js/{}", "/vendor/plotly-{}.min.js", "/api/v1/{}", "/{}"],
)
def test_the_web_serves_no_file_by_a_name_from_outside(
    web: TestClient, path: str, name: str
) -> None:
    from urllib.parse import quote

    for written in (name, quote(name, safe="", errors="surrogatepass")):
        if "\x00" in written or "\n" in written or not written.isascii():
            continue  # no server hands on such a request line; the quoted form is asked
        answer = web.get(f"http://testserver{path.format(written)}")
        # 503: the paths that lead to a question; nothing is published
        assert answer.status_code in (200, 400, 404, 503)
        assert b"root:x:0" not in answer.content
        if answer.status_code == 200:  # the library's own file, whatever version is asked for
            assert path.startswith("/vendor")
            assert "javascript" in answer.headers["Content-Type"]


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_the_api_takes_hostile_parameters_as_text(client: FlaskClient, name: str) -> None:
    for path, parameter in (
        ("/api/v1/insights", "location"),
        ("/api/v1/insights", "source"),
        ("/api/v1/trends", "tech_ids"),
        ("/api/v1/trends", "start_date"),
        ("/api/v1/postings", "cursor"),
        ("/api/v1/loads", "source"),
    ):
        text = name.encode("utf-8", errors="replace").decode()
        answer = client.get(path, query_string={parameter: text})
        assert answer.status_code in (400, 404, 422, 503)  # 503: nothing is published yet
        assert answer.mimetype == "application/problem+json"


def test_the_command_line_refuses_hostile_names_in_one_line(tmp_path: Path) -> None:
    for command in (["insights", "--source", NAMES["sql"]], ["rejects", "show", NAMES["a way up"]],
                    ["backup", "check", NAMES["a url"]]):  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-m", "include.cli", *command],
            cwd=PROJECT_ROOT,
            env={"TECHPULSE_DATA_DIR": str(tmp_path / "data"), "PATH": "/usr/bin"},
            capture_output=True,
            text=True,
            timeout=100,
        )
        assert done.returncode != 0
        assert "Traceback" not in done.stderr
        assert everything_outside(tmp_path / "data") == set()


def test_settings_of_this_test_lie_in_a_folder_of_its_own(settings: Settings) -> None:
    assert get_settings().data_dir == settings.data_dir
    assert everything_outside(settings.data_dir) == set()
