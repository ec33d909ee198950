"""`dbt source freshness`: a thread is read once a month, boards are read daily."""

from __future__ import annotations

import datetime as dt

import pytest

from include.settings import Settings
from include.warehouse.connection import open_warehouse
from tests.builds import dbt


@pytest.mark.parametrize(
    ("hn_days", "board_hours", "expected"),
    [
        (31, 47, {"hn_loads": "pass", "board_loads": "pass"}),
        (33, 47, {"hn_loads": "warn", "board_loads": "pass"}),
        (64, 49, {"hn_loads": "error", "board_loads": "warn"}),
    ],
)
def test_age_of_the_last_load_is_judged_by_its_source(
    hn_days: int, board_hours: int, expected: dict[str, str], settings: Settings
) -> None:
    ages = {"hacker_news": dt.timedelta(days=hn_days), "remotive": dt.timedelta(hours=board_hours)}
    with open_warehouse(settings) as warehouse:
        for source, age in ages.items():
            at = dt.datetime.now(dt.UTC) - age
            warehouse.execute(
                "insert into bronze.loads by name select uuid() as load_id, ? as source, "
                "'' as partition, '' as run_id, ?::timestamptz as started_at, "
                "?::timestamptz as committed_at, 0 as expected, 0 as fetched, 0 as inserted, "
                "0 as unchanged, 0 as tombstones, 0 as rejected, 0 as missing, 0 as updated, "
                "0 as filtered",
                [source, at, at],
            )
    assert dbt(settings, "source", "freshness") == expected
