"""Workable: boards of small companies. Read only if a setting names it.

``GET /api/v1/widget/accounts/<account>?details=true`` serves the widget that companies embed; only
the API with a token is documented. It answers 429 soon, with pauses of hours. Dates have no zone;
there is no pay, and no way of working but "telecommuting". ``/api/v3`` names its fields otherwise:
both are read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Final

from include.postings.result import Remote
from include.sources import fields
from include.sources.answers import read_answer
from include.sources.source import Attribution, ParsedRecord, Terms
from include.sources.stated import country_code, places_of
from include.sources.system import Ask, BoardAnswer, Home, System

__all__ = ["SYSTEM"]

_MODES: Final[dict[str, Remote]] = {"remote": "remote", "hybrid": "hybrid", "on_site": "onsite"}


class Workable(System):
    """One answer a board."""

    name: ClassVar[str] = "workable"
    attribution = Attribution("Workable", "https://www.workable.com/")
    terms = Terms(
        url="https://www.workable.com/",
        may_be_passed_on=False,
        note="No public feed is documented, so nothing allows passing its jobs on.",
    )
    homes = (Home("workable_default", "https://apply.workable.com"),)
    personal = frozenset({"recruiter", "hiring_manager", "email"})
    is_documented: ClassVar[bool] = False
    id_field: ClassVar[str] = "shortcode"

    def pages(self, board: str, ask: Ask) -> Iterator[BoardAnswer]:
        """Yield the one answer; a name that only repeats the account is none."""
        path, params = f"api/v1/widget/accounts/{board}", {"details": "true"}
        answer = read_answer(ask(path, params), "jobs")
        named = fields.line(answer.envelope, "name")
        is_account = named and named.casefold() == board.casefold()
        yield BoardAnswer(answer.records, company=None if is_account else named)

    def parse(self, payload: dict[str, Any], board: str) -> ParsedRecord:
        """Return the stated fields."""
        key = fields.key(payload, "shortcode")
        listed = payload.get("locations")
        sites = [s for s in listed if isinstance(s, dict)] if isinstance(listed, list) else []
        labels = [label for s in (sites or [payload]) if (label := _label(s))]
        country = country_code(sites[0].get("countryCode")) if len(sites) == 1 else None
        places = places_of(labels, country)
        return ParsedRecord(
            key=key,
            url=fields.link(payload, "url", "shortlink")
            or (f"https://apply.workable.com/j/{key}" if key else None),
            title=fields.title(payload),
            company="",
            description=fields.text(payload, "description") or "",
            location="; ".join(dict.fromkeys(labels)) or None,
            date_posted=fields.iso_timestamp(payload.get("published_on"))
            or fields.iso_timestamp(payload.get("published")),
            country=fields.country_shared(places),
            places=places,
            remote=_remote(payload),
        )


def _label(site: dict[str, Any]) -> str:
    region = fields.line(site, "region") or fields.line(site, "state")
    parts = (fields.line(site, "city"), region, fields.line(site, "country"))
    return ", ".join(dict.fromkeys(part for part in parts if part))


def _remote(payload: dict[str, Any]) -> Remote | None:
    if mode := _MODES.get(fields.text(payload, "workplace") or ""):
        return mode
    return "remote" if payload.get("telecommuting") is True else None


SYSTEM = Workable()
