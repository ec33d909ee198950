"""Errors as RFC 9457 problem details (https://www.rfc-editor.org/rfc/rfc9457).

The ``type`` is stable, the text is for people. None contains a path, a secret or a traceback.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from flask import Flask, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.responses import Response as AsgiResponse
from werkzeug.exceptions import HTTPException, default_exceptions

from include.errors import ConfigurationError, ServingError
from include.web.params import MAX_NAME_CHARACTERS, MAX_NAMED_PARAMETERS, named

__all__ = [
    "PROBLEM_TYPE",
    "InvalidParameter",
    "Problem",
    "UnknownPostingError",
    "UnknownSkillError",
    "UnknownTechnologyError",
    "problem_reply",
    "register_problems",
]

PROBLEM_TYPE = "application/problem+json"

_BY_STATUS: Mapping[int, str] = MappingProxyType(
    {404: "not-found", 405: "method-not-allowed", 400: "bad-request"}
)

log = logging.getLogger(__name__)


class InvalidParameter(BaseModel):
    """An invalid parameter and the reason."""

    model_config = ConfigDict(extra="forbid")

    parameter: str
    message: str


class Problem(BaseModel):
    """A problem detail; ``type`` identifies its kind."""

    model_config = ConfigDict(extra="forbid")

    type: str = Field(pattern=r"^urn:techpulse:problem:[a-z-]+$")
    title: str
    status: int = Field(ge=400, le=599)
    detail: str
    errors: list[InvalidParameter] = Field(default_factory=list)


class UnknownTechnologyError(Exception):
    """A request names technologies that are not in the taxonomy."""

    def __init__(self, technology_ids: list[str]) -> None:
        self.technology_ids = technology_ids
        super().__init__(", ".join(technology_ids))


class UnknownSkillError(Exception):
    """A request names skills that the taxonomy lacks; with the names nearest to each."""

    def __init__(self, nearest: Mapping[str, Sequence[str]]) -> None:
        self.nearest = nearest
        super().__init__(", ".join(nearest))


class UnknownPostingError(Exception):
    """A request names a posting that the store does not have."""


def problem_reply(status: int) -> AsgiResponse:
    """Return the ASGI response 405 (only GET is allowed) or 404 (no such path)."""
    error = default_exceptions[status]()
    problem = _problem(_BY_STATUS[status], error.name, status, error.description or error.name)
    headers = {"Cache-Control": "no-store"} | ({"Allow": "GET, HEAD"} if status == 405 else {})
    return AsgiResponse(problem.model_dump_json(), status, headers, PROBLEM_TYPE)


def register_problems(app: Flask) -> None:
    """Make the app answer every error with a problem detail."""
    app.register_error_handler(ValidationError, _invalid_parameters)
    app.register_error_handler(ConfigurationError, _invalid_request)
    app.register_error_handler(UnknownTechnologyError, _unknown_technology)
    app.register_error_handler(UnknownSkillError, _unknown_skill)
    app.register_error_handler(UnknownPostingError, _unknown_posting)
    app.register_error_handler(ServingError, _store_unavailable)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _internal_error)


def _problem(kind: str, title: str, status: int, detail: str, *errors: InvalidParameter) -> Problem:
    return Problem(
        type=f"urn:techpulse:problem:{kind}",
        title=title,
        status=status,
        detail=detail,
        errors=list(errors),
    )


def _answer(kind: str, title: str, status: int, detail: str, *errors: InvalidParameter) -> Response:
    problem = _problem(kind, title, status, detail, *errors)
    response = Response(problem.model_dump_json(), status, content_type=PROBLEM_TYPE)
    response.headers["Cache-Control"] = "no-store"
    return response


def _invalid_parameters(error: ValidationError) -> Response:
    # Without the input: an error must not echo a parameter of any size.
    errors = error.errors(include_url=False, include_input=False, include_context=False)
    found = [
        InvalidParameter(parameter=_name(e["loc"]), message=e["msg"])
        for e in errors[:MAX_NAMED_PARAMETERS]
    ]
    names = named(sorted({item.parameter for item in found}), len(errors) - len(found))
    return _answer("invalid-parameter", "Invalid parameter", 400, f"Invalid: {names}.", *found)


def _name(location: tuple[int | str, ...]) -> str:
    return ".".join(map(str, location))[:MAX_NAME_CHARACTERS] or "query"


def _invalid_request(error: ConfigurationError) -> Response:
    return _answer(
        "invalid-parameter", "Invalid parameter", 400, f"{error.message} {error.next_step}".strip()
    )


def _unknown_technology(error: UnknownTechnologyError) -> Response:
    return _answer(
        "unknown-technology",
        "Unknown technology",
        404,
        "This id is not in the taxonomy (/api/v1/technologies).",
        *(
            InvalidParameter(parameter="tech_ids", message=f"unknown: {technology_id[:64]}")
            for technology_id in error.technology_ids
        ),
    )


def _unknown_skill(error: UnknownSkillError) -> Response:
    said = [
        f'"{skill[:MAX_NAME_CHARACTERS]}" is not in the taxonomy'
        + (f"; nearest: {', '.join(names)}" if names else "")
        for skill, names in error.nearest.items()
    ][:MAX_NAMED_PARAMETERS]
    return _answer(
        "unknown-technology",
        "Unknown technology",
        404,
        f"{'. '.join(said)}. /api/v1/technologies lists all.",
        *(InvalidParameter(parameter="skills", message=message) for message in said),
    )


def _unknown_posting(_error: UnknownPostingError) -> Response:
    return _answer(
        "unknown-posting",
        "Unknown posting",
        404,
        "The store has no posting of this id (/api/v1/postings).",
        InvalidParameter(parameter="id", message="unknown"),
    )


def _store_unavailable(error: ServingError) -> Response:
    # The cause may name paths or hosts: it goes to the log, not into the response.
    log.warning("The serving store cannot be read: %s", error, exc_info=error)
    return _answer(
        "store-unavailable",
        "The data is not available",
        503,
        "The serving store cannot be read. The analytics DAG's publish task creates it; "
        "see /health/ready.",
    )


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    kind = _BY_STATUS.get(status, "http-error")
    response = _answer(kind, error.name, status, error.description or error.name)
    if status == 405 and getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(error.valid_methods)  # type: ignore[attr-defined]
    return response


def _internal_error(error: Exception) -> Response:
    log.error("A request failed", exc_info=error)
    return _answer(
        "internal-error",
        "Internal error",
        500,
        "The request failed; the server's log has the details.",
    )
