"""Parse the stated fields of a TheirStack record."""

from __future__ import annotations

from typing import Any, Final

from include.postings.countries import country_code
from include.postings.model import LevelBucket
from include.postings.places import Place, find_places, in_city
from include.postings.result import Remote
from include.sources import fields
from include.sources.record import Reason
from include.sources.source import ParsedRecord, UnreadableRecordError

__all__ = ["parse_record"]

_LEVELS: Final[dict[Any, LevelBucket]] = {
    "junior": "entry",
    "mid_level": "junior_mid",
    "senior": "senior_excluded",
    "staff": "senior_excluded",
    "c_level": "senior_excluded",
}


def parse_record(payload: dict[str, Any]) -> ParsedRecord:
    """Return the stated fields; a blurred record says too little and is unreadable."""
    if payload.get("has_blurred_data") is True:
        message = "the vendor's preview hides company and text"
        raise UnreadableRecordError(Reason.BLURRED, message)
    salary = fields.salary_between(
        payload.get("min_annual_salary"),
        payload.get("max_annual_salary"),
        payload.get("salary_currency"),
        "year",
    )
    return ParsedRecord(
        key=fields.key(payload),
        url=fields.link(payload, "url", "final_url"),
        title=fields.title(payload, "job_title"),
        company=_company(payload),
        description=fields.text(payload, "description") or "",
        location=_location(payload),
        date_posted=fields.iso_timestamp(payload.get("date_posted")),
        country=_country(payload),
        places=tuple(found for place in _places(payload) for found in _found(place)),
        places_stated=_places(payload) or None,
        remote=_remote(payload),
        salary=salary or fields.salary_in_words(fields.text(payload, "salary_string")),
        level=_LEVELS.get(payload.get("seniority")) if _is_text(payload, "seniority") else None,
    )


def _is_text(payload: dict[str, Any], name: str) -> bool:
    return isinstance(payload.get(name), str)


def _company(payload: dict[str, Any]) -> str:
    company = payload.get("company_object")
    named = fields.line(company, "name") if isinstance(company, dict) else None
    return named or fields.line(payload, "company") or ""


def _places(payload: dict[str, Any]) -> list[dict[str, Any]]:
    places = payload.get("locations")
    found = places if isinstance(places, list) else []
    return [place for place in found if isinstance(place, dict)]


def _found(place: dict[str, Any]) -> list[Place]:
    """Return the city of a place's GeoNames id, which no name can mistake; else by its name."""
    stated = place.get("id")
    country = country_code(fields.text(place, "country_code") or "")
    is_id = isinstance(stated, int) and not isinstance(stated, bool)
    if is_id and stated is not None and (city := in_city(stated, country)):
        return [city]
    return find_places(fields.line(place, "display_name") or "")


def _location(payload: dict[str, Any]) -> str | None:
    named = [name for place in _places(payload) if (name := fields.line(place, "display_name"))]
    return "; ".join(named) or next(
        (found for name in ("long_location", "short_location", "location", "country")
         if (found := fields.line(payload, name))), None
    )  # fmt: skip


def _country(payload: dict[str, Any]) -> str | None:
    stated = payload.get("country_codes")
    codes = [code for code in stated if isinstance(code, str)] if isinstance(stated, list) else []
    # One country is certain only if every location is in it; None marks an unknown code.
    named = {country_code(code) for code in codes}
    named = named or {country_code(fields.text(payload, "country_code") or "")}
    return named.pop() if len(named) == 1 else None


def _remote(payload: dict[str, Any]) -> Remote | None:
    if payload.get("remote") is True:
        return "remote"
    return "hybrid" if payload.get("hybrid") is True else None
