"""Checks of the stores: lock holder, ledger sums, data age, serving store, modes, backups."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from include.doctor.finding import Finding, fail, ok, warn
from include.errors import TechPulseError, WarehouseLockedError
from include.maintenance.backup import find_backups
from include.maintenance.retention import uncommitted_runs
from include.serving.engine import reading_engine
from include.serving.schema import (
    LOADS,
    POSTING_TEXTS,
    POSTINGS,
    known_meta,
    require_current,
)
from include.settings import Settings
from include.sources.company_boards import Outcome
from include.terminal import printable
from include.warehouse.bronze import LEDGER_COUNTS
from include.warehouse.connection import open_warehouse
from include.warehouse.schema import SCHEMA_VERSION, version_of

__all__ = ["backups", "modes", "warehouse_and_serving"]

_HOLDER = re.compile(r"PID (\d+)")
_RUNNING_HOURS = 24  # a run whose newest staged file is younger may still load it
_BACKUP_HOURS = 48
_SHOWN = 3


def warehouse_and_serving(settings: Settings) -> Iterator[Finding]:
    """Check the warehouse, then the serving store against its ledger."""
    if not settings.warehouse_is_lake and not Path(settings.warehouse_path).exists():
        message = f"{settings.warehouse_path} does not exist: nothing was loaded yet"
        yield warn("warehouse", message, "run the DAG hacker_news, job_boards or company_boards.")
        return
    # Do not wait for the lock: that it is held is a finding.
    impatient = settings.model_copy(update={"warehouse_lock_wait_seconds": 0.0})
    try:
        with open_warehouse(impatient, read_only=True) as connection:
            yield from _warehouse(connection, settings)
            yield from _serving(connection, settings)
    except WarehouseLockedError as error:
        yield _locked(error)


def _locked(error: WarehouseLockedError) -> Finding:
    found = _HOLDER.search(str(error))
    holder = f"process {found[1]}: {_command(found[1])}" if found else "an unknown process"
    return warn(
        "warehouse lock",
        f"held by {holder}; the ledger was not checked",
        "wait if it is a task; otherwise close the notebook, DuckDB shell or dbt that holds it"
        + (f", or `kill {found[1]}`." if found else "."),
    )


def _command(pid: str) -> str:
    """Return the command line of a process, as far as the system shows it."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return "on another machine or of another user"
    return " ".join(word.decode(errors="replace") for word in words if word)[:200]


def _warehouse(connection: duckdb.DuckDBPyConnection, settings: Settings) -> Iterator[Finding]:
    version = version_of(connection)
    if version < SCHEMA_VERSION:
        message = f"has schema version {version}, this code writes {SCHEMA_VERSION}"
        yield warn("warehouse", message, "nothing to do: the next load migrates it.")
        # The checks below query today's columns.
        return
    yield ok("warehouse", f"can be read, schema version {version}")
    yield _ledger(connection)
    yield from _ages(connection, settings)
    yield from _boards(connection)
    yield _rejects(connection)
    yield _unreadable(connection)
    yield _staged(connection, settings)


def _ledger(connection: duckdb.DuckDBPyConnection) -> Finding:
    loads, wrong = connection.execute(
        """
        select
            count(*),
            list(source || ' ' || partition || ' ' || run_id) filter (
                expected <> fetched + missing
                or fetched <> inserted + unchanged + rejected
                or updated > inserted
            )
        from bronze.loads
        """
    ).fetchall()[0]
    if not wrong:
        return ok("ledger", f"the counts of all {loads:,} loads add up")
    return fail(
        "ledger",
        f"the counts of {len(wrong)} loads do not add up: {'; '.join(wrong[:_SHOWN])}",
        "restore an earlier backup (`backup list`): another program has changed bronze.loads.",
    )


def _ages(connection: duckdb.DuckDBPyConnection, settings: Settings) -> Iterator[Finding]:
    rows = connection.execute(
        "select source, max(committed_at) from bronze.loads group by source order by source"
    ).fetchall()
    limits = settings.max_data_age_hours
    for source, committed_at in rows:
        hours = (dt.datetime.now(dt.UTC) - committed_at).total_seconds() / 3600
        limit = limits.get(source, limits["default"])
        message = f"last load {hours:,.0f} h ago"
        if hours <= limit:
            yield ok(f"age {source}", message)
        else:
            yield warn(
                f"age {source}",
                f"{message}, more than {limit:,.0f} h",
                "check whether its DAG is paused or failing (limit: TECHPULSE_MAX_DATA_AGE_HOURS).",
            )


