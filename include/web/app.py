"""The Flask app: the API and the dashboard.

Health and files are not Flask's (``include/web/asgi.py``): they must be there when its few threads
are busy. The app knows nothing of Airflow.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Flask, Response, render_template, request, url_for

from include.insights.store import VERSION_CHECK_SECONDS, ServingStore
from include.settings import Settings, get_settings
from include.web.answers import Answer, AnswerCache
from include.web.api import Endpoint, endpoints
from include.web.files import FILE_PATHS
from include.web.openapi import openapi_document
from include.web.problems import register_problems

__all__ = ["create_app"]

CACHED_ANSWERS = 512  # in memory, some 5 kB each
MAX_ANSWER_AGE_SECONDS = 60
"""An answer states ages of data, so a cached one expires."""
_KEPT_DESCRIPTIONS = 8
"""Of the API, one for each root that it is mounted under: the server's choice, commonly one."""


def create_app(settings: Settings | None = None) -> Flask:
    """Return the app that reads the serving store of ``settings``."""
    settings = settings or get_settings()
    store = ServingStore(settings.serving_database_url, VERSION_CHECK_SECONDS)
    app = Flask("include.web", root_path=str(Path(__file__).parent), static_folder=None)
    app.extensions["techpulse"] = store
    app.register_blueprint(_api_pages(store, settings))
    app.register_blueprint(_pages())
    for path, name in FILE_PATHS.items():
        app.add_url_rule(path, name, build_only=True)
    register_problems(app)
    return app


def _api_pages(store: ServingStore, settings: Settings) -> Blueprint:
    pages = Blueprint("api", __name__)
    cache = AnswerCache(store, CACHED_ANSWERS, MAX_ANSWER_AGE_SECONDS)
    questions = endpoints(settings.max_data_age_hours)

    def add(endpoint: Endpoint) -> None:
        name = endpoint.path.rpartition("/")[2]
        pages.add_url_rule(endpoint.path, name, lambda: cache.respond(endpoint), methods=["GET"])

    for question in questions:
        add(question)

    @lru_cache(_KEPT_DESCRIPTIONS)
    def description(root: str) -> Answer:
        return Answer.of(json.dumps(openapi_document(questions, root)).encode())

    @pages.get("/api/v1/openapi.json")
    def openapi() -> Response:
        return description(request.script_root).response()

    return pages


def _pages() -> Blueprint:
    pages = Blueprint("pages", __name__)

    @pages.get("/dashboard")
    def dashboard() -> Response:
        response = Response(render_template("dashboard.html", charts=_charts_url()))
        response.headers["Cache-Control"] = "private, no-cache"
        return response

    return pages


def _charts_url() -> str:
    from importlib.metadata import version

    return url_for("charts", version=version("plotly"))
