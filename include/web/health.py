"""Health endpoints for probes. They are public, so they show no path, secret or driver error.

They answer in the event loop, even while Flask's threads are busy. One thread checks the store, at
most once a second however many probes ask.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from include.errors import ServingError
from include.insights.models import SourceStatus
from include.insights.status import AgeLimits, source_statuses
from include.insights.store import ServingStore
from include.insights.warm_up import warm_up
from include.web.problems import problem_reply

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

__all__ = [
    "HEALTH_PATHS",
    "CachedReadiness",
    "Check",
    "Health",
    "Liveness",
    "Readiness",
    "liveness",
    "readiness",
]

SYSTEM: Literal["TechPulse"] = "TechPulse"
READY_PATH = "/health/ready"
HEALTH_PATHS = ("/health", "/health/live", READY_PATH)

_CHECK_TIMEOUT_SECONDS = 5.0
"""A check takes milliseconds, but for the first one of a version: until the index is read, some
seconds at a million postings, the process is not ready. A store slower than that cannot serve a
page in time either."""

log = logging.getLogger(__name__)


class Liveness(BaseModel):
    """The process answers."""

    model_config = ConfigDict(extra="forbid")

    status: Literal["ok"] = "ok"
    system: Literal["TechPulse"] = SYSTEM


class Check(BaseModel):
    """The result of one check."""

    model_config = ConfigDict(extra="forbid")

    name: str
    status: Literal["ok", "degraded", "failed"]
    detail: str


class Readiness(BaseModel):
    """Whether the API can answer; degraded is not down."""

    model_config = ConfigDict(extra="forbid")

    status: Literal["ready", "degraded", "not_ready"]
    system: Literal["TechPulse"] = SYSTEM
    checks: list[Check]


def liveness() -> Liveness:
    """Return that the process is alive."""
    return Liveness()


def readiness(store: ServingStore, limits: AgeLimits) -> Readiness:
    """Check the serving store, the age of each source's data and its last load.

    Reads the index first, once a published version: a process that is ready answers its first
    question as quickly as the next ones.
    """
    try:
        with store.read() as snapshot:
            warm_up(snapshot)
            sources = source_statuses(snapshot, limits)
    except ServingError as error:
        log.warning("Not ready: %s", error)
        return _not_ready(_why(error))
    checks = [Check(name="serving_store", status="ok", detail="opens, schema version fits")]
    checks += [check for source in sources for check in _source_checks(source)]
    if not any(source.postings_count for source in sources):
        checks.append(Check(name="postings", status="failed", detail="nothing is published"))
        return Readiness(status="not_ready", checks=checks)
    degraded = any(check.status == "degraded" for check in checks)
    return Readiness(status="degraded" if degraded else "ready", checks=checks)


class CachedReadiness:
    """Cache the result of ``check`` for ``ttl_seconds``; only one check runs at a time."""

    def __init__(self, check: Callable[[], Readiness], ttl_seconds: float) -> None:
        self._check = check
        self._ttl_seconds = ttl_seconds
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="techpulse-health")
        self._lock = threading.Lock()
        self._found: Future[Readiness] | None = None
        self._found_at = 0.0

    async def get(self) -> Readiness:
        """Return the newest result; not ready if the store does not answer in time."""
        # Shielded: a probe that disconnects must not cancel the check that others wait for.
        found = asyncio.wrap_future(self._newest())
        try:
            return await asyncio.wait_for(asyncio.shield(found), _CHECK_TIMEOUT_SECONDS)
        except TimeoutError:
            log.warning("Not ready: the serving store does not answer")
            return _not_ready(f"no answer within {_CHECK_TIMEOUT_SECONDS:g} s")

    def _newest(self) -> Future[Readiness]:
        with self._lock:
            found = self._found
            # A check that hangs is not repeated: every probe waits for the same one.
            if found is None or (found.done() and self._age() >= self._ttl_seconds):
                self._found = found = self._thread.submit(self._check_once)
            return found

    def _age(self) -> float:
        return time.monotonic() - self._found_at

    def _check_once(self) -> Readiness:
        try:
            return self._check()
        except Exception:  # the probe gets an answer, the log the error
            log.exception("The health check failed")
            return _not_ready("the check failed; the log has the details")
        finally:
            self._found_at = time.monotonic()


class Health:
    """The public ASGI endpoints ``/health``, ``/health/live`` and ``/health/ready``."""

    def __init__(self, readiness: CachedReadiness) -> None:
        self._readiness = readiness

    async def __call__(self, scope: Scope, receive: Receive, send: Send, path: str) -> None:
        """Answer one request for one of HEALTH_PATHS."""
        if scope["method"] not in ("GET", "HEAD"):
            response = problem_reply(405)
        elif path == READY_PATH:
            ready = await self._readiness.get()
            response = _reply(ready, 503 if ready.status == "not_ready" else 200)
        else:
            response = _reply(liveness(), 200)
        await response(scope, receive, send)


def _reply(model: BaseModel, status: int) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(model.model_dump_json(), status, headers, "application/json")


def _not_ready(detail: str) -> Readiness:
    failed = Check(name="serving_store", status="failed", detail=detail)
    return Readiness(status="not_ready", checks=[failed])


def _why(error: ServingError) -> str:
    """Return an error's message: ours, so it contains no path."""
    return error.message


def _source_checks(source: SourceStatus) -> Iterator[Check]:
    if source.age_hours is None:
        yield Check(name=f"{source.source}.age", status="degraded", detail="never loaded")
        return
    age = f"last load {source.age_hours:g} h ago, limit {source.max_age_hours:g} h"
    yield Check(
        name=f"{source.source}.age", status="degraded" if source.stale else "ok", detail=age
    )
    yield Check(
        name=f"{source.source}.last_load",
        status="ok" if source.reconciled else "degraded",
        detail="reconciled" if source.reconciled else "its counts do not add up",
    )
