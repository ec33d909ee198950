"""Every setting, read in one place from ``TECHPULSE_*`` environment variables."""

from __future__ import annotations

import os
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from include.errors import ConfigurationError

__all__ = ["LAKE_CATALOG", "PROJECT_ROOT", "Settings", "get_settings", "unknown_variables"]

PROJECT_ROOT = Path(__file__).resolve().parent.parent

LAKE_CATALOG: Final = "warehouse"
"""The name that a lake is attached by: that of the default file, so that the same SQL runs."""

_PREFIX = "TECHPULSE_"
_DBT_PREFIX = f"{_PREFIX}DBT_"  # what TechPulse itself passes to dbt's profile
_RENAMED: Final = {
    "ANALYTICS_LONGEST_WAIT_MINUTES": "ANALYTICS_MAX_WAIT_MINUTES",
    "BOARD_TRIES": "HTTP_MAX_ATTEMPTS",
    "DATA_AGE_HOURS": "MAX_DATA_AGE_HOURS",
    "HN_ITEMS_LONGEST": "HN_MAX_ITEMS",
    "HN_TRIES": "HTTP_MAX_ATTEMPTS",
    "HN_TURN_SILENT_MINUTES": "HN_LOCK_TTL_MINUTES",
    "HTTP_ANSWER_LONGEST_BYTES": "HTTP_MAX_RESPONSE_BYTES",
    "HTTP_ANSWER_LONGEST_SECONDS": "HTTP_TOTAL_TIMEOUT_SECONDS",
    "HTTP_BACKOFF_FIRST_SECONDS": "HTTP_BACKOFF_INITIAL_SECONDS",
    "MAX_BAD_RECORDS_FREE": "ERROR_ALLOWANCE_RECORDS",
    "MAX_BAD_SHARE": "MAX_ERROR_RATIO",
    "RECORD_LONGEST_BYTES": "MAX_RECORD_BYTES",
    "WARM_DBT": "PRELOAD_DBT",
}
_REMOVED: Final = frozenset((
    "ALERT_FAILED_RUNS", "BOARD_PAGES_LONGEST", "COMPACT_FREE_SHARE", "DISK_FREE_LEAST_BYTES",
    "HTTP_BACKOFF_LONGEST_SECONDS", "HTTP_CONNECT_TIMEOUT_SECONDS",
    "HTTP_RETRY_AFTER_LONGEST_SECONDS", "PUBLISH_COMPARE_ALL_DAYS", "THEIRSTACK_PAGE_RECORDS",
    "WEB_ANSWER_SECONDS", "WEB_CACHED_ANSWERS", "WEB_VERSION_CHECK_SECONDS",
))  # fmt: skip
"""Names of before 1.0.0: one that is still set is an error, since it would change nothing."""
_DATA_AGE_HOURS = {"default": 48.0}
# DuckDB's own catalogs and schemas, and ours: as a catalog's name, each would be ambiguous.
_TAKEN_CATALOGS = {
    "bronze", "gold", "information_schema", "main", "memory", "pg_catalog", "seeds", "silver",
    "staging", "system", "temp",
}  # fmt: skip
_UNQUOTABLE = frozenset("\"';?#\\")  # dbt or DuckDB cuts a file's name there, or does not quote it


