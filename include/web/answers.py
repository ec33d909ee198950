"""Answers with an ETag, kept in memory while the version they were read from is the newest."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Response, request

from include.insights.cache import KeptAnswers
from include.insights.store import ServingStore
from include.web.api import Endpoint
from include.web.params import Params, parse

__all__ = ["Answer", "AnswerCache"]

# A browser may keep an answer, but asks each time whether it still holds: a 304 costs little.
_CACHE_CONTROL = "private, no-cache"


@dataclass(frozen=True)
class Answer:
    """The body of an answer with its ETag and, where it has one, its reference day."""

    body: bytes
    etag: str
    as_of: str | None

    @classmethod
    def of(cls, body: bytes, as_of: str | None = None) -> Answer:
        """Return the answer that ``body`` is; its ETag is made of its content."""
        return cls(body, hashlib.sha256(body).hexdigest()[:32], as_of)

    def response(self) -> Response:
        """Return it for the request that Flask is serving: whole, or 304."""
        response = Response(self.body, content_type="application/json")
        response.headers["Cache-Control"] = _CACHE_CONTROL
        if self.as_of:
            response.headers["TechPulse-As-Of"] = self.as_of
        response.set_etag(self.etag)
        response.make_conditional(request)
        return response


class AnswerCache:
    """The last answers of one version, at most so many of them and for so long."""

    def __init__(self, store: ServingStore, most: int, seconds: int) -> None:
        self._store = store
        self._seconds = seconds
        self._answers: KeptAnswers[tuple[str, ...], Answer] = KeptAnswers(most)

    def respond(self, endpoint: Endpoint) -> Response:
        """Answer the request that Flask is serving.

        Raises ServingError, ConfigurationError, ValidationError or UnknownTechnologyError.
        """
        params = parse(endpoint.params, request.args)
        return self._answer(endpoint, params).response()

    def _answer(self, endpoint: Endpoint, params: Params) -> Answer:
        # An answer states ages of data: it expires even if nothing was published.
        interval = int(datetime.now(UTC).timestamp()) // self._seconds
        key = (self._store.version(), endpoint.path, params.model_dump_json(), str(interval))
        if (kept := self._answers.get(key)) is not None:
            return kept
        answer = self._ask(endpoint, params)
        self._answers.put(key, answer)
        return answer

    def _ask(self, endpoint: Endpoint, params: Params) -> Answer:
        with self._store.read() as snapshot:
            answer = endpoint.answer(snapshot, params)
            body = (answer if isinstance(answer, str) else answer.model_dump_json()).encode()
            as_of = snapshot.index.as_of(datetime.now(UTC).date())
        return Answer.of(body, as_of.isoformat())
