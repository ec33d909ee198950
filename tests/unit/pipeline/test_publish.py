"""``has_unpublished_loads`` asks two stores and changes neither."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from include.errors import ConfigurationError, ServingError
from include.pipeline.publish import analytics_version, has_unpublished_loads, publish_gold
from include.serving import schema
from include.serving.engine import writing_engine
from include.serving.schema import LOADS, migrate, write_meta
from include.settings import PROJECT_ROOT, Settings, get_settings
from include.sources.record import Record
from include.staging.files import stage
from include.warehouse.connection import open_warehouse
from include.warehouse.loads import job_postings, load
from include.warehouse.schema import SCHEMA_VERSION, version_of

NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)


def bring(settings: Settings, run: str = "r1") -> None:
    record = Record.fetched("1", {"id": 1}, '{"id": 1}')
    manifest = stage(
        [record], settings.staging_dir, source="remotive", partition="d", run=run, name="all"
    )
    load(job_postings("remotive", "d"), [manifest], run_id=run, started_at=NOW, settings=settings)


def publish_ledger(
    settings: Settings, *, version: int = schema.SCHEMA_VERSION, made_by: str | None = None
) -> None:
    """Publish the ledger alone, into a store of that schema version; by this code, or another."""
    names = [column.name for column in LOADS.columns if column.name != "row_hash"]
    with open_warehouse(settings, read_only=True) as warehouse:
        loads = warehouse.execute(
            f"select {', '.join(f'{name}::varchar' for name in names)} from bronze.loads"
        ).fetchall()
    engine = writing_engine(settings.serving_database_url)
    with engine.begin() as store:
        migrate(store)
        store.execute(sa.delete(LOADS))
        rows = [{**dict(zip(names, row, strict=True)), "row_hash": ""} for row in loads]
        store.execute(sa.insert(LOADS), rows)
        code = analytics_version() if made_by is None else made_by
        write_meta(store, {"schema_version": str(version), "made_by": code})
    engine.dispose()


def digests(folder: Path) -> dict[str, str]:
    files = (file for file in folder.rglob("*") if file.is_file())
    # SQLite's own, beside a store in WAL mode: readers make them too.
    files = (file for file in files if not file.name.endswith(("-shm", "-wal")))
    return {str(file): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def test_a_load_that_is_not_published_is_news(settings: Settings) -> None:
    bring(settings)
    assert has_unpublished_loads()
    publish_ledger(settings)
    assert not has_unpublished_loads()
    bring(settings, "r2")
    assert has_unpublished_loads()


def test_nothing_loaded_is_no_news_and_looking_makes_nothing(settings: Settings) -> None:
    assert not has_unpublished_loads()
    assert not settings.data_dir.exists()


def test_first_run_after_an_upgrade_migrates_what_dbt_reads(settings: Settings) -> None:
    bring(settings)
    with open_warehouse(settings) as warehouse:  # as the version before left it
        warehouse.execute(f"delete from bronze.schema_versions where version = {SCHEMA_VERSION}")
        warehouse.execute("drop table bronze.raw_hn_seekers")
    assert first_step_continues(run_type="manual")
    with open_warehouse(settings, read_only=True) as warehouse:
        assert version_of(warehouse) == SCHEMA_VERSION


def test_manual_run_without_a_warehouse_makes_none(settings: Settings) -> None:
    assert first_step_continues(run_type="manual")
    assert not Path(settings.warehouse_path).exists()


def first_step_continues(run_type: str) -> bool:
    """Run what the DAG does before dbt."""
    from airflow.dag_processing.dagbag import DagBag

    (dag,) = DagBag(str(PROJECT_ROOT / "dags" / "analytics.py")).dags.values()
    step = dag.get_task("has_unpublished_loads").python_callable
    return bool(step(dag_run=SimpleNamespace(run_id="r", run_type=run_type)))


def test_looking_changes_no_file(settings: Settings) -> None:
    bring(settings)
    publish_ledger(settings)
    before = digests(settings.data_dir)
    assert not has_unpublished_loads()
    assert digests(settings.data_dir) == before


def test_looking_waits_for_no_writer_of_the_serving_store(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(settings)
    publish_ledger(settings)
    monkeypatch.setattr("include.serving.engine._BUSY_TIMEOUT_SECONDS", 0.1)
    engine = writing_engine(settings.serving_database_url)
    with engine.begin():  # takes the write lock
        assert not has_unpublished_loads()
    engine.dispose()


def test_looking_waits_for_no_reader_of_the_warehouse(settings: Settings) -> None:
    bring(settings)
    publish_ledger(settings)
    with open_warehouse(settings, read_only=True):  # DuckDB lets no writer in meanwhile
        assert not has_unpublished_loads()


def test_a_store_of_an_older_schema_is_news_and_is_not_migrated(settings: Settings) -> None:
    bring(settings)
    publish_ledger(settings, version=1)
    before = digests(settings.data_dir)
    assert has_unpublished_loads()  # publish migrates it
    assert digests(settings.data_dir) == before


@pytest.mark.parametrize("made_by", ["", "older code"])
def test_what_other_code_has_published_is_news(settings: Settings, made_by: str) -> None:
    bring(settings)
    publish_ledger(settings, made_by=made_by)
    assert has_unpublished_loads()


def test_a_store_of_a_newer_schema_is_an_error(settings: Settings) -> None:
    bring(settings)
    publish_ledger(settings, version=schema.SCHEMA_VERSION + 1)
    with pytest.raises(ServingError, match="upgrade"):
        has_unpublished_loads()


def test_every_engine_is_disposed(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[sa.Engine] = []
    disposed: list[sa.Engine] = []
    create, dispose = sa.create_engine, sa.Engine.dispose

    def note_made(*args: object, **kwargs: object) -> sa.Engine:
        made.append(create(*args, **kwargs))  # type: ignore[call-overload]
        return made[-1]

    def note_disposed(engine: sa.Engine, close: bool = True) -> None:
        disposed.append(engine)
        dispose(engine, close)

    bring(settings)
    publish_ledger(settings)
    monkeypatch.setattr(sa, "create_engine", note_made)
    monkeypatch.setattr(sa.Engine, "dispose", note_disposed)
    has_unpublished_loads()
    assert made
    assert {id(engine) for engine in made} == {id(engine) for engine in disposed}


@pytest.mark.parametrize("ask", [has_unpublished_loads, publish_gold])
def test_a_serving_url_that_is_none_says_which_setting(
    ask: object, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(settings)
    monkeypatch.setenv("TECHPULSE_SERVING_URL", "not a url")
    get_settings.cache_clear()
    with pytest.raises(ConfigurationError, match="TECHPULSE_SERVING_URL"):
        ask()  # type: ignore[operator]
