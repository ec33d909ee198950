"""Convert rows of the serving store to response models."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

import sqlalchemy as sa
from pydantic import TypeAdapter

from include.insights.models import Contract

__all__ = ["columns_of", "dicts_of", "models_of", "rows_as"]

M = TypeVar("M", bound=Contract)


def columns_of(table: sa.Table, model: type[Contract]) -> list[sa.ColumnElement[Any]]:
    """Return the table's columns that the model has; ``month`` as YYYY-MM, not its first day."""
    columns: dict[str, sa.ColumnElement[Any]] = dict(table.c)
    if "month" in columns:
        columns["month"] = sa.func.substr(table.c.month, 1, 7).label("month")
    return [columns[name] for name in model.model_fields if name in columns]


def rows_as(model: type[M], connection: sa.Connection, query: sa.Select[Any]) -> list[M]:
    """Return the query's rows as models."""
    return models_of(model, dicts_of(connection, query))


def dicts_of(connection: sa.Connection, query: sa.Select[Any]) -> list[dict[str, Any]]:
    """Return the query's rows by column name."""
    found = connection.execute(query)
    names = tuple(found.keys())
    # Those of SQLAlchemy (mappings) take three times as long.
    return [dict(zip(names, row, strict=True)) for row in found.all()]


def models_of(model: type[M], rows: list[dict[str, Any]]) -> list[M]:
    """Return the rows as models, in one call: a call a row takes twice as long."""
    return _adapter(model).validate_python(rows)


@cache
def _adapter(model: type[M]) -> TypeAdapter[list[M]]:
    return TypeAdapter(list[model])  # type: ignore[valid-type]
