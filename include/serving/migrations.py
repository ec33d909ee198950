"""Migrations of the serving store, from the first release on.

Each is frozen SQL, independent of today's models (include/serving/schema.py): a new store runs all
of them and gets the same schema as an upgraded one. To change the store, change the model and
append a migration, such as ``statements("alter table postings add column x {text}")``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import sqlalchemy as sa

__all__ = [
    "FIRST_VERSION",
    "MIGRATIONS",
    "RARE_INDEX",
    "TEXT_INDEX",
    "Migration",
    "statements",
]

Migration = Callable[[sa.Connection], None]

FIRST_VERSION: Final = 6
"""Version of the first release's store; earlier versions were never released."""

# Compare text by code points: PostgreSQL needs collate "C" for that, SQLite does it by default.
_SQLITE = {"text": "text", "bytes": "blob", "without_rowid": "without rowid"}
_POSTGRESQL = {"text": 'text collate "C"', "bytes": "bytea", "without_rowid": ""}


def statements(*sql: str) -> Migration:
    """Return the migration that runs these statements.

    ``{text}`` and ``{bytes}`` stand for the database's types, ``{without_rowid}`` for SQLite's
    clause for a table that is stored in its primary key's index.
    """

    def run(connection: sa.Connection) -> None:
        words = _POSTGRESQL if connection.dialect.name == "postgresql" else _SQLITE
        for statement in sql:
            connection.exec_driver_sql(statement.format(**words))

    return run


_FIRST = statements(
    """
    create table store_meta (key {text} not null primary key, value {text} not null)
    """,
    """
    create table postings (
        id {text} not null primary key,
        source {text} not null,
        url {text} not null,
        canonical_url {text} not null,
        title {text} not null,
        company {text} not null,
        location {text},
        date_posted {text},
        retrieved_at {text} not null,
        role_bucket {text} not null,
        level_bucket {text} not null,
        description_raw {text} not null,
        raw_json {text} not null,
        posted_day {text} not null,
        month {text},
        locations {text} not null,
        country {text},
        remote {text} not null,
        roles {text} not null,
        levels {text} not null,
        salary_min float,
        salary_max float,
        salary_currency {text},
        salary_period {text},
        visa {text} not null,
        duplicate_of {text},
        classifier_version {text} not null,
        row_hash {text} not null
    )
    """,
    "create index ix_postings_buckets on postings (source, role_bucket, level_bucket)",
    "create index ix_postings_month on postings (month)",
    """
    create table posting_skills (
        posting_id {text} not null,
        skill {text} not null,
        count bigint not null,
        primary key (posting_id, skill)
    ) {without_rowid}
    """,
    """
    create table dim_technologies (
        technology_id {text} not null primary key,
        name {text} not null,
        category {text} not null,
        aliases {text} not null,
        row_hash {text} not null
    )
    """,
    """
    create table monthly_trends (
        technology_id {text} not null,
        month {text} not null,
        mention_count bigint not null,
        total_jobs bigint not null,
        share float,
        mom_growth_pct float,
        yoy_growth_pct float,
        is_whole bigint not null,
        row_hash {text} not null,
        primary key (technology_id, month)
    ) {without_rowid}
    """,
    "create index ix_monthly_trends_month on monthly_trends (month)",
    """
    create table monthly_market_mix (
        dimension {text} not null,
        month {text} not null,
        value {text} not null,
        postings_count bigint not null,
        total_jobs bigint not null,
        share float,
        row_hash {text} not null,
        primary key (dimension, month, value)
    ) {without_rowid}
    """,
    """
    create table monthly_salaries (
        currency {text} not null,
        month {text} not null,
        postings_count bigint not null,
        p25 float,
        median float,
        p75 float,
        row_hash {text} not null,
        primary key (currency, month)
    )
    """,
    """
    create table skill_pairs (
        skill_a {text} not null,
        skill_b {text} not null,
        postings_count bigint not null,
        share float,
        lift float,
        row_hash {text} not null,
        primary key (skill_a, skill_b)
    )
    """,
    "create index ix_skill_pairs_skill_b on skill_pairs (skill_b)",
    """
    create table loads (
        load_id {text} not null primary key,
        source {text} not null,
        partition {text},
        run_id {text},
        started_at {text},
        committed_at {text} not null,
        expected bigint not null,
        fetched bigint not null,
        inserted bigint not null,
        unchanged bigint not null,
        tombstones bigint not null,
        rejected bigint not null,
        missing bigint not null,
        updated bigint not null,
        filtered bigint not null,
        row_hash {text} not null
    )
    """,
    "create index ix_loads_committed_at on loads (committed_at, load_id)",
    """
    create table rejects (
        source {text} not null,
        reason_code {text} not null,
        state {text} not null,
        records_count bigint not null,
        last_seen_at {text},
        row_hash {text} not null,
        primary key (source, reason_code, state)
    )
    """,
    """
    create table posting_facets (
        facet {text} not null,
        value {text} not null,
        postings_count bigint not null,
        payload {bytes} not null,
        row_hash {text} not null,
        primary key (facet, value)
    )
    """,
    """
    create table published_buckets (
        table_name {text} not null,
        bucket {text} not null,
        rows_count bigint not null,
        fingerprint {text} not null,
        primary key (table_name, bucket)
    )
    """,
)