def _boards(connection: duckdb.DuckDBPyConnection) -> Iterator[Finding]:
    """Count each system's boards of its last day by outcome; most of them failed: a finding."""
    rows = connection.execute(
        f"""
        select
            source,
            max(day),
            count(*) as boards,
            count(*) filter (outcome = '{Outcome.FAILED}') as failed,
            count(*) filter (outcome = '{Outcome.ABSENT}') as absent,
        from (
            select source, board, day, arg_max(outcome, read_at) as outcome
            from bronze.board_readings
            group by source, board, day
            qualify day = max(day) over (partition by source)
        )
        group by source
        order by source
        """
    ).fetchall()
    for source, day, count, failed, absent in rows:
        message = f"{count} read on {day}, {failed} failed, {absent} absent"
        if 2 * failed > count:
            fix = "see the warnings of its read tasks in company_boards; `boards check` reads one."
            yield warn(f"boards {source}", message, fix)
        else:
            yield ok(f"boards {source}", message)


def _rejects(connection: duckdb.DuckDBPyConnection) -> Finding:
    rows = connection.execute(
        "select reason_code, count(*) from bronze.rejects where state = 'open' "
        "group by reason_code order by count(*) desc, reason_code"
    ).fetchall()
    if not rows:
        return ok("rejects", "no record is in quarantine")
    message = ", ".join(f"{count:,} {reason}" for reason, count in rows)
    fix = "see `rejects list`; `rejects replay` tries them again, `rejects dismiss` closes them."
    return warn("rejects", f"open: {message}", fix)


def _unreadable(connection: duckdb.DuckDBPyConnection) -> Finding:
    """Find stored records that today's readers fail on; silver marks them, and they are no jobs."""
    # An older silver has no such column until the next build.
    built = connection.execute(
        "select count(*) from duckdb_columns() where schema_name = 'silver' "
        "and table_name = 'postings' and column_name = 'reader_error'"
    ).fetchone()
    rows = []
    if built and built[0]:
        rows = connection.execute(
            "select source, count(*), min(reader_error) from silver.postings "
            "where reader_error is not null group by source order by source"
        ).fetchall()
    if not rows:
        return ok("readers", "every stored record can be read")
    message = "; ".join(f"{count:,} of {source} ({printable(why)})" for source, count, why in rows)
    return warn(
        "readers",
        f"stored records that a reader fails on are not counted: {message}",
        "see silver.postings.reader_error; fix the reader and run `analytics`.",
    )


def _staged(connection: duckdb.DuckDBPyConnection, settings: Settings) -> Finding:
    limit = dt.datetime.now(dt.UTC) - dt.timedelta(hours=_RUNNING_HOURS)
    runs = [run for run in uncommitted_runs(connection, settings) if run.newest_at < limit]
    if not runs:
        return ok("staged files", "no run older than a day is unloaded")
    size = sum(run.size_bytes for run in runs)
    return warn(
        "staged files",
        f"{len(runs)} runs were never loaded ({size / 1e6:,.1f} MB): "
        f"{', '.join(run.name for run in runs[:_SHOWN])}",
        "clear their load tasks in Airflow; if a later run has read the same data, remove the "
        f"folders under {settings.staging_root}.",
    )


def _serving(connection: duckdb.DuckDBPyConnection, settings: Settings) -> Iterator[Finding]:
    url = make_url(settings.serving_database_url)
    name = url.render_as_string(hide_password=True)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        yield warn("serving", f"{name} does not exist yet", "run the DAG analytics.")
        return
    engine = reading_engine(settings.serving_database_url)
    try:
        with engine.begin() as store:
            require_current(known_meta(store))
            columns = [LOADS.c.load_id, *(LOADS.c[count] for count in LEDGER_COUNTS)]
            published = {row[0]: tuple(row[1:]) for row in store.execute(sa.select(*columns))}
            search = _search(store)
    except TechPulseError as error:
        yield fail("serving", error.message, error.next_step)
        return
    except sa.exc.SQLAlchemyError as error:
        message = f"{name} cannot be read ({type(error).__name__}: {error.__cause__ or error})"
        yield fail("serving", message, "check that the database runs, or restore a backup.")
        return
    finally:
        engine.dispose()
    yield _compared(_loads(connection), published, name)
    yield search


