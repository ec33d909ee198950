"""With the project's macros, dbt's configurations do what dbt's documentation says.

https://docs.getdbt.com/docs/build/incremental-models and
https://docs.getdbt.com/reference/model-configs
"""

from __future__ import annotations

from pathlib import Path

import pytest

from include.settings import Settings

from .small_project import SmallProject

pytestmark = pytest.mark.slow

ASKS = "meta={'rebuild_on_column_change': true}"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> SmallProject:
    folder: Path = tmp_path_factory.mktemp("small")
    project = SmallProject(folder / "project", Settings(data_dir=folder / "data"))
    project.execute("create table noted (word varchar)")
    return project


def incremental(config: str, first: str, later: str) -> str:
    """A model that selects one thing at first and another one later."""
    return (
        f"{{{{ config(materialized='incremental', {config}) }}}}\n"
        f"{{% if is_incremental() %}}{later}{{% else %}}{first}{{% endif %}}"
    )


def values(*rows: str, names: str = "a, b, value") -> str:
    return f"select * from (values {', '.join(rows)}) as v ({names})"


def built_twice(project: SmallProject, name: str, sql: str) -> list[str]:
    project.write(f"{name}.sql", sql)
    return [project.build(name), project.build(name)]


def test_unique_key_of_two_columns_replaces_rows_that_have_both(project: SmallProject) -> None:
    first = values("(1, 1, 'old')", "(1, 2, 'kept')", "(2, 1, 'kept')")
    sql = incremental("unique_key=['a', 'b']", first, values("(1, 1, 'new')"))
    project.write(
        "two_columns.yml",
        "models: [{name: two_columns, columns: [{name: a}, {name: b}, {name: value}]}]",
    )
    assert built_twice(project, "two_columns", sql) == ["success"] * 2
    assert project.rows("from two_columns") == [(1, 1, "new"), (1, 2, "kept"), (2, 1, "kept")]


@pytest.mark.parametrize("strategy", ["merge", "delete+insert"])
def test_strategy_with_a_key_replaces_the_rows_with_that_key(
    strategy: str, project: SmallProject
) -> None:
    name = f"replaced_by_{strategy.replace('+', '_')}"
    config = f"unique_key='a', incremental_strategy='{strategy}'"
    sql = incremental(config, values("(1, 1, 'old')", "(2, 2, 'kept')"), values("(1, 1, 'new')"))
    built_twice(project, name, sql)
    assert project.rows(f"from {name}") == [(1, 1, "new"), (2, 2, "kept")]


def test_append_adds_rows_and_replaces_none(project: SmallProject) -> None:
    one = values("(1, 1, 'same')")
    config = "unique_key='a', incremental_strategy='append'"
    built_twice(project, "appended", incremental(config, one, one))
    assert project.rows("from appended") == [(1, 1, "same")] * 2


def test_strategy_that_nobody_has_written_is_an_error_that_names_it(
    project: SmallProject,
) -> None:
    one = values("(1, 1, 'old')")
    sql = incremental("incremental_strategy='newest_wins'", one, one)
    said = built_twice(project, "no_such_strategy", sql)[1]
    assert "get_incremental_newest_wins_sql" in said
    assert project.rows("from no_such_strategy") == [(1, 1, "old")]


@pytest.mark.parametrize("kind", ["table", "view", "incremental"])
def test_hooks_run_inside_and_outside_of_the_transaction(kind: str, project: SmallProject) -> None:
    def hook(word: str, inside: bool) -> str:
        sql = f"insert into noted values ('{kind} {word}')"
        return f"{{'sql': \"{sql}\", 'transaction': {str(inside).lower()}}}"

    pre = f"pre_hook=[{hook('before it', False)}, {hook('first in it', True)}]"
    post = f"post_hook=[{hook('last in it', True)}, {hook('after it', False)}]"
    name = f"{kind}_with_hooks"
    config = f"{{{{ config(materialized='{kind}', {pre}, {post}) }}}}"
    project.write(f"{name}.sql", f"{config} select 1 as a")
    assert project.build(name) == "success"
    noted = project.rows(f"select word from noted where starts_with(word, '{kind}')")
    words = ("after it", "before it", "first in it", "last in it")
    assert noted == [(f"{kind} {word}",) for word in words]


