"""Doctor says who else can read the stores."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from include.doctor.finding import Level
from include.doctor.stores import modes
from include.settings import Settings


@pytest.fixture
def open_way() -> Iterator[Path]:
    """A folder that everybody can come to; pytest's own is its owner's alone."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.mark.parametrize(
    ("mode", "for_group", "level"),
    [
        (0o700, False, Level.OK),
        (0o755, False, Level.WARN),
        (0o750, False, Level.WARN),
        (0o750, True, Level.OK),
        (0o755, True, Level.WARN),
    ],
)
def test_data_folder_that_others_can_read_is_named(
    open_way: Path, mode: int, for_group: bool, level: Level
) -> None:
    data = open_way / "data"
    data.mkdir()
    data.chmod(mode)
    (finding,) = modes(Settings(data_dir=data, files_for_group=for_group))
    assert finding.level is level
    assert level is Level.OK or str(data) in finding.message


def test_store_elsewhere_is_looked_at_too(open_way: Path) -> None:
    shared = open_way / "shared"
    shared.mkdir()
    shared.chmod(0o755)
    for settings in (
        Settings(data_dir=open_way / "none", warehouse_uri=str(shared / "jobs.duckdb")),
        Settings(data_dir=open_way / "none", serving_url=f"sqlite:///{shared}/web.db"),
        Settings(data_dir=open_way / "none", backup_dir=shared),
    ):
        (finding,) = modes(settings)
        assert str(shared) in finding.message


def test_folder_that_nobody_else_can_come_to_is_no_finding(open_way: Path) -> None:
    (open_way / "home" / "data").mkdir(parents=True)
    (open_way / "home").chmod(0o700)
    (open_way / "home" / "data").chmod(0o755)
    (finding,) = modes(Settings(data_dir=open_way / "home" / "data"))
    assert finding.level is Level.OK
