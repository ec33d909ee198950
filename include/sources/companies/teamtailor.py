"""Teamtailor: boards of European companies, an RSS feed that their pages advertise.

``/jobs.rss`` at the company's own host. It has what ``/jobs.json`` lacks, the way of working; the
company is the channel's title. ``remoteStatus`` "fully" may come without a place. There is no pay.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Any, ClassVar, Final

from include.postings.result import Remote
from include.sources import fields
from include.sources.source import Attribution, ParsedRecord, Terms
from include.sources.stated import places_of
from include.sources.system import Ask, BoardAnswer, Home, System
from include.sources.xml_records import many, read_xml

__all__ = ["SYSTEM"]

_MODES: Final[dict[str, Remote]] = {"fully": "remote", "hybrid": "hybrid", "temporary": "hybrid"}


class Teamtailor(System):
    """One answer a board, at the company's own host.

    A board whose name has a dot is a host: "acme.na.teamtailor.com", "jobs.acme.example".
    """

    name: ClassVar[str] = "teamtailor"
    attribution = Attribution("Teamtailor", "https://www.teamtailor.com/")
    terms = Terms(
        url="https://www.teamtailor.com/",
        may_be_passed_on=True,
        note="Advertised in the head of its public pages; no terms on passing jobs on are stated.",
    )
    homes = (Home("teamtailor_default", "https://{board}.teamtailor.com"),)
    personal = frozenset({"recruiter", "user", "tt:recruiter", "tt:user", "author"})
    id_field: ClassVar[str] = "guid"

    def pages(self, board: str, ask: Ask) -> Iterator[BoardAnswer]:
        """Yield the one answer."""
        records, channel = read_xml(ask("jobs.rss", {}), "rss", "item")
        named = channel.get("channel")
        yield BoardAnswer(records, fields.line(named, "title") if isinstance(named, dict) else None)

    def parse(self, payload: dict[str, Any], board: str) -> ParsedRecord:
        """Return the stated fields; the company is that of the channel."""
        labels = [_label(site) for site in many(payload.get("tt:locations"), "tt:location")]
        labels = [label for label in dict.fromkeys(labels) if label]
        places = places_of(labels)
        return ParsedRecord(
            key=fields.key(payload, "guid"),
            url=fields.link(payload, "link"),
            title=fields.title(payload),
            company="",
            description=fields.text(payload, "description") or "",
            location="; ".join(labels) or None,
            date_posted=_date(fields.text(payload, "pubDate")),
            country=fields.country_shared(places),
            places=places,
            remote=_MODES.get(fields.text(payload, "remoteStatus") or ""),
        )


def _label(site: Any) -> str:
    if not isinstance(site, dict):
        return ""
    town = fields.line(site, "tt:city") or fields.line(site, "tt:name")
    parts = (town, fields.line(site, "tt:country"))
    return ", ".join(part for part in parts if part)


def _date(written: str | None) -> dt.datetime | None:
    """Return an RFC 822 date; None for any other text."""
    try:
        found = parsedate_to_datetime(written) if written else None
    except (ValueError, OverflowError, IndexError):
        return None
    return fields.iso_timestamp(found.isoformat()) if found else None


SYSTEM = Teamtailor()
