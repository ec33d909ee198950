"""Imports point left or down: the way of the data has no way back."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from include.settings import PROJECT_ROOT

# Each room may import what is named here, and itself.
ALLOWED = {
    "errors": set(),
    "settings": {"errors"},
    "files": {"settings"},
    "code_version": set(),
    "months": {"errors"},
    "pauses": set(),
    "addresses": set(),
    "deadlines": {"addresses"},
    "redirects": set(),
    "transport": {"errors", "settings", "addresses", "deadlines", "redirects"},
    "http": {"errors", "settings", "pauses", "redirects", "transport"},
    "postings": {"errors", "settings"},
    "sources": {"code_version", "errors", "files", "settings", "months", "http", "postings"},
    "storage": {"code_version", "errors", "files", "settings", "months", "sources", "postings"},
    "hooks": {"errors", "settings", "http", "postings", "sources", "storage"},
    "insights": {"errors", "settings", "storage", "postings", "sources"},
    "web": {"errors", "settings", "insights", "postings", "storage"},
    "pipeline": {
        "code_version", "errors", "settings", "months", "http", "hooks", "sources", "storage",
        "postings",
    },
    "alerts": {"errors", "settings", "sources"},
    "dag_rules": {"settings", "alerts"},
    "dbt_project": {"settings"},
    "dbt_tasks": {"settings", "dbt_project"},
    "dbt_warm": {"errors", "settings", "dbt_project", "postings", "sources"},
    "doctor": {"errors", "settings", "pipeline", "sources", "storage"},
    "cli": {"errors", "settings", "doctor", "insights", "postings", "storage", "pipeline"},
}  # fmt: skip


def rooms_imported(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        modules = []
        if isinstance(node, ast.ImportFrom) and node.module:
            modules = [node.module]
        elif isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        found |= {m.split(".")[1] for m in modules if m.startswith("include.")}
    return found


@pytest.mark.parametrize("room", sorted(ALLOWED))
def test_room_imports_only_what_is_left_of_it(room: str) -> None:
    include = PROJECT_ROOT / "include"
    files = [include / f"{room}.py"] if (include / f"{room}.py").exists() else []
    files += (include / room).rglob("*.py")
    assert files
    for file in files:
        assert rooms_imported(file) - {room} <= ALLOWED[room], file


def test_every_room_is_known() -> None:
    include = PROJECT_ROOT / "include"
    rooms = {p.stem for p in include.iterdir() if p.suffix == ".py" or (p / "__init__.py").exists()}
    assert rooms - {"__init__"} == set(ALLOWED)


def test_reading_a_posting_needs_neither_airflow_nor_network() -> None:
    for file in (PROJECT_ROOT / "include" / "postings").rglob("*.py"):
        text = file.read_text()
        for name in ("airflow", "requests", "duckdb", "urllib.request", "socket"):
            assert f"import {name}" not in text, file
            assert f"from {name}" not in text, file
