"""Files of ours are their owner's alone, whatever the umask of the process."""

from __future__ import annotations

import datetime as dt
import os
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from include.files import make_file, make_folder, new_file, protect, work_folder
from include.serving.engine import writing_engine
from include.serving.schema import migrate
from include.settings import Settings, get_settings
from include.sources.record import Record
from include.staging.files import stage
from include.state.store import open_state
from include.warehouse.connection import open_warehouse
from include.warehouse.loads import job_postings, load

NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)


@pytest.fixture(params=[0o022, 0o000, 0o077, 0o002], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def modes(folder: Path) -> dict[str, str]:
    """Return the mode of the folder and of all below it, by the path."""
    return {
        str(path.relative_to(folder.parent)): oct(stat.S_IMODE(path.stat().st_mode))
        for path in (folder, *folder.rglob("*"))
    }


def is_folder(folder: Path, name: str) -> bool:
    return (folder.parent / name).is_dir()


def fill(settings: Settings) -> None:
    """Stage, load and publish, keep state."""
    manifest = stage(
        [Record.fetched("1", {"id": 1}, '{"id": 1}')], settings.staging_root,
        source="remotive", partition="day", run="r", name="all",
    )  # fmt: skip
    load(job_postings("remotive", "day"), [manifest], run_id="r", started_at=NOW, settings=settings)
    with open_state("remotive", settings).update() as state:
        state["calls"] = 1
    in_table = settings.model_copy(update={"state_url": f"sqlite:///{settings.data_dir}/t.sqlite"})
    with open_state("remotive", in_table).update() as state:
        state["calls"] = 2
    store = writing_engine(settings.serving_database_url)
    with store.begin() as connection:
        migrate(connection)
        assert (settings.data_dir / "serving.sqlite-wal").exists()
        assert set(modes(settings.data_dir).values()) <= {"0o600", "0o700", "0o660", "0o770"}
    store.dispose()


def test_what_is_made_is_its_owners_alone(settings: Settings, umask: int) -> None:
    fill(settings)
    found = modes(settings.data_dir)
    assert {"data/warehouse.duckdb", "data/serving.sqlite", "data/t.sqlite"} <= found.keys()
    assert len(found) >= 12
    folders = {name for name in found if is_folder(settings.data_dir, name)}
    assert {name: mode for name, mode in found.items() if name in folders and mode != "0o700"} == {}
    files = found.keys() - folders
    assert {name: found[name] for name in files if found[name] != "0o600"} == {}


def test_group_may_share_where_the_operator_says_so(
    settings: Settings, umask: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TECHPULSE_FILES_FOR_GROUP", "true")
    get_settings.cache_clear()
    fill(settings)
    assert set(modes(settings.data_dir).values()) == {"0o660", "0o770"}


def test_umask_of_the_process_is_left_as_it_is(settings: Settings, umask: int) -> None:
    fill(settings)
    assert os.umask(umask) == umask


def test_files_and_folders_that_were_there_keep_their_modes(settings: Settings) -> None:
    settings.data_dir.mkdir()
    settings.data_dir.chmod(0o750)
    with open_warehouse(settings):
        pass
    warehouse = Path(settings.warehouse_path)
    assert stat.S_IMODE(warehouse.stat().st_mode) == 0o600
    warehouse.chmod(0o640)
    with open_warehouse(settings):
        pass
    assert stat.S_IMODE(warehouse.stat().st_mode) == 0o640
    assert stat.S_IMODE(settings.data_dir.stat().st_mode) == 0o750


def test_folder_that_hands_on_its_group_goes_on_doing_so(tmp_path: Path) -> None:
    made = tmp_path / "made"
    made.mkdir()
    made.chmod(0o2755)
    if not made.stat().st_mode & stat.S_ISGID:
        pytest.skip("this file system has no such mode")
    protect(made)
    assert stat.S_IMODE(made.stat().st_mode) == 0o2700


def test_new_file_takes_no_file_that_is_there(tmp_path: Path) -> None:
    make_file(tmp_path / "a" / "b")
    (tmp_path / "a" / "b").write_text("kept")
    make_file(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").read_text() == "kept"
    with pytest.raises(FileExistsError):
        new_file(tmp_path / "a" / "b")
    with pytest.raises(FileExistsError):
        make_folder(tmp_path / "a" / "b")


def test_work_folder_leaves_the_one_of_a_process_at_work_and_deletes_a_killed_ones(
    tmp_path: Path,
) -> None:
    to = tmp_path / "a[b]"
    killed = tmp_path / ".a[b].0.new"
    (killed / "half").mkdir(parents=True)
    with work_folder(to, ".new") as first:
        assert not killed.exists()
        with work_folder(to, ".new") as second:
            assert first.is_dir()
            assert first != second
            second.rename(to)
        assert first.is_dir()
    assert list(tmp_path.iterdir()) == [to]


def test_work_folder_of_a_killed_process_is_deleted(tmp_path: Path) -> None:
    to = tmp_path / "to"
    if not (child := os.fork()):
        with work_folder(to, ".new"):
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    assert len(list(tmp_path.iterdir())) == 1
    with work_folder(to, ".new"):
        pass
    assert list(tmp_path.iterdir()) == []
