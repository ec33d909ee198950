"""Parameters of contract 1.0.0 alone are answered to the digit as before postings had jobs.

``frozen`` holds generated gold tables and the answers that the code gave on them when postings were
not yet split into jobs: postings count by their own buckets, whatever jobs they offer.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from include.insights.skills import skill_insights
from include.insights.store import ServingStore, Snapshot
from include.postings.model import IngestionQuery
from include.serving.publish import publish
from sample.gold.tables import MARTS, TABLES

FROZEN = Path(__file__).with_name("frozen")
ANSWERS = [json.loads(line) for line in (FROZEN / "answers-1.0.0.ndjson").open()]
# Every posting offers an entry backend job and a staff design job, which no bucket says.
OTHER_JOBS = """
    create or replace table gold.fct_jobs as
    select posting_id, position, duplicate_of, source, title, company,
        [['backend', 'design'][position]] as roles, [['entry', 'staff'][position]] as levels,
        'engineering' as family, null::varchar as remote, []::varchar[] as locations,
        null::varchar as salary_currency, null::varchar as salary_period,
        2::bigint as jobs_count, null::double as salary_min, null::double as salary_max, month
    from gold.fct_postings, unnest([1, 2]) as jobs (position)
"""


@pytest.fixture(scope="module")
def frozen(new_store_url: Callable[[], str]) -> Iterator[Snapshot]:
    url = new_store_url()
    with duckdb.connect() as warehouse:
        warehouse.execute(TABLES)
        for name in ("fct_postings", "fct_posting_skills", "dim_technologies"):
            rows = f"read_json('{FROZEN / name}.ndjson', format = 'newline_delimited')"
            warehouse.execute(f"insert into gold.{name} by name select * from {rows}")
        warehouse.execute(MARTS)
        warehouse.execute(OTHER_JOBS)
        publish(warehouse, url)
    store = ServingStore(url)
    with store.read() as snapshot:
        yield snapshot
    store.close()


def test_the_answers_count_postings() -> None:
    assert len(ANSWERS) == 48
    assert sum(answer["totals"]["postings_count"] > 0 for answer in ANSWERS) > 24


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: "-".join(
    str(value) for value in answer["filters"].values()
))  # fmt: skip
def test_contract_1_0_0_counts_by_the_posting_s_buckets(
    frozen: Snapshot, answer: dict[str, Any]
) -> None:
    query = IngestionQuery(**answer["filters"])
    now = skill_insights(frozen, query, today=date(2026, 1, 1)).model_dump(mode="json")
    assert now.pop("generated_at")
    assert now == answer
