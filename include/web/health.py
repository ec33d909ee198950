"""Health for probes: open to all, so it names no path, no secret and no error's own words."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Literal

from pydantic import BaseModel, ConfigDict

from include.errors import ServingError
from include.insights.models import SourceStatus
from include.insights.status import AgeLimits, source_statuses
from include.insights.store import ServingStore

__all__ = ["Check", "Liveness", "Readiness", "liveness", "readiness"]

SYSTEM: Literal["TechPulse"] = "TechPulse"

log = logging.getLogger(__name__)


class Liveness(BaseModel):
    """The process answers."""

    model_config = ConfigDict(extra="forbid")

    status: Literal["ok"] = "ok"
    system: Literal["TechPulse"] = SYSTEM


class Check(BaseModel):
    """One thing that was looked at."""

    model_config = ConfigDict(extra="forbid")

    name: str
    status: Literal["ok", "degraded", "failed"]
    detail: str


class Readiness(BaseModel):
    """Whether questions can be answered; degraded is not down."""

    model_config = ConfigDict(extra="forbid")

    status: Literal["ready", "degraded", "not_ready"]
    system: Literal["TechPulse"] = SYSTEM
    checks: list[Check]


def liveness() -> Liveness:
    """Say that the process answers."""
    return Liveness()


def readiness(store: ServingStore, limits: AgeLimits) -> Readiness:
    """Look at the serving store, the age of each source's data and its last load."""
    try:
        with store.read() as snapshot:
            sources = source_statuses(snapshot, limits)
    except ServingError as error:
        log.warning("Not ready: %s", error)
        failed = Check(name="serving_store", status="failed", detail=_why(error))
        return Readiness(status="not_ready", checks=[failed])
    checks = [Check(name="serving_store", status="ok", detail="opens, schema version fits")]
    checks += [check for source in sources for check in _source_checks(source)]
    if not any(source.postings_count for source in sources):
        checks.append(Check(name="postings", status="failed", detail="nothing is published"))
        return Readiness(status="not_ready", checks=checks)
    degraded = any(check.status == "degraded" for check in checks)
    return Readiness(status="degraded" if degraded else "ready", checks=checks)


def _why(error: ServingError) -> str:
    """Return an error's own message: this project writes it, without paths."""
    return error.message


def _source_checks(source: SourceStatus) -> Iterator[Check]:
    if source.age_hours is None:
        yield Check(name=f"{source.source}.age", status="degraded", detail="never loaded")
        return
    age = f"last load {source.age_hours:g} h ago, at most {source.max_age_hours:g} h wanted"
    yield Check(
        name=f"{source.source}.age", status="degraded" if source.stale else "ok", detail=age
    )
    yield Check(
        name=f"{source.source}.last_load",
        status="ok" if source.reconciled else "degraded",
        detail="reconciled" if source.reconciled else "its counts do not add up",
    )