def _search(store: sa.Connection) -> Finding:
    """Compare the postings with those that the text index has."""
    indexed = sa.exists().where(POSTING_TEXTS.c.posting_id == POSTINGS.c.id)
    postings = sa.select(sa.func.count()).select_from(POSTINGS)
    count, missing = store.scalar(postings) or 0, store.scalar(postings.where(~indexed))
    if missing:
        message = f"{missing:,} of {count:,} postings are not in the text index"
        return fail("search", message, "delete the serving store and run the DAG analytics.")
    return ok("search", f"the text index has all {count:,} postings")


def _loads(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[int, ...]]:
    rows = connection.execute(
        f"select load_id, {', '.join(LEDGER_COUNTS)} from bronze.loads"
    ).fetchall()
    return {str(row[0]): tuple(row[1:]) for row in rows}


def _compared(
    loads: dict[str, tuple[int, ...]], published: dict[str, tuple[int, ...]], name: str
) -> Finding:
    # Only one direction is an error: loads that are not published yet are normal.
    unknown = published.keys() - loads.keys()
    differing = [key for key in published.keys() & loads.keys() if published[key] != loads[key]]
    if unknown or differing:
        return fail(
            "serving",
            f"{name} has {len(unknown)} loads that the warehouse lacks, and {len(differing)} with "
            "other figures",
            "warehouse and serving store are of different installations or times: run the DAG "
            "analytics, which publishes the warehouse.",
        )
    if waiting := len(loads) - len(published):
        message = f"{waiting} of {len(loads)} loads are not yet published"
        return warn("serving", message, "run the DAG analytics, or check why it fails.")
    return ok("serving", f"has all {len(loads):,} loads of the ledger, with the same figures")


def modes(settings: Settings) -> Iterator[Finding]:
    """Check that only the owner, or its group too (``files_for_group``), can read the stores."""
    folders = [settings.data_dir, settings.backups_dir]
    if not settings.warehouse_is_lake:
        folders.append(Path(settings.warehouse_path).parent)
    url = make_url(settings.serving_database_url)
    if url.get_backend_name() == "sqlite":
        folders.append(Path(url.database or "").parent)
    others = 0o007 if settings.files_for_group else 0o077
    there = dict.fromkeys(folder.resolve() for folder in folders if folder.is_dir())
    if wrong := [str(folder) for folder in there if _is_open(folder, others)]:
        yield warn(
            "modes",
            f"others on this machine can read {', '.join(wrong)}",
            f"run chmod -R {'o' if settings.files_for_group else 'go'}-rwx on each folder that is "
            "TechPulse's alone; move a store out of a shared folder.",
        )
    else:
        yield ok("modes", "nobody else on this machine can read the stores")


def _is_open(folder: Path, others: int) -> bool:
    """Return whether other users can reach a folder and read in it."""
    # A folder below one without execute permission is out of reach, whatever its own mode.
    reachable = all(parent.stat().st_mode & others & 0o011 for parent in folder.parents)
    return reachable and bool(folder.stat().st_mode & others)


def backups(settings: Settings) -> Iterator[Finding]:
    """Check that there is a recent backup, and that all can be read."""
    found, damaged = find_backups(settings)
    if damaged:
        message = "; ".join(f"{Path(str(error.record)).name}: {error.message}" for error in damaged)
        yield fail(
            "backups",
            f"{len(damaged)} of {len(damaged) + len(found)} cannot be read: {message}",
            f"remove them from {settings.backups_dir}; nothing prunes them.",
        )
    newest = next(iter(found), None)
    if newest is None:
        message = f"there is none in {settings.backups_dir}"
        yield warn("backup", message, "unpause the DAG upkeep, or run `backup create`.")
        return
    # The ledger only grows: fewer loads mean another warehouse.
    if (most := max(backup["loads"] for backup in found)) > newest["loads"]:
        yield warn(
            "backup loads",
            f"the newest backup has {newest['loads']:,} loads, an older one {most:,}",
            "check that TECHPULSE_WAREHOUSE_URI and TECHPULSE_DATA_DIR name the right warehouse; "
            "the older backup is never pruned.",
        )
    age = dt.datetime.now(dt.UTC) - dt.datetime.fromisoformat(newest["made_at"])
    hours = age.total_seconds() / 3600
    message = f"the newest is {hours:,.0f} h old: {newest['path']}"
    if hours <= _BACKUP_HOURS:
        yield ok("backup", message)
    else:
        yield warn("backup", message, "check why the task back_up of the DAG upkeep does not run.")