_JOBS = statements(
    """
    create table jobs (
        id {text} not null primary key,
        posting_id {text} not null,
        position bigint not null,
        title {text} not null,
        roles {text} not null,
        levels {text} not null,
        family {text} not null,
        remote {text},
        locations {text} not null,
        salary_min float,
        salary_max float,
        salary_currency {text},
        salary_period {text},
        row_hash {text} not null
    )
    """,
    "create index ix_jobs_posting_id on jobs (posting_id)",
)

_OPEN_JOBS = statements(
    """
    create table weekly_open_jobs (
        dimension {text} not null,
        value {text} not null,
        week {text} not null,
        open_jobs bigint not null,
        opened_jobs bigint not null,
        closed_jobs bigint not null,
        boards_count bigint not null,
        is_complete bigint not null,
        row_hash {text} not null,
        primary key (dimension, value, week)
    ) {without_rowid}
    """,
    """
    create table job_survival (
        dimension {text} not null,
        value {text} not null,
        days bigint not null,
        at_risk bigint not null,
        closed bigint not null,
        survival float,
        survival_lower float,
        survival_upper float,
        row_hash {text} not null,
        primary key (dimension, value, days)
    ) {without_rowid}
    """,
    """
    create table days_open (
        dimension {text} not null,
        value {text} not null,
        jobs_count bigint not null,
        closed_count bigint not null,
        late_count bigint not null,
        left_out_count bigint not null,
        followed_days float,
        p25_days float,
        median_days float,
        p75_days float,
        median_lower float,
        median_upper float,
        open_after_90_days float,
        open_after_90_days_lower float,
        open_after_90_days_upper float,
        row_hash {text} not null,
        primary key (dimension, value)
    )
    """,
)

_POSTING_HISTORY = statements(
    """
    create table posting_history (
        posting_id {text} not null,
        position bigint not null,
        month {text},
        event_at {text} not null,
        kind {text} not null,
        is_late bigint not null,
        fields {text} not null,
        text {text},
        row_hash {text} not null,
        primary key (posting_id, position)
    )
    """,
    "create index ix_posting_history_month on posting_history (month)",
    # The postings that repeat one: few of all.
    "create index ix_postings_duplicate_of on postings (duplicate_of) "
    "where duplicate_of is not null",
)

# Words have no character but letters, digits and these: it splits at the blanks alone.
_FTS5_OF_WORDS: Final = (
    "create virtual table text_index using fts5 "
    "(words, content = '', tokenize = \"ascii tokenchars '+#.:'\")"
)
# Runs of words are joined by "_".
_FTS5: Final = (
    "create virtual table text_index using fts5 "
    "(words, content = '', tokenize = \"ascii tokenchars '+#.:_'\")"
)
RARE_INDEX: Final = (
    "create index ix_text_index_rare on text_index "
    # Its pending list would be read whole by each search until a vacuum.
    "using gin (string_to_array(rare, ' ')) with (fastupdate = off)"
)
"""PostgreSQL's index of the rare lexemes."""

