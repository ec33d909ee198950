"""What holds for the dbt project as it is written; nothing is built here."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from include.dbt.project import DBT_DIR, GRAPH_FILE, dbt_environment, graph_of, marts
from include.settings import Settings

WRITTEN = [
    file
    for folder in ("models", "macros", "tests")
    for file in sorted((DBT_DIR / folder).rglob("*"))
    if file.suffix in (".sql", ".py", ".yml")
]
UNPORTABLE = re.compile(
    r"\b(primary key|foreign key|create (unique )?index|create sequence|nextval|as enum|"
    r"on conflict|returning|constraints:|indexes)\b",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A new parse of the project."""
    from dbt.cli.main import dbtRunner

    folder = tmp_path_factory.mktemp("parse")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in dbt_environment(Settings(data_dir=folder)).items():
            patch.setenv(name, value)
        patch.setenv("DBT_WRITE_JSON", "true")
        options = ["--project-dir", str(DBT_DIR), "--profiles-dir", str(DBT_DIR)]
        options += ["--target-path", str(folder), "--log-path", str(folder), "--log-level", "none"]
        done = dbtRunner().invoke(["parse", *options])
    assert done.success, done.exception
    return dict(json.loads((folder / "manifest.json").read_text()))


def nodes(manifest: dict[str, Any], *kinds: str) -> list[dict[str, Any]]:
    every = [*manifest["nodes"].values(), *manifest["sources"].values()]
    return [node for node in every if node["resource_type"] in kinds]


def ancestors(graph: dict[str, Any], key: str) -> set[str]:
    parents = graph["nodes"].get(key, {}).get("depends_on", {}).get("nodes", [])
    return set(parents).union(*(ancestors(graph, parent) for parent in parents))


def test_the_graph_that_the_dag_is_rendered_from_is_that_of_the_project(
    manifest: dict[str, Any],
) -> None:
    assert json.loads(GRAPH_FILE.read_text()) == graph_of(manifest), "run: make graph"


def test_every_data_test_runs_in_the_task_of_a_model() -> None:
    """As dbt's indirect selection `buildable` picks them: all parents are there by then."""
    graph = json.loads(GRAPH_FILE.read_text())
    sources = set(graph["sources"])
    built = [k for k, node in graph["nodes"].items() if node["resource_type"] in ("model", "seed")]
    there = {key: {key} | sources | ancestors(graph, key) for key in built}
    tests = {k: n for k, n in graph["nodes"].items() if n["resource_type"] == "test"}
    assert tests
    never = [
        key
        for key, node in tests.items()
        if not any(
            key_of_model in node["depends_on"]["nodes"] and set(node["depends_on"]["nodes"]) <= have
            for key_of_model, have in there.items()
        )
    ]
    assert never == []


def test_every_table_and_column_is_described(manifest: dict[str, Any]) -> None:
    missing = [
        (node["name"], name)
        for node in nodes(manifest, "model", "seed", "source")
        for name, text in [
            ("", node["description"]),
            *((name, column["description"]) for name, column in node["columns"].items()),
        ]
        if not text
    ]
    assert missing == []


def test_every_mart_has_an_enforced_contract_and_tests(manifest: dict[str, Any]) -> None:
    gold = [node for node in nodes(manifest, "model") if node["schema"] == "gold"]
    assert {node["unique_id"] for node in gold} == set(marts())
    tested = {n.get("attached_node") for n in nodes(manifest, "test")}
    for node in gold:
        assert node["config"]["contract"]["enforced"], node["name"]
        assert all(column["data_type"] for column in node["columns"].values()), node["name"]
        assert node["unique_id"] in tested


def test_freshness_fits_a_monthly_and_a_daily_source(manifest: dict[str, Any]) -> None:
    limits = {
        node["name"]: (freshness["warn_after"], freshness["error_after"])
        for node in nodes(manifest, "source")
        if (freshness := node["freshness"]) and freshness["warn_after"]["count"]
    }
    assert limits == {
        "hn_loads": ({"count": 32, "period": "day"}, {"count": 63, "period": "day"}),
        "board_loads": ({"count": 48, "period": "hour"}, {"count": 7, "period": "day"}),
    }


@pytest.mark.parametrize("file", WRITTEN, ids=lambda file: file.name)
def test_sql_has_nothing_that_the_second_warehouse_lacks(file: Path) -> None:
    assert UNPORTABLE.findall(file.read_text()) == []
