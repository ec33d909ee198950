from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

from include.maintenance.retention import PruneResult, prune_staged, uncommitted_runs
from include.settings import Settings
from include.sources.record import Record
from include.staging.files import Manifest, stage
from include.warehouse.connection import open_warehouse
from include.warehouse.loads import job_postings, load

NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
BOARD = job_postings("remotive", "2026-10-01")


def staged(settings: Settings, run: str, key: str = "1", days: float = 40) -> Manifest:
    """Stage a file that is so many days old."""
    manifest = stage(
        [Record.fetched(key, {"id": key}, '{"id": 1}')], settings.staging_dir,
        source="remotive", partition="2026-10-01", run=run, name="all",
    )  # fmt: skip
    age(Path(manifest["path"]), days)
    return manifest


def age(path: Path, days: float) -> None:
    moment = (NOW - dt.timedelta(days=days)).timestamp()
    os.utime(path, (moment, moment))


def commit(settings: Settings, run: str, *manifests: Manifest) -> None:
    load(BOARD, manifests, run_id=run, started_at=NOW, settings=settings)


def names(settings: Settings) -> set[str]:
    return {path.parent.name for path in settings.staging_dir.rglob("*.gz")}


def uncommitted(settings: Settings) -> list[str]:
    with open_warehouse(settings) as connection:
        return [run.name.split("/")[-1] for run in uncommitted_runs(connection, settings)]


def test_only_files_that_are_old_and_committed_go(settings: Settings) -> None:
    commit(settings, "old", staged(settings, "old"))
    commit(settings, "young", staged(settings, "young", days=3))
    staged(settings, "never_loaded", days=4_000)
    pruned = prune_staged(settings, NOW)
    assert (pruned.removed, pruned.kept_young, pruned.kept_uncommitted) == (1, 1, 1)
    assert pruned.removed_bytes > 0
    assert names(settings) == {"young", "never_loaded"}
    assert not (settings.staging_dir / "remotive/2026-10-01/old").exists()
    assert uncommitted(settings) == ["never_loaded"]
    assert prune_staged(settings, NOW) == PruneResult(0, 0, 1, 1)


def test_file_staged_anew_after_the_runs_load_is_kept(settings: Settings) -> None:
    commit(settings, "run", staged(settings, "run", "1"))
    staged(settings, "run", "2")  # the fetch task was cleared; its load is still to come
    prune_staged(settings, NOW)
    assert uncommitted(settings) == ["run"]
    assert len(list(settings.staging_dir.rglob("*.gz"))) == 1


def test_file_that_another_run_has_loaded_goes_too(settings: Settings) -> None:
    paid_before = staged(settings, "run 1", "1")
    commit(settings, "run 2", paid_before, staged(settings, "run 2", "2"))
    assert uncommitted(settings) == []
    assert prune_staged(settings, NOW).removed == 2


def test_file_with_the_same_content_as_another_is_committed_with_it(settings: Settings) -> None:
    commit(settings, "run 2", staged(settings, "run 1"), staged(settings, "run 2"))
    assert uncommitted(settings) == []
    assert prune_staged(settings, NOW).removed == 2


def test_what_a_killed_writer_left_aside_goes(settings: Settings) -> None:
    path = Path(staged(settings, "run")["path"])
    aside = path.with_name(f".{path.name}.123")
    aside.write_bytes(b"half")
    age(aside, 40)
    assert uncommitted(settings) == ["run"]
    assert prune_staged(settings, NOW).removed == 1
    assert path.exists()


def test_nothing_staged_is_nothing_to_prune(settings: Settings) -> None:
    assert prune_staged(settings, NOW) == PruneResult(0, 0, 0, 0)