TEXT_INDEX: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "sqlite": (
            _FTS5,
            "create table text_lexemes (lexeme text not null primary key, numbers blob not null)",
            "create table text_sets (lexeme text not null primary key, positions blob not null)",
        ),
        "postgresql": (
            "create table text_index (number bigint not null primary key, "
            'words text collate "C" not null, rare text collate "C" not null)',
            RARE_INDEX,
            'create table text_bitmaps (lexeme text collate "C" not null, '
            "chunk bigint not null, bits bytea not null, primary key (lexeme, chunk))",
        ),
    }
)
"""What makes the text index (include/serving/text), by dialect."""


def _text_index(connection: sa.Connection) -> None:
    statements(
        """
        create table posting_texts (
            posting_id {text} not null primary key,
            number bigint not null unique,
            text_hash {text} not null
        )
        """
    )(connection)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(_FTS5_OF_WORDS)
    else:
        statements(
            "create table text_index (number bigint not null primary key, words {text} not null)"
        )(connection)


def _new_text_index(dialect: str) -> Migration:
    """Return what replaces a dialect's text index: the publish that migrates fills it again."""

    def migrate(connection: sa.Connection) -> None:
        if connection.dialect.name != dialect:
            return
        connection.exec_driver_sql("drop table text_index")
        for statement in TEXT_INDEX[dialect]:
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql("delete from store_meta where key = 'text_rule'")

    return migrate


_SEEKERS = statements(
    """
    create table monthly_seekers (
        kind {text} not null,
        month {text} not null,
        seekers_count bigint not null,
        offers_count bigint not null,
        jobs_count bigint,
        jobs_squares bigint,
        postings_count bigint,
        row_hash {text} not null,
        primary key (kind, month)
    ) {without_rowid}
    """,
    """
    create table monthly_seeker_skills (
        kind {text} not null,
        technology_id {text} not null,
        month {text} not null,
        seekers_count bigint not null,
        total_seekers bigint not null,
        postings_count bigint,
        row_hash {text} not null,
        primary key (kind, technology_id, month)
    ) {without_rowid}
    """,
)

_COMPANIES = statements(
    """
    create table companies (
        company_key {text} not null primary key,
        name {text} not null,
        domains {text} not null,
        boards {text} not null,
        sources {text} not null,
        postings_count bigint not null,
        first_month {text} not null,
        last_month {text} not null,
        row_hash {text} not null
    )
    """,
    """
    create table company_names (
        company_key {text} not null,
        name {text} not null,
        matched_by {text} not null,
        source {text} not null,
        domains {text} not null,
        boards {text} not null,
        postings_count bigint not null,
        first_month {text} not null,
        last_month {text} not null,
        row_hash {text} not null,
        primary key (company_key, name, matched_by, source)
    ) {without_rowid}
    """,
)


MIGRATIONS: Mapping[int, Migration] = MappingProxyType(
    {
        FIRST_VERSION: _FIRST,
        7: statements("alter table monthly_trends rename column is_whole to is_complete"),
        8: _JOBS,
        9: statements("alter table postings add column countries {text} not null default '[]'"),
        10: _OPEN_JOBS,
        # Its positions were postings, and are jobs: publish builds what is not there.
        11: statements("delete from posting_facets"),
        12: _text_index,
        # Phrases of frequent words were compared with most texts.
        13: _new_text_index("postgresql"),
        14: _POSTING_HISTORY,
        15: _SEEKERS,
        16: _COMPANIES,
        # Sets of skills and months are roaring bitmaps: publish builds what is not there.
        17: statements("delete from posting_facets"),
        # Sets of frequent lexemes.
        18: _new_text_index("sqlite"),
    }
)
"""The migration from version n - 1 to n by n, run in publish's transaction.

Never change an existing one; append a new one.
"""
