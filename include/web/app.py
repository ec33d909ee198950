"""The Flask app: the API and the dashboard.

Health and static files are served outside Flask (``include/web/asgi.py``), so that they answer even
when its few threads are busy. The app does not depend on Airflow.
"""

from __future__ import annotations

import json
import logging
import re
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Flask, Response, request
from werkzeug.wrappers import Response as BaseResponse

from include.errors import ServingError
from include.insights.posting import Heading, heading
from include.insights.store import VERSION_CHECK_SECONDS, ServingStore
from include.settings import Settings, get_settings
from include.web.answers import Answer, AnswerCache
from include.web.api import Endpoint, endpoints
from include.web.company_page import company_page
from include.web.error_handlers import register_problems
from include.web.files import FILE_PATHS
from include.web.methods import COMPANY, METHODS, OPERATORS, POSTING, SECTIONS
from include.web.openapi import openapi_document
from include.web.pages import page
from include.web.params import POSTING_ID

__all__ = ["create_app"]

CACHED_ANSWER_BYTES = 16 << 20  # some 5 kB each, trends 150
MAX_ANSWER_AGE_SECONDS = 60
"""Answers state ages of data, so cached ones expire."""
_CACHED_DOCUMENTS = 8
"""OpenAPI documents, one for each root path that the app is mounted under: usually one."""

log = logging.getLogger(__name__)


def create_app(settings: Settings | None = None) -> Flask:
    """Return the app that reads the serving store of ``settings``."""
    settings = settings or get_settings()
    store = ServingStore(settings.serving_database_url, VERSION_CHECK_SECONDS)
    app = Flask("include.web", root_path=str(Path(__file__).parent), static_folder=None)
    app.extensions["techpulse"] = store
    # What include/web/site/pages.py sets otherwise: links to files, and that there is no server.
    app.jinja_env.globals.update(page=lambda name: name, site=None)
    app.register_blueprint(_api_pages(store, settings))
    app.register_blueprint(_pages(store, settings))
    # For url_for() only: include/web/files.py serves these paths.
    for path, name in FILE_PATHS.items():
        app.add_url_rule(path, name, build_only=True)
    register_problems(app)
    return app


def _api_pages(store: ServingStore, settings: Settings) -> Blueprint:
    pages = Blueprint("api", __name__)
    cache = AnswerCache(store, CACHED_ANSWER_BYTES, MAX_ANSWER_AGE_SECONDS)
    questions = endpoints(settings.max_data_age_hours)

    def add(endpoint: Endpoint) -> None:
        name = endpoint.path.rpartition("/")[2]
        pages.add_url_rule(endpoint.path, name, lambda: cache.respond(endpoint), methods=["GET"])

    for question in questions:
        add(question)

    # The document depends on code and root path only, so it never expires.
    @lru_cache(_CACHED_DOCUMENTS)
    def document(root: str) -> Answer:
        return Answer.of(json.dumps(openapi_document(questions, root)).encode())

    @pages.get("/api/v1/openapi.json")
    def openapi() -> Response:
        return document(request.script_root).response()

    return pages


def _pages(store: ServingStore, settings: Settings) -> Blueprint:
    pages = Blueprint("pages", __name__)

    @pages.get("/dashboard")
    def dashboard() -> Response:
        return page("dashboard.html", methods=METHODS, sections=SECTIONS)

    @pages.get("/methods")
    def methods() -> Response:
        company = {card: method for card, method in COMPANY.items() if card not in METHODS}
        return page("methods.html", methods=METHODS, company=company)

    @pages.get("/operators")
    def operators() -> Response:
        return page("operators.html", methods=OPERATORS)

    @pages.get("/company")
    def company() -> BaseResponse:
        return company_page(store, request.args.get("company", ""))

    @pages.get("/posting")
    def posting() -> Response:
        posting_id = request.args.get("id", "")
        if (called := _heading(store, posting_id)) is None:
            return page("posting_unknown.html", 404)
        return page(
            "posting.html",
            methods=POSTING,
            id=posting_id,
            called=called,
            repository=settings.repository_url.rstrip("/"),
        )

    return pages


def _heading(store: ServingStore, posting_id: str) -> Heading | None:
    if not re.fullmatch(POSTING_ID, posting_id):
        return None
    try:
        with store.read() as snapshot:
            return heading(snapshot, posting_id)
    except ServingError as error:
        # The page itself says what is wrong: its question fails for the same reason.
        log.warning("The serving store cannot be read: %s", error)
        return Heading("", "")
