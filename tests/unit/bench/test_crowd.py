"""Months of several generated worlds in one thread."""

from __future__ import annotations

import pytest

from bench.crowd import Crowd, crowd_of
from include.settings import Settings
from include.warehouse.connection import open_warehouse
from sample.world import World

MONTH = "2024-05"
MONTHS = {"first_month": MONTH, "last_month": MONTH}
"""Its number is odd: some of its postings repeat one of the month before."""


@pytest.mark.parametrize("postings", [550, 5_500, 100_000, 1_000_000])
def test_a_crowd_has_so_many_postings_in_months_that_hacker_news_has_had(postings: int) -> None:
    crowd = crowd_of(postings)
    assert crowd.months()[0] >= "2011-04"
    assert crowd.months()[-1] == "2026-10"
    assert crowd.jobs() == pytest.approx(0.88 * postings, rel=0.03)


def test_no_comment_of_a_crowd_is_lost_and_each_has_its_parent(settings: Settings) -> None:
    crowd = Crowd([World(seed, comments=30, **MONTHS) for seed in (1, 2, 3)])
    crowd.load_month(MONTH, settings)
    with open_warehouse(settings, read_only=True) as warehouse:
        (orphans,) = warehouse.execute(
            """
            select count(*) from bronze.raw_hn_items
            where payload->>'parent' is not null
            and (payload->>'parent')::bigint not in (select item_id from bronze.raw_hn_items)
            """
        ).fetchone()  # fmt: skip
        (top,) = warehouse.execute(
            "select max(len(payload->'$.kids[*]')) from bronze.raw_hn_items"
        ).fetchone()
        (items,) = warehouse.execute("select count(*) from bronze.raw_hn_items").fetchone()
    worlds = [World(seed, comments=30, **MONTHS).counts(MONTH)["items"] for seed in (1, 2, 3)]
    assert (orphans, top) == (0, 90)
    # one thread instead of three, and the first world's look-alikes of it
    assert items == sum(worlds) - 2 + len(crowd.first.threads(MONTH).superseded)
