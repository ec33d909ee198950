"""dbt models as plain SQL, to be run on tables at hand: milliseconds, and no dbt."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from include.dbt.project import DBT_DIR

if TYPE_CHECKING:
    import duckdb

__all__ = ["fill_models", "fill_open_jobs", "model_sql"]

_OPEN_JOBS = {
    "int_job_spans__durations": "silver",
    "int_job_spans__weeks": "silver",
    "int_job_spans__groups": "silver",
    "weekly_open_jobs": "gold",
    "job_survival": "gold",
    "days_open": "gold",
    "posting_history": "gold",
}
"""What is made of silver.job_spans and the versions, in order, and its schema."""

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


def fill_open_jobs(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Make what the models make of silver.job_spans, the versions and gold.fct_jobs."""
    fill_models(warehouse, _OPEN_JOBS, survival_min_jobs=10)


def fill_models(
    warehouse: duckdb.DuckDBPyConnection, schemas: Mapping[str, str], **variables: object
) -> None:
    """Make tables of models, in order; ``schemas`` are theirs by name."""
    kept = warehouse.execute("select current_setting('search_path')").fetchall()[0][0]
    warehouse.execute("set search_path = 'gold,silver'")
    for model, schema in schemas.items():
        sql = model_sql(model, **variables)
        warehouse.execute(f"create or replace table {schema}.{model} as {sql}")
    warehouse.execute("set search_path = ?", [kept])
