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
"""Catalog name of a lake: the same as that of the default file, so that the same SQL runs."""

_PREFIX = "TECHPULSE_"
_DBT_PREFIX = f"{_PREFIX}DBT_"  # TechPulse itself passes these to dbt's profile
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
"""Names used before 1.0.0. Setting one is an error: it would be silently ignored."""
# The threads of seekers are read when their month is over, once.
_DATA_AGE_HOURS = {"default": 48.0, "hacker_news_seekers": 35 * 24.0}
# DuckDB's and our own catalogs and schemas: a catalog of the same name makes ``a.b`` ambiguous.
_TAKEN_CATALOGS = {
    "bronze", "gold", "information_schema", "main", "memory", "pg_catalog", "seeds", "silver",
    "staging", "system", "temp",
}  # fmt: skip
_UNQUOTABLE = frozenset("\"';?#\\")  # dbt or DuckDB truncates at these, or fails to quote


class Settings(BaseSettings):
    """The settings that an operator may change. Units are part of the names.

    An empty environment variable counts as unset. Raises ConfigurationError for an invalid, renamed
    or removed setting; the error names the variable, never its value.
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
        description="DuckDB file of the warehouse; empty: warehouse.duckdb in data_dir. For "
        "several machines, a lake: `ducklake:postgres:host=... dbname=... user=...`. Put its "
        "password in PGPASSWORD or a pgpass file: errors print this text.",
    )
    warehouse_data_path: str = Field(
        default="",
        description="Where a lake keeps its Parquet files: a folder that all workers share, or "
        "`s3://connection@bucket/prefix`. Unused by a file warehouse.",
    )
    warehouse_meta_schema: str = Field(
        default="public",
        description="PostgreSQL schema of a lake's catalog, one per warehouse; it must exist.",
    )
    duckdb_extension_dir: str = Field(
        default="",
        description="Folder of the DuckDB extensions installed into the image; empty: load them "
        "from their wheels. Nothing is ever downloaded.",
    )
    reading_processes: int = Field(
        default=0,
        ge=0,
        description="Processes in which one task reads many postings, each with 300 MB of memory; "
        "0: one for each core that it may use. Fewer than 6,000 postings are read in the task.",
    )
    staging_url: str = Field(
        default="",
        description="Where fetched files are staged; empty: the folder staging in data_dir. "
        "Workers on several machines share `s3://connection@bucket/prefix`, or any other URL that "
        "Airflow's object storage supports; the name before the @ is an Airflow connection.",
    )
    companies_file: Path | None = Field(
        default=None,
        description="CSV file that corrects which postings are of one company "
        "(docs/data-model.md, Companies); empty: companies.csv in data_dir, if it is there. On "
        "several machines, a path that the workers of the DAG analytics share.",
    )

    serving_url: str = Field(
        default="",
        repr=False,
        description="SQLAlchemy URL of the serving store; empty: serving.sqlite in data_dir.",
    )

    state_url: str = Field(
        default="",
        repr=False,
        description="SQLAlchemy URL of the database that records calls made and credits spent; "
        "empty: files in data_dir. Workers on several machines must share one, or each spends the "
        "whole budget.",
    )

    repository_url: str = Field(
        default="",
        pattern=r"^(https?://[^\s?#]+)?$",
        description="Web address of the repository whose issues your people may open, this one or "
        "your fork: a posting's page then offers its form `wrong-reading.yml`, filled in. Empty: "
        "the page offers the same report to copy.",
    )

    files_for_group: bool = Field(
        default=False,
        description="false: only their owner can access the files and folders that TechPulse "
        "creates (0600, 0700). true: their group can, too (0660, 0770), for Airflow components "
        "that run as different users of one group.",
    )

    # Airflow
    task_retries: int = Field(
        default=3,
        ge=0,
        description="Airflow's retries of a task, in addition to each request's own attempts; 0 in "
        "`make run`, where a person is watching.",
    )

    fetch_task_timeout_minutes: float = Field(
        default=60.0,
        gt=0,
        description="execution_timeout of a task that queries a source or only branches. It takes "
        "seconds to minutes, and waits at most five minutes when a source asks for a pause.",
    )
    warehouse_task_timeout_minutes: float = Field(
        default=360.0,
        gt=0,
        description="execution_timeout of a task that reads or writes the warehouse. A month's "
        "load takes seconds, but a backup, a compaction and the first build of a million postings "
        "scan all of it.",
    )
    run_timeout_hours: float = Field(
        default=24.0,
        gt=0,
        description="dagrun_timeout of every DAG: a daily run that hangs would block the next one "
        "forever. Keep it longer than a warehouse task with all of its retries.",
    )

    daily_deadline_minutes: float = Field(
        default=120.0,
        ge=0,
        description="A daily run that has not ended this long after it was queued raises an alert. "
        "It takes minutes, and stays in time with retries after an hour's outage. 0: no deadline, "
        "as dag.test() requires (https://github.com/apache/airflow/issues/73428).",
    )
    alert_notifier: str = Field(
        default="",
        description="Import path of the Airflow notifier for failures and missed deadlines, such "
        "as airflow.providers.slack.notifications.slack.SlackNotifier; empty: log them only.",
    )
    alert_notifier_kwargs: dict[str, Any] = Field(
        default={},
        description="Keyword arguments of the notifier, as JSON; use {{ alert }} in a templated "
        "text for the message. Name a connection here, not a secret.",
    )
    analytics_max_wait_minutes: float = Field(
        default=60.0,
        ge=0,
        description="Maximum time that analytics waits for running loads. During continuous "
        "loading (a backfill of the whole history) it starts once per this interval instead of "
        "once per load. 0: never wait.",
    )

    preload_dbt: bool = Field(
        default=True,
        description="Import dbt once in a LocalExecutor scheduler, at a cost of about 5 s and "
        "100 MB. Its tasks are forks of it and start dbt in a sixth of the time.",
    )

    # Hacker News
    hn_chunk_comments: int = Field(
        default=300,
        ge=1,
        description="Comments per mapped task, at most: a task costs Airflow up to a second of "
        "processor time, as much as some 400 comments; a retry reads its chunk again.",
    )
    hn_concurrency: int = Field(
        default=32, ge=1, description="Requests in flight in one mapped task."
    )

    hn_seekers: bool = Field(
        default=False,
        description="true: the DAG hacker_news also reads the threads of those who look for work, "
        "a month that is over at a time, without authors and contacts (docs/sources.md). Off, "
        "since they are written by persons about themselves.",
    )
    hn_max_items: int = Field(
        default=20_000,
        ge=1,
        description="Maximum items that one task reads, replies included, and comments of a "
        "thread: a guard against endless threads. The largest real thread has 2,000; 20,000 "
        "make 67 chunks of 300.",
    )
    hn_lock_ttl_minutes: float = Field(
        default=15.0,
        gt=0,
        description="A run's lock on its month expires this long after its last heartbeat: the run "
        "was killed. Each task sends a heartbeat at its start and end; a chunk takes seconds.",
    )

    # Job boards: the defaults of a run's form
    board_location: str = Field(
        default="Anywhere", min_length=1, description="A place, Remote, or Anywhere."
    )
    board_role: Literal["any", "frontend", "backend", "fullstack"] = Field(
        default="any", description="Role, where a run does not specify one."
    )
    board_level: Literal["any", "entry", "junior_mid"] = Field(
        default="any", description="Level, where a run does not specify one."
    )
    board_days: int = Field(default=30, ge=1, description="Maximum age of a posting.")
    board_max_results: int = Field(
        default=250, ge=1, description="Maximum postings per source and run that pass the filters."
    )
    # Companies' boards
    company_systems: list[str] = Field(
        default=["ashby", "greenhouse", "lever", "personio", "recruitee", "teamtailor"],
        description="The applicant tracking systems whose boards are read, as JSON: those whose "
        "feeds are documented or advertised as public. bamboohr, rippling, smartrecruiters and "
        "workable are not (docs/sources.md).",
    )
    company_boards_path: Path | None = Field(
        default=None,
        description="CSV file of boards that the operator adds or refuses (system, board, company, "
        "state); unset: company_boards.csv in data_dir.",
    )
    company_link_months: int = Field(
        default=12,
        ge=1,
        description="How old a posting may be whose links lead to boards: of the boards in older "
        "ones most are gone.",
    )
    company_boards_per_chunk: int = Field(
        default=20,
        ge=1,
        description="Boards per mapped task, more when a run has over 1,000 chunks. A chunk's "
        "records are in memory until they are staged: 20 boards have some 6 MB.",
    )
    company_requests_per_second: int = Field(
        default=1, ge=1, description="Per system, over all processes: no vendor states a limit."
    )
    company_requests_in_flight: int = Field(
        default=2, ge=1, description="Per system, over all processes."
    )
    company_texts_per_run: int = Field(
        default=300,
        ge=0,
        description="Maximum requests for texts of new jobs per system and run: BambooHR, Rippling "
        "and SmartRecruiters send each with a request of its own, 300 take 5 minutes.",
    )
    max_record_bytes: int = Field(
        default=5_000_000,
        gt=0,
        description="A larger record is rejected: a posting has about 10 kB.",
    )
    theirstack_credits_per_run: int = Field(
        default=100, ge=0, description="TheirStack charges one credit per record returned."
    )
    theirstack_credits_per_month: int = Field(
        default=200, ge=0, description="Per calendar month in UTC, over all runs and retries."
    )

    # HTTP
    http_read_timeout_seconds: float = Field(
        default=30.0, gt=0, description="Maximum pause between two reads of a response."
    )
    http_total_timeout_seconds: float = Field(
        default=120.0,
        gt=0,
        description="One attempt, from connecting to the last byte, redirects included. Ends a "
        "server that trickles header lines or bytes. Remotive's whole response takes seconds.",
    )
    http_max_response_bytes: int = Field(
        default=64 * 1024 * 1024, gt=0, description="Remotive's whole response is about 1 MB."
    )
    http_max_attempts: int = Field(
        default=5,
        ge=1,
        description="Attempts per request to Hacker News; job boards get one fewer.",
    )
    http_backoff_initial_seconds: float = Field(
        default=1.0, ge=0, description="First backoff; doubles with each attempt, with jitter."
    )

    # Loads
    max_error_ratio: float = Field(
        default=0.05,
        ge=0,
        le=1,
        description="A load fails when a larger share of its records is missing or rejected. "
        "Single bad records (an item that always returns 401) must not block a month.",
    )
    error_allowance_records: int = Field(
        default=10, ge=0, description="Bad records that never fail a load: months are small."
    )
    warehouse_lock_wait_seconds: float = Field(
        default=120.0, ge=0, description="How long to wait for DuckDB's one writing process."
    )

    # Upkeep
    staged_retention_days: float = Field(
        default=30.0,
        ge=1,
        description="How long to keep a staged file after its load, to inspect what a source sent; "
        "bronze has its content. A file that no load has committed is always kept.",
    )
    backup_dir: Path | None = Field(
        default=None,
        description="Folder of the backups, preferably on another disk; unset: backups in "
        "data_dir.",
    )
    backups_kept: int = Field(
        default=7, ge=1, description="Number of backups to keep: a week of daily ones."
    )
    lake_snapshot_retention_days: float = Field(
        default=7.0,
        ge=1,
        description="How far back a lake supports time travel; older snapshots are expired.",
    )

    # Export
    export_to: str = Field(
        default="",
        description="Where the DAG upkeep exports rows for analysts to each day: a folder, or "
        "s3://connection@bucket/prefix (an Airflow connection of type aws); empty: nowhere.",
    )
    export_sources: list[str] = Field(
        default=[],
        description="Sources to export although their terms forbid passing their postings on, as "
        "JSON: for your own use only (docs/sources.md has the terms).",
    )

    # Saved searches
    feed_dir: Path | None = Field(
        default=None,
        description="Folder of the saved searches' feeds, which no search can leave; on several "
        "machines one that all share; unset: feeds in data_dir.",
    )

    # Web
    web_threads: int = Field(
        default=2,
        ge=1,
        description="Requests that Flask handles at once per API server process: one that reads "
        "the store and one that computes. More only compete for the GIL: with four, the p99 of 20 "
        "clients was ten times higher.",
    )
    web_send_seconds: float = Field(
        default=120.0,
        gt=0,
        description="Drop a client that has not read a response after this time: each slow client "
        "holds a connection and 128 kB. The largest response, 4.8 MB of JavaScript, then needs "
        "320 kbit/s, or a third of that compressed.",
    )
    max_data_age_hours: dict[str, Annotated[float, Field(gt=0)]] = Field(
        default=_DATA_AGE_HOURS,
        description="Health is degraded when a source's last load is older; JSON by source. "
        "`default` (48) applies to all others: every source is read daily, and one day may fail.",
    )

    def __init__(self, **values: Any) -> None:
        _refuse_old_names(os.environ)
        try:
            super().__init__(**values)
        except (ValidationError, SettingsError) as error:
            # Drop the cause: pydantic's own text shows the values, which may hold a password.
            raise _wrong(error) from None

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
                "the warehouse's file needs another name, such as warehouse.duckdb: the part "
                "before its first dot is its catalog in SQL, and that cannot be empty, a schema's "
                "name, or contain quotes or any of ; ? # \\"
            )
        return uri

    @property
    def staging_dir(self) -> Path:
        """Folder of the staged files, unless ``staging_url`` is set."""
        return self.data_dir / "staging"

    @property
    def staging_root(self) -> Path | str:
        """Root of the staged files: a folder, or the URL of an object store."""
        return self.staging_url or self.staging_dir

    @property
    def backups_dir(self) -> Path:
        """Folder of the backups."""
        return self.backup_dir or self.data_dir / "backups"

    @property
    def feeds_dir(self) -> Path:
        """Folder of the saved searches' feeds."""
        return self.feed_dir or self.data_dir / "feeds"

    @property
    def company_boards_file(self) -> Path:
        """The operator's list of companies' boards; it need not exist."""
        return self.company_boards_path or self.data_dir / "company_boards.csv"

    @property
    def state_dir(self) -> Path:
        """Folder of the state that outlives a process: calls made, credits spent."""
        return self.data_dir / "state"

    @property
    def warehouse_path(self) -> str:
        """URI of the warehouse; by default a file in ``data_dir``."""
        return self.warehouse_uri or str(self.data_dir / "warehouse.duckdb")

    @property
    def warehouse_is_lake(self) -> bool:
        """Whether the warehouse is a lake, which several processes can write at once."""
        return self.warehouse_uri.startswith("ducklake:")

    @property
    def warehouse_catalog(self) -> str:
        """Catalog name of the warehouse in SQL; its views contain it, so a copy needs the same."""
        return LAKE_CATALOG if self.warehouse_is_lake else _catalog_of_file(self.warehouse_path)

    @property
    def companies_path(self) -> Path:
        """The operator's corrections of companies; there need be no such file."""
        return self.companies_file or self.data_dir / "companies.csv"

    @property
    def serving_database_url(self) -> str:
        """SQLAlchemy URL of the serving store; by default a SQLite file in ``data_dir``."""
        return self.serving_url or f"sqlite:///{self.data_dir / 'serving.sqlite'}"


def _refuse_old_names(environment: Mapping[str, str]) -> None:
    # pydantic reads variables in any case; an empty one counts as unset, as for every setting.
    for variable in sorted(environment):
        name = variable.upper().removeprefix(_PREFIX)
        if not variable.upper().startswith(_PREFIX) or not environment[variable]:
            continue
        if name in _RENAMED:
            raise ConfigurationError(
                "This setting was renamed",
                record=variable,
                next_step=f"set {_PREFIX}{_RENAMED[name]} instead.",
            )
        if name in _REMOVED:
            raise ConfigurationError(
                "This setting was removed: its value is a constant now",
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
    """Return the catalog name that DuckDB, and so dbt, derives from a file's path."""
    return Path(path).name.lstrip(".").split(".")[0]


def _wrong(error: ValidationError | SettingsError) -> ConfigurationError:
    if isinstance(error, ValidationError):
        found = [(*map(str, one["loc"]), one["msg"]) for one in error.errors(include_input=False)]
    else:  # such as: error parsing value for field "max_data_age_hours" from source "..."
        found = [
            (name, "is not JSON") for name in Settings.model_fields if f'"{name}"' in str(error)
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
    """Return the settings of this process; ``get_settings.cache_clear()`` makes it read again."""
    return Settings()
