"""The contracts as files: they fit the models, are closed, and old examples stay valid."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from include.insights.contracts import CONTRACTS, contract_schema, schema_file
from include.insights.skills import skill_insights
from include.insights.store import Snapshot
from include.postings.model import IngestionQuery

EXAMPLES = Path(__file__).with_name("examples")


def validator(name: str) -> Draft202012Validator:
    schema = json.loads(schema_file(name).read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def example_of(name: str) -> Any:
    """The contract's answer of version 1.0.0: later versions of it stay open to that."""
    file = EXAMPLES / f"{name.partition('-')[0]}-1.0.0.json"
    return json.loads(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", CONTRACTS)
def test_file_is_what_the_model_says(name: str) -> None:
    assert json.loads(schema_file(name).read_text(encoding="utf-8")) == contract_schema(name)


@pytest.mark.parametrize("name", CONTRACTS)
def test_frozen_example_of_version_1_0_0_is_still_valid(name: str) -> None:
    example = json.loads(
        (EXAMPLES / f"{name.partition('-')[0]}-1.0.0.json").read_text(encoding="utf-8")
    )
    validator(name).validate(example)
    CONTRACTS[name].model_validate(example)


def objects(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return [schema, *schema.get("$defs", {}).values()]


@pytest.mark.parametrize("name", CONTRACTS)
def test_every_object_is_closed(name: str) -> None:
    assert all(part["additionalProperties"] is False for part in objects(contract_schema(name)))


@pytest.mark.parametrize("name", CONTRACTS)
def test_unknown_field_is_refused(name: str) -> None:
    example = json.loads(
        (EXAMPLES / f"{name.partition('-')[0]}-1.0.0.json").read_text(encoding="utf-8")
    )
    with pytest.raises(ValidationError):
        validator(name).validate(example | {"surprise": 1})


def test_answer_fits_its_schema(snapshot: Snapshot) -> None:
    answer = skill_insights(snapshot, IngestionQuery(location="Anywhere", days=400))
    validator("skill_insights_response").validate(answer.model_dump(mode="json"))


def test_more_than_25_skills_do_not_fit() -> None:
    example = json.loads(
        (EXAMPLES / "skill_insights_response-1.0.0.json").read_text(encoding="utf-8")
    )
    example["skills"] = example["skills"][:1] * 26
    with pytest.raises(ValidationError, match="too long"):
        validator("skill_insights_response").validate(example)
