"""The JSON Schemas of the posting contract, as files for clients in other languages.

``python -m include.insights.contracts`` writes ``schemas/``; a test fails when files and models
disagree.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel

from include.insights.models import JobInsightsResponse, SkillInsightsResponse
from include.postings.model import SCHEMA_VERSION, IngestionQuery, JobPosting

__all__ = ["CONTRACTS", "contract_schema", "schema_file"]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
CONTRACTS: Mapping[str, type[BaseModel]] = MappingProxyType(
    {
        "ingestion_query": IngestionQuery,
        "job_posting": JobPosting,
        "skill_insights_response": SkillInsightsResponse,
        "skill_insights_response-1.1.0": JobInsightsResponse,
    }
)


def schema_file(name: str) -> Path:
    """Return the path of a contract's schema."""
    return Path(__file__).parent / "schemas" / f"{name}.schema.json"


def contract_schema(name: str) -> dict[str, Any]:
    """Return a contract's closed schema, Draft 2020-12."""
    schema = CONTRACTS[name].model_json_schema(mode="serialization")
    _require_only_what_has_no_default(schema, CONTRACTS[name])
    contract, _, version = name.partition("-")
    return {
        "$schema": DIALECT,
        "$id": f"urn:techpulse:schema:{contract}:{version or SCHEMA_VERSION}",
        **schema,
    }


def _require_only_what_has_no_default(schema: dict[str, Any], model: type[BaseModel]) -> None:
    """Make fields with defaults optional: pydantic's serialization schema requires them all."""
    required = set(model.model_json_schema(mode="validation").get("required", ()))
    schema["required"] = [field for field in schema["properties"] if field in required]


def main() -> None:
    """Write the schema files."""
    for name in CONTRACTS:
        text = json.dumps(contract_schema(name), indent=2, ensure_ascii=False)
        schema_file(name).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
