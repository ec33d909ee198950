"""The Flask app: health, the API and the dashboard. It knows nothing of Airflow."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, render_template, request, send_file, url_for
from pydantic import BaseModel

from include.insights.store import ServingStore
from include.settings import Settings, get_settings
from include.web.answers import AnswerCache
from include.web.api import Endpoint, endpoints
from include.web.health import liveness, readiness
from include.web.openapi import openapi_document
from include.web.problems import register_problems

__all__ = ["CONTENT_SECURITY_POLICY", "create_app"]

# The two style elements that plotly 7.1 adds: an empty one, which it fills through the CSSOM, and
# that of its maps. Nothing else may be inline; a browser test tells when an upgrade changes them.
_PLOTLY_STYLES = (
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",
    "'sha256-ji27qzEtxXZW+7dun6UwjHXJ18e6WAin1VvNtkzIE/o='",
)
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        f"style-src 'self' {' '.join(_PLOTLY_STYLES)}",
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        # Airflow shows the page in an iframe of its own origin; nobody else may.
        "frame-ancestors 'self'",
    )
)
_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def create_app(settings: Settings | None = None) -> Flask:
    """Return the app that reads the serving store of ``settings``."""
    settings = settings or get_settings()
    store = ServingStore(settings.serving_database_url, settings.web_version_check_seconds)
    app = Flask("include.web", root_path=str(Path(__file__).parent))
    app.extensions["techpulse"] = store
    app.register_blueprint(_health_pages(store, settings))
    app.register_blueprint(_api_pages(store, settings))
    app.register_blueprint(_pages())
    app.after_request(_secure)
    register_problems(app)
    return app


def _secure(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _json(model: BaseModel, status: int = 200) -> Response:
    response = Response(model.model_dump_json(), status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def _health_pages(store: ServingStore, settings: Settings) -> Blueprint:
    pages = Blueprint("health", __name__)

    @pages.get("/health")
    @pages.get("/health/live")
    def live() -> Response:
        return _json(liveness())

    @pages.get("/health/ready")
    def ready() -> Response:
        answer = readiness(store, settings.data_age_hours)
        return _json(answer, 503 if answer.status == "not_ready" else 200)

    return pages


def _api_pages(store: ServingStore, settings: Settings) -> Blueprint:
    pages = Blueprint("api", __name__)
    cache = AnswerCache(store, settings.web_cached_answers, settings.web_answer_seconds)
    questions = endpoints(settings.data_age_hours)

    def add(endpoint: Endpoint) -> None:
        name = endpoint.path.rpartition("/")[2]
        pages.add_url_rule(endpoint.path, name, lambda: cache.respond(endpoint), methods=["GET"])

    for question in questions:
        add(question)

    @pages.get("/api/v1/openapi.json")
    def openapi() -> Response:
        document: dict[str, Any] = openapi_document(questions, request.script_root)
        return Response(json.dumps(document), content_type="application/json")

    return pages


def _pages() -> Blueprint:
    pages = Blueprint("pages", __name__)

    @pages.get("/dashboard")
    def dashboard() -> Response:
        response = Response(render_template("dashboard.html", charts=_charts_url()))
        response.headers["Cache-Control"] = "private, no-cache"
        return response

    @pages.get("/vendor/plotly-<version>.min.js")
    def charts(version: str) -> Response:
        # The version is in the name, so that a browser may keep the file for good.
        response = send_file(
            _charts_file(), mimetype="text/javascript", max_age=31_536_000, conditional=True
        )
        response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
        return response

    return pages


def _charts_file() -> Path:
    from importlib.util import find_spec

    spec = find_spec("plotly")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("plotly is not installed")
    return Path(spec.origin).parent / "package_data" / "plotly.min.js"


def _charts_url() -> str:
    from importlib.metadata import version

    return url_for("pages.charts", version=version("plotly"))
