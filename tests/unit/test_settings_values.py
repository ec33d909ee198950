"""What the environment may say: empty is unset, wrong is told, names are DuckDB's own."""

from __future__ import annotations

import math
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner
from dbt.adapters.duckdb.credentials import DuckDBCredentials

from include import settings as module
from include.cli.main import main
from include.doctor import machine
from include.doctor.finding import Level
from include.errors import ConfigurationError
from include.settings import Settings, get_settings, unknown_variables

ODD_NAMES = [
    "warehouse.duckdb", "my.warehouse.duckdb", "jobs", "jobs.db", "a b.duckdb", "a-b.duckdb",
    "é😀.duckdb", "1jobs.duckdb", ".hidden.duckdb", "MyJobs.duckdb", "select.duckdb",
    "a%20b.duckdb", "trailing .duckdb", "a:b.duckdb", "(a).duckdb", "a&b.duckdb", "main_db.duckdb",
    "..x",
]  # fmt: skip
REFUSED_NAMES = [
    "main.duckdb", "temp.duckdb", "system.duckdb", "TEMP.duckdb", "Main.duckdb", "bronze.duckdb",
    "gold.duckdb", "pg_catalog.duckdb", "memory.duckdb", "a?b.duckdb", "a#b.duckdb", "a;b.duckdb",
    "it's.duckdb", 'q"uote.duckdb', "a\\b.duckdb", "...",
]  # fmt: skip


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_empty_variable_is_as_one_that_is_not_set(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    variable = f"TECHPULSE_{name.upper()}"
    monkeypatch.delenv(variable, raising=False)
    unset = getattr(Settings(), name)
    monkeypatch.setenv(variable, "")
    assert getattr(Settings(), name) == unset


def test_limit_of_one_source_leaves_the_others_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TECHPULSE_MAX_DATA_AGE_HOURS", '{"hacker_news": 24}')
    monthly = {"hacker_news_seekers": 840.0}
    limits = monthly | {"default": 48.0, "hacker_news": 24.0}
    assert Settings().max_data_age_hours == limits
    monkeypatch.setenv("TECHPULSE_MAX_DATA_AGE_HOURS", '{"default": 7}')
    assert Settings().max_data_age_hours == monthly | {"default": 7.0}
    monkeypatch.setenv("TECHPULSE_MAX_DATA_AGE_HOURS", "{}")
    assert Settings().max_data_age_hours == monthly | {"default": 48.0}


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("TECHPULSE_MAX_DATA_AGE_HOURS", "24"),
        ("TECHPULSE_MAX_DATA_AGE_HOURS", "{"),
        ("TECHPULSE_MAX_DATA_AGE_HOURS", "[24]"),
        ("TECHPULSE_MAX_DATA_AGE_HOURS", '{"hacker_news": "soon"}'),
        ("TECHPULSE_MAX_DATA_AGE_HOURS", '{"hacker_news": null}'),
        ("TECHPULSE_MAX_DATA_AGE_HOURS", '{"hacker_news": -1}'),
        ("TECHPULSE_MAX_DATA_AGE_HOURS", '{"hacker_news": NaN}'),
        ("TECHPULSE_MAX_DATA_AGE_HOURS", '{"hacker_news": Infinity}'),
        ("TECHPULSE_ALERT_NOTIFIER_KWARGS", "slack"),
        ("TECHPULSE_ALERT_NOTIFIER_KWARGS", '["slack"]'),
        ("TECHPULSE_DAILY_DEADLINE_MINUTES", "inf"),
        ("TECHPULSE_STAGED_RETENTION_DAYS", "nan"),
        ("TECHPULSE_HN_CONCURRENCY", "many"),
        ("TECHPULSE_BOARD_ROLE", "astronaut"),
    ],
)
def test_wrong_value_is_a_settings_error_that_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigurationError, match=f"{variable}: .*Next step"):
        Settings()
    get_settings.cache_clear()
    told = CliRunner().invoke(main, ["backup", "list"])
    assert told.exit_code == 1
    assert variable in told.output
    assert "Traceback" not in told.output


