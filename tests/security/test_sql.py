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

from include.settings import PROJECT_ROOT

SQL = re.compile(
    r"\b(select\s|insert\s+into|delete\s+from|update\s+[\w.]+\s+set|drop\s+\w+|alter\s+table"
    r"|create\s+(or\s+replace\s+)?(temp\s+)?(table|schema|view|secret|macro)|merge\s+into|attach\s"
    r"|detach\s|copy\s+\w+|pragma\s|call\s|checkpoint|truncate\s|where\s|group\s+by|order\s+by"
    r"|\w+\s+=\s+\?)",
    re.IGNORECASE,
)
CONSTANT = re.compile(r"_*[A-Z][A-Z0-9_]*|(Status|State|Reason)\.[A-Z_0-9]+")
QUOTING = {"quoted", "_path", "_quoted"}
BINDS = re.compile(r"'[?, ]+'\.join\(.*'\?'.*\)|.*f'\? as \{\w+\}, '.*")

OUR_NAMES = "a column or table that the code itself names"
LISTED: dict[str, dict[str, str]] = {}


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
    return " ? ".join(str(v.value) for v in node.values if isinstance(v, ast.Constant))


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


if __name__ == "__main__":
    for path in files():
        for line, e in pieces(ast.parse(path.read_text())):
            if not is_harmless(e):
                print(f"{path.relative_to(PROJECT_ROOT)}:{line}: {e}")
