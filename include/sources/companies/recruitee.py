"""Recruitee (Tellent): boards of European companies.

API: https://docs.recruitee.com/reference/intro-to-careers-site-api ("does not require
authorization"), at the company's own host. All offers in one answer. Dates end in " UTC", pay is
text, and a pay of two digits a year is meant in thousands. Some unknown names answer with a demo
board. ``mailbox_email`` is a mailbox.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Final, get_args

from include.postings.model import LevelBucket
from include.postings.result import Period, Remote, Salary
from include.sources import fields
from include.sources.answers import read_answer
from include.sources.source import Attribution, ParsedRecord, Terms
from include.sources.stated import country_code, pay_between, places_of
from include.sources.system import Ask, BoardAnswer, Home, System

__all__ = ["SYSTEM"]

_LEVELS: Final[dict[str, LevelBucket]] = {
    "entry_level": "entry", "student_college": "entry", "student_school": "entry",
    "mid_level": "junior_mid", "manager": "senior_excluded", "senior_manager": "senior_excluded",
    "executive": "senior_excluded", "senior_executive": "senior_excluded",
}  # fmt: skip
_THOUSANDS_BELOW: Final = 1_000
"""Nobody earns less a year: "75.00" is 75,000."""
_PLACE: Final = ("city", "state_name", "state", "country")
_NO_PLACE: Final = "remote job"


class Recruitee(System):
    """One answer a board, at the company's own host."""

    name: ClassVar[str] = "recruitee"
    attribution = Attribution("Recruitee", "https://recruitee.com/")
    terms = Terms(
        url="https://docs.recruitee.com/reference/intro-to-careers-site-api",
        may_be_passed_on=True,
        note="Documented as public and without a key; no terms on passing jobs on are stated.",
    )
    homes = (Home("recruitee_default", "https://{board}.recruitee.com"),)
    personal = frozenset({"mailbox_email", "recruiter", "hiring_manager", "admin", "admin_email"})

    def pages(self, board: str, ask: Ask) -> Iterator[BoardAnswer]:
        """Yield the one answer."""
        yield BoardAnswer(read_answer(ask("api/offers/", {}), "offers").records)

    def company_of(self, value: dict[str, Any]) -> str | None:
        """Return the company that a record names."""
        return fields.line(value, "company_name")

    def hidden(self, value: dict[str, Any]) -> str:
        """Return "unpublished" for an offer that is no open job."""
        return "unpublished" if value.get("status") not in (None, "published") else ""

    def parse(self, payload: dict[str, Any], board: str) -> ParsedRecord:
        """Return the stated fields; hybrid before remote and on site, which may both be false."""
        labels = _labels(payload)
        country = country_code(payload.get("country_code"))
        places = places_of(labels, country)
        parts = (fields.text(payload, "description"), fields.text(payload, "requirements"))
        return ParsedRecord(
            key=fields.key(payload),
            url=fields.link(payload, "careers_url", "careers_apply_url"),
            title=fields.title(payload),
            company=fields.line(payload, "company_name") or "",
            description="\n".join(part for part in parts if part),
            location="; ".join(labels) or None,
            date_posted=_date(payload, "published_at") or _date(payload, "created_at"),
            country=fields.country_shared(places),
            places=places,
            remote=_remote(payload),
            salary=_salary(payload.get("salary")),
            level=_LEVELS.get(fields.text(payload, "experience_code") or ""),
        )


def _labels(payload: dict[str, Any]) -> list[str]:
    """Return where the job is: its locations, else its own city and country."""
    listed = payload.get("locations")
    sites = [s for s in listed if isinstance(s, dict)] if isinstance(listed, list) else []
    found = [label for site in (sites or [payload]) if (label := _written(site))]
    location = fields.line(payload, "location")
    if not found and location and location.casefold() != _NO_PLACE:
        found = [location]
    return list(dict.fromkeys(found))


def _written(site: dict[str, Any]) -> str:
    parts = [fields.line(site, name) for name in _PLACE]
    kept = [part for part in parts if part and part.casefold() not in ("remote", _NO_PLACE)]
    return ", ".join(dict.fromkeys(kept))


def _date(payload: dict[str, Any], name: str) -> Any:
    written = fields.text(payload, name) or ""
    return fields.iso_timestamp(written.removesuffix(" UTC"))


def _remote(payload: dict[str, Any]) -> Remote | None:
    ways: tuple[tuple[str, Remote], ...] = (
        ("hybrid", "hybrid"), ("remote", "remote"), ("on_site", "onsite"),
    )  # fmt: skip
    said = [mode for name, mode in ways if payload.get(name) is True]
    if "remote" in said and len(said) > 1:
        return "mixed"
    return said[0] if said else None


def _salary(pay: Any) -> Salary | None:
    if not isinstance(pay, dict) or pay.get("period") not in get_args(Period):
        return None
    low, high = _amount(pay, "min"), _amount(pay, "max")
    return pay_between(low, high, pay.get("currency"), pay["period"])


def _amount(pay: dict[str, Any], name: str) -> float | None:
    found = fields.amount(pay.get(name))
    is_thousands = pay["period"] == "year" and found and found < _THOUSANDS_BELOW
    return found * 1_000 if found and is_thousands else found


SYSTEM = Recruitee()
