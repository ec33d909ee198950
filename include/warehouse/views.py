"""Copy a warehouse's views into a catalog of another name.

dbt writes the catalog's name into each view, so a view of ``jobs.duckdb`` breaks in a file of
another name, or in a lake, unless that name is replaced.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

import duckdb

__all__ = ["make_views", "quoted", "renamed_views", "schemas_of", "views_of"]

Views = Mapping[str, str]
"""By ``schema.view``, the rest of its SQL after ``create view <name>``."""

# A quoted identifier, where a doubled quote stands for one, or a bare word.
_NAME = r'(?:"(?:[^"]|"")*"|\w+)'
# DuckDB stores "CREATE VIEW catalog.schema.name ...": the qualifiers vary, the body starts after.
_HEAD = re.compile(rf"CREATE VIEW\s+(?:{_NAME}\.)*{_NAME}\s*", re.IGNORECASE)
# A string literal, an identifier or a single character. Literals first: a name in one is text.
_TOKEN = re.compile(rf"'(?:[^']|'')*'|{_NAME}|.", re.DOTALL)


def quoted(*parts: str) -> str:
    """Return the parts as a dotted, quoted SQL identifier."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in parts)


def views_of(connection: duckdb.DuckDBPyConnection, catalog: str) -> Views:
    """Return the views of a catalog, in the SQL that DuckDB prints."""
    rows = connection.execute(
        "select schema_name, view_name, sql from duckdb_views() "
        "where database_name = ? and not internal order by all",
        [catalog],
    ).fetchall()
    return {f"{schema}.{name}": _HEAD.sub("", sql, count=1) for schema, name, sql in rows}


def schemas_of(connection: duckdb.DuckDBPyConnection, catalog: str) -> set[str]:
    """Return the names of a catalog's schemas."""
    query = "select schema_name from duckdb_schemas() where database_name = ?"
    return {name for (name,) in connection.execute(query, [catalog]).fetchall()}


def renamed_views(
    views: Views, source_catalog: str, target_catalog: str, schemas: Collection[str]
) -> Views:
    """Return the views with the source catalog's name replaced by the target's.

    Only in front of one of these ``schemas``: elsewhere the same word is a column or a table.
    """
    known = {schema.casefold() for schema in schemas}
    return {
        name: "".join(_renamed(sql, source_catalog, target_catalog, known))
        for name, sql in views.items()
    }


def make_views(connection: duckdb.DuckDBPyConnection, catalog: str, views: Views) -> None:
    """Create these views in a catalog, each after the views that it reads.

    DuckDB resolves a view's tables when it is created but does not list them, so views that fail
    are retried as long as another one succeeds. Raises DuckDB's error when none does.
    """
    # The views name their schemas alone, so they resolve in the current catalog.
    before = connection.execute("select current_catalog()").fetchall()[0][0]
    connection.execute(f"use {quoted(catalog)}")
    pending = dict(views)
    while pending:
        failed = {name: sql for name, sql in pending.items() if _trouble(connection, name, sql)}
        # No progress in a whole round: the missing table is none of these views.
        if len(failed) == len(pending) and (
            error := _trouble(connection, *next(iter(pending.items())))
        ):
            raise error
        pending = failed
    connection.execute(f"use {quoted(before)}")


def _trouble(
    connection: duckdb.DuckDBPyConnection, name: str, sql: str
) -> duckdb.CatalogException | duckdb.BinderException | None:
    schema, view = name.split(".", 1)
    connection.execute(f"create schema if not exists {quoted(schema)}")
    try:
        connection.execute(f"create or replace view {quoted(schema, view)} {sql}")
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        return error
    return None


def _renamed(sql: str, source: str, target: str, schemas: set[str]) -> Iterator[str]:
    """Yield a view's tokens, with ``source`` in ``source.<a schema>.`` replaced by ``target``."""
    tokens = _TOKEN.findall(sql)
    for place, token in enumerate(tokens):
        _, dot, schema, *_ = [*tokens[place : place + 3], "", ""]
        is_catalog = _bare(token) == source.casefold() and dot == "." and _bare(schema) in schemas
        yield quoted(target) if is_catalog else token


def _bare(token: str) -> str:
    is_quoted = token.startswith('"') and len(token) > 1
    return (token[1:-1].replace('""', '"') if is_quoted else token).casefold()
