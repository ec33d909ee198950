"""SmartRecruiters: boards of large companies. Read only if a setting names it.

``GET /v1/companies/<company>/postings``, at most 100 a page; only the API with a key is documented.
An unknown company answers 200 with nothing, as a board without a job does. Texts come with one
request a posting, whose detail has all of the list's fields. ``creator`` is a person.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Final

from include.errors import MalformedAnswerError
from include.postings.model import LevelBucket
from include.postings.result import Remote
from include.sources import fields
from include.sources.answers import read_answer
from include.sources.source import Attribution, ParsedRecord, Terms
from include.sources.stated import country_code, places_of
from include.sources.system import Ask, BoardAnswer, Home, System

__all__ = ["SYSTEM"]

_PAGE_RECORDS: Final = 100  # a larger limit is cut to this
_MAX_PAGES: Final = 300
_LEVELS: Final[dict[str, LevelBucket]] = {
    "internship": "entry", "entry_level": "entry", "associate": "junior_mid",
    "director": "senior_excluded", "executive": "senior_excluded",
}  # fmt: skip
_SECTIONS: Final = ("companyDescription", "jobDescription", "qualifications",
                    "additionalInformation")  # fmt: skip


class SmartRecruiters(System):
    """Pages by offset, until the total is reached."""

    name: ClassVar[str] = "smartrecruiters"
    attribution = Attribution("SmartRecruiters", "https://www.smartrecruiters.com/")
    terms = Terms(
        url="https://www.smartrecruiters.com/",
        may_be_passed_on=False,
        note="No public feed is documented, so nothing allows passing its jobs on.",
    )
    homes = (Home("smartrecruiters_default", "https://api.smartrecruiters.com"),)
    personal = frozenset({"creator", "recruiter", "hiringTeam"})
    is_documented: ClassVar[bool] = False
    keeps_case: ClassVar[bool] = True

    def pages(self, board: str, ask: Ask) -> Iterator[BoardAnswer]:
        """Yield the pages; an empty one before the total ends the board short."""
        path, offset, total = f"v1/companies/{board}/postings", 0, 1
        while offset < min(total, _PAGE_RECORDS * _MAX_PAGES):
            answer = read_answer(ask(path, {"limit": _PAGE_RECORDS, "offset": offset}), "content")
            total = answer.envelope.get("totalFound", 0)
            if type(total) is not int:
                raise MalformedAnswerError("totalFound is not an integer", record=path)
            yield BoardAnswer(answer.records, total=total)
            if not answer.records:
                return
            offset += len(answer.records)

    def text_path(self, board: str, own_id: str) -> str | None:
        """Return the path of a posting's detail."""
        return f"v1/companies/{board}/postings/{own_id}"

    def company_of(self, value: dict[str, Any]) -> str | None:
        """Return the company that a record names."""
        return fields.line(_dict(value, "company"), "name")

    def hidden(self, value: dict[str, Any]) -> str:
        """Return "internal" for a posting that the company's page does not show."""
        return "internal" if value.get("visibility") not in (None, "PUBLIC") else ""

    def parse(self, payload: dict[str, Any], board: str) -> ParsedRecord:
        """Return the stated fields, of an entry of the list or of a posting's detail."""
        key, site = fields.key(payload), _dict(payload, "location")
        country = country_code(site.get("country"))
        labels = [label] if (label := _label(site)) else []
        places = places_of(labels, country)
        experience = fields.text(_dict(payload, "experienceLevel"), "id") or ""
        return ParsedRecord(
            key=key,
            url=fields.link(payload, "postingUrl")
            or (f"https://jobs.smartrecruiters.com/{board}/{key}" if key else None),
            title=fields.title(payload, "name"),
            company=fields.line(_dict(payload, "company"), "name") or "",
            description=_description(payload),
            location=label or None,
            date_posted=fields.iso_timestamp(payload.get("releasedDate")),
            country=fields.country_shared(places),
            places=places,
            remote=_remote(site),
            level=_LEVELS.get(experience),
        )


def _dict(payload: dict[str, Any], name: str) -> dict[str, Any]:
    found = payload.get(name)
    return found if isinstance(found, dict) else {}


def _label(site: dict[str, Any]) -> str:
    """Return city, region and country as one text; "Remote" is no city, codes are upper case."""
    city = fields.line(site, "city") or ""
    # Some towns are all in lower case ("bangalore").
    city = city.title() if city.islower() else city
    full = (fields.line(site, "fullLocation") or "").rpartition(",")[2].strip()
    country = full or (fields.line(site, "country") or "").upper()
    parts = ("" if city.casefold() == "remote" else city, fields.line(site, "region"), country)
    return ", ".join(part for part in parts if part)


def _remote(site: dict[str, Any]) -> Remote | None:
    if site.get("hybrid") is True:
        return "hybrid"
    return "remote" if site.get("remote") is True else None


def _description(payload: dict[str, Any]) -> str:
    sections = _dict(_dict(payload, "jobAd"), "sections")
    texts = [fields.text(_dict(sections, name), "text") for name in _SECTIONS]
    return "\n".join(text for text in texts if text)


SYSTEM = SmartRecruiters()
