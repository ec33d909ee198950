"""A month that is read unlike the twelve before it is a warning of the build."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest

from include.settings import Settings
from include.warehouse.connection import open_warehouse
from sample.gold.postings import GoldSize, fill_gold

from .conftest import dbt

SIZE = GoldSize(postings=3_000, first=date(2025, 1, 1), last=date(2026, 3, 1), technologies=20)
NOBODY_SAYS = "update gold.fct_postings set remote = 'unspecified' where month = '{}'"
HALF_HAVE_NO_ROLE = """
    update gold.fct_postings set roles = [] where month = '{}' and hash(posting_id) % 2 = 0
"""


@pytest.fixture(scope="module")
def steady(data: Settings) -> Path:
    """A warehouse whose months are alike; a copy, to go back to."""
    with open_warehouse(data) as warehouse:
        fill_gold(warehouse, SIZE)
    return shutil.copy(data.warehouse_path, data.data_dir / "steady.duckdb")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (None, "pass"),
        (NOBODY_SAYS.format("2026-02-01"), "warn"),
        (HALF_HAVE_NO_ROLE.format("2026-02-01"), "warn"),
        # the running month; and an older one, whose warning came in its time
        (NOBODY_SAYS.format("2026-03-01"), "pass"),
        (NOBODY_SAYS.format("2026-01-01"), "pass"),
        # fewer than twelve months to compare with
        ("delete from gold.fct_postings where month < '2025-06-01'", "pass"),
        # too few postings to tell chance from a fault
        ("delete from gold.fct_postings where month = '2026-02-01' and rowid % 60 > 0", "pass"),
    ],
)
def test_month_unlike_the_twelve_before_it_is_a_warning(
    change: str | None, status: str, data: Settings, steady: Path
) -> None:
    shutil.copy(steady, data.warehouse_path)
    if change:
        with duckdb.connect(str(data.warehouse_path)) as warehouse:
            warehouse.execute(change)
    statuses = dbt(data, "test", "--select", "test_name:steady_shares")
    assert [*statuses.values()] == [status]
