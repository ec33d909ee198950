"""Translate a query into the vendor's filters; records filtered out there cost nothing."""

from __future__ import annotations

import hashlib
import re
from typing import Any, Final

from include.postings.model import IngestionQuery
from include.postings.places import find_places
from include.sources.filters import place_wanted

__all__ = ["filters_of", "query_key"]

_SENIORITIES: Final[dict[str, list[str]]] = {
    "entry": ["junior"],
    "junior_mid": ["junior", "mid_level"],
}
# Title patterns, wider than our own roles: an excluded posting is lost, an extra one is filtered
# here. "back.?end" matches "backend", "back-end" and "back end".
_TITLES: Final[dict[str, list[str]]] = {
    "backend": [r"back.?end", "server", r"full.?stack", "software", "developer", "engineer"],
    "frontend": [r"front.?end", "web", r"full.?stack", "software", "developer", "engineer"],
    "fullstack": [r"full.?stack", "software", "developer", "engineer"],
}


def filters_of(query: IngestionQuery) -> dict[str, Any]:
    """Return the query as the vendor's filters; records filtered out there cost nothing."""
    filters: dict[str, Any] = {}
    only_remote, place = place_wanted(query.location)
    if only_remote:
        filters["remote"] = True
    if place:
        target = find_places(place)[:1]
        if target and target[0].kind == "country":
            filters["job_country_code_or"] = [target[0].country]
        else:
            # The vendor matches a pattern, so "St. Gallen" needs its point escaped; the state
            # after a comma may be spelled differently there.
            filters["job_location_pattern_or"] = [re.escape(place.split(",")[0].strip())]
    if query.role_bucket != "any":
        filters["job_title_pattern_or"] = _TITLES[query.role_bucket]
    if query.level_bucket != "any":
        filters["job_seniority_or"] = _SENIORITIES[query.level_bucket]
    return filters


def query_key(query: IngestionQuery) -> str:
    """Return the key of a query's cursor (16 hex digits), independent of ``max_results``."""
    wanted = query.model_dump_json(exclude={"max_results"})
    return hashlib.sha256(wanted.encode()).hexdigest()[:16]
