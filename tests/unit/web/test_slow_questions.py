"""A question that takes long does not hold up the others."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.testclient import TestClient

from include.insights.store import Snapshot
from include.settings import Settings
from include.web import api
from include.web.api import endpoints
from tests.unit.web.conftest import web_client

_PATIENCE_SECONDS = 20


def test_questions_are_answered_while_more_slow_ones_wait_than_flask_has_threads(
    web_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = threading.Event()

    def waiting(snapshot: Snapshot, params: Any) -> str:
        assert released.wait(_PATIENCE_SECONDS)
        return "{}"

    monkeypatch.setattr(api, "_pairs", waiting)
    web = web_client(web_settings)
    asked = 2 * web_settings.web_threads + 1
    with ThreadPoolExecutor(asked) as clients:
        slow = [
            clients.submit(web.get, f"/api/v1/pairs?technology=python&days={30 + number}")
            for number in range(asked)
        ]
        try:
            assert _in_time(web, "/api/v1/insights?location=Anywhere&days=365") == 200
            assert not any(one.done() for one in slow)
        finally:
            released.set()
        assert [one.result(_PATIENCE_SECONDS).status_code for one in slow] == [200] * asked


def _in_time(web: TestClient, path: str) -> int:
    with ThreadPoolExecutor(1) as client:
        return int(client.submit(web.get, path).result(_PATIENCE_SECONDS / 2).status_code)


def test_questions_of_every_card_are_not_all_slow() -> None:
    slow = {question.path for question in endpoints({}) if question.is_slow}
    assert "/api/v1/match" in slow
    assert slow.isdisjoint({"/api/v1/insights", "/api/v1/trends", "/api/v1/postings"})
