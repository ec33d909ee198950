"""What small state promises, wherever it is kept; tests/scale says the same of PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from include.errors import ConfigurationError, StoreUnavailableError
from include.settings import Settings
from include.state.budget import CallBudget, CallLimit
from include.state.store import StateFile, StateStore, open_state
from include.state.table import StateTable

Open = Callable[[str], StateStore]


@pytest.fixture(params=["file", "table"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    """Open the state of a name, as another process would."""
    if request.param == "file":
        return lambda name: StateFile(tmp_path / f"{name}.json")
    return lambda name: StateTable(f"sqlite:///{tmp_path / 'state.sqlite'}", name)


def test_state_that_never_was_is_empty(opened: Open) -> None:
    assert opened("a").read() == {}


def test_what_one_process_changes_another_one_reads(opened: Open) -> None:
    with opened("a").update() as state:
        state["é"] = [1, {"b": None}]
    assert opened("a").read() == {"é": [1, {"b": None}]}
    assert opened("b").read() == {}


def test_change_that_fails_is_not_saved(opened: Open) -> None:
    def fail() -> None:
        with opened("a").update() as state:
            state["n"] = 1
            raise KeyError("x")

    with pytest.raises(KeyError):
        fail()
    assert opened("a").read() == {}


def test_reader_sees_the_last_saved_state_while_another_one_changes_it(opened: Open) -> None:
    with opened("a").update() as state:
        state["n"] = 1
    with opened("a").update() as state:
        state["n"] = 2
        assert opened("a").read() == {"n": 1}


def test_no_count_of_many_at_once_is_lost(opened: Open) -> None:
    def count(_: int) -> None:
        with opened("a").update() as state:
            state["n"] = state.get("n", 0) + 1

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(count, range(40)))
    assert opened("a").read() == {"n": 40}


def test_call_budget_is_shared_by_all_who_open_it(opened: Open) -> None:
    limits = [CallLimit(calls=2, seconds=60)]
    for _ in range(2):
        CallBudget(opened("remotive"), limits, record="x").take()
    assert CallBudget(opened("remotive"), limits, record="x").seconds_to_wait() > 50


def test_what_was_kept_in_a_file_goes_into_the_table_once(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    with open_state("theirstack", settings).update() as state:
        state["months"] = {"2026-05": 120}
    shared = Settings(data_dir=tmp_path, state_url=f"sqlite:///{tmp_path / 'state.sqlite'}")
    assert open_state("theirstack", shared).read() == {"months": {"2026-05": 120}}
    with open_state("theirstack", shared).update() as state:
        state["months"]["2026-05"] += 5
    elsewhere = Settings(data_dir=tmp_path / "other", state_url=shared.state_url)
    assert open_state("theirstack", elsewhere).read() == {"months": {"2026-05": 125}}
    assert open_state("theirstack", shared).read() == {"months": {"2026-05": 125}}


def test_damaged_file_is_no_fresh_budget_in_the_table_either(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, state_url=f"sqlite:///{tmp_path / 'state.sqlite'}")
    settings.state_dir.mkdir()
    (settings.state_dir / "theirstack.json").write_text("{")
    with pytest.raises(ConfigurationError), open_state("theirstack", settings).update():
        pass


def test_settings_without_a_url_keep_files_that_people_can_read(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    with open_state("a", settings).update() as state:
        state["n"] = 1
    assert json.loads((settings.state_dir / "a.json").read_text()) == {"n": 1}


def test_database_that_does_not_answer_is_told_without_its_password() -> None:
    url = "postgresql+psycopg://me:hunter2@127.0.0.1:1/x?connect_timeout=1"
    with pytest.raises(StoreUnavailableError, match="TECHPULSE_STATE_URL") as caught:
        StateTable(url, "a").read()
    assert "hunter2" not in str(caught.value)


def test_lock_that_another_one_keeps_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("include.state.table._BUSY_TIMEOUT_SECONDS", 0.1)
    url = f"sqlite:///{tmp_path / 'state.sqlite'}"
    with (
        StateTable(url, "a").update(),
        pytest.raises(StoreUnavailableError, match="holds its lock"),
        StateTable(url, "b").update(),
    ):
        pass


def test_what_is_no_url_is_told_without_being_repeated() -> None:
    with pytest.raises(ConfigurationError, match="TECHPULSE_STATE_URL") as caught:
        StateTable("hunter2", "a").read()
    assert "hunter2" not in str(caught.value)


def test_password_of_the_state_is_not_shown_with_the_settings() -> None:
    assert "hunter2" not in repr(Settings(state_url="postgresql://me:hunter2@host/x"))
