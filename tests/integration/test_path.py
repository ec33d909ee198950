"""The whole path by ``dag.test()``: the API to bronze, silver, gold, serving, an answer, a feed."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import os
import re
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from include.cli.searches import searches
from include.postings.model import IngestionQuery
from include.searches import sending
from include.settings import PROJECT_ROOT, Settings, get_settings
from include.warehouse.connection import open_warehouse
from sample.server import serve
from sample.world import World
from tests.builds import dbt

MONTHS = ("2026-04", "2026-05")
SISTERS = {"2026-05": ("wants",)}  # another account posts its freelancers' thread


@pytest.fixture(scope="module")
def dags(airflow_database: Path, data: Settings) -> dict[str, Any]:
    """The DAGs, parsed with the settings of this module as a worker would."""
    from airflow.dag_processing.bundles.manager import DagBundlesManager
    from airflow.dag_processing.dagbag import BundleDagBag, sync_bag_to_db

    DagBundlesManager().sync_bundles_to_db()
    folder = PROJECT_ROOT / "dags"
    bag = BundleDagBag(str(folder), bundle_path=folder, bundle_name="dags-folder")
    sync_bag_to_db(bag, "dags-folder", None)
    return dict(bag.dags)


@pytest.fixture(scope="module")
def world() -> World:
    return World(seed=11, first_month=MONTHS[0], last_month=MONTHS[1], comments=100, seekers=30)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings whose data lie in one folder for all tests of this module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TECHPULSE_DATA_DIR", str(tmp_path_factory.mktemp("path") / "data"))
        patch.setenv("TECHPULSE_HN_SEEKERS", "true")
        get_settings.cache_clear()
        yield get_settings()
    get_settings.cache_clear()


def run(dag: Any, **conf: Any) -> Any:
    return dag.test(run_conf=conf)


def states(dag_run: Any) -> Counter[str]:
    return Counter(str(ti.state) for ti in dag_run.get_task_instances())


def on(base_url: str, patch: pytest.MonkeyPatch) -> None:
    connection = json.dumps({"conn_type": "http", "host": f"{base_url}/v0"})
    patch.setenv("AIRFLOW_CONN_HACKERNEWS_DEFAULT", connection)


def rows(settings: Settings, sql: str) -> list[tuple[Any, ...]]:
    with open_warehouse(settings) as warehouse:
        return warehouse.execute(sql).fetchall()


@pytest.fixture(scope="module")
def path(dags: dict[str, Any], world: World, data: Settings) -> Settings:
    """Both months ingested and analytics run once."""
    with pytest.MonkeyPatch.context() as patch, serve(world) as base_url:
        on(base_url, patch)
        for month in MONTHS:
            threads = ["hiring", *SISTERS.get(month, ())]
            dag_run = run(dags["hacker_news"], month=month, threads=threads)
            assert dag_run.state == "success", states(dag_run)
    assert run(dags["analytics"]).state == "success"
    return data


def reachable(world: World, item_id: int) -> set[int]:
    """Return the item and all below it, as the world itself has them."""
    kids = (world.item(item_id) or {}).get("kids") or []
    return {item_id}.union(*(reachable(world, kid) for kid in kids))


def test_every_item_of_the_upstream_is_in_bronze_once(path: Settings, world: World) -> None:
    for month in MONTHS:
        threads = world.threads(month)
        expected = reachable(world, threads.thread_id) | set(threads.superseded)
        stored = rows(path, f"select item_id from bronze.raw_hn_items where month = '{month}-01'")
        assert sorted(stored) == sorted((item_id,) for item_id in expected)


def test_ledger_adds_up(path: Settings) -> None:
    ledger = rows(
        path,
        "select partition, expected, fetched, inserted, unchanged, rejected, missing "
        "from bronze.loads order by partition",
    )
    sisters = [f"{kind}-{month}" for month, kinds in SISTERS.items() for kind in kinds]
    assert [row[0] for row in ledger] == sorted([*MONTHS, *sisters])
    for _, expected, fetched, inserted, unchanged, rejected, missing in ledger:
        assert expected == fetched + missing == inserted + unchanged + rejected + missing
        assert unchanged == rejected == missing == 0


def test_jobs_agree_with_the_generators_truth(path: Settings, world: World) -> None:
    read: dict[int, Counter[tuple[str, ...]]] = {}
    for key, roles, levels in rows(
        path,
        "select source_key, job.roles, job.levels from silver.jobs as job "
        "join silver.postings as posting using (posting_id) where posting.is_job",
    ):
        read.setdefault(int(key), Counter())[(*roles, *levels)] += 1
    truth = {
        label["id"]: Counter((*job["roles"], *job["levels"]) for job in label["jobs"])
        for month in MONTHS
        for label in world.labels(month)
        if label["is_job"]
    }
    both = read.keys() & truth.keys()
    assert len(both) / len(read.keys() | truth.keys()) > 0.9
    assert sum(read[key].total() == truth[key].total() for key in both) > 0.9 * len(both)
    assert sum(read[key] == truth[key] for key in both) > 0.85 * len(both)


def test_seekers_agree_with_the_generators_truth_and_name_nobody(
    path: Settings, world: World
) -> None:
    truths = {key: truth for month, kinds in SISTERS.items() for kind in kinds
              for key, truth in world.seeker_truths(month, kind).items()}  # fmt: skip
    names = dict(rows(path, "select technology_id, name from gold.dim_technologies"))
    read = {
        key: (side, remote, relocate, sorted(names[skill] for skill in skills), levels)
        for key, side, remote, relocate, skills, levels in rows(
            path, "select item_id, side, remote, relocate, skills, levels from silver.seekers"
        )
    }
    wrong = [
        (read[key], truth)
        for key, truth in truths.items()
        if read[key][0] != truth.side
        or (truth.side == "seeker"
            and read[key][1:]
            != (truth.remote, truth.relocate, sorted(truth.skills), [truth.level]))
    ]  # fmt: skip
    assert len(truths) == 30
    assert wrong == []
    # Counted apart from all postings, and by whole threads.
    sides = Counter((month, kind, truth.side) for month, kinds in SISTERS.items() for kind in kinds
                    for truth in world.seeker_truths(month, kind).values())  # fmt: skip
    counted = rows(
        path,
        "select strftime(month, '%Y-%m'), kind, seekers_count, offers_count, jobs_count, "
        "jobs_per_seeker from gold.monthly_seekers order by all",
    )
    assert [row[:4] for row in counted] == sorted(
        (month, kind, sides[month, kind, "seeker"], sides[month, kind, "offer"])
        for month, kinds in SISTERS.items() for kind in kinds
    )  # fmt: skip
    assert all(ratio == pytest.approx(jobs / n) for _, _, n, _, jobs, ratio in counted)
    assert rows(path, "select * from silver.postings where source_key in "
                "(select item_id::varchar from silver.seekers)") == []  # fmt: skip
    secrets = {secret for truth in truths.values() for secret in truth.secrets}
    files = [file for file in path.data_dir.rglob("*") if file.is_file()]
    stored = b"".join(gzip.decompress(file.read_bytes()) if file.suffix == ".gz"
                      else file.read_bytes() for file in files).lower()  # fmt: skip
    assert [secret for secret in secrets if secret.encode() in stored] == []


def test_trends_are_dense_and_recounted(path: Settings) -> None:
    (count, months, technologies), = rows(
        path,
        "select count(*), count(distinct month), count(distinct technology_id) "
        "from gold.monthly_trends",
    )  # fmt: skip
    assert count == months * technologies
    assert months == 182  # 2011-04 to 2026-05
    wrong = rows(
        path,
        """
        with named as (
            select month, unnest(skills).skill as technology_id
            from silver.postings where is_job
        ),
        recount as (select month, technology_id, count(*) as n from named group by all)
        select * from gold.monthly_trends
        left join recount using (month, technology_id)
        where mention_count <> coalesce(n, 0)
        """,
    )
    assert wrong == []


def test_what_the_web_reads_is_what_gold_holds(path: Settings) -> None:
    gold = rows(path, "select posting_id, title from gold.fct_postings order by 1")
    engine = sa.create_engine(path.serving_database_url)
    with engine.connect() as serving:
        served = serving.exec_driver_sql("select id, title from postings order by 1").fetchall()
        loads = serving.exec_driver_sql("select count(*) from loads").scalar()
    engine.dispose()
    assert [tuple(row) for row in served] == gold
    assert loads == len(MONTHS) + sum(map(len, SISTERS.values()))


def test_insight_answers_from_the_published_months(path: Settings) -> None:
    from include.cli.insights import insights

    get_settings.cache_clear()
    answer = insights(path.serving_database_url, location="Anywhere", days=62)
    assert answer.totals.postings_count > 50
    assert answer.skills
    assert answer.filters == IngestionQuery(location="Anywhere", days=62)


def test_saved_search_of_a_variable_is_sent_while_another_is_wrong(
    path: Settings, dags: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from airflow.models.variable import Variable

    monkeypatch.setenv("TECHPULSE_DATA_DIR", str(path.data_dir))
    get_settings.cache_clear()
    # The clock of the months, whatever today is: a search begins `first_days` before its first run.
    then = dt.datetime(2026, 6, 2, tzinfo=dt.UTC)
    monkeypatch.setattr(sending, "send_search", partial(_at, sending.send_search, then))
    good = '[good]\nfilter = "families=engineering"\nfirst_days = 90\nfeed = "good.xml"\n'
    Variable.set("techpulse_searches", f'{good}[bad]\nfilter = "roles=cook"\nfeed = "bad.xml"\n')
    dag_run = run(dags["saved_searches"])
    assert dag_run.state == "failed"
    assert states(dag_run) == {"success": 2, "failed": 1}
    feed = (path.data_dir / "feeds" / "good.xml").read_text()
    assert "<title>good: new postings</title>" in feed
    assert feed.count("<entry>") > 20

    # The command line finds the Variable in Airflow's database, too; it is undone after the test.
    monkeypatch.setenv("AIRFLOW_VAR_TECHPULSE_SEARCHES", "")
    os.environ.pop("AIRFLOW_VAR_TECHPULSE_SEARCHES")
    listed = CliRunner().invoke(searches, ["list"])
    assert re.search(r"good .* ok ", listed.stdout)
    assert "'bad' cannot be used: filter.roles" in listed.stderr


def _at(
    send: Callable[[str, dt.datetime, str], Any], then: dt.datetime, name: str, _: Any, run_id: str
) -> Any:
    return send(name, then, run_id)


def test_second_run_of_a_month_adds_nothing(
    path: Settings, dags: dict[str, Any], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TECHPULSE_DATA_DIR", str(path.data_dir))
    before = rows(path, "select count(*) from bronze.raw_hn_items")
    with serve(world) as base_url:
        on(base_url, monkeypatch)
        again = run(dags["hacker_news"], month=MONTHS[0], threads=["hiring"])
    assert again.state == "success"
    assert states(again)["skipped"] == 4  # both sister threads, their load and trigger
    assert rows(path, "select count(*) from bronze.raw_hn_items") == before


def test_run_for_loads_that_are_published_ends_at_once(path: Settings, monkeypatch: Any) -> None:
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    # dag.test() ran dbt in this process, which still has the file open to write; a task's has not.
    DuckDBConnectionManager.close_all_connections()
    monkeypatch.setenv("TECHPULSE_DATA_DIR", str(path.data_dir))
    get_settings.cache_clear()
    from include.pipeline.publish import has_unpublished_loads, publish_gold

    dbt(path, "build", "--select", "loads_read")  # another test may have loaded a month again
    publish_gold()
    assert has_unpublished_loads() is False
    with open_warehouse(path) as warehouse:
        warehouse.execute(
            "insert into bronze.loads by name "
            "select * replace (uuid() as load_id) from bronze.loads limit 1"
        )
    assert has_unpublished_loads() is True


def test_month_that_has_not_begun_is_skipped_with_the_reason(
    dags: dict[str, Any], world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve(world) as base_url:
        on(base_url, monkeypatch)
        dag_run = run(dags["hacker_news"], month="2199-01")
    assert dag_run.state == "success"
    assert states(dag_run) == {"skipped": 9}


def test_upstream_that_is_down_fails_the_run(
    dags: dict[str, Any], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    on("http://127.0.0.1:9", monkeypatch)
    # Said, since dag.test() keeps the params of the run before.
    dag_run = run(dags["hacker_news"], month=MONTHS[0], threads=["hiring", "wants", "freelancer"])
    assert dag_run.state == "failed"
    assert states(dag_run)["failed"] == 3  # each thread is looked for by itself


@pytest.mark.slow
@pytest.mark.shared
def test_recorded_month_arrives_whole(
    shared_data: Path,
    dags: dict[str, Any],
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    tool = shared_data.parent / "tools" / "replay_api.py"
    command = [sys.executable, str(tool), "--data", str(shared_data), "--port", str(port)]
    replay = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert replay.stdout is not None
        replay.stdout.readline()
        on(f"http://127.0.0.1:{port}", monkeypatch)
        for inserted in (647, 0):  # the second run adds none
            assert run(dags["hacker_news"], month="2016-03").state == "success"
            last = rows(
                settings, "select inserted from bronze.loads order by committed_at desc limit 1"
            )
            assert last == [(inserted,)]
        assert rows(settings, "select count(*) from bronze.raw_hn_items") == [(647,)]
    finally:
        replay.terminate()
        replay.wait()
