"""Health: live, ready, degraded, and never a word too many."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from flask.testing import FlaskClient

from bench.gold import GoldSize, fill_gold
from include.settings import Settings
from include.storage.serving import publish
from include.storage.serving_engine import writing_engine
from include.storage.serving_schema import write_meta
from include.web.app import create_app


def client_of(url: str, hours: float = 1e6) -> FlaskClient:
    return create_app(Settings(serving_url=url, data_age_hours={"default": hours})).test_client()


@pytest.mark.parametrize("path", ["/health", "/health/live"])
def test_live_without_any_data(tmp_path: Path, path: str) -> None:
    response = client_of(f"sqlite:///{tmp_path / 'none.sqlite'}").get(path)
    assert response.status_code == 200
    assert response.json == {"status": "ok", "system": "TechPulse"}


def test_ready_when_all_is_well(client: FlaskClient) -> None:
    response = client.get("/health/ready")
    assert response.status_code == 200
    assert response.json["status"] == "ready"
    assert response.json["system"] == "TechPulse"
    assert {check["status"] for check in response.json["checks"]} == {"ok"}


def test_old_data_is_degraded_and_not_down(serving_url: str) -> None:
    response = client_of(serving_url, hours=1).get("/health/ready")
    assert response.status_code == 200
    assert response.json["status"] == "degraded"
    bad = [c["name"] for c in response.json["checks"] if c["status"] == "degraded"]
    assert bad == ["hacker_news.age", "remotive.age", "theirstack.age"]


def test_load_that_does_not_add_up_is_degraded(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 's.sqlite'}"
    with duckdb.connect() as warehouse:
        fill_gold(warehouse, GoldSize(postings=30))
        warehouse.execute("update bronze.loads set fetched = fetched - 1 where source = 'remotive'")
        publish(warehouse, url)
    response = client_of(url).get("/health/ready")
    bad = [c["name"] for c in response.json["checks"] if c["status"] == "degraded"]
    assert (response.status_code, bad) == (200, ["remotive.last_load"])


def test_not_ready_without_a_store(tmp_path: Path) -> None:
    response = client_of(f"sqlite:///{tmp_path / 'none.sqlite'}").get("/health/ready")
    assert response.status_code == 503
    assert response.json["status"] == "not_ready"
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
        fill_gold(warehouse, GoldSize(postings=30))
        publish(warehouse, url)
    engine = writing_engine(url)
    with engine.begin() as connection:
        write_meta(connection, {"schema_version": "99"})
    engine.dispose()
    response = client_of(url).get("/health/ready")
    assert response.status_code == 503
    assert "schema version 99" in response.text
