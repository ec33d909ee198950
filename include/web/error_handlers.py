"""Flask's error handler: every error is answered with a problem detail."""

from __future__ import annotations

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from include.web.problems import PROBLEM_TYPE, http_problem, problem_of

__all__ = ["register_problems"]


def register_problems(app: Flask) -> None:
    """Make the app answer every error with a problem detail."""
    app.register_error_handler(Exception, _answer)


def _answer(error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        problem = problem_of(error)
    else:
        problem = http_problem(error.code or 500, error.name, error.description)
    response = Response(problem.model_dump_json(), problem.status, content_type=PROBLEM_TYPE)
    response.headers["Cache-Control"] = "no-store"
    if problem.status == 405 and getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(error.valid_methods)  # type: ignore[attr-defined]
    return response
