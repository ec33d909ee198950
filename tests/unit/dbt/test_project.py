"""What holds for the dbt project as it is written; nothing is built here."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import CycleError
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft201909Validator

from include.dbt.contract import RESTRICTED, contract_of, read_contract
from include.dbt.project import DBT_DIR, GRAPH_FILE, dbt_environment, graph_of, marts, steps
from include.errors import ConfigurationError
from include.serving.queries import SOURCES
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


def test_the_data_contract_is_that_of_the_project(manifest: dict[str, Any]) -> None:
    assert read_contract() == contract_of(manifest), "run: make graph"


def test_the_data_contract_is_one_by_the_standard() -> None:
    schema = files("open_data_contract_standard").joinpath("schema.json").read_text()
    assert list(Draft201909Validator(json.loads(schema)).iter_errors(read_contract())) == []


def test_every_table_of_the_contract_has_a_key_and_every_figure_a_unit() -> None:
    for table in read_contract()["schema"]:
        columns = {column["name"]: column for column in table["properties"]}
        assert [c for c in columns.values() if c.get("primaryKey")], table["name"]
        for name, column in columns.items():
            custom = {one["property"] for one in column.get("customProperties", [])}
            is_figure = column["physicalType"] in ("bigint", "integer", "double")
            assert is_figure == ("unit" in custom), (table["name"], name)
        named = {t["name"] for t in read_contract()["schema"]}
        targets = [r["to"] for c in columns.values() for r in c.get("relationships", [])]
        assert {target.split(".")[0] for target in targets} <= named


def test_texts_of_people_are_restricted_in_the_contract() -> None:
    restricted = {
        column["name"]
        for table in read_contract()["schema"]
        for column in table["properties"]
        if column.get("classification") == RESTRICTED
    }
    assert restricted == {"description_raw", "raw_json", "text"}


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


Node = dict[str, Any]


@dataclass(frozen=True)
class Project:
    """The manifest as the rules below ask it: nodes by id, and their parents."""

    manifest: dict[str, Any]

    @property
    def models(self) -> dict[str, Node]:
        return self._of(self.manifest["nodes"], "model")

    @property
    def data_tests(self) -> list[Node]:
        return list(self._of(self.manifest["nodes"], "test").values())

    @property
    def described(self) -> list[Node]:
        """Models, seeds and sources: what has columns."""
        nodes = self.manifest["nodes"]
        kinds = ({**nodes, **self.manifest["sources"]}, "model", "seed", "source")
        return list(self._of(*kinds).values())

    def parents(self, node: Node, *kinds: str) -> list[str]:
        return [p for p in node["depends_on"]["nodes"] if p.split(".")[0] in kinds]

    def layer(self, key: str) -> str:
        """The folder of a model; ``source`` or ``seed`` for what is none."""
        kind = key.split(".")[0]
        return str(self.models[key]["fqn"][1]) if kind == "model" else kind

    @staticmethod
    def _of(nodes: dict[str, Node], *kinds: str) -> dict[str, Node]:
        return {key: node for key, node in nodes.items() if node["resource_type"] in kinds}


PREFIXES = {"staging": "stg_", "intermediate": "int_"}
PARENTS = {
    "staging": {"source"},
    # The tables of record and the views that shape them for each other.
    "silver": {"staging", "silver", "intermediate", "seed"},
    "intermediate": {"silver", "intermediate"},
    "marts": {"silver", "intermediate", "marts", "seed"},
}
# Their rows are those of a table whose key is tested: `postings`.
VIEWS_OF_POSTINGS = {
    "int_postings__unioned",
    "int_postings__jobs",
    "posting_keys",
    "posting_places",
    "posting_skills",
}
# The tree of places is the code's own: the reader and the table are one.
OF_CODE = {"places"}
# Append-only versions of records: assert_loads_match_their_payloads counts each load's rows.
VERSIONS = {"stg_hn__items", "stg_hn__seekers", "stg_boards__postings", "stg_rejects"}


def _undocumented(project: Project) -> Iterator[str]:
    for node in project.described:
        texts = {"": node["description"]}
        texts |= {name: column["description"] for name, column in node["columns"].items()}
        yield from (f"{node['name']}.{name}" for name, text in texts.items() if not text)
    for kind in ("groups", "exposures"):
        yield from (key for key, node in project.manifest[kind].items() if not node["description"])


def _badly_named(project: Project) -> Iterator[str]:
    for key, node in project.models.items():
        layer = project.layer(key)
        others = tuple(prefix for prefix in PREFIXES.values() if prefix != PREFIXES.get(layer))
        if not node["name"].startswith(PREFIXES.get(layer, "")) or node["name"].startswith(others):
            yield f"{layer}/{node['name']}"


def _misplaced(project: Project) -> Iterator[str]:
    """Models whose YAML is not beside them, singular tests that do not say that they assert."""
    for node in project.models.values():
        model, patch = Path(node["original_file_path"]), node["patch_path"].split("://")[1]
        if Path(patch) != model.with_suffix(".yml"):
            yield f"{model}: {patch}"
    for test in project.data_tests:
        if not test.get("test_metadata") and not test["name"].startswith("assert_"):
            yield str(test["name"])


def _wrong_parents(project: Project) -> Iterator[str]:
    """Marts that read bronze or staging, staging that reads a model, roots that read nothing."""
    for key, node in project.models.items():
        layer = project.layer(key)
        parents = {project.layer(p) for p in project.parents(node, "model", "source", "seed")}
        if node["name"] in OF_CODE:
            continue
        if not parents or not parents <= PARENTS[layer]:
            yield f"{layer}/{node['name']} reads {sorted(parents)}"


def _staged_twice(project: Project) -> Iterator[str]:
    """Sources that two models read, and staging models of several sources."""
    readers: dict[str, list[str]] = {}
    for node in project.models.values():
        sources = project.parents(node, "source")
        if len(sources) > 1:
            yield f"{node['name']} reads {sources}"
        for source in sources:
            readers.setdefault(source, []).append(node["name"])
    yield from (f"{source}: {names}" for source, names in readers.items() if len(names) > 1)


def _hard_coded(project: Project) -> Iterator[str]:
    schemas = "bronze|staging|silver|gold|seeds"
    relation = re.compile(rf"\b(?:from|join)\s+(?:warehouse\.)?(?:{schemas})\.\w+")
    for node in project.models.values():
        yield from (f"{node['name']}: {found}" for found in relation.findall(node["raw_code"]))


def _without_a_tested_key(project: Project) -> Iterator[str]:
    keyed = {
        test["attached_node"]
        for test in project.data_tests
        if test.get("test_metadata", {}).get("kwargs", {}).get("unique")
    }
    for key, node in project.models.items():
        if key not in keyed and node["name"] not in VIEWS_OF_POSTINGS | VERSIONS:
            yield str(node["name"])


def _untested_logic(project: Project) -> Iterator[str]:
    """SQL models that choose, join or aggregate and have no unit test."""
    tested = {test["model"] for test in project.manifest["unit_tests"].values()}
    logic = re.compile(r"\b(?:join|group by|union|over|qualify|where)\b")
    for node in project.models.values():
        code = re.sub(r"--.*|\{#.*?#\}", "", node["raw_code"])
        if node["language"] == "sql" and logic.search(code) and node["name"] not in tested:
            yield str(node["name"])


def _ungoverned(project: Project) -> Iterator[str]:
    """Public models without a contract, models without a group, groups without an owner."""
    owners = {name: group["owner"] for name, group in _groups(project).items()}
    for key, node in project.models.items():
        public = node["access"] == "public"
        if public != (project.layer(key) == "marts"):
            yield f"{node['name']} is {node['access']}"
        if public and not node["config"]["contract"]["enforced"]:
            yield f"{node['name']} has no contract"
        if not owners.get(node["group"], {}).get("name"):
            yield f"{node['name']}: group {node['group']}"


def _groups(project: Project) -> dict[str, Node]:
    return {group["name"]: group for group in project.manifest["groups"].values()}


def _exposed_wrongly(project: Project) -> Iterator[str]:
    """Exposures of anything but what publish copies from gold; both read all of it."""
    published = {s.relation.removeprefix("gold.") for s in SOURCES if "gold." in s.relation}
    exposures = {node["name"]: node for node in project.manifest["exposures"].values()}
    if set(exposures) != {"api", "dashboard"}:
        yield f"exposures: {sorted(exposures)}"
    for name, node in exposures.items():
        read = {key.split(".")[-1] for key in node["depends_on"]["nodes"]}
        if read != published:
            yield f"{name}: {sorted(read ^ published)}"


RULES = (
    _undocumented,
    _badly_named,
    _misplaced,
    _wrong_parents,
    _staged_twice,
    _hard_coded,
    _without_a_tested_key,
    _untested_logic,
    _ungoverned,
    _exposed_wrongly,
)
"""The rules of dbt_project_evaluator that fit; docs/analytics.md has those that do not, and why.

