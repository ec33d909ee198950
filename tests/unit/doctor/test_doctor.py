from __future__ import annotations

import datetime as dt
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from include.cli.main import main
from include.doctor import airflow, machine, stores
from include.doctor.finding import Finding, Level
from include.errors import TechPulseError
from include.maintenance.backup import create_backup
from include.serving.engine import writing_engine
from include.serving.schema import LOADS, POSTINGS, migrate, write_meta
from include.settings import Settings
from include.sources.record import Reason, Record
from include.staging.files import stage
from include.warehouse.connection import open_warehouse
from include.warehouse.loads import job_postings, load

NOW = dt.datetime.now(dt.UTC)
SECRET = "tops3cret"


def bring(settings: Settings, *records: Record, run: str = "r1") -> None:
    manifest = stage(
        records or [Record.fetched("1", {"id": 1}, '{"id": 1}')], settings.staging_dir,
        source="remotive", partition="d", run=run, name="all",
    )  # fmt: skip
    load(job_postings("remotive", "d"), [manifest], run_id=run, started_at=NOW, settings=settings)


def publish(settings: Settings, **changes: Any) -> None:
    """Publish the ledger alone, as publish does; ``changes`` are lies about its last row."""
    with open_warehouse(settings) as connection:
        names = [c.name for c in LOADS.columns if c.name != "row_hash"]
        rows = connection.execute(
            f"select {', '.join(f'{name}::varchar' for name in names)} from bronze.loads"
        ).fetchall()
    values = [{**dict(zip(names, row, strict=True)), "row_hash": ""} for row in rows]
    values[-1].update(changes)
    engine = writing_engine(settings.serving_database_url)
    with engine.begin() as store:
        migrate(store)
        store.execute(sa.delete(LOADS))
        store.execute(sa.insert(LOADS), values)
    engine.dispose()


def found(findings: Iterator[Finding], check: str) -> Finding:
    (finding,) = [finding for finding in findings if finding.check == check]
    return finding


def examined(settings: Settings, check: str) -> Finding:
    return found(stores.warehouse_and_serving(settings), check)


def test_new_installation_is_told_what_to_run(settings: Settings) -> None:
    finding = examined(settings, "warehouse")
    assert finding.level is Level.WARN
    assert "hacker_news" in finding.fix
    assert not settings.data_dir.exists()  # looking makes nothing


def test_all_is_well_where_all_is_well(settings: Settings) -> None:
    bring(settings)
    publish(settings)
    create_backup(settings, NOW)
    levels = {
        finding.check: finding.level
        for check in (stores.warehouse_and_serving, stores.backups, machine.paths, machine.imports)
        for finding in check(settings)
    }
    assert set(levels.values()) == {Level.OK}, levels
    assert {"ledger", "rejects", "staged files", "serving", "age remotive"} <= set(levels)


