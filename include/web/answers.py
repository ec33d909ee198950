"""Answers with an ETag, cached in memory until a new version is published."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Response, request

from include.insights.cache import SegmentedLRU
from include.insights.store import ServingStore
from include.web.api import Endpoint
from include.web.params import Params, parse

__all__ = ["Answer", "AnswerCache"]

# A browser may store an answer, but must revalidate it each time: a 304 is cheap.
_CACHE_CONTROL = "private, no-cache"
_NOT_KEPT = "no-store"
_ANSWER_BYTES = 1_000  # of a short answer and its key


@dataclass(frozen=True)
class Answer:
    """The body of an answer with its ETag and, if it has one, its reference day."""

    body: bytes
    etag: str
    as_of: str | None

    @classmethod
    def of(cls, body: bytes, as_of: str | None = None) -> Answer:
        """Return an answer whose ETag is a hash of ``body``."""
        return cls(body, hashlib.sha256(body).hexdigest()[:32], as_of)

    def response(self, *, is_personal: bool = False) -> Response:
        """Return the response to the current Flask request: 200 with the body, or 304.

        ``is_personal``: one that no cache may keep, and that has no ETag.
        """
        response = Response(self.body, content_type="application/json")
        response.headers["Cache-Control"] = _NOT_KEPT if is_personal else _CACHE_CONTROL
        if self.as_of:
            response.headers["TechPulse-As-Of"] = self.as_of
        if is_personal:
            return response
        response.set_etag(self.etag)
        response.make_conditional(request)
        return response


class AnswerCache:
    """A cache of so many bytes of recent answers, each for at most ``seconds``."""

    def __init__(self, store: ServingStore, max_bytes: int, seconds: int) -> None:
        self._store = store
        self._seconds = seconds
        self._answers: SegmentedLRU[tuple[str, ...], Answer] = SegmentedLRU(
            max_bytes, lambda answer: _ANSWER_BYTES + len(answer.body)
        )

    def respond(self, endpoint: Endpoint) -> Response:
        """Answer the current Flask request.

        Raises what an endpoint's function does: include/web/problems.py answers it.
        """
        params = parse(endpoint.params, request.args)
        is_kept = endpoint.is_cached and not endpoint.is_personal
        answer = self._answer if is_kept else self._ask
        return answer(endpoint, params).response(is_personal=endpoint.is_personal)

    def _answer(self, endpoint: Endpoint, params: Params) -> Answer:
        # The published version is part of the key: a publish invalidates all answers at once. So is
        # the time interval, because answers state ages of data, which change without a publish.
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
