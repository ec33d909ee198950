"""The warehouse query of each serving table.

Each query returns the serving table's columns in their final form, so that a row's hash covers
exactly what is stored. `posted_day` is the day a posting counts for: the day of `date_posted`,
clamped to the posting's month; without a date, the month's first day; without a month, the day it
was retrieved.

A second query returns a hash per row without reading the wide columns (fingerprints).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from include.errors import ServingError
from include.serving import schema
from include.serving.merge import BATCH_ROWS, Merge
from include.serving.text.index import TextMerge

if TYPE_CHECKING:
    import duckdb

__all__ = [
    "SOURCES",
    "Columns",
    "TableSource",
    "columns_of",
    "iso_timestamp",
    "posted_day",
]

Columns = Mapping[str, str]


def iso_timestamp(column: str) -> str:
    """Return SQL for a timestamptz as ISO 8601 text in UTC, whatever the session's zone."""
    return f"strftime(make_timestamp(epoch_us({column})), '%Y-%m-%dT%H:%M:%SZ')"


def posted_day(alias: str = "p") -> str:
    """Return SQL for the day a posting counts for, as a date."""
    # Through epoch_us: a plain cast of a timestamptz would use the session's time zone.
    day = f"cast(make_timestamp(epoch_us({alias}.date_posted)) as date)"
    retrieved = f"cast(make_timestamp(epoch_us({alias}.retrieved_at)) as date)"
    # Clamped: comments on a thread's last day, or late ones, belong to the thread's month.
    within = f"least(greatest({day}, {alias}.month), last_day({alias}.month))"
    return (
        f"case when {alias}.month is null then coalesce({day}, {retrieved}) "
        f"when {alias}.date_posted is null then {alias}.month else {within} end"
    )


@dataclass(frozen=True, eq=False)
class TableSource:
    """A serving table, its warehouse table, and the SQL of its columns.

    ``built`` is a table that dbt builds from ``relation``; if it exists, it is read instead.
    """

    table: sa.Table
    relation: str
    built: str = ""
    expressions: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, Sequence[str]] = field(default_factory=dict)
    required: bool = True
    fingerprint: str = "row_hash"
    aggregate: bool = False
    month: str = ""
    month_join: str = ""
    hash_columns: Mapping[str, Sequence[str]] = field(default_factory=dict)
    merge: type[Merge] = Merge
    read_beside: Mapping[str, str] = field(default_factory=dict)
    """SQL by name of what the merge reads besides the table's columns."""
    batch_rows: int = BATCH_ROWS

    def of(self, warehouse: duckdb.DuckDBPyConnection) -> TableSource:
        """Return this source, reading from ``built`` if the warehouse has that table."""
        if self.built and columns_of(warehouse, self.built):
            return replace(self, relation=self.built)
        return self

    def select(self, columns: Columns, buckets: Sequence[str] | None = None) -> str:
        """Return the query for the warehouse table's columns, restricted to ``buckets`` if given.

        Raises ServingError when a column is missing.
        """
        read = {name: self._expression(name, columns) for name in self._names}
        read |= self.read_beside
        items = ", ".join(f'{expression} as "{name}"' for name, expression in read.items())
        where = "" if buckets is None or not self.month else f" where {self._is_in(buckets)}"
        grouped = " group by all" if self.aggregate else ""
        return f"select {items} from {self.relation} as p{self.month_join}{where}{grouped}"

    def select_hashes(self, columns: Columns) -> str:
        """Return the query of each row's bucket and hash, which covers every published column.

        Raises ServingError when a column is missing.
        """
        # dict.fromkeys: several columns may depend on the same narrow one; hash it once.
        month = f"coalesce(cast({self.month} as varchar), '')" if self.month else "''"
        parts = list(dict.fromkeys(p for n in self._names for p in self._deciding(n, columns)))
        items = ", ".join(f"{part} as part_{number}" for number, part in enumerate(parts))
        hashed = ", ".join(f"part_{number}" for number in range(len(parts)))
        grouped = " group by all" if self.aggregate else ""
        rows = f"select {month} as bucket, {items} from {self.relation} as p{self.month_join}"
        return f"select bucket, hash({hashed}) as row from ({rows}{grouped})"

    def select_published(self, buckets: Sequence[str] | None = None) -> sa.Select[Any]:
        """Return the query of published keys and fingerprints, of ``buckets`` only if given."""
        keys = self.table.primary_key.columns
        query = sa.select(*keys, self.table.c[self.fingerprint])
        if buckets is None or not self.month:
            return query
        # A posting's skills have no month of their own: they take that of the published posting.
        months = self.table if "month" in self.table.c else schema.POSTINGS
        if months is not self.table:
            query = query.join(months, months.c.id == self.table.c.posting_id)
        known = months.c.month.in_([bucket for bucket in buckets if bucket])
        return query.where(known | months.c.month.is_(None) if "" in buckets else known)

    @property
    def _names(self) -> list[str]:
        return [column.name for column in self.table.columns if column.name != "row_hash"]

    def _is_in(self, buckets: Sequence[str]) -> str:
        months = ", ".join(f"date '{bucket}'" for bucket in buckets if bucket)
        known = f"{self.month} in ({months})" if months else "false"
        return f"({known} or {self.month} is null)" if "" in buckets else known

    def _deciding(self, name: str, columns: Columns) -> list[str]:
        """Return the SQL that determines a column: itself, or narrower columns if all exist."""
        narrow = self.hash_columns.get(name, ())
        if narrow and all(column in columns for column in narrow):
            return [f'p."{column}"' for column in narrow]
        return [self._expression(name, columns)]

    def _expression(self, name: str, columns: Columns) -> str:
        found = next((c for c in self.aliases.get(name, (name,)) if c in columns), None)
        if name in self.expressions:
            return self.expressions[name]
        if found is None:
            raise ServingError(
                f"The warehouse table lacks the column {name}.",
                record=self.relation,
                next_step="build the dbt models of this version, then publish again.",
            )
        return _portable(f'p."{found}"', columns[found], self.table.c[name])