SCHEMA_CHANGES = {
    "ignore": [(1, "old"), (2, "old")],
    "append_new_columns": [(1, "old", None), (2, "old", 7)],
    "sync_all_columns": [(1, None), (2, 7)],
}


@pytest.mark.parametrize("way", SCHEMA_CHANGES)
def test_on_schema_change_does_what_it_says(way: str, project: SmallProject) -> None:
    name = f"changed_{way}"
    kept = ", 'old' as value" if way != "sync_all_columns" else ""
    sql = incremental(
        f"on_schema_change='{way}'",
        "select 1 as a, 'old' as value",
        f"select 2 as a, 7 as added{kept}",
    )
    assert built_twice(project, name, sql)[1] == "success"
    assert project.rows(f"from {name}") == SCHEMA_CHANGES[way]


def test_on_schema_change_fail_fails_and_is_the_default_here(project: SmallProject) -> None:
    sql = incremental("unique_key='a'", "select 1 as a", "select 2 as a, 7 as added")
    said = built_twice(project, "changed_fail", sql)[1]
    assert "out of sync" in said
    assert project.rows("from changed_fail") == [(1,)]


@pytest.mark.parametrize("kind", ["table", "view", "incremental"])
def test_descriptions_are_kept_with_the_table(kind: str, project: SmallProject) -> None:
    name = f"described_{kind}"
    docs = "persist_docs={'relation': true, 'columns': true}"
    project.write(f"{name}.sql", f"{{{{ config(materialized='{kind}', {docs}) }}}} select 1 as a")
    project.write(
        f"{name}.yml",
        f"models: [{{name: {name}, description: All of it., "
        "columns: [{name: a, description: A number.}]}]",
    )
    assert project.build(name) == "success"
    of_kind = "views" if kind == "view" else "tables"
    table = f"select comment from duckdb_{of_kind}() where {of_kind[:-1]}_name = '{name}'"
    column = f"select comment from duckdb_columns() where table_name = '{name}'"
    assert project.rows(table) == [("All of it.",)]
    assert project.rows(column) == [("A number.",)]


def test_constraint_of_a_contract_is_the_tables(project: SmallProject) -> None:
    contract = "contract={'enforced': true}"
    sql = f"{{{{ config(materialized='table', {contract}) }}}} select null::integer as a"
    project.write("constrained.sql", sql)
    project.write(
        "constrained.yml",
        "models: [{name: constrained, columns: [{name: a, data_type: integer, "
        "constraints: [{type: not_null}]}]}]",
    )
    assert "NOT NULL constraint failed" in project.build("constrained")


def test_python_model_can_be_a_table(project: SmallProject) -> None:
    project.write(
        "of_python.py",
        "def model(dbt, session):\n"
        "    dbt.config(materialized='table')\n"
        "    return session.sql('select 1 as a')\n",
    )
    assert [project.build("of_python"), project.build("of_python")] == ["success"] * 2
    assert project.rows("from of_python") == [(1,)]


def test_model_that_asks_for_it_is_rebuilt_when_its_columns_change(project: SmallProject) -> None:
    first, later = "select 1 as a, 7 as added", "select 2 as a, 7 as added"
    project.write("asks.sql", incremental(ASKS, first, later))
    project.write("asks.yml", "models: [{name: asks, columns: [{name: a}, {name: added}]}]")
    project.execute("create table asks as select 0 as a")
    assert project.build("asks") == "success"
    assert project.rows("from asks") == [(1, 7)]
    assert project.build("asks") == "success"
    assert project.rows("from asks") == [(1, 7), (2, 7)]


