"""Models as plain SQL, to be run on tables that a test makes: milliseconds, and no dbt."""

from __future__ import annotations

import re

from include.dbt.project import DBT_DIR

__all__ = ["model_sql"]

_REF = re.compile(r"\{\{ ref\('(\w+)'\) \}\}")
_SOURCE = re.compile(r"\{\{ source\('(\w+)', '(\w+)'\) \}\}")
_VAR = re.compile(r"\{\{ var\('(\w+)'\) \}\}")
_CONFIG = re.compile(r"\{\{ config\(.*?\) \}\}")


def model_sql(name: str, **variables: object) -> str:
    """Return a model's SQL: refs by their bare names, sources as schema.table, vars as given."""
    (file,) = (DBT_DIR / "models").rglob(f"{name}.sql")
    text = _CONFIG.sub("", file.read_text())
    text = _REF.sub(r"\1", text)
    text = _SOURCE.sub(r"\1.\2", text)
    text = _VAR.sub(lambda match: str(variables[match[1]]), text)
    assert not re.search(r"\{\{|\{%", text), f"{name} needs dbt"
    return text
