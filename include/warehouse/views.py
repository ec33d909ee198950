"""A warehouse's views, and how they come into another catalog.

dbt writes the catalog's name into each view, so a view of ``jobs.duckdb`` reads nothing in a file
of another name, nor in a lake, unless that name is changed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

import duckdb

__all__ = ["make_views", "quoted", "renamed_views", "schemas_of", "views_of"]

Views = Mapping[str, str]
"""What comes after ``create view <name>``, by ``schema.view``."""

_NAME = r'(?:"(?:[^"]|"")*"|\w+)'
_HEAD = re.compile(rf"CREATE VIEW\s+(?:{_NAME}\.)*{_NAME}\s*", re.IGNORECASE)
# A text, a name, or a character: a name within a text is none.
_TOKEN = re.compile(rf"'(?:[^']|'')*'|{_NAME}|.", re.DOTALL)


def quoted(*parts: str) -> str:
    """Return a dotted SQL name of these parts, whatever characters they have."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in parts)


def views_of(connection: duckdb.DuckDBPyConnection, catalog: str) -> Views:
    """Return the views of a catalog, as DuckDB prints them."""
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
    """Return the views with the target's name wherever they name the source's.

    Only before one of these ``schemas``: elsewhere the same word is a column or a table.
    """
    known = {schema.casefold() for schema in schemas}
    return {
        name: "".join(_renamed(sql, source_catalog, target_catalog, known))
        for name, sql in views.items()
    }


def make_views(connection: duckdb.DuckDBPyConnection, catalog: str, views: Views) -> None:
    """Make these views in a catalog, each after those that it reads.

    DuckDB looks for what a view reads when it is made, and does not say what that is; so those that
    cannot be made yet are tried again as long as others can. Raises DuckDB's error where none can.
    """
    before = connection.execute("select current_catalog()").fetchall()[0][0]
    connection.execute(f"use {quoted(catalog)}")
    left = dict(views)
    while left:
        failed = {name: sql for name, sql in left.items() if _trouble(connection, name, sql)}
        if len(failed) == len(left) and (error := _trouble(connection, *next(iter(left.items())))):
            raise error
        left = failed
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
    """Yield the tokens of a view; ``source.<a schema>.`` begins with ``target`` instead."""
    tokens = _TOKEN.findall(sql)
    for place, token in enumerate(tokens):
        _, dot, schema, *_ = [*tokens[place : place + 3], "", ""]
        is_catalog = _bare(token) == source.casefold() and dot == "." and _bare(schema) in schemas
        yield quoted(target) if is_catalog else token


def _bare(token: str) -> str:
    is_quoted = token.startswith('"') and len(token) > 1
    return (token[1:-1].replace('""', '"') if is_quoted else token).casefold()
