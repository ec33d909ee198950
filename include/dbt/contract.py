"""The data contract of gold, made from dbt's contracts, column docs and tests.

An Open Data Contract Standard document (https://bitol-io.github.io/open-data-contract-standard),
committed as ``dbt/contract.odcs.yaml`` and written by ``make graph``: tasks and the export read it
without dbt. Units, references and classifications are in the ``config.meta`` of a model's column.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import yaml

from include import __version__
from include.dbt.project import DBT_DIR

__all__ = ["CONTRACT_FILE", "RESTRICTED", "contract_of", "contract_yaml", "read_contract"]

CONTRACT_FILE: Final = DBT_DIR / "contract.odcs.yaml"

RESTRICTED: Final = "restricted"
"""Classification of columns that may hold personal data, such as a posting's text."""

_LOGICAL: Final = {
    "varchar": "string", "bigint": "integer", "integer": "integer", "ubigint": "integer",
    "double": "number", "boolean": "boolean", "date": "date", "timestamptz": "timestamp",
    "json": "object",
}  # fmt: skip
_REFERENCE: Final = re.compile(r"ref\('(\w+)'\)")  # as in "ref('fct_postings')"

_DESCRIPTION: Final = {
    "purpose": "What public job postings ask for: skills, roles, levels, places, pay, by month.",
    "limitations": "Read by rules from public postings: docs/classification.md has the scores, "
    "docs/statistics.md what each figure counts. Monthly tables count Hacker News alone.",
    "usage": "Each source has terms of its own (docs/sources.md). Restricted columns hold texts of "
    "people and are in no export.",
}


def contract_of(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return the contract of the gold models in a dbt manifest, in a stable order."""
    nodes = manifest["nodes"]
    models = {
        node["name"]: node
        for _, node in sorted(nodes.items())
        if node["resource_type"] == "model" and node["config"]["schema"] == "gold"
    }
    rules = {name: _rules(nodes, node["unique_id"]) for name, node in models.items()}
    keys = {name: _first_key(rule) for name, rule in rules.items()}
    return {
        "apiVersion": "v3.2.0",
        "kind": "DataContract",
        "id": "techpulse-gold",
        "name": "TechPulse gold",
        "version": __version__,
        "status": "active",
        "domain": "labour market",
        "dataProduct": "TechPulse",
        "description": _DESCRIPTION,
        "servers": [
            {"server": "warehouse", "type": "duckdb", "database": "warehouse.duckdb",
             "schema": "gold"},
            {"server": "export", "type": "local", "path": "*/parquet", "format": "parquet"},
        ],
        "team": {"name": "TechPulse maintainers"},
        "slaProperties": [{"property": "frequency", "value": 1, "unit": "d"}],
        "schema": [_table(node, rules[name], keys) for name, node in models.items()],
    }  # fmt: skip


def read_contract() -> dict[str, Any]:
    """Return the committed contract."""
    return dict(yaml.load(CONTRACT_FILE.read_bytes(), Loader=yaml.CSafeLoader))


def contract_yaml(contract: Mapping[str, Any]) -> str:
    """Return a contract as YAML, its keys in their order."""
    return yaml.safe_dump(dict(contract), sort_keys=False, allow_unicode=True, width=100)


def _rules(nodes: Mapping[str, Any], model: str) -> dict[str, Any]:
    """Return the arguments of the model's test ``row_rules``."""
    found = (
        node["test_metadata"]["kwargs"]
        for node in nodes.values()
        if node.get("attached_node") == model and node["test_metadata"]["name"] == "row_rules"
    )
    return next(found, {})


def _keys(rules: Mapping[str, Any]) -> list[list[str]]:
    return [[key] if isinstance(key, str) else key for key in rules.get("unique", [])]


def _first_key(rules: Mapping[str, Any]) -> list[str]:
    return next(iter(_keys(rules)), [])


def _table(node: dict[str, Any], rules: dict[str, Any], keys: dict[str, list[str]]) -> Any:
    query = "select count(*) from {object} where not coalesce(("
    quality = [
        {"type": "sql", "query": f"{query}{condition.strip()}), false)", "mustBe": 0}
        for condition in rules.get("expressions", [])
    ]
    meta = node["config"]["meta"]
    custom = [{"property": "license", "value": meta["license"]}] if "license" in meta else []
    return {
        "name": node["name"],
        "physicalType": "view" if node["config"]["materialized"] == "view" else "table",
        "description": node["description"].strip(),
        "dataGranularityDescription": f"One row is {meta['grain']}.",
        **({"customProperties": custom} if custom else {}),
        **({"quality": quality} if quality else {}),
        "properties": [_column(column, rules, keys[node["name"]], keys)
                       for column in node["columns"].values()],
    }  # fmt: skip


def _column(
    column: dict[str, Any], rules: dict[str, Any], key: list[str], keys: dict[str, list[str]]
) -> dict[str, Any]:
    name, meta, kind = column["name"], column["config"]["meta"], column["data_type"]
    required = {*rules.get("not_null", []), *(part for k in _keys(rules) for part in k)}
    values = rules.get("accepted_values", {}).get(name)
    target = _target(name, rules, keys) or meta.get("references")
    custom = [{"property": "unit", "value": meta["unit"]}] if "unit" in meta else []
    found = {
        **_typed(kind),
        "description": column["description"].strip(),
        "required": name in required,
        "unique": [name] in _keys(rules),
        "primaryKey": name in key,
        "primaryKeyPosition": key.index(name) + 1 if name in key else None,
        "enum": [{"value": value} for value in values or []],
        "relationships": [{"to": target}] if target else [],
        "classification": meta.get("classification"),
        "customProperties": custom,
    }
    return {"name": name, **{field: value for field, value in found.items() if value}}


def _target(name: str, rules: dict[str, Any], keys: dict[str, list[str]]) -> str | None:
    """Return the row that a column names; a column of another table that is no key names none."""
    rule = rules.get("relationships", {}).get(name)
    if rule is None or not (found := _REFERENCE.fullmatch(rule["to"])):
        return None
    return f"{found[1]}.{rule['field']}" if keys[found[1]] == [rule["field"]] else None


def _typed(kind: str) -> dict[str, Any]:
    if kind.endswith("[]"):
        item = kind.removesuffix("[]")
        items = {"logicalType": _LOGICAL.get(item, "object"), "physicalType": item}
        return {"logicalType": "array", "physicalType": kind, "items": items}
    return {"logicalType": _LOGICAL[kind], "physicalType": kind}
