"""The serving store's tables after the newest migration, and its schema version.

Queries use these models; the migrations (include/serving/migrations.py) create the tables, and a
test compares the two. Portable between SQLite and PostgreSQL: timestamps are ISO 8601 text in UTC,
lists are JSON text, so that every client reads them alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import sqlalchemy as sa

from include.errors import ServingError
from include.serving.migrations import FIRST_VERSION, MIGRATIONS, TEXT_INDEX, Migration
from include.warehouse.bronze import LEDGER_COUNTS

__all__ = [
    "COMPANIES",
    "COMPANY_NAMES",
    "DAYS_OPEN",
    "DIM_TECHNOLOGIES",
    "JOBS",
    "JOB_SURVIVAL",
    "LOADS",
    "MIGRATIONS",
    "MONTHLY_MARKET_MIX",
    "MONTHLY_SALARIES",
    "MONTHLY_SEEKERS",
    "MONTHLY_SEEKER_SKILLS",
    "MONTHLY_TRENDS",
    "POSTINGS",
    "POSTING_FACETS",
    "POSTING_HISTORY",
    "POSTING_SKILLS",
    "POSTING_TEXTS",
    "PUBLISHED_BUCKETS",
    "REJECTS",
    "SCHEMA_VERSION",
    "SKILL_PAIRS",
    "STORE_META",
    "WEEKLY_OPEN_JOBS",
    "known_meta",
    "known_version",
    "migrate",
    "read_meta",
    "require_current",
    "write_meta",
]

SCHEMA_VERSION: Final = max(MIGRATIONS)
"""Version of the store that this code writes and reads; older stores are migrated by publish."""

metadata = sa.MetaData()


# Sorted and compared by code points, as SQLite does: pages are cut where the last row was.
_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _text(name: str, *, key: bool = False, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, _TEXT, primary_key=key, nullable=null)


def _integer(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False)


def _number(name: str, *, null: bool = True) -> sa.Column[float]:
    return sa.Column(name, sa.Float, nullable=null)


STORE_META = sa.Table("store_meta", metadata, _text("key", key=True), _text("value"))

POSTINGS = sa.Table(
    "postings",
    metadata,
    _text("id", key=True),
    _text("source"),
    _text("url"),
    _text("canonical_url"),
    _text("title"),
    _text("company"),
    _text("location", null=True),
    _text("date_posted", null=True),
    _text("retrieved_at"),
    _text("role_bucket"),
    _text("level_bucket"),
    _text("description_raw"),
    _text("raw_json"),
    _text("posted_day"),
    _text("month", null=True),
    _text("locations"),
    _text("country", null=True),
    _text("remote"),
    _text("roles"),
    _text("levels"),
    _number("salary_min"),
    _number("salary_max"),
    _text("salary_currency", null=True),
    _text("salary_period", null=True),
    _text("visa"),
    _text("duplicate_of", null=True),
    _text("classifier_version"),
    _text("row_hash"),
    _text("countries"),
    # Covers the counts of `inspect`: a scan of the table itself would read every description.
    sa.Index("ix_postings_buckets", "source", "role_bucket", "level_bucket"),
    # Publish compares months.
    sa.Index("ix_postings_month", "month"),
    # A posting's page shows those of the same job.
    sa.Index(
        "ix_postings_duplicate_of",
        "duplicate_of",
        sqlite_where=sa.text("duplicate_of is not null"),
        postgresql_where=sa.text("duplicate_of is not null"),
    ),
)

JOBS = sa.Table(
    "jobs",
    metadata,
    _text("id", key=True),
    _text("posting_id"),
    _integer("position"),
    _text("title"),
    _text("roles"),
    _text("levels"),
    _text("family"),
    _text("remote", null=True),
    _text("locations"),
    _number("salary_min"),
    _number("salary_max"),
    _text("salary_currency", null=True),
    _text("salary_period", null=True),
    _text("row_hash"),
    # A page of postings shows their jobs.
    sa.Index("ix_jobs_posting_id", "posting_id"),
)
"""The jobs of each posting; ``position`` is the order of its text, from 1."""

POSTING_HISTORY = sa.Table(
    "posting_history",
    metadata,
    _text("posting_id", key=True),
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    _text("month", null=True),
    _text("event_at"),
    _text("kind"),
    _integer("is_late"),
    _text("fields"),
    _text("text", null=True),
    _text("row_hash"),
    sa.Index("ix_posting_history_month", "month"),
)
"""Edits of postings, and when jobs of companies' boards opened and closed; by time from 1."""

POSTING_SKILLS = sa.Table(
    "posting_skills",
    metadata,
    _text("posting_id", key=True),
    _text("skill", key=True),
    _integer("count"),
    sqlite_with_rowid=False,
)

