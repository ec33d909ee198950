from __future__ import annotations

from pathlib import Path

import pytest

from include.errors import SourceRejectedError, TerminalError, TransientError, WarehouseLockedError
from include.settings import PROJECT_ROOT, Settings


def test_data_lie_in_the_project_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TECHPULSE_DATA_DIR")
    settings = Settings()
    assert settings.data_dir == PROJECT_ROOT / "data"
    assert settings.warehouse_path == str(PROJECT_ROOT / "data" / "warehouse.duckdb")


def test_every_place_follows_the_data_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TECHPULSE_DATA_DIR", str(tmp_path))
    settings = Settings()
    assert settings.staging_dir == tmp_path / "staging"
    assert settings.warehouse_path.startswith(str(tmp_path))
    assert str(tmp_path) in settings.serving_database_url


def test_every_setting_says_why() -> None:
    fields = Settings.model_fields
    assert [name for name, field in fields.items() if not field.description] == []


def test_errors_name_the_record_and_the_next_step() -> None:
    error = SourceRejectedError("HTTP 401", status=401, record="item 7", next_step="wait.")
    assert str(error) == "HTTP 401 [item 7] Next step: wait."
    assert isinstance(error, TerminalError)
    assert issubclass(WarehouseLockedError, TransientError)


def test_error_survives_the_way_between_processes() -> None:
    import pickle

    error = pickle.loads(pickle.dumps(SourceRejectedError("x", status=402, record=1)))
    assert (error.status, error.record) == (402, 1)