def test_model_that_asks_for_it_is_rebuilt_when_a_stated_type_changes(
    project: SmallProject,
) -> None:
    project.write("typed.sql", incremental(ASKS, "select 1.5::double as a", "select 2.5 as a"))
    project.write("typed.yml", "models: [{name: typed, columns: [{name: a, data_type: double}]}]")
    project.execute("create table typed as select 0::integer as a")
    assert project.build("typed") == "success"
    assert project.rows("from typed") == [(1.5,)]


def test_index_is_made_when_changed_columns_have_the_table_rebuilt(project: SmallProject) -> None:
    config = f"{ASKS}, indexes=[{{'columns': ['a']}}]"
    project.write("indexed.sql", incremental(config, "select 1 as a", "select 2 as a"))
    project.write("indexed.yml", "models: [{name: indexed, columns: [{name: a}]}]")
    project.execute("create table indexed as select 0 as other")
    assert project.build("indexed") == "success"
    count = "select count(*) from duckdb_indexes() where table_name = 'indexed'"
    assert project.rows(count) == [(1,)]


def test_model_that_does_not_ask_for_it_is_not_rebuilt(project: SmallProject) -> None:
    sql = incremental("on_schema_change='ignore'", "select 1 as a", "select 2 as a, 7 as added")
    project.write("asks_not.sql", sql)
    project.write("asks_not.yml", "models: [{name: asks_not, columns: [{name: a}, {name: added}]}]")
    project.execute("create table asks_not as select 0 as a")
    assert project.build("asks_not") == "success"
    assert project.rows("from asks_not") == [(0,), (2,)]


@pytest.mark.parametrize("asked", [(), ("--full-refresh",)], ids=["day by day", "full refresh"])
def test_full_refresh_false_wins_over_all_that_would_rebuild(
    asked: tuple[str, ...], project: SmallProject
) -> None:
    name = "kept" if asked else "kept_day_by_day"
    config = f"full_refresh=false, on_schema_change='ignore', {ASKS}"
    sql = incremental(config, "select 1 as a, 7 as added", "select 2 as a, 7 as added")
    project.write(f"{name}.sql", sql)
    project.write(f"{name}.yml", f"models: [{{name: {name}, columns: [{{name: a}}, {{name: x}}]}}]")
    project.execute(f"create table {name} as select 0 as a")
    assert project.build(name, *asked) == "success"
    assert project.rows(f"from {name}") == [(0,), (2,)]


def test_column_that_the_yaml_lacks_is_named_each_time_that_it_costs_a_rebuild(
    project: SmallProject,
) -> None:
    one = "select 1 as a, 7 as forgotten"
    project.write("forgets.sql", incremental(ASKS, one, one))
    project.write("forgets.yml", "models: [{name: forgets, columns: [{name: a}]}]")
    project.build("forgets")
    for _ in range(2):
        project.words()
        project.build("forgets")
        said = project.words()
        assert '"forgets", whose columns differ from its YAML: forgotten is not' in said
    assert project.rows("from forgets") == [(1, 7)]


def test_incremental_python_model_leaves_no_table_behind(project: SmallProject) -> None:
    project.write(
        "python_rows.py",
        "def model(dbt, session):\n"
        "    dbt.config(materialized='incremental', unique_key='a')\n"
        "    value = 'new' if dbt.is_incremental else 'old'\n"
        "    return session.sql(f\"select 1 as a, '{value}' as value\").to_arrow_table()\n",
    )
    project.execute("create table python_rows__dbt_tmp20260101000000 as select 1 as of_a_kill")
    assert [project.build("python_rows") for _ in range(3)] == ["success"] * 3
    assert project.rows("from python_rows") == [(1, "new")]
    left = "select table_name from duckdb_tables() where contains(table_name, '__dbt_')"
    assert project.rows(left) == []
