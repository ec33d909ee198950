"""Health: live, ready, degraded, and never a word too many."""

from __future__ import annotations

import asyncio
import re
import threading
from pathlib import Path

import duckdb
import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from include.insights.store import ServingStore
from include.serving.engine import writing_engine
from include.serving.publish import publish
from include.serving.schema import write_meta
from include.settings import Settings
from include.web.health import CachedReadiness, Readiness, readiness
from sample.gold.postings import GoldSize, fill_gold
from tests.unit.web.conftest import web_client


def client_of(url: str, hours: float = 1e6) -> TestClient:
    return web_client(Settings(serving_url=url, max_data_age_hours={"default": hours}))


@pytest.mark.parametrize("path", ["/health", "/health/live"])
def test_live_without_any_data(tmp_path: Path, path: str) -> None:
    response = client_of(f"sqlite:///{tmp_path / 'none.sqlite'}").get(path)
    assert response.status_code == 200
    assert response.json() == {"status": "ok", "system": "TechPulse"}


def test_ready_when_all_is_well(web: TestClient) -> None:
    response = web.get("/health/ready")
    assert response.status_code == 200
    assert response.json()["status"] == "ready"
    assert response.json()["system"] == "TechPulse"
    assert {check["status"] for check in response.json()["checks"]} == {"ok"}


def test_old_data_is_degraded_and_not_down(serving_url: str) -> None:
    response = client_of(serving_url, hours=1).get("/health/ready")
    assert response.status_code == 200
    assert response.json()["status"] == "degraded"
    bad = [c["name"] for c in response.json()["checks"] if c["status"] == "degraded"]
    assert bad == ["hacker_news.age", "remotive.age", "theirstack.age"]


def test_load_that_does_not_add_up_is_degraded(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 's.sqlite'}"
    with duckdb.connect() as warehouse:
        fill_gold(warehouse, GoldSize(postings=30, technologies=80))
        warehouse.execute("update bronze.loads set fetched = fetched - 1 where source = 'remotive'")
        publish(warehouse, url)
    response = client_of(url).get("/health/ready")
    bad = [c["name"] for c in response.json()["checks"] if c["status"] == "degraded"]
    assert (response.status_code, bad) == (200, ["remotive.last_load"])


def test_not_ready_without_a_store(tmp_path: Path) -> None:
    response = client_of(f"sqlite:///{tmp_path / 'none.sqlite'}").get("/health/ready")
    assert response.status_code == 503
    assert response.json()["status"] == "not_ready"
    assert "none.sqlite" not in response.text


def test_not_ready_with_a_file_that_is_no_store(tmp_path: Path) -> None:
    path = tmp_path / "garbage.sqlite"
    path.write_bytes(b"this is not a database" * 100)
    response = client_of(f"sqlite:///{path}").get("/health/ready")
    assert response.status_code == 503
    assert "garbage" not in response.text


def test_not_ready_with_a_store_of_another_version(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 's.sqlite'}"
    with duckdb.connect() as warehouse:
        fill_gold(warehouse, GoldSize(postings=30, technologies=80))
        publish(warehouse, url)
    engine = writing_engine(url)
    with engine.begin() as connection:
        write_meta(connection, {"schema_version": "99"})
    engine.dispose()
    response = client_of(url).get("/health/ready")
    assert response.status_code == 503
    assert "schema version 99" in response.text


READY = Readiness(status="ready", checks=[])


def test_a_thousand_probes_at_a_time_look_once() -> None:
    looks: list[int] = []
    ended = threading.Event()

    def look() -> Readiness:
        looks.append(1)
        assert ended.wait(20)
        return READY

    async def ask() -> list[Readiness]:
        asking = [asyncio.ensure_future(kept.get()) for _ in range(1_000)]
        await asyncio.sleep(0)
        ended.set()
        return await asyncio.gather(*asking)

    kept = CachedReadiness(look, ttl_seconds=0)
    assert asyncio.run(ask()) == [READY] * 1_000
    assert looks == [1]


@pytest.mark.parametrize(("age", "looks"), [(0.9, 1), (1.0, 2)])
def test_readiness_is_kept_for_a_second(
    monkeypatch: pytest.MonkeyPatch, age: float, looks: int
) -> None:
    clock, seen = [100.0], []

    def look() -> Readiness:
        seen.append(clock[0])
        return READY

    monkeypatch.setattr("include.web.health.time.monotonic", lambda: clock[0])
    kept = CachedReadiness(look, ttl_seconds=1.0)
    asyncio.run(kept.get())
    clock[0] += age
    asyncio.run(kept.get())
    assert len(seen) == looks


def test_failure_of_our_own_is_not_ready_and_tells_nothing(
    web: TestClient, serving_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("the secret password")

    monkeypatch.setattr("include.web.health.source_statuses", fail)
    response = client_of(serving_url).get("/health/ready")
    assert response.status_code == 503
    assert response.json()["status"] == "not_ready"
    assert "secret" not in response.text


def test_readiness_reads_no_row_of_a_posting(
    serving_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    client = client_of(serving_url)
    before = client.get("/health/ready").json()

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        after = client_of(serving_url).get("/health/ready").json()
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    assert after == before
    assert asked
    assert [statement for statement in asked if re.search(r"\bpostings\b", statement)] == []


def test_who_is_ready_has_read_the_index(serving_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store = ServingStore(serving_url)
    assert readiness(store, {"default": 1e6}).status == "ready"
    monkeypatch.setattr("include.insights.store.FacetIndex", None)
    with store.read() as snapshot:
        assert {"month_numbers", "skill_lists", "seen"} <= snapshot.index.__dict__.keys()
    store.close()


@pytest.mark.parametrize("path", ["/health", "/health/live", "/health/ready"])
def test_health_is_only_read(web: TestClient, path: str) -> None:
    response = web.post(path)
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD"
    assert response.json()["type"] == "urn:techpulse:problem:method-not-allowed"
    assert web.head(path).status_code == 200
