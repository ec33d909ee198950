"""The OpenAPI 3.1 document, generated from the models that validate and answer requests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel

from include import __version__
from include.web.api import Endpoint
from include.web.health import Liveness, Readiness
from include.web.problems import PROBLEM_TYPE, Problem

__all__ = ["openapi_document", "parameters_of"]

_HEALTH: tuple[tuple[str, str, type[BaseModel]], ...] = (
    ("/health", "The process answers", Liveness),
    ("/health/live", "The process answers", Liveness),
    ("/health/ready", "The API can answer", Readiness),
)


def openapi_document(endpoints: Iterable[Endpoint], root: str) -> dict[str, Any]:
    """Return the description of the API as mounted under ``root``."""
    schemas: dict[str, Any] = {}
    paths: dict[str, Any] = {
        path: _health(path, summary, model, schemas) for path, summary, model in _HEALTH
    }
    paths |= {endpoint.path: _question(endpoint, schemas) for endpoint in endpoints}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "TechPulse",
            "version": __version__,
            "description": "Which skills public job postings ask for, and how that changes.",
        },
        "servers": [{"url": root or "/"}],
        "security": [{"bearer": []}, {"cookie": []}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "cookie": {"type": "apiKey", "in": "cookie", "name": "_token"},
            },
        },
    }


def _health(path: str, summary: str, model: type[BaseModel], schemas: dict[str, Any]) -> Any:
    answers = {"200": _json("Healthy", model, schemas)}
    if model is Readiness:
        answers["503"] = _json("Not ready", model, schemas)
    operation = {
        "operationId": path.strip("/").replace("/", "_"),
        "summary": summary,
        "security": [],
        "responses": answers,
    }
    return {"get": operation}


def _question(endpoint: Endpoint, schemas: dict[str, Any]) -> Any:
    answers: dict[str, Any] = {
        "200": {**_json("The answer", endpoint.model, schemas), "headers": _headers(endpoint)},
        "304": {"description": "Not modified: the ETag in If-None-Match is current"},
        "401": {"description": "Not logged in to Airflow"},
        "403": {"description": "The login is invalid or lacks the permission"},
    }
    if endpoint.is_personal:
        del answers["304"]
    for status, meaning in (
        ("400", "A parameter is invalid"),
        ("404", "No such technology, posting, company or path"),
        ("503", "The serving store cannot be read"),
    ):
        answers[status] = _json(meaning, Problem, schemas, PROBLEM_TYPE)
    operation = {
        "operationId": endpoint.path.removeprefix("/api/v1/"),
        "summary": endpoint.summary,
        "parameters": parameters_of(endpoint),
        "responses": answers,
    }
    return {"get": operation}


_HEADERS = {
    "ETag": {"schema": {"type": "string"}},
    "TechPulse-As-Of": {
        "description": "The reference day that `days` counts back from.",
        "schema": {"type": "string", "format": "date"},
    },
}


def _headers(endpoint: Endpoint) -> dict[str, Any]:
    """Return the headers of an answer; one that no cache may keep has no ETag."""
    left_out = {"ETag"} if endpoint.is_personal else set()
    return {name: header for name, header in _HEADERS.items() if name not in left_out}


def parameters_of(endpoint: Endpoint) -> list[dict[str, Any]]:
    """Return the description of each query parameter of an endpoint."""
    schema = endpoint.params.model_json_schema()
    return [
        {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
            "schema": _without_null(rule),
            **({"description": rule["description"]} if "description" in rule else {}),
        }
        for name, rule in schema.get("properties", {}).items()
    ]


def _without_null(rule: dict[str, Any]) -> dict[str, Any]:
    """Return a parameter's schema without null: an absent parameter is omitted, never null."""
    kept = {key: value for key, value in rule.items() if key not in ("title", "anyOf")}
    # pydantic writes an optional field as anyOf with null; a query string has no null.
    if kept.get("default", "") is None:
        del kept["default"]
    for option in rule.get("anyOf", ()):
        if option.get("type") != "null":
            kept |= option
    return kept


def _json(
    description: str,
    model: type[BaseModel],
    schemas: dict[str, Any],
    content_type: str = "application/json",
) -> dict[str, Any]:
    schema = model.model_json_schema(
        ref_template="#/components/schemas/{model}", mode="serialization"
    )
    schemas |= schema.pop("$defs", {})
    # Names of components allow no brackets: Envelope[TrendSeries, TrendMeta] is renamed.
    name = model.__name__.replace("[", "_").replace(", ", "_").replace("]", "").replace(",", "_")
    schemas[name] = schema
    content = {content_type: {"schema": {"$ref": f"#/components/schemas/{name}"}}}
    return {"description": description, "content": content}
