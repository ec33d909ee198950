"""What is wrong with a row is found, and named: rule and record; and an older table is brought up.

One warehouse for all: built, then broken in every way that the one test of a model looks for.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.history import load_month
from include.settings import Settings
from include.warehouse.connection import open_warehouse
from sample.world import World

from .conftest import Tables, dbt

ANY_POSTING = "posting_id = (select max(posting_id) from silver.postings)"
BREAKS = {
    "row_rules_postings": {
        f"update silver.postings set visa = 'perhaps', month = null where {ANY_POSTING}": {
            "accepted_values: visa",
            "not_null: month",
        },
        "insert into silver.postings select * from silver.postings order by posting_id limit 1": {
            "unique: posting_id"
        },
    },
    "row_rules_fct_posting_skills": {
        "update silver.postings set skills = [{'skill': 'no such', 'count': 0}] "
        "where posting_id = (select min(posting_id) from gold.fct_postings)": {
            "relationships: skill",
            "expressions: count > 0",
        },
    },
    "row_rules_monthly_trends": {
        "update gold.monthly_trends set total_jobs = 1, mention_count = 7 "
        "where technology_id = 'go' and month = '2026-03-01'": {
            "expressions: mention_count between 0 and total_jobs",
            "expressions: total_jobs = 0 or share = mention_count / total_jobs",
        },
    },
    "row_rules_skill_pairs": {
        "insert into gold.skill_pairs select * from gold.skill_pairs "
        "order by skill_a, skill_b limit 1": {"unique: skill_a, skill_b"},
    },
}


@pytest.fixture(scope="module")
def built(data: Settings) -> Tables:
    world = World(seed=4, first_month="2026-03", last_month="2026-03", comments=60, false_starts={})
    load_month(world, "2026-03", data)
    dbt(data, "build", "--exclude-resource-type", "unit_test", "--exclude-resource-type", "test")
    return Tables(data)


@pytest.fixture(scope="module")
def upgraded(data: Settings, built: Tables) -> Tables:
    """After a build over tables that lack columns and have one that is no longer made."""
    with open_warehouse(data) as warehouse:
        for change in (
            "alter table silver.postings drop column job_name",
            "alter table silver.postings add column of_old varchar",
            "alter table silver.board_postings drop column level_bucket",
            "alter table silver.hn_items drop column kids_count",
            "alter table gold.monthly_trends drop column jobs_fingerprint",
            "create table silver.postings__dbt_tmp as select 1 as left_by_a_killed_task",
            "drop table gold.monthly_market",
            "create view gold.monthly_market as select 1 as total_jobs",
        ):
            warehouse.execute(change)
    dbt(data, "run")
    return Tables(data)


@pytest.fixture(scope="module")
def broken(data: Settings, upgraded: Tables) -> dict[str, str]:
    """The tests' statuses after every break."""
    with open_warehouse(data) as warehouse:
        for breaks in BREAKS.values():
            for statement in breaks:
                warehouse.execute(statement)
    return dbt(data, "test", "--write-json", "--exclude-resource-type", "unit_test")


def test_table_from_before_an_upgrade_becomes_that_of_a_full_build(
    built: Tables, upgraded: Tables
) -> None:
    assert upgraded.rows == built.rows


@pytest.mark.parametrize("name", BREAKS)
def test_broken_rows_are_named_with_their_rule(
    name: str, data: Settings, broken: dict[str, str]
) -> None:
    assert broken[name] == "fail"
    (file,) = Path(data.data_dir / "target" / "compiled").rglob(f"{name}.sql")
    with open_warehouse(data) as warehouse:
        found = warehouse.execute(file.read_text()).fetchall()
    rules = {rule for rule, _ in found}
    assert set().union(*BREAKS[name].values()) <= rules
    assert all(record for _, record in found)