POSTING_TEXTS = sa.Table(
    "posting_texts",
    metadata,
    _text("posting_id", key=True),
    sa.Column("number", sa.BigInteger, nullable=False, unique=True),
    _text("text_hash"),
)
"""The number of each posting in the text index, and a hash of what is indexed of it."""

# The index itself is no table that SQLAlchemy describes.
for _dialect, _statements in TEXT_INDEX.items():
    for _statement in _statements:
        _ddl = sa.DDL(_statement).execute_if(dialect=_dialect)  # type: ignore[no-untyped-call]
        sa.event.listen(metadata, "after_create", _ddl)

DIM_TECHNOLOGIES = sa.Table(
    "dim_technologies",
    metadata,
    _text("technology_id", key=True),
    _text("name"),
    _text("category"),
    _text("aliases"),
    _text("row_hash"),
)

COMPANIES = sa.Table(
    "companies",
    metadata,
    _text("company_key", key=True),
    _text("name"),
    *(_text(name) for name in ("domains", "boards", "sources")),
    _integer("postings_count"),
    _text("first_month"),
    _text("last_month"),
    _text("row_hash"),
)

COMPANY_NAMES = sa.Table(
    "company_names",
    metadata,
    _text("company_key", key=True),
    _text("name", key=True),
    _text("matched_by", key=True),
    _text("source", key=True),
    _text("domains"),
    _text("boards"),
    _integer("postings_count"),
    _text("first_month"),
    _text("last_month"),
    _text("row_hash"),
    sqlite_with_rowid=False,
)
"""The spellings of each company, and which evidence joined them to it."""

MONTHLY_TRENDS = sa.Table(
    "monthly_trends",
    metadata,
    _text("technology_id", key=True),
    _text("month", key=True),
    _integer("mention_count"),
    _integer("total_jobs"),
    _number("share"),
    _number("mom_growth_pct"),
    _number("yoy_growth_pct"),
    _integer("is_complete"),
    _text("row_hash"),
    sa.Index("ix_monthly_trends_month", "month"),
    sqlite_with_rowid=False,
)

MONTHLY_MARKET_MIX = sa.Table(
    "monthly_market_mix",
    metadata,
    _text("dimension", key=True),
    _text("month", key=True),
    _text("value", key=True),
    _integer("postings_count"),
    _integer("total_jobs"),
    _number("share"),
    _text("row_hash"),
    sqlite_with_rowid=False,
)

MONTHLY_SALARIES = sa.Table(
    "monthly_salaries",
    metadata,
    _text("currency", key=True),
    _text("month", key=True),
    _integer("postings_count"),
    _number("p25"),
    _number("median"),
    _number("p75"),
    _text("row_hash"),
)

MONTHLY_SEEKERS = sa.Table(
    "monthly_seekers",
    metadata,
    _text("kind", key=True),
    _text("month", key=True),
    *(_integer(name) for name in ("seekers_count", "offers_count")),
    *(
        sa.Column(name, sa.BigInteger, nullable=True)
        for name in ("jobs_count", "jobs_squares", "postings_count")
    ),
    _text("row_hash"),
    sqlite_with_rowid=False,
)
"""Those who look for work, by whole thread; jobs and postings of the month's complete thread."""

MONTHLY_SEEKER_SKILLS = sa.Table(
    "monthly_seeker_skills",
    metadata,
    _text("kind", key=True),
    _text("technology_id", key=True),
    _text("month", key=True),
    *(_integer(name) for name in ("seekers_count", "total_seekers")),
    sa.Column("postings_count", sa.BigInteger, nullable=True),
    _text("row_hash"),
    sqlite_with_rowid=False,
)

SKILL_PAIRS = sa.Table(
    "skill_pairs",
    metadata,
    _text("skill_a", key=True),
    _text("skill_b", key=True),
    _integer("postings_count"),
    _number("share"),
    _number("lift"),
    _text("row_hash"),
    sa.Index("ix_skill_pairs_skill_b", "skill_b"),
)

WEEKLY_OPEN_JOBS = sa.Table(
    "weekly_open_jobs",
    metadata,
    _text("dimension", key=True),
    _text("value", key=True),
    _text("week", key=True),
    *(_integer(name) for name in ("open_jobs", "opened_jobs", "closed_jobs", "boards_count")),
    _integer("is_complete"),
    _text("row_hash"),
    sqlite_with_rowid=False,
)
"""Jobs of companies' boards by week, which is its Monday."""

