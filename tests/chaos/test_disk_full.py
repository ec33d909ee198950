"""A disk that is really full (a small tmpfs), at every place that is written."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from .arena import Arena
from .contents import rows_of
from .report import note
from .steps import SECOND, steps_of

_ROOM_BYTES = 100 << 20


class SmallDisk:
    """A disk with so many bytes left."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self._mount(_ROOM_BYTES)

    def _mount(self, size: int, *options: str) -> None:
        how = ",".join((*options, f"size={size}"))
        command = ["mount", "-t", "tmpfs", "-o", how, "tmpfs", str(self.folder)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            pytest.skip(f"no small disk can be mounted here: {done.stderr.strip()}")

    def fill_but(self, left: int) -> None:
        """Leave so much of it."""
        self._mount(shutil.disk_usage(self.folder).used + left, "remount")

    def make_room(self) -> None:
        """Have enough again."""
        self._mount(_ROOM_BYTES, "remount")

    def close(self) -> None:
        subprocess.run(["umount", str(self.folder)], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Callable[[str], SmallDisk]]:
    """Make small disks by name."""
    disks: list[SmallDisk] = []

    def make(name: str) -> SmallDisk:
        made = SmallDisk(tmp_path / name)
        disks.append(made)
        return made

    yield make
    for made in disks:
        made.close()


def test_a_full_disk_is_named_and_with_room_again_every_row_is_there(
    arena: Arena, full: bool, disk: Callable[[str], SmallDisk]
) -> None:
    if not full:
        pytest.skip("in the full suite only")
    arena.restore("first")
    staging, warehouse, serving = disk("staging"), disk("warehouse"), disk("serving")
    files = {
        warehouse: arena.data / "warehouse.duckdb",
        serving: arena.data / "serving.sqlite",
    }
    for small, file in files.items():
        shutil.move(file, small.folder / file.name)
    on_small_disks = {
        "TECHPULSE_STAGING_URL": str(staging.folder),
        "TECHPULSE_WAREHOUSE_URI": str(warehouse.folder / "warehouse.duckdb"),
        "TECHPULSE_SERVING_URL": f"sqlite:///{serving.folder / 'serving.sqlite'}",
    }
    month, other, boards, analytics, publish = steps_of(SECOND)
    full_for = [
        (month, staging, 4 << 10, "DiskFullError: The disk is full"),
        (other, warehouse, 8 << 10, "DiskFullError: The disk is full"),
        (boards, staging, 4 << 10, "DiskFullError: The disk is full"),
        (analytics, warehouse, 256 << 10, "No space left on device"),
        (publish, serving, 128 << 10, "DiskFullError: The disk is full"),
    ]
    for step, small, left, told in full_for:
        small.fill_but(left)
        child = arena.start(SECOND, step, more=on_small_disks)
        assert child.end() == 1, f"{step} has found room\n{child.words}"
        words = child.words
        assert told in words
        assert str(small.folder) in words
        if "DiskFullError" in told:
            assert "Next step: free some space in" in words
        assert not [p for p in staging.folder.rglob(".*") if p.is_file()]
        if step == publish:
            assert content_of(serving.folder) == content_of(arena.root / "first")
        small.make_room()
        arena.finish(SECOND, step, more=on_small_disks)
    for small, file in files.items():
        shutil.copy(small.folder / file.name, file)
    assert arena.differences("second") == []
    expected, found = rows_of(arena.root / "second"), rows_of(arena.data)
    note("a full disk while staging, loading, dbt, publishing", faults=len(full_for),
         expected=expected, found=found)  # fmt: skip


def content_of(folder: Path) -> list[tuple[str, str]]:
    """Return what names the content of a store that is whole."""
    with closing(sqlite3.connect(folder / "serving.sqlite")) as connection:
        assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
        return connection.execute("select key, value from store_meta order by key").fetchall()
