"""The rows of an export: copied from the warehouse in one snapshot, then made by dbt's models.

Copying takes seconds and holds a file's lock as a reader; everything else runs on the copy, a
scratch database on disk. Texts of postings stay in the warehouse.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from include.errors import ConfigurationError, ReconciliationError
from include.maintenance.export.models import Model, plan
from include.maintenance.export.tables import Column, Table
from include.settings import Settings
from include.sources.registry import terms_of
from include.warehouse.connection import attached
from include.warehouse.views import quoted

__all__ = ["Counts", "Snapshot", "rows_of"]

_TEXTS: Final = ("description_raw", "raw_json", "text")
# Posts that name a company's board are compared with its jobs by the addresses in their texts.
_COMPARED: Final = "source = 'hacker_news' and len(boards) > 0"
_MEMORY: Final = "1GB"  # beyond it DuckDB uses the scratch folder

# An address of mail, also one that a title's end cuts off, and as people disguise it:
# "jobs@acme.example", "ann@ac", "ann [at] acme dot example".
_MAIL: Final = r"[\w.+-]+(@|\s*[\[(]at[\])]\s*)[\w-]+((\.|\s*[\[(]dot[\])]\s*|\sdot\s)[\w-]+)*"
# A telephone number has a country code, or the American groups: "+49 30 1234567",
# "(555) 010-4477", "555-010-4477". Years, pay and ids in addresses have not.
_PHONE: Final = r"\+\d[\d ().-]{7,}\d|\(\d{3}\) ?\d{3}[ .-]\d{4}|\b\d{3}[.-]\d{3}[.-]\d{4}\b"
_CONTACT: Final = f"{_MAIL}|{_PHONE}"


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows of a table in the warehouse, and those of them that are left out, by source.

    A table that counts postings has none: it is counted again (``is_recounted``).
    """

    warehouse: int
    left_out: dict[str, int]
    is_recounted: bool


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The rows to export: tables of the schema ``export`` in ``connection``.

    ``as_of`` is when the newest load committed that gold includes (ISO 8601, UTC), "" without one.
    ``sources`` and ``left_out`` have the number of postings by source.
    """

    connection: duckdb.DuckDBPyConnection
    as_of: str
    sources: dict[str, int]
    left_out: dict[str, int]
    counts: dict[str, Counts]


@contextmanager
def rows_of(
    settings: Settings, folder: Path, tables: Sequence[Table], included: Collection[str]
) -> Iterator[Snapshot]:
    """Yield the rows of the sources that may be passed on or are ``included``.

    ``folder`` is for the scratch database. Raises what reading the warehouse raises, and
    ReconciliationError when a table's rows are not those of the warehouse.
    """
    with duckdb.connect(str(folder / "rows.duckdb")) as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(f"set memory_limit = '{_MEMORY}'")
        connection.execute("set temp_directory = ?", [str(folder / "spilled")])
        with _gold_is_there(settings), attached(connection, settings) as catalog:
            postings = _postings(connection, catalog)
            left_out = {name: n for name, n in postings.items() if not _may_leave(name, included)}
            _list_left_out(connection, catalog, left_out)
            changed = {model.name for model in plan().copied if _copy(connection, catalog, model)}
            for model in plan().made:
                changed |= {model.name} if changed & {*model.parents} else set()
            counts = {
                table.name: _counts(connection, catalog, table, table.name in changed)
                for table in tables
            }
            as_of = _as_of(connection, catalog)
        _make_all(connection, tables)
        for table in tables:
            if not counts[table.name].is_recounted:
                _reconcile(connection, table, counts[table.name])
        sources = {name: n for name, n in postings.items() if name not in left_out}
        yield Snapshot(connection, as_of, sources, left_out, counts)


@contextmanager
def _gold_is_there(settings: Settings) -> Iterator[None]:
    """Raise ConfigurationError for a warehouse, or tables in it, that nothing has made yet."""
    try:
        yield
    except (duckdb.CatalogException, duckdb.IOException) as error:
        if isinstance(error, duckdb.IOException) and Path(settings.warehouse_path).exists():
            raise
        raise ConfigurationError(
            f"The warehouse lacks a table: {error}",
            record=settings.warehouse_path,
            next_step="load something and run the DAG analytics, then export again.",
        ) from error


def _may_leave(source: str, included: Collection[str]) -> bool:
    return source in included or terms_of(source).may_be_passed_on


def _make_all(connection: duckdb.DuckDBPyConnection, tables: Sequence[Table]) -> None:
    for model in plan().made:
        _make(connection, model)
    _find_contacts(connection)
    connection.execute("create schema export")
    for table in tables:
        _finish(connection, table)


def _list_left_out(
    connection: duckdb.DuckDBPyConnection, catalog: str, left_out: Collection[str]
) -> None:
    connection.execute("create table left_out (source varchar)")
    for source in left_out:
        connection.execute("insert into left_out values (?)", [source])
    connection.execute(
        "create table left_out_postings as select posting_id, source "
        f"from {quoted(catalog, 'silver', 'postings')} where source in (from left_out)"
    )


def _copy(connection: duckdb.DuckDBPyConnection, catalog: str, model: Model) -> bool:
    """Copy a table without texts and left-out sources' rows; return whether it had any of these."""
    source = quoted(catalog, model.schema, model.name)
    columns = _columns(connection, source)
    kept = f"case when {_COMPARED} then description_raw end" if "boards" in columns else "null"
    nulls = dict.fromkeys(_TEXTS, "null::varchar") | {"description_raw": f"({kept})::varchar"}
    replaced = ", ".join(f"{sql} as {column}" for column, sql in nulls.items() if column in columns)
    condition = _is_left_out(columns)
    connection.execute(f"create schema if not exists {quoted(model.schema)}")
    connection.execute(
        f"create table {model.table} as select *{f' replace ({replaced})' if replaced else ''} "
        f"from {source} where not ({condition})"
    )
    query = f"select count(*) from (select 1 from {source} where {condition} limit 1)"
    return bool(connection.execute(query).fetchall()[0][0])


