"""Ashby: boards of young technology companies.

API: https://developers.ashbyhq.com/docs/public-job-posting-api (no key). The whole board in one
answer, which takes about 10 s. A record names no company. ``isRemote`` is true of every job that is
not strictly on site: ``workplaceType`` decides, and ``isRemote`` only where that is null.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Final

from include.postings.result import Period, Remote, Salary
from include.sources import fields
from include.sources.answers import read_answer
from include.sources.source import Attribution, ParsedRecord, Terms
from include.sources.stated import pay_between, places_of, way_of_working
from include.sources.system import Ask, BoardAnswer, Home, System

__all__ = ["SYSTEM"]

_MODES: Final[dict[str, Remote]] = {"Remote": "remote", "Hybrid": "hybrid", "OnSite": "onsite"}
_PERIODS: Final[dict[str, Period]] = {
    "1 YEAR": "year", "1 MONTH": "month", "1 WEEK": "week", "1 DAY": "day", "1 HOUR": "hour",
}  # fmt: skip
_ADDRESS: Final = ("addressLocality", "addressRegion", "addressCountry")


class Ashby(System):
    """One answer a board; unlisted jobs are in it."""

    name: ClassVar[str] = "ashby"
    attribution = Attribution("Ashby", "https://www.ashbyhq.com/")
    terms = Terms(
        url="https://developers.ashbyhq.com/docs/public-job-posting-api",
        may_be_passed_on=True,
        note="Documented as public and without a key; no terms on passing jobs on are stated.",
    )
    homes = (Home("ashby_default", "https://api.ashbyhq.com"),)
    personal = frozenset({"hiringTeam", "recruiter", "hiringManager"})
    read_timeout_seconds: ClassVar[float] = 60.0
    keeps_case: ClassVar[bool] = True

    def pages(self, board: str, ask: Ask) -> Iterator[BoardAnswer]:
        """Yield the one answer."""
        params = {"includeCompensation": "true"}
        yield BoardAnswer(
            read_answer(ask(f"posting-api/job-board/{board}", params), "jobs").records
        )

    def hidden(self, value: dict[str, Any]) -> str:
        """Return "unlisted" for a job that has a link of its own, but is not shown."""
        return "unlisted" if value.get("isListed") is False else ""

    def parse(self, payload: dict[str, Any], board: str) -> ParsedRecord:
        """Return the stated fields."""
        sites = [payload, *_secondary(payload)]
        labels = [label for site in sites if (label := fields.line(site, "location"))]
        found = [places_of([_label(site), *_address(site)][:1]) or places_of(_address(site)[:1])
                 for site in sites]  # fmt: skip
        places = tuple({(p.name, p.place_id): p for each in found for p in each}.values())
        return ParsedRecord(
            key=fields.key(payload),
            url=fields.link(payload, "jobUrl", "applyUrl"),
            title=fields.title(payload),
            company="",
            description=fields.text(payload, "descriptionHtml")
            or fields.text(payload, "descriptionPlain")
            or "",
            location="; ".join(labels) or None,
            date_posted=fields.iso_timestamp(payload.get("publishedAt")),
            country=fields.country_shared(places),
            places=places,
            remote=_remote(payload, labels),
            salary=_salary(payload),
        )


def _secondary(payload: dict[str, Any]) -> list[dict[str, Any]]:
    others = payload.get("secondaryLocations")
    return [o for o in others if isinstance(o, dict)] if isinstance(others, list) else []


def _label(site: dict[str, Any]) -> str:
    return fields.line(site, "location") or ""


def _address(site: dict[str, Any]) -> list[str]:
    """Return a site's address as one text, for a label that names no place ("HQ")."""
    address = site.get("address")
    postal = address.get("postalAddress") if isinstance(address, dict) else None
    parts = [fields.line(postal, name) for name in _ADDRESS] if isinstance(postal, dict) else []
    return [", ".join(part for part in parts if part)] if any(parts) else []


def _remote(payload: dict[str, Any], labels: list[str]) -> Remote | None:
    stated = _MODES.get(fields.text(payload, "workplaceType") or "")
    if stated is None:
        return "remote" if payload.get("isRemote") is True else None
    # An office, and a place from which one may work remotely: "Oslo", "Remote (Norway)".
    is_remote = [way_of_working(label) == "remote" for label in labels]
    return "mixed" if stated != "remote" and any(is_remote) and not all(is_remote) else stated


def _salary(payload: dict[str, Any]) -> Salary | None:
    """Return the widest range of the salary of all tiers, which are zones or levels."""
    pay = payload.get("compensation")
    if not isinstance(pay, dict) or payload.get("shouldDisplayCompensationOnJobPostings") is False:
        return None
    found = [s for part in _components(pay) if (s := _range(part))]
    if not found or len({(s.currency, s.period) for s in found}) > 1:
        return None
    low, high = min(s.min for s in found), max(s.max for s in found)
    return Salary(low, high, found[0].currency, found[0].period)


def _components(pay: dict[str, Any]) -> Iterator[dict[str, Any]]:
    tiers = pay.get("compensationTiers")
    groups = [tier.get("components") for tier in tiers if isinstance(tier, dict)] \
        if isinstance(tiers, list) else []  # fmt: skip
    for group in (pay.get("summaryComponents"), *groups):
        for part in group if isinstance(group, list) else []:
            if isinstance(part, dict) and part.get("compensationType") == "Salary":
                yield part


def _range(part: dict[str, Any]) -> Salary | None:
    period = _PERIODS.get(fields.text(part, "interval") or "")
    return pay_between(part.get("minValue"), part.get("maxValue"), part.get("currencyCode"), period)


SYSTEM = Ashby()
