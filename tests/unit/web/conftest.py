"""The Flask app over a small published store."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest
from flask import Flask
from flask.testing import FlaskClient
from starlette.testclient import TestClient

from include.serving.publish import publish
from include.settings import Settings
from include.web.app import create_app
from include.web.asgi import create_web_app, guarded
from sample.gold.companies import fill_companies
from sample.gold.postings import GoldSize, fill_gold
from tests.stores import NewStores

HOSTILE = '"><img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'
JOINED, OWNER = "Brambleridge", "Anchor Trail"
"""Two companies of the store, of which an override makes one."""


@pytest.fixture(scope="package")
def serving_url(new_store_url: NewStores) -> str:
    return new_store_url.once("web", publish_web)


def publish_web(url: str) -> None:
    """Publish the store of these tests."""
    size = GoldSize(300, date(2024, 1, 1), date(2025, 6, 1), companies=40, technologies=80)
    with duckdb.connect() as warehouse:
        fill_gold(warehouse, size)
        fill_companies(warehouse, {JOINED: OWNER})
        publish(warehouse, url)


@pytest.fixture(scope="package")
def web_settings(serving_url: str) -> Settings:
    return Settings(serving_url=serving_url, max_data_age_hours={"default": 1e6})


@pytest.fixture(scope="package")
def app(web_settings: Settings) -> Flask:
    return create_app(web_settings)


@pytest.fixture(scope="package")
def web(web_settings: Settings) -> TestClient:
    """The whole web app without its gate: questions, files and health."""
    return web_client(web_settings)


def web_client(settings: Settings) -> TestClient:
    return TestClient(guarded(create_web_app(settings), settings.web_send_seconds))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