def _is_left_out(columns: Collection[str]) -> str:
    """Return the condition under which a row of a copied table is left out."""
    if "source" in columns:
        return "source in (from left_out)"
    if "posting_id" in columns:
        return "posting_id in (select posting_id from left_out_postings)"
    return "false"


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    return [row[0] for row in connection.execute(f"describe {table}").fetchall()]


def _postings(connection: duckdb.DuckDBPyConnection, catalog: str) -> dict[str, int]:
    """Return each source's number of postings in gold; one that has none there has 0."""
    every = quoted(catalog, "silver", "postings")
    gold = quoted(catalog, "gold", "fct_postings")
    query = (
        f"select source, count(gold.posting_id) from {every} "
        f"left join {gold} as gold using (source, posting_id) group by source order by source"
    )
    return dict(connection.execute(query).fetchall())


def _counts(
    connection: duckdb.DuckDBPyConnection, catalog: str, table: Table, is_changed: bool
) -> Counts:
    gold = quoted(catalog, "gold", table.name)
    count = connection.execute(f"select count(*) from {gold}").fetchall()[0][0]
    if not table.is_of_postings:
        return Counts(count, {}, is_changed)
    rows = connection.execute(
        "select listed.source, count(*) from left_out_postings as listed "
        f"inner join {gold} using (posting_id) group by all order by all"
    ).fetchall()
    return Counts(count, dict(rows), is_recounted=False)


def _as_of(connection: duckdb.DuckDBPyConnection, catalog: str) -> str:
    loads = quoted(catalog, "silver", "loads_read")
    query = f"select strftime(max(committed_at), '%Y-%m-%dT%H:%M:%SZ') from {loads}"
    return str(connection.execute(query).fetchall()[0][0] or "")


def _make(connection: duckdb.DuckDBPyConnection, model: Model) -> None:
    connection.execute(f"create schema if not exists {quoted(model.schema)}")
    kind = "view" if model.is_view else "table"
    connection.execute(f"create {kind} {model.table} as {model.sql}")


def _find_contacts(connection: duckdb.DuckDBPyConnection) -> None:
    """Make what replaces ways to reach a person: macros, and the keys that are made of one."""
    connection.execute(f"create macro has_contact(x) as regexp_matches(x, '{_CONTACT}', 'i')")
    # All of the text: beside an address there is often a name.
    connection.execute("create macro redacted(x) as if(has_contact(x), '[contact]', x)")
    # A key stays distinct: rows are joined by it.
    connection.execute("create macro pseudonym(x) as 'redacted-' || left(sha256(x), 12)")
    connection.execute(
        "create table contact_keys as select company_key from gold.dim_companies "
        "where len(list_filter(names, lambda name: has_contact(name))) > 0"
    )


def _finish(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Make ``export.<table>``: its columns in the contract's order, sorted, contacts redacted."""
    gold = f"gold.{quoted(table.name)}"
    values = ", ".join(f"{_value(table, one)} as {quoted(one.name)}" for one in table.columns)
    is_dated = not table.is_of_postings or "month" in _columns(connection, gold)
    months = "inner join (select posting_id, month from gold.fct_postings) using (posting_id)"
    connection.execute(
        f"create table export.{quoted(table.name)} as select {values} "
        f"from {gold} {'' if is_dated else months} order by {', '.join(map(quoted, table.order))}"
    )


def _value(table: Table, column: Column) -> str:
    """Return the SQL of a column; ids and closed lists of values hold no contact."""
    name = quoted(column.name)
    is_key = column.name in table.key or bool(column.references)
    if column.name == "company_key":
        return f"if({name} in (from contact_keys), pseudonym({name}), {name})"
    if column.values or (is_key and table.is_of_postings):
        return name
    if column.type == "varchar" and is_key:
        return f"if(has_contact({name}), pseudonym({name}), {name})"
    if column.type == "varchar":
        return f"redacted({name})"
    return (
        f"list_transform({name}, lambda one: redacted(one))" if column.type == "varchar[]" else name
    )


def _reconcile(connection: duckdb.DuckDBPyConnection, table: Table, counts: Counts) -> None:
    """Raise ReconciliationError unless the rows are the warehouse's without the left-out ones."""
    query = f"select count(*) from export.{quoted(table.name)}"
    exported = connection.execute(query).fetchall()[0][0]
    wanted = counts.warehouse - sum(counts.left_out.values())
    if exported != wanted:
        raise ReconciliationError(
            f"{exported} rows were made, where the warehouse has {wanted}",
            record=f"gold.{table.name}",
            next_step="run the DAG analytics, which brings gold up to date, then export again; "
            "report this if it recurs.",
        )
