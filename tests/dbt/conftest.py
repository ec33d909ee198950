"""Warehouses of a generated world, built by dbt in this process."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from include.settings import Settings
from include.warehouse.connection import open_warehouse
from tests import builds

dbt = partial(builds.dbt, first_month="2026-01-01")
"""dbt on a world of a few months: those since 2011 without a job cost more than all others."""

TABLES = """
    select table_schema || '.' || table_name
    from information_schema.tables
    where table_schema in ('silver', 'gold') and table_name not like 'int_%'
    -- the ledger: how what is compared has come, which may differ
    and table_name <> 'loads_read'
    -- one table of the tree is enough: it has 10,000 places and no load changes it
    and table_name not in ('places', 'dim_places')
"""


class Tables:
    """All rows of silver and gold at one moment."""

    def __init__(self, settings: Settings) -> None:
        with open_warehouse(settings) as warehouse:
            names = sorted(name for (name,) in warehouse.execute(TABLES).fetchall())
            self.rows = {name: self._rows(warehouse, name) for name in names}

    @staticmethod
    def _rows(warehouse: Any, name: str) -> list[dict[str, Any]]:
        result = warehouse.execute(f"select * from {name}")
        columns = [column[0] for column in result.description]
        rows = [dict(zip(columns, row, strict=True)) for row in result.fetchall()]
        return sorted(rows, key=repr)

    def __getitem__(self, name: str) -> list[dict[str, Any]]:
        return self.rows[name]

    def posting(self, item_id: int) -> dict[str, Any] | None:
        """The posting of a Hacker News item in gold, if it counts as a job."""
        return self.at(f"https://news.ycombinator.com/item?id={item_id}")

    def at(self, url: str) -> dict[str, Any] | None:
        """The posting with this url in gold, if it counts as a job."""
        return next((row for row in self["gold.fct_postings"] if row["url"] == url), None)

    def item(self, item_id: int) -> dict[str, Any]:
        return next(row for row in self["silver.hn_items"] if row["item_id"] == item_id)

    def jobs(self, month: str) -> int:
        """The month's total_jobs."""
        rows = self["gold.monthly_market"]
        return next(int(row["total_jobs"]) for row in rows if f"{row['month']:%Y-%m}" == month)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings whose data lie in one folder for all tests of a module."""
    folder: Path = tmp_path_factory.mktemp("dbt")
    return Settings(data_dir=folder)