def test_lock_is_told_with_its_holder_and_command(settings: Settings) -> None:
    bring(settings)
    hold = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print(1, flush=True); input()"
    holder = subprocess.Popen(
        [sys.executable, "-c", hold, settings.warehouse_path],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert holder.stdout
        holder.stdout.readline()
        finding = examined(settings, "warehouse lock")
    finally:
        holder.communicate("\n")
    assert f"process {holder.pid}: {sys.executable} -c" in finding.message
    assert f"kill {holder.pid}" in finding.fix


def test_load_that_does_not_add_up_is_named(settings: Settings) -> None:
    bring(settings)
    bring(settings, run="r2")
    with open_warehouse(settings) as connection:
        connection.execute("update bronze.loads set unchanged = 7 where run_id = 'r2'")
    finding = examined(settings, "ledger")
    assert finding.level is Level.FAIL
    assert "1 loads" in finding.message
    assert "remotive d r2" in finding.message


def test_open_rejects_are_counted_by_reason(settings: Settings) -> None:
    bring(settings, *(Record.missing(str(n), Reason.HTTP_401, "no") for n in range(3)))
    assert examined(settings, "rejects").message == "open: 3 http_401"


def test_old_load_is_told(settings: Settings) -> None:
    bring(settings)
    with open_warehouse(settings) as connection:
        connection.execute("update bronze.loads set committed_at = now() - interval 3 days")
    assert examined(settings, "age remotive").level is Level.WARN


def test_run_that_was_never_loaded_is_named_once_it_is_old(settings: Settings) -> None:
    bring(settings)
    record = Record.fetched("1", {}, "{}")
    manifest = stage(
        [record], settings.staging_dir, source="remotive", partition="d", run="lost", name="all"
    )
    assert examined(settings, "staged files").level is Level.OK
    os.utime(manifest["path"], (0, 0))
    assert "remotive/d/lost" in examined(settings, "staged files").message


@pytest.mark.parametrize(
    ("changes", "level"),
    [({"load_id": "another"}, Level.FAIL), ({"inserted": 99}, Level.FAIL), ({}, Level.OK)],
)
def test_serving_store_is_compared_with_the_ledger(
    settings: Settings, changes: dict[str, Any], level: Level
) -> None:
    bring(settings)
    publish(settings, **changes)
    assert examined(settings, "serving").level is level


def test_load_that_is_not_published_is_told(settings: Settings) -> None:
    bring(settings)
    publish(settings)
    bring(settings, run="r2")
    finding = examined(settings, "serving")
    assert (finding.level, finding.message) == (Level.WARN, "1 of 2 loads are not yet published")


def test_posting_that_no_search_finds_is_named(settings: Settings) -> None:
    bring(settings)
    publish(settings)
    assert examined(settings, "search").level is Level.OK
    engine = writing_engine(settings.serving_database_url)
    with engine.begin() as store:
        kinds = {column.name: column.type for column in POSTINGS.columns}
        row = {name: 0 if isinstance(kind, sa.Float) else "x" for name, kind in kinds.items()}
        store.execute(sa.insert(POSTINGS), [row])
    engine.dispose()
    finding = examined(settings, "search")
    assert finding.level is Level.FAIL
    assert finding.message.startswith("1 of 1 postings")


def test_store_of_a_newer_version_is_told_with_what_to_do(settings: Settings) -> None:
    bring(settings)
    publish(settings)
    engine = writing_engine(settings.serving_database_url)
    with engine.begin() as store:
        write_meta(store, {"schema_version": "99"})
    engine.dispose()
    finding = examined(settings, "serving")
    assert finding.level is Level.FAIL
    assert "upgrade" in finding.fix


def test_password_of_the_serving_store_is_not_told(settings: Settings) -> None:
    bring(settings)
    url = f"postgresql+psycopg://me:{SECRET}@127.0.0.1:1/x"
    finding = examined(settings.model_copy(update={"serving_url": url}), "serving")
    assert finding.level is Level.FAIL
    assert SECRET not in finding.message + finding.fix


def test_backup_that_cannot_be_read_is_named(settings: Settings) -> None:
    bring(settings)
    create_backup(settings, NOW)
    broken = settings.backups_dir / "broken"
    broken.mkdir()
    (broken / "manifest.json").write_text("{")
    findings = list(stores.backups(settings))
    assert [finding.level for finding in findings] == [Level.FAIL, Level.OK]
    assert "broken" in findings[0].message


def test_folder_that_cannot_be_written_is_named(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    finding = found(machine.paths(settings), "path data")
    assert finding.level is Level.FAIL
    assert "Permission denied" in finding.message


def test_full_disk_is_reported(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "MIN_FREE_BYTES", 10**18)
    assert found(machine.disks(settings), "disk data").level is Level.WARN
    monkeypatch.setattr(machine, "MIN_FREE_BYTES", 0)
    assert found(machine.disks(settings), "disk data").level is Level.OK


def test_package_of_another_version_is_named(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "_lines", lambda _: iter(["duckdb==0.1", "no-such-package==1"]))
    finding = found(machine.versions(settings), "packages")
    assert finding.level is Level.FAIL
    assert "no-such-package is not installed" in finding.message
    assert "duckdb is" in finding.message


def test_second_include_on_the_path_is_told(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "bundle" / "include"
    other.mkdir(parents=True)
    (other / "__init__.py").touch()
    assert found(machine.imports(settings), "include").level is Level.OK
    monkeypatch.syspath_prepend(str(other.parent))
    finding = found(machine.imports(settings), "include")
    assert finding.level is Level.WARN
    assert str(other.parent) in finding.message


def test_connection_without_an_answer_is_told_without_its_secrets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        connection = {"conn_type": "http", "host": f"http://me:{SECRET}@127.0.0.1:{port}/v0",
                      "password": SECRET}  # fmt: skip
        monkeypatch.setenv("AIRFLOW_CONN_HACKERNEWS_DEFAULT", json.dumps(connection))
        answers = list(airflow._connection("hackernews_default", "https://x", "A_KEY"))
    silent = list(airflow._connection("hackernews_default", "https://x", "A_KEY"))
    assert [finding.level for finding in answers] == [Level.OK]
    assert "there is a key" in answers[0].message
    assert silent[0].level is Level.FAIL
    assert "refused" in silent[0].message
    assert SECRET not in str(answers) + str(silent)


def test_source_without_a_key_is_told_where_to_put_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(airflow, "_trouble", lambda _: None)
    monkeypatch.setattr(airflow, "find_connection", lambda _: None)
    (key,) = airflow._connection("theirstack_default", "https://x", "A_KEY_NOT_SET")
    assert key.level is Level.WARN
    assert "A_KEY_NOT_SET" in key.fix


@pytest.mark.parametrize(
    ("slots", "uri", "level"),
    [
        (None, "", Level.FAIL),
        (3, "", Level.FAIL),
        (1, "", Level.OK),
        (3, "ducklake:postgres:dbname=x", Level.OK),
    ],
)
def test_warehouse_pool_has_one_slot_where_the_warehouse_is_a_file(
    settings: Settings, slots: int | None, uri: str, level: Level
) -> None:
    there = settings.model_copy(update={"warehouse_uri": uri})
    assert airflow._warehouse_pool(slots, there).level is level


def test_pools_are_looked_up_in_airflow(settings: Settings, airflow_database: Path) -> None:
    checks = {finding.check: finding for finding in airflow.airflow(settings)}
    assert checks["airflow database"].level is Level.OK
    assert "pool techpulse_warehouse" in checks


@pytest.fixture
def runs(airflow_database: Path) -> Iterator[Callable[..., None]]:
    """Give what adds ended runs of one of our DAGs to Airflow's database, oldest first."""
    from airflow.models.dag import DagModel, DagTag
    from airflow.models.dagbundle import DagBundleModel
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session
    from airflow.utils.types import DagRunType

    made = []

    def add(dag_id: str, *states: str) -> None:
        made.append(dag_id)
        with create_session() as session:
            if session.get(DagBundleModel, "runs") is None:
                session.add(DagBundleModel(name="runs"))
                session.flush()
            session.merge(DagModel(dag_id=dag_id, bundle_name="runs"))
            session.flush()
            session.merge(DagTag(dag_id=dag_id, name="techpulse"))
            for number, state in enumerate(states):
                moment = NOW + dt.timedelta(minutes=number)
                run = DagRun(
                    dag_id=dag_id,
                    run_id=f"manual__{number}",
                    run_after=moment,
                    run_type=DagRunType.MANUAL,
                    state=state,
                )
                run.end_date = None if state in ("queued", "running") else moment
                session.add(run)

    yield add
    with create_session() as session:
        for model in (DagRun, DagTag, DagModel):
            session.execute(sa.delete(model).where(model.dag_id.in_(made)))


def runs_found(settings: Settings) -> dict[str, Finding]:
    return {finding.check: finding for finding in airflow._failed_runs()}


def test_dag_that_failed_so_often_in_a_row_is_named(
    settings: Settings, runs: Callable[..., None]
) -> None:
    runs("doctor_failing", "success", "failed", "failed", "failed", "running")
    runs("doctor_mixed", "failed", "failed", "success", "failed", "failed")
    runs("doctor_new", "failed", "failed")
    checks = runs_found(settings)
    assert [name for name in checks if "doctor_" in name] == ["runs doctor_failing"]
    finding = checks["runs doctor_failing"]
    assert finding.level is Level.FAIL
    assert "the last 3 have failed, the newest is manual__3" in finding.message
    assert finding.fix


def test_dags_that_run_well_are_one_line(settings: Settings, runs: Callable[..., None]) -> None:
    runs("doctor_well", "failed", "failed", "failed", "success")
    checks = runs_found(settings)
    assert not [name for name in checks if "doctor_" in name]


def test_without_airflows_database_the_rest_is_still_told(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(airflow, "database_trouble", lambda: "it is not there")
    monkeypatch.setattr(airflow, "_trouble", lambda _: None)
    checks = {finding.check: finding for finding in airflow.airflow(settings)}
    assert checks["airflow database"].level is Level.WARN
    assert "connection hackernews_default" in checks


class TestCommand:
    @pytest.fixture(autouse=True)
    def _no_airflow(self, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
        monkeypatch.setattr(airflow, "airflow", lambda _: [])

    def run(self, *arguments: str) -> Any:
        return CliRunner().invoke(main, ["doctor", *arguments])

    def test_exit_code_is_1_where_something_is_wrong(self, settings: Settings) -> None:
        bring(settings)
        assert self.run().exit_code == 0
        with open_warehouse(settings) as connection:
            connection.execute("update bronze.loads set missing = 3")
        done = self.run()
        assert done.exit_code == 1
        assert "add up" in done.output

    def test_json_has_every_finding(self, settings: Settings) -> None:
        message = json.loads(self.run("--json").output)
        assert {"check", "level", "message", "fix"} == set(message[0])
        assert {"python", "warehouse", "backup"} <= {finding["check"] for finding in message}

    @pytest.mark.parametrize("error", [TechPulseError("broken", next_step="fix"), ValueError("x")])
    def test_check_that_fails_is_a_finding_and_the_others_go_on(
        self, monkeypatch: pytest.MonkeyPatch, error: Exception
    ) -> None:
        def broken(_: Settings) -> list[Finding]:
            raise error

        monkeypatch.setattr(machine, "versions", broken)
        done = self.run("--json")
        assert done.exit_code == 1
        message = {finding["check"]: finding for finding in json.loads(done.output)}
        assert message["versions"]["level"] == "fail"
        assert "warehouse" in message


def test_boards_of_a_system_that_failed_are_named(settings: Settings) -> None:
    bring(settings)
    with open_warehouse(settings) as connection:
        connection.executemany(
            "insert into bronze.board_readings (load_id, ingested_at, source, board, day, read_at, "
            "outcome, shown, records, inserted, updated, unchanged, rejected, filtered) "
            "values (uuid(), now(), ?, ?, '2026-11-22', now(), ?, 0, 0, 0, 0, 0, 0, 0)",
            [["lever", "a", "whole"], ["ashby", "a", "failed"], ["ashby", "b", "absent"],
             ["ashby", "c", "failed"]],
        )  # fmt: skip
    assert examined(settings, "boards lever").level == "ok"
    broken = examined(settings, "boards ashby")
    assert broken.level == "warn"
    assert "3 read on 2026-11-22, 2 failed, 1 absent" in broken.message