class Settings(BaseSettings):
    """What an operator may change. Units are part of the names.

    An environment variable that is empty is as one that is not set. Raises ConfigurationError,
    which names the variables and not their values, for what cannot be.
    """

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX,
        env_ignore_empty=True,
        frozen=True,
        extra="ignore",
        allow_inf_nan=False,
    )

    data_dir: Path = Field(
        default=PROJECT_ROOT / "data",
        description="Root of staged files, warehouse and serving store.",
    )
    warehouse_uri: str = Field(
        default="",
        repr=False,
        description="DuckDB file of the warehouse; empty: warehouse.duckdb in data_dir. Many "
        "machines write `ducklake:postgres:host=... dbname=... user=...`; its password belongs in "
        "PGPASSWORD or a pgpass file, since errors print this text.",
    )
    warehouse_data_path: str = Field(
        default="",
        description="Where a lake keeps its Parquet files: a folder that all workers see, or "
        "`s3://connection@bucket/prefix`. A file warehouse has none.",
    )
    warehouse_meta_schema: str = Field(
        default="public",
        description="PostgreSQL schema of a lake's catalog; it must exist. One a warehouse.",
    )
    duckdb_extension_dir: str = Field(
        default="",
        description="Folder that DuckDB's extensions were installed into when the image was made; "
        "empty: they are loaded out of their wheels. Nothing is ever downloaded.",
    )
    staging_url: str = Field(
        default="",
        description="Where fetched files are staged; empty: the folder staging in data_dir. "
        "Workers on many machines share `s3://connection@bucket/prefix`, or whatever else "
        "Airflow's object storage serves; the name before the @ is an Airflow connection.",
    )
    serving_url: str = Field(
        default="",
        repr=False,
        description="SQLAlchemy URL of the serving store; empty: serving.sqlite in data_dir.",
    )

    state_url: str = Field(
        default="",
        repr=False,
        description="SQLAlchemy URL of the database that keeps calls made and credits spent; "
        "empty: files in data_dir. Workers on many machines share one, or each would spend the "
        "budget.",
    )

    files_for_group: bool = Field(
        default=False,
        description="Files and folders that TechPulse makes are their owner's alone (0600, 0700); "
        "true: their group's as well (0660, 0770), where Airflow's parts run as different users of "
        "one group.",
    )

    # Airflow
    task_retries: int = Field(
        default=3,
        ge=0,
        description="Airflow's retries of a task, on top of each request's own tries; 0 in `make "
        "run`, where somebody is watching.",
    )

    fetch_task_timeout_minutes: float = Field(
        default=60.0,
        gt=0,
        description="execution_timeout of a task that asks a source or only decides: it takes "
        "seconds to minutes, and waits five minutes at most for a source that asks for a pause.",
    )
    warehouse_task_timeout_minutes: float = Field(
        default=360.0,
        gt=0,
        description="execution_timeout of a task that reads or writes the warehouse: a month's "
        "load takes seconds, but the first build of a history of a million postings, a backup and "
        "a compaction read all of it.",
    )
    run_timeout_hours: float = Field(
        default=24.0,
        gt=0,
        description="dagrun_timeout of every DAG: a daily run that hangs would keep the next one "
        "waiting for good. Longer than a warehouse task, and than all of a run's retries.",
    )

    daily_deadline_minutes: float = Field(
        default=120.0,
        ge=0,
        description="A daily run that has not ended so long after it was queued raises an alert; "
        "it takes minutes, and with retries after an hour's outage it is still in time. 0: none, "
        "which dag.test() needs (https://github.com/apache/airflow/issues/73428).",
    )
    alert_notifier: str = Field(
        default="",
        description="Import path of the Airflow notifier that is told of failures and missed "
        "deadlines, such as airflow.providers.slack.notifications.slack.SlackNotifier; empty: they "
        "are only logged.",
    )
    alert_notifier_kwargs: dict[str, Any] = Field(
        default={},
        description="What the notifier is made with, as JSON; {{ alert }} in a text that it "
        "renders is the message. Name a connection here, not a secret.",
    )
    analytics_max_wait_minutes: float = Field(
        default=60.0,
        ge=0,
        description="Analytics waits so long at most for loads under way: under continuous loading "
        "(a backfill of the whole history) it starts once in so many minutes, not once a load. "
        "0: it never waits.",
    )

    preload_dbt: bool = Field(
        default=True,
        description="A scheduler with the LocalExecutor starts dbt once, in some 5 s and 100 MB; "
        "its tasks are forks of it and need a sixth of the time that dbt takes to start in each.",
    )

    # Hacker News
    hn_chunk_comments: int = Field(
        default=100,
        ge=1,
        description="Comments a mapped task fetches: large enough that Airflow's 0.1 to 0.4 s a "
        "mapped task is small beside the requests, small enough for the 1,024-task map limit.",
    )
    hn_concurrency: int = Field(
        default=32, ge=1, description="Requests in flight in one mapped task."
    )

    hn_max_items: int = Field(
        default=20_000,
        ge=1,
        description="Items one task reads, replies included, and comments a thread may have: ends "
        "what never does. The largest thread has 2,000; 20,000 are 200 chunks of 100.",
    )
    hn_lock_ttl_minutes: float = Field(
        default=15.0,
        gt=0,
        description="After so long without a sign of life a run no longer keeps others from its "
        "month: it was killed. A task gives one when it begins and when it ends; a chunk takes "
        "seconds.",
    )

    # Job boards: what is asked for where a run's form is left as it is
    board_location: str = Field(
        default="Anywhere", min_length=1, description="A place, Remote, or Anywhere."
    )
    board_role: Literal["any", "frontend", "backend", "fullstack"] = Field(
        default="any", description="Role wanted where a run does not say."
    )
    board_level: Literal["any", "entry", "junior_mid"] = Field(
        default="any", description="Level wanted where a run does not say."
    )
    board_days: int = Field(default=30, ge=1, description="Age of the oldest posting.")
    board_max_results: int = Field(
        default=250, ge=1, description="Postings a source, that pass the filters, in one run."
    )
    max_record_bytes: int = Field(
        default=5_000_000,
        gt=0,
        description="A longer record is rejected: a posting is some 10 kB, this is a mistake.",
    )
    theirstack_credits_per_run: int = Field(
        default=100, ge=0, description="A credit is paid for every record returned."
    )
    theirstack_credits_per_month: int = Field(
        default=200, ge=0, description="Of the calendar month in UTC, over all runs and retries."
    )

    # HTTP
    http_read_timeout_seconds: float = Field(
        default=30.0, gt=0, description="Longest silence within an answer."
    )
    http_total_timeout_seconds: float = Field(
        default=120.0,
        gt=0,
        description="One try, from connecting to the last byte, redirects included; ends a server "
        "that trickles header lines or bytes. Remotive's whole answer takes seconds.",
    )
    http_max_response_bytes: int = Field(
        default=64 * 1024 * 1024, gt=0, description="Remotive's whole answer is about 1 MB."
    )
    http_max_attempts: int = Field(
        default=5,
        ge=1,
        description="Attempts a request to Hacker News; a job board gets one fewer.",
    )
    http_backoff_initial_seconds: float = Field(
        default=1.0, ge=0, description="First pause; doubles each try, with jitter."
    )

    # Loads
    max_error_ratio: float = Field(
        default=0.05,
        ge=0,
        le=1,
        description="A load with a larger share of missing and rejected records fails; "
        "single bad records (an item that always answers 401) must not stop a month.",
    )
    error_allowance_records: int = Field(
        default=10, ge=0, description="So many bad records are always allowed: months are small."
    )
    warehouse_lock_wait_seconds: float = Field(
        default=120.0, ge=0, description="DuckDB has one writing process; how long to wait for it."
    )

    # Upkeep
    staged_retention_days: float = Field(
        default=30.0,
        ge=1,
        description="How long a staged file is kept after its load: bronze has all that is in it, "
        "the file is for looking into what a source sent. One that no load has committed is kept.",
    )
    backup_dir: Path | None = Field(
        default=None,
        description="Where backups are put; unset: backups in data_dir. Another disk is better.",
    )
    backups_kept: int = Field(
        default=7, ge=1, description="Newest backups that are kept: a week of daily ones."
    )
    lake_snapshot_retention_days: float = Field(
        default=7.0,
        ge=1,
        description="How far back a lake can be read as it was; what is older is removed.",
    )

    # Serving store

    # Web
    web_threads: int = Field(
        default=2,
        ge=1,
        description="Requests of one API server process that Flask works on: one that reads the "
        "store and one that computes. More only take the interpreter from each other: with four, "
        "the slowest hundredth of 20 clients' requests took ten times as long.",
    )
    web_send_seconds: float = Field(
        default=120.0,
        gt=0,
        description="A client that has not read an answer so long after it began is dropped: each "
        "one that waits keeps a connection and 128 kB. The largest, 4.8 MB of JavaScript, then "
        "needs a line of 320 kbit/s, compressed a third of it.",
    )
    max_data_age_hours: dict[str, Annotated[float, Field(gt=0)]] = Field(
        default=_DATA_AGE_HOURS,
        description="Health is degraded when a source's last load is older, as JSON by source; "
        "sources that are not named have `default`, 48 unless it is set: every source is read "
        "daily, and one day may fail.",
    )

    def __init__(self, **values: Any) -> None:
        _refuse_old_names(os.environ)
        try:
            super().__init__(**values)
        except (ValidationError, SettingsError) as error:
            raise _wrong(error) from None  # pydantic's own text shows values, maybe a password

    @field_validator("max_data_age_hours")
    @classmethod
    def _with_default(cls, hours: dict[str, float]) -> dict[str, float]:
        return _DATA_AGE_HOURS | hours

    @field_validator("warehouse_uri")
    @classmethod
    def _has_a_name(cls, uri: str) -> str:
        name = _catalog_of_file(uri)
        if (
            uri
            and not uri.startswith("ducklake:")
            and (
                not name or name.casefold() in _TAKEN_CATALOGS or _UNQUOTABLE & set(Path(uri).name)
            )
        ):
            raise ValueError(
                "the warehouse's file needs another name, such as warehouse.duckdb: what is before "
                "its first dot is its catalog in SQL, and that cannot be empty, a schema's name, "
                "or contain quotes or any of ; ? # \\"
            )
        return uri

    @property
    def staging_dir(self) -> Path:
        """Folder of the staged files, where they are in a folder."""
        return self.data_dir / "staging"

    @property
    def staging_root(self) -> Path | str:
        """Where staged files are: a folder, or the URL of a place in an object store."""
        return self.staging_url or self.staging_dir

    @property
    def backups_dir(self) -> Path:
        """Folder of the backups."""
        return self.backup_dir or self.data_dir / "backups"

    @property
    def state_dir(self) -> Path:
        """Folder of what must outlive a process: calls made, credits spent."""
        return self.data_dir / "state"

    @property
    def warehouse_path(self) -> str:
        """URI of the warehouse; by default a file in ``data_dir``."""
        return self.warehouse_uri or str(self.data_dir / "warehouse.duckdb")

    @property
    def warehouse_is_lake(self) -> bool:
        """Whether the warehouse is a lake, which many processes write at a time."""
        return self.warehouse_uri.startswith("ducklake:")

    @property
    def warehouse_catalog(self) -> str:
        """The name that the warehouse has in SQL; views name it, so a copy wants the same."""
        return LAKE_CATALOG if self.warehouse_is_lake else _catalog_of_file(self.warehouse_path)

    @property
    def serving_database_url(self) -> str:
        """SQLAlchemy URL of the serving store; by default a SQLite file in ``data_dir``."""
        return self.serving_url or f"sqlite:///{self.data_dir / 'serving.sqlite'}"


