"""Personio: boards of European companies, an XML feed.

Documentation: https://developer.personio.de/docs/retrieving-open-job-positions (no key), at the
company's own host. All positions at once. There is no link, no pay and no flag for remote work:
words in an office's name say so. ``createdAt`` is written in two ways, and may be years ago.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Final

from include.postings.model import LevelBucket
from include.sources import fields
from include.sources.source import Attribution, ParsedRecord, Terms
from include.sources.stated import modes_together, places_of, way_of_working
from include.sources.system import Ask, BoardAnswer, Home, System
from include.sources.xml_records import many, read_xml

__all__ = ["SYSTEM"]

_LEVELS: Final[dict[str, LevelBucket]] = {
    "entry-level": "entry", "student": "entry", "executive": "senior_excluded",
}  # fmt: skip


class Personio(System):
    """One answer a board, at the company's own host; texts in English where there are some."""

    name: ClassVar[str] = "personio"
    attribution = Attribution("Personio", "https://www.personio.com/")
    terms = Terms(
        url="https://developer.personio.de/docs/retrieving-open-job-positions",
        may_be_passed_on=True,
        note="Documented as public and without a key; no terms on passing jobs on are stated.",
    )
    homes = (Home("personio_default", "https://{board}.jobs.personio.de"),)
    personal = frozenset({"recruiter", "contact", "contactPerson", "email"})

    def pages(self, board: str, ask: Ask) -> Iterator[BoardAnswer]:
        """Yield the one answer; a tenant without open positions answers ``<workzag-jobs/>``."""
        records, _ = read_xml(ask("xml", {"language": "en"}), "workzag-jobs", "position")
        yield BoardAnswer(records)

    def company_of(self, value: dict[str, Any]) -> str | None:
        """Return the company that a record names."""
        return fields.line(value, "subcompany")

    def parse(self, payload: dict[str, Any], board: str) -> ParsedRecord:
        """Return the stated fields."""
        key = fields.key(payload)
        offices = [o for o in (fields.line(payload, "office"), *_additional(payload)) if o]
        places = places_of(offices)
        return ParsedRecord(
            key=key,
            url=f"https://{board}.jobs.personio.de/job/{key}" if key else None,
            title=fields.title(payload, "name"),
            company=fields.line(payload, "subcompany") or "",
            description=_description(payload),
            location="; ".join(offices) or None,
            date_posted=fields.iso_timestamp(payload.get("createdAt")),
            country=fields.country_shared(places),
            places=places,
            remote=modes_together(map(way_of_working, offices)),
            level=_LEVELS.get(fields.text(payload, "seniority") or ""),
        )


def _additional(payload: dict[str, Any]) -> list[str | None]:
    offices = many(payload.get("additionalOffices"), "office")
    return [fields.line({"name": office}, "name") for office in offices]


def _description(payload: dict[str, Any]) -> str:
    parts = []
    for section in many(payload.get("jobDescriptions"), "jobDescription"):
        if isinstance(section, dict):
            heading, text = fields.text(section, "name"), fields.text(section, "value")
            parts += [f"<h3>{heading}</h3>" if heading else "", text or ""]
    return "\n".join(part for part in parts if part)


SYSTEM = Personio()