https://dbt-labs.github.io/dbt-project-evaluator/latest/rules/
"""


def test_project_follows_dbt_labs_rules(manifest: dict[str, Any]) -> None:
    project = Project(manifest)
    broken = {rule.__name__: found for rule in RULES if (found := sorted(rule(project)))}
    assert broken == {}


def test_every_mart_states_its_columns_types_and_grain(manifest: dict[str, Any]) -> None:
    gold = {key: node for key, node in manifest["nodes"].items() if node["schema"] == "gold"}
    models = {key: node for key, node in gold.items() if node["resource_type"] == "model"}
    assert set(models) == set(marts())
    for node in models.values():
        assert all(column["data_type"] for column in node["columns"].values()), node["name"]
        assert node["config"]["meta"]["grain"], node["name"]


def step_graph(file: Path, **nodes: dict[str, Any]) -> None:
    """Write a graph of models, each with the given tags and parents."""
    plain = {"resource_type": "model", "description": "", "config": {"schema": "silver"}}
    file.write_text(json.dumps({"nodes": {name: plain | node for name, node in nodes.items()}}))


@pytest.mark.parametrize("tags", [[], ["one", "two"]])
def test_model_that_no_one_task_builds_is_named(
    tags: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("include.dbt.project.GRAPH_FILE", tmp_path / "graph.json")
    step_graph(tmp_path / "graph.json", lost={"tags": tags, "depends_on": {"nodes": []}})
    with pytest.raises(ConfigurationError, match=r"lost.*dbt_project\.yml"):
        steps()


def test_steps_that_read_from_each_other_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("include.dbt.project.GRAPH_FILE", tmp_path / "graph.json")
    step_graph(
        tmp_path / "graph.json",
        first={"tags": ["a"], "depends_on": {"nodes": []}},
        second={"tags": ["b"], "depends_on": {"nodes": ["first"]}},
        third={"tags": ["a"], "depends_on": {"nodes": ["second"]}},
    )
    with pytest.raises(CycleError):
        steps()


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
