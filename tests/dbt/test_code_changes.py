"""A change of the code that makes tables reaches the end of the chain, whatever kind of code it is.

One warehouse; each test changes a copy of the project. Both are then put back as they were.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from bench.history import load_month
from include.dbt.project import DBT_DIR
from include.postings.model import posting_id
from include.settings import Settings
from include.sources.record import Record
from include.staging.files import stage
from include.warehouse.connection import open_warehouse
from include.warehouse.loads import job_postings, load
from sample.world import World

from .conftest import Tables, dbt

MACRO, TIME = "macros/epoch_to_timestamp.sql", "then to_timestamp(try_cast({{ text }} as bigint))"
HN_ITEMS = "models/silver/hn_items.sql"
AS_ONE = "models/intermediate/int_postings__unioned.sql"
CHAIN = ("stg_hn__items", "hn_items", "int_postings__unioned", "postings", "hn_months")


class Code:
    """A copy of the dbt project."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.folder, self.settings = folder, settings
        shutil.copytree(DBT_DIR, folder, ignore=shutil.ignore_patterns("target", "logs"))

    def keep(self) -> None:
        """Keep the warehouse and what dbt has parsed, to go back to."""
        shutil.copytree(self.settings.data_dir, self.folder.parent / "kept")

    def put_back(self) -> None:
        shutil.copytree(DBT_DIR, self.folder, dirs_exist_ok=True)
        shutil.rmtree(self.settings.data_dir)
        shutil.copytree(self.folder.parent / "kept", self.settings.data_dir)

    def change(self, file: str, old: str, new: str) -> None:
        text = (self.folder / file).read_text()
        assert old in text
        (self.folder / file).write_text(text.replace(old, new))

    def build(self, *arguments: str) -> Tables:
        statuses = dbt(self.settings, "run", *arguments, project=self.folder)
        assert set(statuses.values()) == {"success"}, statuses
        return Tables(self.settings)


@pytest.fixture(scope="module")
def module_code(data: Settings, tmp_path_factory: pytest.TempPathFactory) -> Code:
    world = World(seed=7, first_month="2026-05", last_month="2026-05", comments=12, false_starts={})
    load_month(world, "2026-05", data)
    url = "https://remotive.com/remote-jobs/software-dev/engineer-1"
    record = {**world.record(world.listings("remotive")[0]), "url": url}
    shown = [Record.fetched(posting_id("remotive", url), record, json.dumps(record))]
    run_id = f"manual__{uuid4()}"
    manifest = stage(
        shown, data.staging_dir, source="remotive", partition="day", run=run_id, name="all"
    )
    now = dt.datetime.now(dt.UTC)
    load(job_postings("remotive", "day"), [manifest], run_id=run_id, started_at=now, settings=data)
    code = Code(tmp_path_factory.mktemp("code") / "dbt", data)
    dbt(data, "seed", project=code.folder)
    code.build()
    code.keep()
    return code


@pytest.fixture
def code(module_code: Code) -> Iterator[Code]:
    yield module_code
    module_code.put_back()


def dates(tables: Tables, name: str) -> list[dt.datetime]:
    return sorted(row["date_posted"] for row in tables[name] if row["source"] == "hacker_news")


@pytest.mark.slow
def test_macro_that_changes_reaches_silver_gold_and_the_fingerprints(code: Code) -> None:
    before = Tables(code.settings)
    code.change(MACRO, TIME, TIME.replace("))", ")) + interval 1 hour"))
    after = code.build()
    later = [moment + dt.timedelta(hours=1) for moment in dates(before, "gold.fct_postings")]
    assert dates(after, "gold.fct_postings") == later
    assert dates(after, "silver.postings") != dates(before, "silver.postings")
    fingerprints = [
        {row["jobs_fingerprint"] for row in tables["gold.monthly_market"]}
        for tables in (before, after)
    ]
    assert fingerprints[0].isdisjoint(fingerprints[1])


def test_model_that_changes_is_rebuilt_with_all_that_is_made_of_it(code: Code) -> None:
    code.change(HN_ITEMS, "* replace (", "* replace (\n            upper(text) as text,")
    texts = [
        row["description_raw"]
        for row in code.build()["gold.fct_postings"]
        if row["source"] == "hacker_news"
    ]
    assert texts
    assert all(text == text.upper() for text in texts)


def test_staging_view_of_boards_that_changes_reaches_gold(code: Code) -> None:
    code.change(
        "models/staging/stg_boards__postings.sql", "payload_hash,", "'of new code' as payload_hash,"
    )
    rows = code.build()["gold.fct_postings"]
    assert [r["payload_hash"] for r in rows if r["source"] == "remotive"] == ["of new code"]


@pytest.mark.slow
def test_posting_that_new_code_no_longer_makes_is_gone(code: Code) -> None:
    code.change(AS_ONE, "'hacker_news:' ||", "'hacker_news!' ||")
    before, after = Tables(code.settings), code.build()
    ids = [
        {row["posting_id"] for row in tables["silver.postings"] if row["thread_id"]}
        for tables in (before, after)
    ]
    assert len(ids[0]) == len(ids[1]) > 0
    assert ids[0].isdisjoint(ids[1])


@pytest.mark.slow
def test_models_built_one_at_a_time_as_by_the_dag_see_the_same_code(code: Code) -> None:
    before = Tables(code.settings)
    with open_warehouse(code.settings) as warehouse:
        warehouse.execute("update silver.hn_items set author = 'as it was'")
        warehouse.execute("update silver.postings set job_name = 'as it was'")
    for model in CHAIN:
        code.build("--select", model)
    after = Tables(code.settings)
    assert {row["author"] for row in after["silver.hn_items"]} == {"as it was"}
    assert {row["job_name"] for row in after["silver.postings"]} == {"as it was"}
    assert after["silver.hn_months"] == before["silver.hn_months"]


@pytest.mark.slow
def test_macro_of_a_test_recounts_nothing(code: Code) -> None:
    before = Tables(code.settings)
    code.change("tests/generic/row_rules.sql", "with broken as", "with wrong as")
    code.change("tests/generic/row_rules.sql", "from broken", "from wrong")
    assert code.build()["silver.hn_months"] == before["silver.hn_months"]
