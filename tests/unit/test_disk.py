from __future__ import annotations

import sqlite3
from pathlib import Path

import duckdb
import pytest

from include.disk import raise_if_disk_full
from include.errors import DiskFullError, StagedFileError


@pytest.mark.parametrize(
    "error",
    [
        OSError(28, "No space left on device"),
        OSError(122, "Disk quota exceeded"),
        duckdb.IOException('Could not write file "w.duckdb": No space left on device'),
        sqlite3.OperationalError("database or disk is full"),
    ],
)
def test_a_full_disk_is_named_with_the_file_and_what_is_left(
    tmp_path: Path, error: Exception
) -> None:
    with pytest.raises(DiskFullError) as raised, raise_if_disk_full(tmp_path / "deep" / "file"):
        raise error
    told = str(raised.value)
    assert f"[{tmp_path / 'deep' / 'file'}]" in told
    assert f"Next step: free some space in {tmp_path} (" in told
    assert raised.value.__cause__ is error


@pytest.mark.parametrize(
    "error", [OSError(13, "Permission denied"), StagedFileError("no space left on device")]
)
def test_other_errors_stay_what_they_are(tmp_path: Path, error: Exception) -> None:
    with pytest.raises(type(error)) as raised, raise_if_disk_full(tmp_path / "file"):
        raise error
    assert raised.value is error
