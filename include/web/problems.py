"""Errors as RFC 9457 problem details (https://www.rfc-editor.org/rfc/rfc9457).

The ``type`` is stable, the text is for people. None contains a path, a secret or a traceback.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.responses import Response as AsgiResponse
from werkzeug.exceptions import default_exceptions

from include.errors import ConfigurationError, ServingError
from include.web.params import MAX_NAME_CHARACTERS, MAX_NAMED_PARAMETERS, named

__all__ = [
    "PROBLEM_TYPE",
    "InvalidParameter",
    "Problem",
    "UnknownCompanyError",
    "UnknownPostingError",
    "UnknownSkillError",
    "UnknownTechnologyError",
    "http_problem",
    "problem_of",
    "problem_reply",
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


class UnknownCompanyError(Exception):
    """A request names a company that the store does not have; ``nearest`` are names like it."""

    def __init__(self, nearest: Sequence[str]) -> None:
        self.nearest = nearest
        super().__init__(", ".join(nearest))


def problem_reply(status: int) -> AsgiResponse:
    """Return the ASGI response 405 (only GET is allowed) or 404 (no such path)."""
    error = default_exceptions[status]()
    problem = http_problem(status, error.name, error.description)
    headers = {"Cache-Control": "no-store"} | ({"Allow": "GET, HEAD"} if status == 405 else {})
    return AsgiResponse(problem.model_dump_json(), status, headers, PROBLEM_TYPE)


def http_problem(status: int, name: str, description: str | None) -> Problem:
    """Return the problem detail of a status of HTTP, such as 404 for a path."""
    return _problem(_BY_STATUS.get(status, "http-error"), name, status, description or name)


def problem_of(error: Exception) -> Problem:
    """Return the problem detail of an error that a question raised; a defect is logged."""
    for kind, described in _DESCRIBED.items():
        if isinstance(error, kind):
            return described(error)
    return _internal_error(error)


def _problem(kind: str, title: str, status: int, detail: str, *errors: InvalidParameter) -> Problem:
    return Problem(
        type=f"urn:techpulse:problem:{kind}",
        title=title,
        status=status,
        detail=detail,
        errors=list(errors),
    )


def _invalid_parameters(error: ValidationError) -> Problem:
    # Without the input: an error must not echo a parameter of any size.
    errors = error.errors(include_url=False, include_input=False, include_context=False)
    found = [
        InvalidParameter(parameter=_name(e["loc"]), message=e["msg"])
        for e in errors[:MAX_NAMED_PARAMETERS]
    ]
    names = named(sorted({item.parameter for item in found}), len(errors) - len(found))
    return _problem("invalid-parameter", "Invalid parameter", 400, f"Invalid: {names}.", *found)


def _name(location: tuple[int | str, ...]) -> str:
    return ".".join(map(str, location))[:MAX_NAME_CHARACTERS] or "query"


def _invalid_request(error: ConfigurationError) -> Problem:
    return _problem(
        "invalid-parameter", "Invalid parameter", 400, f"{error.message} {error.next_step}".strip()
    )


def _unknown_technology(error: UnknownTechnologyError) -> Problem:
    return _problem(
        "unknown-technology",
        "Unknown technology",
        404,
        "This id is not in the taxonomy (/api/v1/technologies).",
        *(
            InvalidParameter(parameter="tech_ids", message=f"unknown: {technology_id[:64]}")
            for technology_id in error.technology_ids
        ),
    )


def _unknown_skill(error: UnknownSkillError) -> Problem:
    said = [
        f'"{skill[:MAX_NAME_CHARACTERS]}" is not in the taxonomy'
        + (f"; nearest: {', '.join(names)}" if names else "")
        for skill, names in error.nearest.items()
    ][:MAX_NAMED_PARAMETERS]
    return _problem(
        "unknown-technology",
        "Unknown technology",
        404,
        f"{'. '.join(said)}. /api/v1/technologies lists all.",
        *(InvalidParameter(parameter="skills", message=message) for message in said),
    )


def _unknown_posting(_error: UnknownPostingError) -> Problem:
    return _problem(
        "unknown-posting",
        "Unknown posting",
        404,
        "The store has no posting of this id (/api/v1/postings).",
        InvalidParameter(parameter="id", message="unknown"),
    )


def _unknown_company(error: UnknownCompanyError) -> Problem:
    like = "; ".join(name[:MAX_NAME_CHARACTERS] for name in error.nearest)
    return _problem(
        "unknown-company",
        "Unknown company",
        404,
        "No posting names this company (/api/v1/suggestions?kind=company).",
        InvalidParameter(
            parameter="company", message=f"unknown; the nearest: {like}" if like else "unknown"
        ),
    )


def _store_unavailable(error: ServingError) -> Problem:
    # The cause may name paths or hosts: it goes to the log, not into the response.
    log.warning("The serving store cannot be read: %s", error, exc_info=error)
    return _problem(
        "store-unavailable",
        "The data is not available",
        503,
        "The serving store cannot be read. The analytics DAG's publish task creates it; "
        "see /health/ready.",
    )


def _internal_error(error: Exception) -> Problem:
    log.error("A request failed", exc_info=error)
    return _problem(
        "internal-error",
        "Internal error",
        500,
        "The request failed; the server's log has the details.",
    )


_DESCRIBED: Mapping[type[Exception], Callable[[Any], Problem]] = MappingProxyType(
    {
        ValidationError: _invalid_parameters,
        ConfigurationError: _invalid_request,
        UnknownTechnologyError: _unknown_technology,
        UnknownSkillError: _unknown_skill,
        UnknownPostingError: _unknown_posting,
        UnknownCompanyError: _unknown_company,
        ServingError: _store_unavailable,
    }
)