def _portable(column: str, warehouse_type: str, target: sa.Column[object]) -> str:
    """Return SQL that turns a warehouse value into what the serving column stores."""
    if warehouse_type.startswith("TIMESTAMP"):
        return iso_timestamp(column)
    if warehouse_type.endswith("[]"):
        return f"cast(to_json(coalesce({column}, [])) as varchar)"
    if isinstance(target.type, sa.Float):
        return f"cast({column} as double)"
    if isinstance(target.type, sa.BigInteger):
        return f"cast({column if target.nullable else f'coalesce({column}, 0)'} as bigint)"
    return f"cast({column} as varchar)"


def columns_of(warehouse: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    """Return the columns and types of ``schema.table``; empty when there is no such table.

    Raises CatalogException for a view of what is not there: that is no absent table.
    """
    import duckdb

    try:
        # The views of information_schema list every table, which takes ten times as long.
        rows = warehouse.execute(f"describe {relation}").fetchall()
    except duckdb.CatalogException:
        views = "select schema_name || '.' || view_name from duckdb_views()"
        if (relation,) in warehouse.execute(views).fetchall():
            raise
        return {}
    return {name: data_type for name, data_type, *_ in rows}


_TITLE, _COMPANY = "coalesce(p.title, '')", "coalesce(p.company, '')"
_TEXT = "coalesce(p.description_raw, '')"
_WIDE_ROWS = 1_000  # whole postings in memory at once: some 5 kB each

SOURCES: tuple[TableSource, ...] = (
    # Before the postings: the months as published before decide which rows are compared.
    TableSource(
        schema.POSTING_SKILLS,
        "gold.fct_posting_skills",
        fingerprint="count",
        month="m.month",
        month_join=" left join gold.fct_postings as m on p.posting_id = m.posting_id",
    ),
    TableSource(
        schema.JOBS,
        "gold.fct_jobs",
        expressions={
            "id": "p.posting_id || '-' || p.position",
            "title": "coalesce(p.title, '')",
        },
        month="p.month",
    ),
    # Before the postings, too: what was indexed is read from them as published before.
    TableSource(
        schema.POSTING_TEXTS,
        "gold.fct_postings",
        fingerprint="text_hash",
        expressions={"number": "0", "text_hash": f"md5(to_json([{_TITLE}, {_COMPANY}, {_TEXT}]))"},
        month="p.month",
        hash_columns={"text_hash": ("title", "company", "payload_hash", "reading_version")},
        merge=TextMerge,
        read_beside={
            "title": _TITLE,
            "company": _COMPANY,
            "description": _TEXT,
        },
        batch_rows=_WIDE_ROWS,
    ),
    TableSource(
        schema.POSTINGS,
        "gold.fct_postings",
        expressions={
            "posted_day": f"strftime({posted_day()}, '%Y-%m-%d')",
            "title": _TITLE,
            "company": _COMPANY,
            "remote": "coalesce(p.remote, 'unspecified')",
            "visa": "coalesce(p.visa, 'unspecified')",
            "classifier_version": "coalesce(cast(p.classifier_version as varchar), '')",
        },
        aliases={"id": ("posting_id",)},
        month="p.month",
        hash_columns={
            "description_raw": ("payload_hash", "reading_version"),
            "raw_json": ("payload_hash",),
        },
        batch_rows=_WIDE_ROWS,
    ),
    TableSource(schema.POSTING_HISTORY, "gold.posting_history", required=False, month="p.month"),
    TableSource(schema.DIM_TECHNOLOGIES, "gold.dim_technologies"),
    TableSource(schema.COMPANIES, "gold.dim_companies", required=False),
    TableSource(schema.COMPANY_NAMES, "gold.company_names", required=False),
    TableSource(schema.MONTHLY_TRENDS, "gold.monthly_trends", required=False, month="p.month"),
    TableSource(
        schema.MONTHLY_MARKET_MIX, "gold.monthly_market_mix", required=False, month="p.month"
    ),
    TableSource(schema.MONTHLY_SALARIES, "gold.monthly_salaries", required=False),
    TableSource(schema.MONTHLY_SEEKERS, "gold.monthly_seekers", required=False),
    TableSource(schema.MONTHLY_SEEKER_SKILLS, "gold.monthly_seeker_skills", required=False),
    TableSource(schema.SKILL_PAIRS, "gold.skill_pairs", required=False),
    TableSource(schema.WEEKLY_OPEN_JOBS, "gold.weekly_open_jobs", required=False),
    TableSource(schema.JOB_SURVIVAL, "gold.job_survival", required=False),
    TableSource(schema.DAYS_OPEN, "gold.days_open", required=False),
    # The loads that gold contains: one that committed while dbt ran is not published yet.
    TableSource(schema.LOADS, "bronze.loads", built="silver.loads_read", required=False),
    TableSource(
        schema.REJECTS,
        "bronze.rejects",
        expressions={
            "records_count": "count(*)",
            "last_seen_at": iso_timestamp("max(p.last_seen_at)"),
        },
        required=False,
        aggregate=True,
    ),
)
"""Every published table, in the order of publishing."""
