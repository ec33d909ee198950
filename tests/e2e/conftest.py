"""Airflow with the plugin, and a browser that looks at it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from bench.airflow_server import AirflowServer, airflow_server
from include.serving.publish import publish
from sample.gold.postings import GoldSize, fill_gold

CHROMIUM = Path("/usr/bin/chromium")
HOSTILE = '"\'><img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'


_MAKE_HOSTILE = """
    create temp table newest as select posting_id from gold.fct_postings
    order by date_posted desc limit 2;
    update gold.fct_postings set duplicate_of = null, level_bucket = 'any', title = hostile(),
        company = hostile(), location = hostile(), country = null, salary_currency = hostile(),
        salary_min = 1, salary_period = hostile(), remote = hostile(), role_bucket = hostile(),
        description_raw = hostile(), url = 'javascript:window.hacked=1//' || hostile()
    where posting_id in (from newest);
    insert into gold.dim_technologies values ('hostile', hostile(), hostile(), [hostile()]);
    insert into gold.fct_posting_skills select posting_id, 'hostile', 1
    from gold.fct_postings where month = '2025-12-01';
    insert into bronze.rejects values
        (hostile(), 'k', hostile(), hostile(), '{}', now(), now(), uuid(), 'open');
"""


def _make_hostile(warehouse: duckdb.DuckDBPyConnection) -> None:
    literal = HOSTILE.replace("'", "''")
    warehouse.execute(f"create temp macro hostile() as '{literal}'")
    warehouse.execute(_MAKE_HOSTILE)


@pytest.fixture(scope="package")
def serving_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Three years of postings, the newest of them with markup in every field."""
    url = f"sqlite:///{tmp_path_factory.mktemp('e2e') / 'serving.sqlite'}"
    with duckdb.connect() as warehouse:
        fill_gold(warehouse, GoldSize(2_000, date(2023, 1, 1), date(2025, 12, 1)))
        _make_hostile(warehouse)
        publish(warehouse, url)
    return url


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory, serving_url: str) -> Iterator[AirflowServer]:
    with airflow_server(tmp_path_factory.mktemp("api-server"), serving_url) as running:
        yield running
