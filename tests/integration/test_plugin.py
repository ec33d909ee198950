"""The plugin in the real API server app: found, mounted, and behind Airflow's login."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from include.web.headers import SECURITY_HEADERS
from tests.integration.conftest import home_of, plugin_environment

REQUESTS = Path(__file__).with_name("plugin_requests.py")

STATUSES = {
    "health, no token": 200,
    "live, no token": 200,
    "ready, no token": 200,
    "health, garbage cookie": 200,
    "health, garbage bearer": 200,
    "health, head": 200,
    "api, no token": 401,
    "api, post without token": 401,
    "static, no token": 401,
    "unknown path, no token": 401,
    "api, basic auth": 401,
    "api, valid bearer": 200,
    "api, valid cookie": 200,
    "static, valid bearer": 200,
    "page, valid cookie": 200,
    "unknown path, valid bearer": 404,
    "api, expired bearer": 401,
    "api, expired cookie": 401,
    "api, garbage bearer": 403,
    "api, garbage cookie": 403,
    "api, forged signature": 403,
    "api, no signature": 403,
    "api, valid cookie and garbage bearer": 403,
    "page, browser without token": 302,
    "page, browser with expired token": 302,
    "page, post by a browser": 401,
    "trick, double slash": 401,
    "trick, encoded dots": 401,
    "trick, encoded slash": 401,
    "trick, semicolon": 401,
    "trick, trailing slash": 401,
    "trick, upper case": 401,
}


def ask(kind: str, environment: dict[str, str]) -> dict[str, Any]:
    command = [sys.executable, str(REQUESTS), kind]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=240)
    lines = [line for line in done.stdout.splitlines() if line.startswith("ANSWERS ")]
    assert lines, done.stdout[-3_000:] + done.stderr[-3_000:]
    found: dict[str, Any] = json.loads(lines[-1].removeprefix("ANSWERS "))
    return found


@pytest.fixture(scope="module")
def simple(migrated_home: Path, serving_url: str) -> dict[str, Any]:
    return ask("simple", plugin_environment(migrated_home, serving_url))


@pytest.fixture(scope="module")
def fab(
    tmp_path_factory: pytest.TempPathFactory, airflow_database: Path, serving_url: str
) -> dict[str, Any]:
    if importlib.util.find_spec("airflow.providers.fab") is None:
        pytest.skip("the FAB provider is not installed")
    home = home_of(tmp_path_factory.mktemp("fab") / "airflow", airflow_database)
    environment = plugin_environment(home, serving_url) | {
        "AIRFLOW__CORE__AUTH_MANAGER": (
            "airflow.providers.fab.auth_manager.fab_auth_manager.FabAuthManager"
        ),
    }
    return ask("fab", environment)


@pytest.mark.parametrize(("case", "status"), STATUSES.items())
def test_gate_under_the_simple_auth_manager(simple: dict[str, Any], case: str, status: int) -> None:
    assert simple["answers"][case]["status"] == status


@pytest.mark.slow
@pytest.mark.parametrize(("case", "status"), STATUSES.items())
def test_gate_under_fab(fab: dict[str, Any], case: str, status: int) -> None:
    assert fab["answers"][case]["status"] == status


@pytest.mark.slow
def test_fab_role_without_permissions_gets_health_only(fab: dict[str, Any]) -> None:
    assert fab["answers"]["api, role without permissions"]["status"] == 403
    assert fab["answers"]["health, role without permissions"]["status"] == 200


def test_token_is_refused_after_logout(simple: dict[str, Any]) -> None:
    assert simple["after_logout"] == 403


def test_browser_comes_back_to_the_page_after_login(simple: dict[str, Any]) -> None:
    location = simple["answers"]["page, browser without token"]["headers"]["location"]
    assert location == ("/api/v2/auth/login?next=%2Ftechpulse%2Fdashboard%3Frole%3Dbackend")


def test_without_login_nothing_but_health_is_told(simple: dict[str, Any]) -> None:
    for case, answer in simple["answers"].items():
        if answer["status"] in (401, 403):
            assert "skills" not in answer["body"], case


def test_health_names_the_system(simple: dict[str, Any]) -> None:
    body = json.loads(simple["answers"]["health, no token"]["body"])
    assert body == {"status": "ok", "system": "TechPulse"}


def test_page_is_listed_in_the_menu(simple: dict[str, Any]) -> None:
    views = [view for plugin in simple["plugins"]["plugins"] for view in plugin["external_views"]]
    assert [view["href"] for view in views if view["url_route"] == "techpulse"] == [
        "techpulse/dashboard"
    ]
    assert simple["import_errors"]["total_entries"] == 0


def test_answers_allow_airflows_iframe_and_no_other(simple: dict[str, Any]) -> None:
    headers = simple["answers"]["page, valid cookie"]["headers"]
    assert "frame-ancestors 'self'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("kind", ["simple", pytest.param("fab", marks=pytest.mark.slow)])
def test_every_answer_and_refusal_carries_the_same_headers(
    kind: str, request: pytest.FixtureRequest
) -> None:
    asked: dict[str, Any] = request.getfixturevalue(kind)["answers"]
    assert {answer["status"] for answer in asked.values()} == {200, 302, 401, 403, 404}
    for case, answer in asked.items():
        headers = answer["headers"]
        lacking = {n for n, v in SECURITY_HEADERS.items() if headers.get(n.lower()) != v}
        assert lacking == set(), case
        if answer["status"] != 200:
            assert headers["cache-control"] == "no-store", case


def test_websocket_is_refused_without_login(simple: dict[str, Any]) -> None:
    assert set(simple["websockets"].values()) == {1008}
