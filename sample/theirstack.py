"""TheirStack's job search: a key, a required filter, pages from 0, a credit for every record.

Source: https://api.theirstack.com/openapi (POST /v1/jobs/search, GET /v0/billing/credit-balance).
The 402 body is the one that was observed, which differs from the documented error.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from typing import Any

from sample.board_routes import page_window
from sample.faults import Faults
from sample.limits import RateLimits
from sample.wire import Answer, Request, encode
from sample.world import World

__all__ = ["FREE_TIER", "TheirStack"]

FREE_TIER = (("per-second", 4, 1), ("per-minute", 10, 60), ("per-hour", 50, 3_600),
             ("per-day", 400, 86_400))  # fmt: skip
_ROOMY = tuple((name, limit * 10_000, seconds) for name, limit, seconds in FREE_TIER)
_REQUIRED = {"posted_at_max_age_days", "posted_at_gte", "posted_at_lte", "company_domain_or",
             "company_linkedin_url_or", "company_name_or"}  # fmt: skip
_PAGES = {"page", "limit", "offset", "order_by", "include_total_results", "blur_company_data"}

Record = dict[str, Any]
Test = Callable[[Record], bool]


class TheirStack:
    """The search with its account: one key, a number of credits, the tier's rates."""

    def __init__(
        self, world: World, faults: Faults, clock: Callable[[], float], key: str, credits: int
    ) -> None:
        self._world, self._faults, self._key = world, faults, key
        self.credits, self.credits_used = credits, 0
        self._strict = RateLimits(clock, FREE_TIER)
        self._roomy = RateLimits(clock, _ROOMY)

    def search(self, request: Request) -> Answer:
        """Answer POST /v1/jobs/search."""
        limits = self._strict if self._faults.enforce_limits else self._roomy
        if request.method != "POST":
            return _error(405, "Method Not Allowed", "", limits)
        if not self._authorised(request):
            return _error(401, "Unauthorized", "Invalid or missing API key", limits)
        if not limits.take():
            answer = _error(429, "Too many requests exception", "Rate limit exceeded", limits)
            answer.headers["Retry-After"] = str(limits.seconds_to_wait())
            return answer
        try:
            asked = json.loads(request.body)
            tests = _tests(asked, self._world.today)
            offset, limit = _offset_of(asked)
        except (ValueError, TypeError, re.error) as error:
            return _error(422, "Validation error", str(error), limits)
        return self._found(asked, tests, offset, limit, limits)

    def balance(self, request: Request) -> Answer:
        """Answer GET /v0/billing/credit-balance."""
        if not self._authorised(request):
            return _error(401, "Unauthorized", "Invalid or missing API key", self._roomy)
        return Answer("theirstack_balance", encode({
            "ui_credits": 0, "used_ui_credits": 0, "api_credits": self.credits - self.credits_used,
            "used_api_credits": self.credits_used, "earliest_expiration": None,
        }))  # fmt: skip

    def _authorised(self, request: Request) -> bool:
        return request.headers.get("authorization") == f"Bearer {self._key}"

    def _found(
        self, asked: Record, tests: list[Test], offset: int, limit: int, limits: RateLimits
    ) -> Answer:
        matching = [
            record for record in self._world.records("theirstack")
            if not isinstance(record, dict) or all(test(record) for test in tests)
        ]  # fmt: skip
        start, stop, total = page_window(offset, limit, len(matching), self._faults.paging)
        records = matching[start:stop]
        free = asked.get("blur_company_data", False)
        paid = len(records) if free else min(len(records), self.credits - self.credits_used)
        truncated = len(records) - paid
        totals = total if asked.get("include_total_results") else None
        metadata = {"total_results": totals, "total_companies": totals,
                    "truncated_results": truncated, "truncated_companies": truncated}  # fmt: skip
        if truncated and not paid:
            metadata |= {"total_results": None, "total_companies": None}
            body = encode({"data": [], "metadata": metadata})
            return Answer("theirstack", body, 402, limits.headers())
        if not free:
            self.credits_used += paid
        shown = [_blur(record) for record in records] if free else records[:paid]
        body = encode({"metadata": metadata, "data": shown})
        return Answer("theirstack", body, 200, limits.headers())


def _error(status: int, title: str, description: str, limits: RateLimits) -> Answer:
    error = {"code": f"E-{status}", "title": title, "description": description}
    return Answer(
        "theirstack", encode({"request_id": None, "error": error}), status, limits.headers()
    )


