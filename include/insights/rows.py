"""Convert rows of the serving store to response models."""

from __future__ import annotations

from typing import Any, TypeVar

import sqlalchemy as sa

from include.insights.models import Contract

__all__ = ["columns_of", "rows_as"]

M = TypeVar("M", bound=Contract)


def columns_of(table: sa.Table, model: type[Contract]) -> list[sa.ColumnElement[Any]]:
    """Return the table's columns that the model has; ``month`` as YYYY-MM, not its first day."""
    columns: dict[str, sa.ColumnElement[Any]] = dict(table.c)
    if "month" in columns:
        columns["month"] = sa.func.substr(table.c.month, 1, 7).label("month")
    return [columns[name] for name in model.model_fields if name in columns]


def rows_as(model: type[M], connection: sa.Connection, query: sa.Select[Any]) -> list[M]:
    """Return the query's rows as models."""
    return [model(**row) for row in connection.execute(query).mappings()]
