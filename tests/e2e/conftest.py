"""Airflow with the plugin, and a browser that looks at it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from bench.airflow_server import AirflowServer, airflow_server
from include.serving.publish import publish
from sample.gold.companies import fill_companies
from sample.gold.postings import GoldSize, fill_gold
from tests.e2e.pages import (
    emptied,
    logged_in,
    new_page,
    opened,
    playwright,
    watched,
    watching,
)

CHROMIUM = Path("/usr/bin/chromium")
needs_chromium = pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed")
HOSTILE = '"\'><img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'

JOINED, OWNER = "Brambleridge", "Anchor Trail"
"""Two companies, of which an override makes one."""

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


# A record with what boards send, and what an attacker would; it repeats a comment.
RICH = """
<h2>What you will do</h2><ul><li>Write <b>Go</b> and PostgreSQL<ul><li>Terraform for clusters</li>
</ul></li></ul><p>Hybrid in Oslo.
<a href="https://fernglow.example/jobs/12" onclick="window.hacked=1">Apply here</a>,
<a href="javascript:window.hacked=1">not here</a>, or write to kim@fernglow.example.
<script>window.hacked=1</script><img src=https://fernglow.example/x.png onerror="window.hacked=1">
<style>body{display:none}</style>
<svg onload="window.hacked=1"><a xlink:href="javascript:window.hacked=1">s</a></svg>
<form action="https://fernglow.example"><input autofocus onfocus="window.hacked=1"></form>
"""
_MAKE_RICH = """
    create temp table rich as select posting_id from gold.fct_postings where source = 'remotive'
    order by date_posted desc limit 1 offset 2;
    update gold.fct_postings set description_raw = $1, title = 'Senior Backend Engineer',
        company = 'Fernglow', duplicate_of = null where posting_id in (from rich);
    update gold.fct_postings set duplicate_of = (from rich) where posting_id in (
        select posting_id from gold.fct_postings where source = 'hacker_news' and title <> hostile()
        order by date_posted desc limit 2);
    insert into gold.posting_history by name
    select posting_id, unnest([11, 12]) as position, date '2025-12-01' as month,
        now() as event_at, unnest(['read', 'edited']) as kind, false as is_late,
        unnest([[], ['description']]) as fields, unnest(['<p>Remote', '<p>Hybrid']) as text
    from rich
"""


def _make_hostile(warehouse: duckdb.DuckDBPyConnection) -> None:
    literal = HOSTILE.replace("'", "''")
    warehouse.execute(f"create temp macro hostile() as '{literal}'")
    warehouse.execute(_MAKE_HOSTILE)
    for statement in _MAKE_RICH.split(";"):
        warehouse.execute(statement, [RICH] if "$1" in statement else None)


@pytest.fixture(scope="package")
def serving_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Three years of postings, the newest of them with markup in every field."""
    url = f"sqlite:///{tmp_path_factory.mktemp('e2e') / 'serving.sqlite'}"
    with duckdb.connect() as warehouse:
        fill_gold(warehouse, GoldSize(2_000, date(2023, 1, 1), date(2025, 12, 1)))
        _make_hostile(warehouse)
        fill_companies(warehouse, {JOINED: OWNER})
        publish(warehouse, url)
    return url


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory, serving_url: str) -> Iterator[AirflowServer]:
    with airflow_server(tmp_path_factory.mktemp("api-server"), serving_url) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    # Neither for the session nor for the package, which lasts as long without an __init__.py: while
    # Playwright runs no other test of the process can use asyncio.
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def context(browser: Any, server: AirflowServer) -> Iterator[Any]:
    """A login and a cache for all pages: the product stores nothing else in a browser."""
    with logged_in(browser, server, accept_downloads=True) as context:
        yield context


@pytest.fixture(scope="module")
def tab(context: Any) -> Iterator[Any]:
    """A tab for one test at a time."""
    with new_page(context) as tab:
        yield tab


@pytest.fixture
def page(tab: Any, server: AirflowServer) -> Iterator[Any]:
    """An empty tab, which fails for an error in it."""
    with watching(emptied(tab), server):
        yield tab


@pytest.fixture
def unwatched(tab: Any) -> Any:
    """An empty tab, in which errors are expected."""
    return emptied(tab)


@pytest.fixture(scope="module")
def look(context: Any, server: AirflowServer) -> Iterator[Any]:
    """The dashboard, opened once for the tests that only look at it."""
    with watched(context, server) as page:
        yield opened(page, server, "?days=365#skills=python,react")


@pytest.fixture(scope="package")
def rich_posting(serving_url: str) -> str:
    """The id of the posting with all kinds of markup."""
    with sqlite3.connect(serving_url.removeprefix("sqlite:///")) as store:
        # fill_companies() has respelled the company.
        query = "select id from postings where lower(company) like 'fernglow%'"
        ((found,),) = store.execute(query).fetchall()
    return str(found)


@pytest.fixture(scope="package")
def small_company(serving_url: str) -> str:
    """A company with a posting of the newest month, and few others."""
    with sqlite3.connect(serving_url.removeprefix("sqlite:///")) as store:
        query = """
            select company from postings where company <> '' and company not like '%<%'
            group by company having max(month) = '2025-12-01' order by count(*), company limit 1
        """
        (company,) = store.execute(query).fetchone()
    return str(company)
