"""How the boards answer: filters, pages, and what they do when asked too often."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from sample.faults import Faults
from sample.limits import RateLimits
from sample.wire import Answer, Request, encode
from sample.world import World

__all__ = ["ARBEITNOW_PAGE", "HIMALAYAS_PAGE", "BoardRoutes", "page_window"]

ARBEITNOW_PAGE = 100
HIMALAYAS_PAGE = 20  # whatever limit is asked for
_OVERLAP = 3
_LEGAL = (
    "Sample data. Of the real answer it would be said here: link back to the URL found on Remotive "
    "and mention Remotive as a source; ask at most 4 times a day."
)


def page_window(offset: int, size: int, total: int, paging: str) -> tuple[int, int, int]:
    """Return the first and the last record (the last excluded) of a page, and the total it says.

    See ``Faults.paging``. A shrinking list loses one record from its front with every page.
    """
    page, start = offset // size, offset
    if paging == "duplicated":
        start = page // 2 * size
    elif paging == "overlapping":
        start = page * max(1, size - _OVERLAP)
    elif paging == "shrinking":
        start += page
        total = max(0, total - page)
    return start, start + size, total


class BoardRoutes:
    """Remotive, Arbeitnow and Himalayas: no key, GET only."""

    def __init__(self, world: World, faults: Faults, clock: Callable[[], float]) -> None:
        self._world, self._faults = world, faults
        # More than twice a minute is blocked; the advice of four a day is not enforced upstream.
        self._remotive_limits = RateLimits(clock, (("per-minute", 2, 60),))
        self.paths: dict[str, Callable[[Request], Answer]] = {
            "/api/remote-jobs": self._remotive,
            "/api/job-board-api": self._arbeitnow,
            "/jobs/api": self._himalayas,
        }

    def _remotive(self, request: Request) -> Answer:
        if self._faults.enforce_limits and not self._remotive_limits.take():
            wait = self._remotive_limits.seconds_to_wait()
            return Answer("remotive", b"Too Many Requests", 429, {"Retry-After": str(wait)})
        query = parse_qs(request.query)  # `search` is ignored, as the real server may do
        jobs = self._world.records("remotive")
        if self._faults.paging == "duplicated":
            jobs += jobs[:_OVERLAP]
        total = len(jobs)
        if category := query.get("category", [""])[0]:
            jobs = [j for j in jobs if isinstance(j, dict) and _slug(j["category"]) == category]
        jobs = jobs[: _whole(query.get("limit", [""])[0], total)]
        return Answer("remotive", encode({
            "00-warning": "Sample data, generated.", "0-legal-notice": _LEGAL,
            "job-count": len(jobs), "total-job-count": total, "jobs": jobs,
        }))  # fmt: skip

    def _page(self, board: str, offset: int, size: int) -> tuple[list[Any], int, int, bool]:
        """Return a page's records, its first place, the total, and whether more follow."""
        listed = self._world.listed(board)
        paging = self._faults.paging
        start, stop, total = page_window(offset, size, len(listed), paging)
        following = page_window(offset + size, size, len(listed), paging)[0]
        records = [self._world.record(listing) for listing in listed[start:stop]]
        return records, start, total, following < len(listed)

    def _arbeitnow(self, request: Request) -> Answer:
        page = max(1, _whole(parse_qs(request.query).get("page", ["1"])[0], 1))
        records, start, _, more = self._page(
            "arbeitnow", (page - 1) * ARBEITNOW_PAGE, ARBEITNOW_PAGE
        )
        path = f"http://{request.headers.get('host', '127.0.0.1')}/api/job-board-api"
        links = {"first": f"{path}?page=1", "last": None,
                 "prev": f"{path}?page={page - 1}" if page > 1 else None,
                 "next": f"{path}?page={page + 1}" if more else None}  # fmt: skip
        meta = {"current_page": page, "from": start + 1 if records else None, "path": path,
                "per_page": ARBEITNOW_PAGE, "to": start + len(records) if records else None,
                "terms": "Sample data, generated. Link back to the URL and name the source.",
                "info": "Jobs are updated every hour and sorted by created_at."}  # fmt: skip
        return Answer("arbeitnow", encode({"data": records, "links": links, "meta": meta}))

    def _himalayas(self, request: Request) -> Answer:
        query = parse_qs(request.query)
        asked = _whole(query.get("limit", [""])[0], HIMALAYAS_PAGE)
        limit = max(1, min(asked, HIMALAYAS_PAGE))
        cursor = query.get("cursor", [""])[0]
        offset = _decode(cursor) if cursor else _whole(query.get("offset", ["0"])[0], 0)
        if offset is None:
            return Answer("himalayas", encode({"error": "Invalid cursor"}), 400)
        records, _, total, more = self._page("himalayas", max(0, offset), limit)
        body: dict[str, Any] = {
            "comments": "Sample data, generated. `offset` is deprecated: use `nextCursor`.",
            "updatedAt": _epoch(self._world.today), "offset": offset, "limit": limit,
            "totalCount": total, "jobs": records,
        }  # fmt: skip
        if more:
            body["nextCursor"] = base64.urlsafe_b64encode(str(offset + limit).encode()).decode()
        return Answer("himalayas", encode(body))


def _whole(text: str, default: int) -> int:
    return int(text) if text.isascii() and text.isdigit() else default


def _epoch(day: dt.date) -> int:
    return int(dt.datetime.combine(day, dt.time(), dt.UTC).timestamp())


def _decode(cursor: str) -> int | None:
    try:
        return int(base64.urlsafe_b64decode(cursor))
    except (ValueError, binascii.Error):
        return None


def _slug(text: str) -> str:
    return text.lower().replace(" ", "-")
