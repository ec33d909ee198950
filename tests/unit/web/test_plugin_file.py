"""Every Airflow process imports the plugin's file: it must bring nothing heavy along."""

from __future__ import annotations

import importlib
import subprocess
import sys
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from include.settings import PROJECT_ROOT

_LOOK = """
import sys
import airflow.plugins_manager
before = set(sys.modules)
sys.path.insert(0, "plugins")
import techpulse_plugin
print(sorted(name for name in set(sys.modules) - before if "." not in name))
"""


def test_plugin_file_imports_nothing_of_the_web() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _LOOK], capture_output=True, text=True, cwd=PROJECT_ROOT, check=True
    )
    assert done.stdout.strip().splitlines()[-1] == "['techpulse_plugin']"


def test_web_never_imports_the_warehouse() -> None:
    look = "import sys, include.web.app; print('duckdb' in sys.modules, 'pyarrow' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", look], capture_output=True, text=True, cwd=PROJECT_ROOT, check=True
    )
    assert done.stdout.split() == ["False", "False"]


@pytest.fixture
def unavailable(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What stands in for an app that could not be built."""
    monkeypatch.syspath_prepend(PROJECT_ROOT / "plugins")
    monkeypatch.setattr("include.web.asgi.create_web_app", _fail)
    plugin = importlib.import_module("techpulse_plugin").TechPulsePlugin()
    (mounted,) = plugin.fastapi_apps
    return mounted["app"]


def _fail(*_: object) -> None:
    raise RuntimeError("the secret password")


def test_app_that_cannot_be_built_answers_503_with_the_headers(unavailable: Any) -> None:
    response = TestClient(unavailable).get("/dashboard")
    assert response.status_code == 503
    assert response.json() == {"status": "unavailable", "system": "TechPulse"}
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]


def test_app_that_cannot_be_built_refuses_websockets(unavailable: Any) -> None:
    with (
        pytest.raises(WebSocketDisconnect) as refused,
        TestClient(unavailable).websocket_connect("/dashboard"),
    ):
        pass
    assert refused.value.code == 1008
