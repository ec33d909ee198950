"""A model's build killed before each of its statements, one after the other."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator

from tests.dbt.small_project import SmallProject

__all__ = ["KINDS", "kill_before_each_statement", "write_models"]

_ALL = "select month, value, value::ubigint as jobs_fingerprint from {origin}"
_SQL_MODELS = {
    "hn_months": "{{{{ config(materialized='view') }}}} " + _ALL,
    "a_table": "{{{{ config(materialized='table') }}}} " + _ALL,
    "a_view": "{{{{ config(materialized='view') }}}} " + _ALL,
    "by_key": "{{{{ config(materialized='incremental', unique_key='month') }}}} " + _ALL,
    "by_month": "{{{{ config(materialized='incremental', "
    "incremental_strategy='changed_months') }}}} "
    "select months.* from ({all}) as months "
    "-- depends_on: {{{{ ref('hn_months') }}}}\n"
    "{{{{ only_changed_months('months') }}}}",
}  # fmt: skip
_PYTHON_MODEL = """
def model(dbt, session):
    dbt.config(materialized='{kind}', unique_key='month')
    return session.sql('''{all}''').to_arrow_table()
"""
KINDS: dict[str, tuple[str, ...]] = {
    "a_table": (),
    "a_view": (),
    "by_key": (),
    "by_key, full refresh": ("--full-refresh",),
    "by_month": (),
    "of_python": (),
    "of_python, full refresh": ("--full-refresh",),
    "a_table_of_python": (),
}
"""A model, and what dbt is called with."""
# dbt's comment comes before the statement.
_READS = re.compile(r"\s*(/\*.*?\*/)?\s*(select|with|begin)\b", re.IGNORECASE | re.DOTALL)


def write_models(project: SmallProject) -> None:
    """Write the models and the table that they are made of: all rows have one value."""
    origin = "warehouse.main.origin"
    project.execute(
        f"create table {origin} (month date, value integer)",
        f"insert into {origin} select date '2026-01-01' + to_months(n::integer), 1 "
        "from range(3) as r (n)",
    )
    every = _ALL.format(origin=origin)
    for name, sql in _SQL_MODELS.items():
        project.write(f"{name}.sql", sql.format(origin=origin, all=every))
    for name, kind in {"of_python": "incremental", "a_table_of_python": "table"}.items():
        project.write(f"{name}.py", _PYTHON_MODEL.format(kind=kind, all=every))
    assert set(project.run("run").values()) == {"success"}


def kill_before_each_statement(project: SmallProject, kind: str, *, reads: bool) -> int:
    """Build until no statement is left to be killed at; return how many there were.

    Without ``reads`` those that only read are passed over: they leave on the disk what was there.
    Before each build all rows change. Fails when the table then has rows of both values, or less
    rows, or is not there, and when a table of dbt's own is left in the end.
    """
    model = kind.split(",")[0]
    is_value = _value(project, model)
    for kills in range(200):
        value = is_value + 1
        project.execute(f"update warehouse.main.origin set value = {value}")
        if model == "a_view":
            is_value = value
        ended = _build_in_a_fork(project, model, KINDS[kind], kills, reads)
        found = _value(project, model)
        assert found in (is_value, value), f"killed before statement {kills + 1}"
        is_value = found
        if ended == 0:
            assert found == value
            assert list(_left(project)) == []
            return kills
        assert ended == -signal.SIGKILL, f"statement {kills + 1}: {project.words()}"
    raise AssertionError("no end of statements")


def _value(project: SmallProject, model: str) -> int:
    """The one value of all three rows."""
    rows = project.rows(f"select value, count(*) from warehouse.main.{model} group by value")
    ((value, count),) = rows
    assert count == 3
    return int(value)


def _left(project: SmallProject) -> Iterator[str]:
    for (name,) in project.rows(
        "select table_name from information_schema.tables where contains(table_name, '__dbt_')"
    ):
        yield name


def _build_in_a_fork(
    project: SmallProject, model: str, arguments: tuple[str, ...], statements: int, reads: bool
) -> int:
    """Build in a process that dies after so many statements; return how it ended."""
    child = os.fork()
    if not child:
        code = 1
        try:
            _die_after(statements, reads)
            code = 0 if project.build(model, *arguments) == "success" else 2
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _die_after(statements: int, reads: bool) -> None:
    from dbt.adapters.duckdb.environments.local import DuckDBCursorWrapper

    genuine, left = DuckDBCursorWrapper.execute, iter(range(statements))

    def execute(self: DuckDBCursorWrapper, sql: str, bindings: object = None) -> object:
        if (reads or not _READS.match(sql)) and next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)
        return genuine(self, sql, bindings)

    DuckDBCursorWrapper.execute = execute
