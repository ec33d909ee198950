"""dbt's own SQL of the gold models, to be run over some sources' postings alone.

An export that leaves a source out counts its tables again without it. The SQL is that of dbt's
models, so both count alike; ``ref`` and ``var`` are all that they need of dbt.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from typing import Any, Final

import yaml
from jinja2 import Environment, StrictUndefined

from include.dbt.project import DBT_DIR, GRAPH_FILE

__all__ = ["Model", "Plan", "plan"]

# Of silver, the tables whose rows depend on those of other sources. Company keys do, too, but a key
# is a name: it stays as it is.
_ACROSS_SOURCES: Final = frozenset({"posting_duplicates"})


@dataclass(frozen=True, slots=True)
class Model:
    """A dbt model: its schema and name, and for one to be made again its SQL and its parents."""

    schema: str
    name: str
    sql: str = ""
    is_view: bool = False
    parents: tuple[str, ...] = ()

    @property
    def table(self) -> str:
        """The quoted ``schema.name``."""
        return f'"{self.schema}"."{self.name}"'


@dataclass(frozen=True, slots=True)
class Plan:
    """What an export copies from the warehouse, and the models that it then makes, in order."""

    copied: tuple[Model, ...]
    made: tuple[Model, ...]


@cache
def plan() -> Plan:
    """Return the plan for all gold models.

    Incremental ones are copied: they count the months of Hacker News alone. All others are made,
    and what they read: intermediate views and tables across sources are made, other tables copied.
    """
    nodes = {key.split(".")[-1]: node for key, node in _nodes().items()}
    gold = [name for name, node in nodes.items() if node["config"]["schema"] == "gold"]
    copied = {name for name in gold if nodes[name]["config"]["materialized"] == "incremental"}
    made: dict[str, Model] = {}
    pending = [name for name in gold if name not in copied]
    while pending:
        name = pending.pop()
        if name in made or name in copied:
            continue
        if not _is_made(name, nodes[name]):
            copied.add(name)
            continue
        made[name] = _rendered(name, nodes)
        pending += made[name].parents
    order = TopologicalSorter({name: model.parents for name, model in made.items()}).static_order()
    return Plan(
        copied=tuple(Model(nodes[name]["config"]["schema"], name) for name in sorted(copied)),
        made=tuple(made[name] for name in order if name in made),
    )


def _nodes() -> dict[str, Any]:
    nodes: dict[str, Any] = json.loads(GRAPH_FILE.read_text())["nodes"]
    return {key: node for key, node in nodes.items() if node["resource_type"] in ("model", "seed")}


def _is_made(name: str, node: dict[str, Any]) -> bool:
    config = node["config"]
    is_view = config["materialized"] == "view"
    return config["schema"] == "gold" or is_view or name in _ACROSS_SOURCES


def _rendered(name: str, nodes: dict[str, Any]) -> Model:
    node, parents = nodes[name], list[str]()

    def ref(parent: str) -> str:
        parents.append(parent)
        return f'"{nodes[parent]["config"]["schema"]}"."{parent}"'

    template = _environment().from_string((DBT_DIR / node["original_file_path"]).read_text())
    sql = template.render(ref=ref, var=_variables().__getitem__, config=lambda **_: "")
    config = node["config"]
    # dbt makes the facts as views, which would be computed for each file of an export.
    is_view = config["materialized"] == "view" and config["schema"] != "gold"
    return Model(config["schema"], name, sql, is_view, tuple(dict.fromkeys(parents)))


@cache
def _environment() -> Environment:
    # SQL, not HTML: nothing is to be escaped, and a name that is not known is an error.
    return Environment(undefined=StrictUndefined, autoescape=False)  # noqa: S701


@cache
def _variables() -> dict[str, Any]:
    return dict(yaml.safe_load((DBT_DIR / "dbt_project.yml").read_text())["vars"])