def _offset_of(asked: Record) -> tuple[int, int]:
    """Return offset and limit; pages are counted from 0."""
    limit, page, offset = asked.get("limit", 25), asked.get("page", 0), asked.get("offset", 0)
    for name, value, least in (("limit", limit, 1), ("page", page, 0), ("offset", offset, 0)):
        if not isinstance(value, int) or value < least:
            raise ValueError(f"{name}: Input should be greater than or equal to {least}")
    return offset or page * limit, limit


def _tests(asked: Any, today: dt.date) -> list[Test]:
    """Return a test a filter; raises ValueError as the vendor does, and for unknown filters."""
    if not isinstance(asked, dict):
        raise ValueError("Input should be a valid dictionary")
    given = {name: value for name, value in asked.items() if value not in (None, [], "")}
    if not _REQUIRED & set(given):
        raise ValueError(f"You must specify at least one of {sorted(_REQUIRED)}")
    if unknown := set(given) - set(_FILTERS) - _PAGES:
        raise ValueError(f"Extra inputs are not permitted (or not in the sample): {unknown}")
    return [_FILTERS[name](value, today) for name, value in given.items() if name in _FILTERS]


def _text(record: Record, *names: str) -> str:
    return " ".join(str(record.get(name) or "") for name in names)


def _any_pattern(*names: str) -> Callable[[Any, dt.date], Test]:
    def make(patterns: list[str], _: dt.date) -> Test:
        found = [re.compile(pattern, re.IGNORECASE) for pattern in patterns]
        return lambda record: any(pattern.search(_text(record, *names)) for pattern in found)

    return make


def _any_words(name: str) -> Callable[[Any, dt.date], Test]:
    def make(phrases: list[str], _: dt.date) -> Test:
        wanted = [phrase.lower().split() for phrase in phrases]
        return lambda record: any(
            all(word in _text(record, name).lower() for word in words) for words in wanted
        )

    return make


def _one_of(name: str) -> Callable[[Any, dt.date], Test]:
    return lambda values, _: lambda record: record.get(name) in values


def _at_least(name: str) -> Callable[[Any, dt.date], Test]:
    return lambda value, _: lambda record: str(record.get(name)) >= str(value).rstrip("Z")


def _at_most(name: str) -> Callable[[Any, dt.date], Test]:
    return lambda value, _: lambda record: str(record.get(name)) <= str(value).rstrip("Z")


def _younger(name: str) -> Callable[[Any, dt.date], Test]:
    return lambda days, today: _at_least(name)(str(today - dt.timedelta(days=days)), today)


_FILTERS: dict[str, Callable[[Any, dt.date], Test]] = {
    "posted_at_max_age_days": _younger("date_posted"),
    "posted_at_gte": _at_least("date_posted"),
    "posted_at_lte": _at_most("date_posted"),
    "discovered_at_max_age_days": _younger("discovered_at"),
    "discovered_at_gte": _at_least("discovered_at"),
    "discovered_at_lte": _at_most("discovered_at"),
    "job_title_or": _any_words("job_title"),
    "job_title_pattern_or": _any_pattern("job_title"),
    "job_description_pattern_or": _any_pattern("description"),
    "job_location_pattern_or": _any_pattern("location", "long_location", "country"),
    "job_country_code_or": lambda codes, _: lambda r: bool(set(codes) & set(r["country_codes"])),
    "job_technology_slug_or": lambda s, _: lambda r: bool(set(s) & set(r["technology_slugs"])),
    "job_seniority_or": _one_of("seniority"),
    "job_id_or": _one_of("id"),
    "job_id_not": lambda ids, _: lambda record: record.get("id") not in ids,
    "remote": lambda wanted, _: lambda record: record.get("remote") is wanted,
    "company_name_or": _one_of("company"),
    "company_domain_or": _one_of("company_domain"),
}


def _blur(record: Any) -> Any:
    """Return what the vendor's preview shows: no company, no links, no description."""
    if not isinstance(record, dict):
        return record
    hidden = {"company": "********", "company_domain": None, "url": "https://blurred.example/",
              "final_url": None, "source_url": "https://blurred.example/", "description": None,
              "company_object": {"id": "********", "name": "********"}}  # fmt: skip
    return {**record, **hidden, "has_blurred_data": True}
