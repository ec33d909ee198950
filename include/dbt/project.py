"""The dbt project's paths, graph and environment. Imported at DAG parse time, hence light."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any, Final

from include.errors import ConfigurationError
from include.settings import PROJECT_ROOT, Settings

__all__ = ["DBT_DIR", "GRAPH_FILE", "Mart", "Step", "dbt_environment", "graph_of", "marts", "steps"]

DBT_DIR: Final = PROJECT_ROOT / "dbt"
GRAPH_FILE: Final = DBT_DIR / "graph.json"
"""The part of dbt's manifest that tasks are made from. Committed like a lock file, so that
parsing a DAG never calls dbt, wherever the bundle comes from. ``make graph`` writes it."""

_OF_A_NODE = (
    "unique_id",
    "resource_type",
    "package_name",
    "original_file_path",
    "fqn",
    "tags",
    "freshness",
    "description",
)
_OF_A_CONFIG = ("materialized", "meta", "tags", "schema", "enabled")


def graph_of(manifest: dict[str, Any]) -> dict[str, Any]:
    """Return the parts of a dbt manifest that tasks are made from, in a stable order.

    Format of a manifest: https://docs.getdbt.com/reference/artifacts/manifest-json
    """
    # Cosmos passes it to OpenLineage after each run, which requires the schema version.
    known = ("dbt_schema_version", "project_name")
    graph: dict[str, Any] = {"metadata": {name: manifest["metadata"][name] for name in known}}
    for kind in ("nodes", "sources"):  # exposures have no task
        graph[kind] = {key: _slim(manifest[kind][key]) for key in sorted(manifest[kind])}
    return graph


def _slim(node: dict[str, Any]) -> dict[str, Any]:
    kept = {name: node[name] for name in _OF_A_NODE if node.get(name)}
    config = {name: node["config"][name] for name in _OF_A_CONFIG if node["config"].get(name)}
    parents = sorted(node.get("depends_on", {}).get("nodes", []))
    return {**kept, "config": config, "depends_on": {"nodes": parents}}


@dataclass(frozen=True)
class Mart:
    """A gold model; ``grain`` says what one row stands for, ``step`` which task builds it."""

    name: str
    grain: str
    step: str


def marts() -> dict[str, Mart]:
    """Return the gold models by graph id."""
    return {
        key: Mart(key.split(".")[-1], node["config"]["meta"]["grain"], _tag(key, node))
        for key, node in _nodes().items()
        if node["resource_type"] == "model" and node["config"]["schema"] == "gold"
    }


@dataclass(frozen=True)
class Step:
    """The models and seeds that one task builds: those with the tag ``name``.

    ``nodes`` are their descriptions, as Markdown, by graph id.
    """

    name: str
    nodes: Mapping[str, str]


def steps() -> tuple[Step, ...]:
    """Return the steps of a build, each after those that it reads from.

    Raises ConfigurationError for a node without exactly one tag, and graphlib's CycleError where
    two steps read from each other.
    """
    nodes = _nodes()
    built = {key: _tag(key, node) for key, node in nodes.items() if _is_built(node)}
    after: dict[str, set[str]] = {name: set() for name in built.values()}
    for key, name in built.items():
        parents = nodes[key]["depends_on"]["nodes"]
        after[name] |= {built[parent] for parent in parents if parent in built} - {name}
    return tuple(
        Step(name, {key: _description(key, nodes[key]) for key in built if built[key] == name})
        for name in TopologicalSorter(after).static_order()
    )


def _tag(key: str, node: dict[str, Any]) -> str:
    match node.get("tags", []):
        case [tag]:
            return str(tag)
        case tags:
            raise ConfigurationError(
                f"A model or seed needs one tag, the task that builds it, not {len(tags)}.",
                record=key,
                next_step="give it one in dbt/dbt_project.yml, then run `make graph`.",
            )


def _is_built(node: dict[str, Any]) -> bool:
    return node["resource_type"] in ("model", "seed")


def _description(key: str, node: dict[str, Any]) -> str:
    return f"`{node['config']['schema']}.{key.split('.')[-1]}`: {node['description'].strip()}"


def _nodes() -> dict[str, dict[str, Any]]:
    return dict(json.loads(GRAPH_FILE.read_text())["nodes"])


def dbt_environment(settings: Settings) -> dict[str, str]:
    """Return the environment variables of a dbt run: the warehouse, the project root, dbt flags."""
    return {
        "TECHPULSE_DBT_TARGET": "lake" if settings.warehouse_is_lake else "embedded",
        "TECHPULSE_DBT_WAREHOUSE": settings.warehouse_path,
        "TECHPULSE_DBT_PROJECT_ROOT": str(PROJECT_ROOT),
        **(_lake_environment(settings) if settings.warehouse_is_lake else {}),
        # Unit tests check the models' code, not the data: pytest and a manual `dbt build` run them.
        "DBT_EXCLUDE_RESOURCE_TYPES": "unit_test",
        # A task's artifacts are deleted with its temporary folder; writing them and the debug log
        # takes a sixth of a daily build.
        "DBT_WRITE_JSON": "false",
        "DBT_LOG_LEVEL_FILE": "none",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
        "PATH": os.environ.get("PATH", os.defpath),
    }


def _lake_environment(settings: Settings) -> dict[str, str]:
    """Return the settings that include/warehouse/dbt_plugin.py reads; none is a secret."""
    return {
        "TECHPULSE_WAREHOUSE_URI": settings.warehouse_uri,
        "TECHPULSE_WAREHOUSE_DATA_PATH": settings.warehouse_data_path,
        "TECHPULSE_WAREHOUSE_META_SCHEMA": settings.warehouse_meta_schema,
        "TECHPULSE_DUCKDB_EXTENSION_DIR": settings.duckdb_extension_dir,
    }


def main() -> None:
    """Write the graph and the data contract from the manifest of ``dbt parse``."""
    from include.dbt.contract import CONTRACT_FILE, contract_of, contract_yaml

    manifest = json.loads((DBT_DIR / "target" / "manifest.json").read_text())
    GRAPH_FILE.write_text(json.dumps(graph_of(manifest), indent=1) + "\n")
    CONTRACT_FILE.write_text(contract_yaml(contract_of(manifest)))
    for file in (GRAPH_FILE, CONTRACT_FILE):
        print(f"wrote {Path(file).relative_to(PROJECT_ROOT)}")


if __name__ == "__main__":
    main()