def test_error_of_the_settings_shows_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TECHPULSE_ALERT_NOTIFIER_KWARGS", '["s3cret"]')
    with pytest.raises(ConfigurationError) as raised:
        Settings()
    assert "s3cret" not in f"{raised.value!s} {raised.value.__cause__!r}"


@pytest.mark.parametrize("name", ODD_NAMES)
def test_catalog_has_the_name_that_duckdb_and_dbt_give_it(tmp_path: Path, name: str) -> None:
    settings = Settings(warehouse_uri=str(tmp_path / name))
    with duckdb.connect(settings.warehouse_path) as connection:
        found = connection.execute("select current_catalog()").fetchone()
    assert found == (settings.warehouse_catalog,)
    assert DuckDBCredentials.path_derived_database_name(settings.warehouse_path) == found[0]


@pytest.mark.parametrize("name", REFUSED_NAMES)
def test_name_that_sql_would_mistake_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigurationError, match=r"WAREHOUSE_URI.*such as warehouse\.duckdb"):
        Settings(warehouse_uri=str(tmp_path / name))


def test_lake_has_the_name_of_the_default_file() -> None:
    lake = Settings(warehouse_uri="ducklake:postgres:host=a;b")
    assert lake.warehouse_catalog == Settings().warehouse_catalog == "warehouse"


def test_no_limit_is_not_a_number() -> None:
    with pytest.raises(ConfigurationError, match="TECHPULSE_BACKUPS_KEPT"):
        Settings(backups_kept=0)
    with pytest.raises(ConfigurationError, match="TECHPULSE_MAX_ERROR_RATIO"):
        Settings(max_error_ratio=math.nan)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("TECHPULSE_HN_TRIES", "TECHPULSE_HTTP_MAX_ATTEMPTS"),
        ("TECHPULSE_MAX_BAD_SHARE", "TECHPULSE_MAX_ERROR_RATIO"),
        ("techpulse_warm_dbt", "TECHPULSE_PRELOAD_DBT"),
    ],
)
def test_old_name_of_a_setting_fails_with_the_new_one(
    monkeypatch: pytest.MonkeyPatch, old: str, new: str
) -> None:
    monkeypatch.setenv(old, "1")
    with pytest.raises(ConfigurationError, match=f"{old}.*{new}"):
        Settings()


def test_setting_that_became_a_constant_is_not_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TECHPULSE_WEB_CACHED_ANSWERS", "9")
    with pytest.raises(ConfigurationError, match=r"TECHPULSE_WEB_CACHED_ANSWERS.*unset it"):
        Settings()


def test_every_new_name_is_a_setting_and_no_old_one_is() -> None:
    names = {name.upper() for name in Settings.model_fields}
    assert set(module._RENAMED.values()) <= names
    assert names.isdisjoint({*module._RENAMED, *module._REMOVED})


def test_unknown_variable_is_named_with_the_nearest_setting() -> None:
    environment = {
        "TECHPULSE_HN_CONCURENCY": "8",
        "TECHPULSE_XYZZY": "1",
        "TECHPULSE_DATA_DIR": "/data",
        "TECHPULSE_DBT_TARGET": "lake",
        "PATH": "/bin",
    }
    nearest = unknown_variables(environment)
    assert nearest.keys() == {"TECHPULSE_HN_CONCURENCY", "TECHPULSE_XYZZY"}
    assert nearest["TECHPULSE_HN_CONCURENCY"] == "TECHPULSE_HN_CONCURRENCY"


def test_doctor_names_a_mistyped_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TECHPULSE_HN_CONCURENCY", "8")
    (finding,) = machine.variables(Settings())
    assert finding.level is Level.WARN
    assert "TECHPULSE_HN_CONCURENCY" in finding.message
    assert "TECHPULSE_HN_CONCURRENCY" in finding.fix
