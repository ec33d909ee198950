"""The Flask app over a small published store."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import duckdb
import pytest
from flask import Flask
from flask.testing import FlaskClient

from bench.gold import GoldSize, fill_gold
from include.settings import Settings
from include.storage.serving import publish
from include.web.app import create_app

HOSTILE = '"><img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'


@pytest.fixture(scope="package")
def serving_url(new_store_url: Callable[[], str]) -> str:
    url = new_store_url()
    with duckdb.connect() as warehouse:
        fill_gold(warehouse, GoldSize(300, date(2024, 1, 1), date(2025, 6, 1), companies=40))
        publish(warehouse, url)
    return url


@pytest.fixture(scope="package")
def app(serving_url: str) -> Flask:
    return create_app(Settings(serving_url=serving_url, data_age_hours={"default": 1e6}))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