JOB_SURVIVAL = sa.Table(
    "job_survival",
    metadata,
    _text("dimension", key=True),
    _text("value", key=True),
    sa.Column("days", sa.BigInteger, primary_key=True, autoincrement=False),
    *(_integer(name) for name in ("at_risk", "closed")),
    *(_number(name) for name in ("survival", "survival_lower", "survival_upper")),
    _text("row_hash"),
    sqlite_with_rowid=False,
)

DAYS_OPEN = sa.Table(
    "days_open",
    metadata,
    _text("dimension", key=True),
    _text("value", key=True),
    *(_integer(f"{name}_count") for name in ("jobs", "closed", "late", "left_out")),
    *(
        _number(name)
        for name in (
            "followed_days",
            "p25_days",
            "median_days",
            "p75_days",
            "median_lower",
            "median_upper",
            "open_after_90_days",
            "open_after_90_days_lower",
            "open_after_90_days_upper",
        )
    ),
    _text("row_hash"),
)

LOADS = sa.Table(
    "loads",
    metadata,
    _text("load_id", key=True),
    _text("source"),
    _text("partition", null=True),
    _text("run_id", null=True),
    _text("started_at", null=True),
    _text("committed_at"),
    *(_integer(name) for name in LEDGER_COUNTS),
    _text("row_hash"),
    sa.Index("ix_loads_committed_at", "committed_at", "load_id"),
)

REJECTS = sa.Table(
    "rejects",
    metadata,
    _text("source", key=True),
    _text("reason_code", key=True),
    _text("state", key=True),
    _integer("records_count"),
    _text("last_seen_at", null=True),
    _text("row_hash"),
)
"""Numbers of quarantined records; the records themselves stay in the warehouse."""

POSTING_FACETS = sa.Table(
    "posting_facets",
    metadata,
    _text("facet", key=True),
    _text("value", key=True),
    _integer("postings_count"),
    sa.Column("payload", sa.LargeBinary, nullable=False),
    _text("row_hash"),
)
"""A bitmap of postings per property (include/serving/facets.py)."""

PUBLISHED_BUCKETS = sa.Table(
    "published_buckets",
    metadata,
    _text("table_name", key=True),
    _text("bucket", key=True),
    _integer("rows_count"),
    _text("fingerprint"),
)
"""Fingerprints of the published rows by table and bucket (include/serving/fingerprints.py)."""


def read_meta(connection: sa.Connection) -> dict[str, str]:
    """Return the store's metadata, such as schema_version; empty if there is no store."""
    if not sa.inspect(connection).has_table(STORE_META.name):
        return {}
    return known_meta(connection)


def known_meta(connection: sa.Connection) -> dict[str, str]:
    """Return the metadata of an existing store, in one small query."""
    rows = connection.execute(sa.select(STORE_META.c.key, STORE_META.c.value))
    return {row.key: row.value for row in rows}


def write_meta(connection: sa.Connection, values: Mapping[str, str]) -> None:
    """Set entries of the store's metadata."""
    connection.execute(sa.delete(STORE_META).where(STORE_META.c.key.in_(values)))
    rows = [{"key": key, "value": value} for key, value in values.items()]
    connection.execute(sa.insert(STORE_META), rows)


def migrate(connection: sa.Connection, migrations: Mapping[int, Migration] = MIGRATIONS) -> int:
    """Migrate the store to the newest version of ``migrations``; return the version it had.

    Raises ServingError for a store of an unknown version.
    """
    newest = max(migrations)
    found = known_version(read_meta(connection), newest)
    for version in range(max(found + 1, FIRST_VERSION), newest + 1):
        migrations[version](connection)
    if found < newest:
        write_meta(connection, {"schema_version": str(newest)})
    return found


def known_version(meta: Mapping[str, str], newest: int = SCHEMA_VERSION) -> int:
    """Return the schema version in a store's metadata, 0 if nothing was ever published.

    Raises ServingError for the version of a newer TechPulse, or one that was never released.
    """
    found = int(meta.get("schema_version", 0))
    if found > newest:
        raise ServingError(
            f"The serving store has schema version {found}, this code knows {newest}.",
            next_step="upgrade this TechPulse to the version that publishes.",
        )
    if 0 < found < FIRST_VERSION:
        raise ServingError(
            f"The serving store has schema version {found}: it was made before TechPulse 1.0.0.",
            next_step="delete it and run the analytics DAG, which publishes it again from gold.",
        )
    return found


def require_current(meta: Mapping[str, str]) -> None:
    """Raise ServingError unless the store has the schema version that this code reads."""
    found = known_version(meta)
    if found < SCHEMA_VERSION:
        raise ServingError(
            f"The serving store has schema version {found}, this code reads {SCHEMA_VERSION}.",
            next_step="run the analytics DAG: its publish task migrates the store.",
        )
