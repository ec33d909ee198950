"""No SQL is built from values: what stands in a statement beside its own words is ours.

Every f-string, ``+``, ``%`` and ``format`` that holds SQL is looked at. What goes into it is a
constant, a name that was quoted, or an expression that is listed below with the reason why no value
of a run, a source or a user can be in it. Values are bound.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

import pytest

from include.settings import PROJECT_ROOT

SQL = re.compile(
    r"\b(select\s|insert\s+into|delete\s+from|update\s+[\w.\0]+\s+set|drop\s+(table|view|schema)"
    r"|create\s+(or\s+replace\s+)?(temp\s+)?(table|schema|view|secret|macro)|alter\s+table"
    r"|merge\s+into|attach\s|detach\s|comment\s+on|pragma\s|call\s+[\w.\0]+(\(|$)|where\s+\0"
    r"|group\s+by|order\s+by|set\s+\w+\s*=|use\s+\0)|=\s*\?|^ducklake_",
    re.IGNORECASE,
)
CONSTANT = re.compile(r"_*[A-Z][A-Z0-9_]*|(Status|State|Reason|Outcome)\.[A-Z_0-9]+")
QUOTING = {"quoted", "_path", "_quoted"}
BINDS = re.compile(r"'[?, ]+'\.join\(.*'\?'.*\)|.*f'\? as \{\w+\}, '.*")

OURS = "a column or table that the code itself names"
FRAGMENT = "a part of a statement, made nearby of our own names and ?"
CATALOG = "the name under which our own code has attached the warehouse"
QUOTED = "text with its quotes doubled: ATTACH and CREATE SECRET take no parameters"
LISTED: dict[str, dict[str, str]] = {
    "include/doctor/stores.py": {
        "', '.join(LEDGER_COUNTS)": OURS,
    },
    "include/maintenance/backup.py": {
        "lake.CATALOG": CATALOG,
    },
    "include/maintenance/compaction.py": {
        "catalog": CATALOG,
    },
    "include/maintenance/export/files.py": {
        "columns": FRAGMENT,
        "condition": "true, or a month that was read as a date",
        "source": QUOTED,
    },
    "include/maintenance/export/package.py": {
        "query": "a table's own path, in a file for DuckDB's shell",
    },
    "include/maintenance/export/rows.py": {
        "'' if is_dated else months": FRAGMENT,
        "', '.join(map(quoted, table.order))": QUOTED,
        "condition": FRAGMENT,
        "every": QUOTED,
        "f' replace ({replaced})' if replaced else ''": FRAGMENT,
        "gold": QUOTED,
        "loads": QUOTED,
        "model.table": QUOTED,
        "source": QUOTED,
        "values": FRAGMENT,
    },
    "include/warehouse/company_boards.py": {
        "columns": OURS,
        "json.dumps([_CHANGE])": OURS,
        "json.dumps([_READING])": OURS,
    },
    "include/warehouse/lake.py": {
        "catalog": CATALOG,
        "options": QUOTED,
        "statement": QUOTED,
        "table": "a fence, of which only a-z, 0-9 and _ are left",
        "uuid4()": OURS,
    },
    "include/warehouse/loads.py": {
        "''.join((f'{name}, ' for name in target.row_columns))": OURS,
        "', '.join(row)": OURS,
        "column": OURS,
        "columns": FRAGMENT,
        "scope": FRAGMENT,
        "target.key_column": OURS,
        "target.name": OURS,
    },
    "include/warehouse/staged_table.py": {
        "column": OURS,
        "scope": FRAGMENT,
        "target.key_column": OURS,
        "target.key_type": OURS,
        "target.name": OURS,
    },
    "include/warehouse/quarantine.py": {
        "', '.join(_COLUMNS)": OURS,
        "_limit(limit)": "a number, made by int()",
        "close": FRAGMENT,
        "column": OURS,
        "context": FRAGMENT,
        "is_open": FRAGMENT,
        "known": FRAGMENT,
        "names": FRAGMENT,
        "note": FRAGMENT,
        "payload": FRAGMENT,
        "scope": FRAGMENT,
        "target.key_column": OURS,
        "target.name": OURS,
        "where": FRAGMENT,
    },
    "include/serving/fingerprints.py": {
        "source.select_hashes(columns)": FRAGMENT,
    },
    "include/serving/facets.py": {
        "posted_day()": OURS,
        "shown": FRAGMENT,
    },
    "include/serving/merge.py": {
        "fields": FRAGMENT,
        "keys": FRAGMENT,
        "names": FRAGMENT,
        "self._order": FRAGMENT,
        "self._rows_query": FRAGMENT,
        "self._same_key('i', 'p')": FRAGMENT,
        "self._same_key('n', 'd')": FRAGMENT,
        "self.fingerprint": OURS,
        "self.query": FRAGMENT,
        "wanted": FRAGMENT,
    },
    "include/serving/queries.py": {
        "grouped": FRAGMENT,
        "hashed": FRAGMENT,
        "items": FRAGMENT,
        "month": FRAGMENT,
        "rows": FRAGMENT,
        "self.month_join": OURS,
        "self.relation": OURS,
        "where": FRAGMENT,
    },
    "include/serving/text/index.py": {
        "ids": FRAGMENT,
        "self.query": FRAGMENT,
    },
    "include/serving/text/postgresql.py": {
        "table": OURS,
    },
    "include/warehouse/connection.py": {
        "path": QUOTED,
    },
    "include/maintenance/copy.py": {
        "literal": QUOTED,
        "table": QUOTED,
    },
    "include/warehouse/views.py": {
        "sql": "a view as DuckDB itself prints it",
    },
}


def files() -> list[Path]:
    folders = ("include", "dags", "plugins", "local")
    return sorted(p for folder in folders for p in (PROJECT_ROOT / folder).rglob("*.py"))


def pieces(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and source of each expression that is put into SQL text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) and SQL.search(_constant_text(node)):
            for value in node.values:
                if isinstance(value, ast.FormattedValue):
                    yield node.lineno, ast.unparse(value.value)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod | ast.Add):
            sides = (node.left, node.right)
            if any(_is_sql(side) for side in sides):
                yield from ((node.lineno, ast.unparse(s)) for s in sides if not _is_sql(s))
        elif _is_format(node):
            yield from ((node.lineno, ast.unparse(arg)) for arg in node.args)


def _is_format(node: ast.AST) -> TypeGuard[ast.Call]:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "format"
        and _is_sql(node.func.value)
    )


def _constant_text(node: ast.JoinedStr) -> str:
    return "\0".join(str(v.value) for v in node.values if isinstance(v, ast.Constant))


def _is_sql(node: ast.AST) -> bool:
    if isinstance(node, ast.JoinedStr):
        return bool(SQL.search(_constant_text(node)))
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and bool(SQL.search(node.value))
    )


def is_harmless(expression: str) -> bool:
    tree = ast.parse(expression, mode="eval").body
    if isinstance(tree, ast.Constant) or CONSTANT.fullmatch(expression):
        return True
    if isinstance(tree, ast.Call) and ast.unparse(tree.func) in QUOTING:
        return True
    if isinstance(tree, ast.BinOp):  # a number made of constants
        return all(is_harmless(ast.unparse(side)) for side in (tree.left, tree.right))
    return bool(BINDS.fullmatch(expression))


def unlisted() -> list[str]:
    """Return every expression in SQL that is neither harmless nor listed, with its place."""
    found = []
    for path in files():
        name = str(path.relative_to(PROJECT_ROOT))
        for line, expression in pieces(ast.parse(path.read_text())):
            if not is_harmless(expression) and expression not in LISTED.get(name, {}):
                found.append(f"{name}:{line}: {expression}")
    return found


def test_nothing_but_names_and_bound_values_is_in_sql() -> None:
    assert unlisted() == [], "bind it with ?, or list it with the reason why it is no value"


def test_everything_listed_is_still_there() -> None:
    for name, listed in LISTED.items():
        used = {
            expression for _, expression in pieces(ast.parse((PROJECT_ROOT / name).read_text()))
        }
        assert set(listed) <= used, name


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('db.execute(f"select * from t where a = {a}")', ["a"]),
        ("db.execute(\"select * from t where a = '%s'\" % a)", ["a"]),
        ('db.execute("delete from t where a = " + a)', ["a"]),
        ('db.execute("update t set a = {}".format(a))', ["a"]),
        ('where = f"{column} = ?"', ["column"]),
        ('db.execute(f"select * from {TABLE} where a = ?", [a])', []),
        ('db.execute(f"select * from {quoted(name)}")', []),
        ('print(f"{n} records were updated, {m} to come")', []),
    ],
)
def test_what_builds_sql_from_a_value_would_be_found(code: str, found: list[str]) -> None:
    left = [expression for _, expression in pieces(ast.parse(code)) if not is_harmless(expression)]
    assert left == found
