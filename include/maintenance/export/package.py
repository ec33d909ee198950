"""What describes an export: a Data Package v2, views for DuckDB, and a note with the terms.

https://datapackage.org/standard/data-package/. Properties beyond the standard: ``unit`` of a
field; ``grain`` and ``partitionedBy`` of a resource; ``terms`` of a source.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from include import __version__
from include.maintenance.export.files import StoredFile
from include.maintenance.export.tables import Column, Table
from include.sources.registry import attribution_of, terms_of
from include.warehouse.views import quoted

__all__ = ["data_package", "note", "views"]

_SCHEMA: Final = "https://datapackage.org/profiles/2.0/datapackage.json"
_TYPES: Final = {
    "varchar": "string", "bigint": "integer", "integer": "integer", "ubigint": "integer",
    "double": "number", "boolean": "boolean", "date": "date", "timestamptz": "datetime",
}  # fmt: skip
_LICENSES: Final = {
    "Apache-2.0": "https://www.apache.org/licenses/LICENSE-2.0",
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
}
_GEONAMES: Final = {"title": "GeoNames", "path": "https://www.geonames.org/"}
_MEDIA: Final = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}
_DIALECT: Final = {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True}
_DESCRIPTION: Final = (
    "What public job postings ask for: postings' facts, without their texts, and monthly tables "
    "that count them. A title, company or place with a way to reach a person is [contact]. "
)


def data_package(
    tables: Sequence[Table], files: Sequence[StoredFile], sources: Mapping[str, int],
    left_out: Mapping[str, int],
) -> bytes:  # fmt: skip
    """Return ``datapackage.json``; each table is a CSV and a Parquet resource."""
    kinds = ("csv", "parquet")
    package = {
        "$schema": _SCHEMA,
        "name": "techpulse",
        "title": "TechPulse",
        "description": _DESCRIPTION + _of_left_out(left_out),
        "version": __version__,
        "sources": [*map(_source, sources), _GEONAMES],
        "resources": [_resource(t, kind, files) for t in tables for kind in kinds],
    }
    return (json.dumps(package, indent=1, ensure_ascii=False) + "\n").encode()


def views(tables: Sequence[Table]) -> bytes:
    """Return ``views.sql``: the tables as views over the Parquet files, by relative paths."""
    lines = ["-- The tables of this export: duckdb -init views.sql, in its folder."]
    for table in tables:
        path, options = f"parquet/{table.name}.parquet", ""
        if table.is_of_postings:
            path = f"parquet/{table.name}/*/part.parquet"
            options = ", hive_partitioning = true, hive_types = {'month': date}"
        query = f"from read_parquet('{path}'{options})"
        lines.append(f"create or replace view {quoted(table.name)} as {query};")
    return ("\n".join(lines) + "\n").encode()


def note(sources: Mapping[str, int], left_out: Mapping[str, int]) -> bytes:
    """Return ``README.md``: how to open the export, its sources, and their terms."""
    rows = "".join(
        f"| {attribution_of(name).name} | {count:,} | {terms_of(name)} "
        f"[Terms]({terms_of(name).url}) |\n"
        for name, count in sources.items()
    )
    return _NOTE.format(rows=rows, left_out=_of_left_out(left_out)).encode()


_NOTE: Final = """# TechPulse: rows for analysts

`datapackage.json` describes each table and column, `contract.odcs.yaml` is the data contract. To
open all tables in DuckDB, in this folder: `duckdb -init views.sql`.

Name each source, and link to a posting by its `url`. The texts of postings are not included.

| source | postings | its terms |
|---|---|---|
{rows}
Places are of GeoNames (https://www.geonames.org), CC BY 4.0. {left_out}
"""


def _of_left_out(left_out: Mapping[str, int]) -> str:
    if not left_out:
        return "No source is left out."
    names = ", ".join(
        f"{attribution_of(name).name} ({count:,} postings; {terms_of(name)})"
        for name, count in left_out.items()
    )
    return f"Left out, and not counted in any table: {names}."


def _source(name: str) -> dict[str, Any]:
    named, terms = attribution_of(name), terms_of(name)
    link = {"path": named.url} if named.url else {}
    return {"title": named.name, **link, "terms": {"text": str(terms), "path": terms.url}}


def _resource(table: Table, kind: str, files: Sequence[StoredFile]) -> dict[str, Any]:
    own = [file for file in files if file.table == table.name and file.path.startswith(kind)]
    suffix = "" if kind == "csv" else "-parquet"
    found: dict[str, Any] = {
        "name": f"{table.name}{suffix}",
        "type": "table",
        "title": table.name,
        "description": table.description,
        "grain": table.grain,
        "path": [file.path for file in own] if len(own) > 1 else own[0].path,
        "format": kind,
        "mediatype": _MEDIA[kind],
    }
    if len(own) == 1:
        found |= {"bytes": own[0].bytes, "hash": f"sha256:{own[0].sha256}"}
    if kind == "csv":
        found |= {"encoding": "utf-8", "compression": "gz", "dialect": _DIALECT}
    elif table.is_of_postings:
        found["partitionedBy"] = ["month"]
    if table.license:
        found["licenses"] = [{"name": table.license, "path": _LICENSES[table.license]}]
    return {**found, "schema": _schema(table, suffix)}


def _schema(table: Table, suffix: str) -> dict[str, Any]:
    keys = [_foreign_key(table, one, suffix) for one in table.columns if one.references]
    return {
        "fields": [_field(column, is_key=column.name in table.key) for column in table.columns],
        "primaryKey": list(table.key),
        **({"foreignKeys": keys} if keys else {}),
    }


def _foreign_key(table: Table, column: Column, suffix: str) -> dict[str, Any]:
    name, _, field = column.references.partition(".")
    # The standard names the table itself by an empty text.
    resource = "" if name == table.name else f"{name}{suffix}"
    return {"fields": [column.name], "reference": {"resource": resource, "fields": [field]}}


def _field(column: Column, *, is_key: bool) -> dict[str, Any]:
    kind = "array" if column.type.endswith("[]") else _TYPES[column.type]
    # An empty text counts as missing in CSV, and some columns are empty where nothing is named.
    may_be_empty = kind == "string" and not (is_key or column.values)
    constraints = {
        **({"required": True} if column.is_required and not may_be_empty else {}),
        **({"enum": list(column.values)} if column.values else {}),
    }
    return {
        "name": column.name,
        "type": kind,
        "description": column.description,
        **({"unit": column.unit} if column.unit else {}),
        **({"constraints": constraints} if constraints else {}),
    }
