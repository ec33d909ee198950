from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from include.errors import WarehouseCopyError, WarehouseLockedError
from include.maintenance import compaction
from include.maintenance.compaction import compact
from include.maintenance.copy import digests
from include.settings import Settings
from include.warehouse.connection import open_warehouse


@pytest.fixture(autouse=True)
def _no_lingering(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compaction, "_LINGER_SECONDS", 0.0)


@pytest.fixture
def wasteful(settings: Settings) -> Settings:
    """A warehouse most of which is free: 12 MB, of which some kB are used."""
    with open_warehouse(settings) as connection:
        connection.execute(
            "create schema gold; create table gold.t as select range as n, "
            "md5(range::varchar) as m, md5((range + 7)::varchar) as k from range(200000)"
        )
        connection.execute("create view gold.few as from warehouse.gold.t where n < 5")
        connection.execute("checkpoint")
        connection.execute("delete from gold.t where n > 100")
        connection.execute("checkpoint")
    return settings


def contents(settings: Settings) -> object:
    with open_warehouse(settings) as connection:
        return digests(connection, "warehouse"), connection.execute("from gold.few").fetchall()


def aside(settings: Settings) -> list[Path]:
    return list(Path(settings.data_dir).glob(".warehouse*"))


def test_file_shrinks_and_holds_the_same(wasteful: Settings) -> None:
    before = contents(wasteful)
    done = compact(wasteful)
    assert done.after < done.before / 3
    assert contents(wasteful) == before
    assert aside(wasteful) == []
    again = compact(wasteful)
    assert again.after == again.before


def test_file_that_a_link_leads_to_is_replaced_where_it_is(
    wasteful: Settings, tmp_path: Path
) -> None:
    before, link = contents(wasteful), Path(wasteful.warehouse_path)
    (other := tmp_path / "other disk").mkdir()
    link.rename(other / link.name)
    link.symlink_to(other / link.name)
    done = compact(wasteful)
    assert link.is_symlink()
    assert (other / link.name).stat().st_size == done.after < done.before / 3
    assert [*other.iterdir()] == [other / link.name]
    assert contents(wasteful) == before


def test_file_that_is_full_is_left_as_it_is(settings: Settings) -> None:
    with open_warehouse(settings) as connection:
        connection.execute("create table t as select md5(range::varchar) as m from range(100000)")
    inode = Path(settings.warehouse_path).stat().st_ino
    done = compact(settings)
    assert done.before == done.after
    assert Path(settings.warehouse_path).stat().st_ino == inode


def test_disk_too_small_for_a_copy_leaves_it_as_it_is(
    wasteful: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compaction.shutil, "disk_usage", lambda _: type("U", (), {"free": 10})())
    done = compact(wasteful)
    assert done.before == done.after
    assert "disk" in done.note


def test_what_was_written_meanwhile_is_not_lost(
    wasteful: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = compaction._replace

    def late_writer(path: Path, *more: object) -> None:
        with duckdb.connect(str(path)) as other:  # between the copy and the replacement
            other.execute("insert into gold.t values (-1, 'late', 'writer')")
        replace(path, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(compaction, "_replace", late_writer)
    with pytest.raises(WarehouseCopyError, match="written to during"):
        compact(wasteful)
    with open_warehouse(wasteful) as connection:
        assert connection.execute("select count(*) from gold.t where n = -1").fetchall() == [(1,)]
    assert aside(wasteful) == []


def test_warehouse_opened_meanwhile_is_not_replaced(
    wasteful: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = compaction._replace
    hold = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print(1, flush=True); input()"
    pipe = subprocess.PIPE
    holders = []

    def holder(path: Path, *more: object) -> None:
        process = subprocess.Popen(
            [sys.executable, "-c", hold, str(path)], stdin=pipe, stdout=pipe, text=True
        )
        holders.append(process)
        assert process.stdout
        process.stdout.readline()
        replace(path, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(compaction, "_replace", holder)
    try:
        with pytest.raises(WarehouseLockedError, match="opened the warehouse"):
            compact(wasteful)
    finally:
        for process in holders:
            process.communicate("\n")
    assert aside(wasteful) == []


def test_nobody_opens_the_file_while_it_is_replaced(wasteful: Settings) -> None:
    path = Path(wasteful.warehouse_path)
    program = "import duckdb, sys; duckdb.connect(sys.argv[1])"
    with compaction._locked(path):
        done = subprocess.run(
            [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=False
        )
    assert "Could not set lock" in done.stderr


def test_killed_compaction_leaves_the_old_file_and_is_cleaned_up(wasteful: Settings) -> None:
    before = contents(wasteful)
    program = (
        "import os\nfrom include.maintenance import compaction\n"
        "from include.settings import get_settings\n"
        "compaction._replace = lambda *_: os.kill(os.getpid(), 9)\n"
        "compaction.compact(get_settings())\n"
    )
    environment = {"TECHPULSE_DATA_DIR": str(wasteful.data_dir)}
    done = subprocess.run([sys.executable, "-c", program], check=False, env=environment)
    assert done.returncode == -9
    assert len(aside(wasteful)) >= 1
    assert contents(wasteful) == before
    compact(wasteful)
    assert aside(wasteful) == []
    assert contents(wasteful) == before


def test_copy_of_a_compaction_that_is_at_work_is_left_alone(
    wasteful: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, genuine = contents(wasteful), compaction._copy
    program = "from include.maintenance.compaction import compact\n"
    program += "from include.settings import get_settings\ncompact(get_settings())"

    def copy(connection: duckdb.DuckDBPyConnection, to: Path) -> None:
        genuine(connection, to)
        environment = {**os.environ, "TECHPULSE_DATA_DIR": str(wasteful.data_dir),
                       "TECHPULSE_WAREHOUSE_LOCK_WAIT_SECONDS": "0"}  # fmt: skip
        done = subprocess.run([sys.executable, "-c", program], env=environment, check=False)
        assert done.returncode
        assert to.exists()

    monkeypatch.setattr(compaction, "_copy", copy)
    assert compact(wasteful).after < 4_000_000
    assert contents(wasteful) == before