def _refuse_old_names(environment: Mapping[str, str]) -> None:
    for variable in sorted(environment):
        name = variable.upper().removeprefix(_PREFIX)
        if not variable.upper().startswith(_PREFIX) or not environment[variable]:
            continue
        if name in _RENAMED:
            raise ConfigurationError(
                "This setting has another name now",
                record=variable,
                next_step=f"set {_PREFIX}{_RENAMED[name]} instead.",
            )
        if name in _REMOVED:
            raise ConfigurationError(
                "This setting is gone: its value is a constant now",
                record=variable,
                next_step="unset it; CHANGELOG.md names the constant.",
            )


def unknown_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the ``TECHPULSE_*`` variables that no setting reads, with the nearest name or ""."""
    known = [_PREFIX + name.upper() for name in Settings.model_fields]
    ours = {name: name.upper() for name in environment if name.upper().startswith(_PREFIX)}
    unknown = {name: upper for name, upper in ours.items() if upper not in known}
    return {
        name: next(iter(get_close_matches(upper, known, n=1)), "")
        for name, upper in sorted(unknown.items())
        if not upper.startswith(_DBT_PREFIX)
    }


def _catalog_of_file(path: str) -> str:
    """Return the name that DuckDB, and dbt after it, give to the catalog in a file."""
    return Path(path).name.lstrip(".").split(".")[0]


def _wrong(error: ValidationError | SettingsError) -> ConfigurationError:
    if isinstance(error, ValidationError):
        found = [(*map(str, one["loc"]), one["msg"]) for one in error.errors(include_input=False)]
    else:  # such as: error parsing value for field "max_data_age_hours" from source "..."
        found = [
            (name, "is no JSON") for name in Settings.model_fields if f'"{name}"' in str(error)
        ]
    variables = [_PREFIX + name.upper() for name, *_ in found]
    troubles = (f"{v}: {': '.join(why)}" for v, (_, *why) in zip(variables, found, strict=True))
    return ConfigurationError(
        f"The settings cannot be used: {'; '.join(troubles)}",
        record=", ".join(dict.fromkeys(variables)),
        next_step="correct the variable, or leave it out; include/settings.py describes each.",
    )


@cache
def get_settings() -> Settings:
    """Return the settings of this process; ``get_settings.cache_clear()`` reads them anew."""
    return Settings()
