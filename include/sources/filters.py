"""Filter served records by the query; servers may ignore its filters."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from include.postings.model import IngestionQuery, JobPosting
from include.postings.places import Place, find_places, place_called
from include.postings.places.tree import is_within
from include.postings.result import Remote

__all__ = ["ANYWHERE", "filter_reason", "is_too_old", "place_wanted"]

ANYWHERE = frozenset({"any", "anywhere", "everywhere", "worldwide"})
# The prefix of a query's location: "remote, Norway", "Remote: any".
_REMOTE = re.compile(r"remote\b[\s,:-]*", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_AREAS = ("country", "state")


def filter_reason(
    query: IngestionQuery,
    posting: JobPosting,
    remote: Remote,
    now: dt.datetime,
    places: Sequence[Place] = (),
) -> str:
    """Return the first filter that rejects a posting: age, role, level or location; "" for none.

    Role and level are the buckets of the insights; a posting that states neither is only in
    ``any``. A remote posting passes every location that it is open to. ``places`` are the places
    that the record lists; without them they are extracted from its location.
    """
    if is_too_old(posting.date_posted, query, now):
        return "age"
    if query.role_bucket not in ("any", posting.role_bucket):
        return "role"
    if query.level_bucket not in ("any", posting.level_bucket):
        return "level"
    location = posting.location or ""
    named = places or find_places(location)
    return "" if _is_there(query.location, location, remote, named) else "location"


def is_too_old(posted: dt.datetime | None, query: IngestionQuery, now: dt.datetime) -> bool:
    """Return whether a posting is older than the query's days; an undated one is not."""
    return posted is not None and posted < now - dt.timedelta(days=query.days)


def place_wanted(location: str) -> tuple[bool, str]:
    """Return whether only remote jobs are wanted, and the place ("" for anywhere)."""
    remote = _REMOTE.match(location.strip())
    place = location.strip()[remote.end() :] if remote else location.strip()
    return bool(remote), "" if place.casefold() in ANYWHERE else place


def _is_there(wanted: str, location: str, remote: Remote, named: Sequence[Place]) -> bool:
    only_remote, place = place_wanted(wanted)
    if only_remote and remote not in ("remote", "mixed"):
        return False
    # The words as written come first: they work for places that the gazetteer lacks.
    if not place or _words(place.split(",")[0]) in _words(location):
        return True
    target = find_places(place)[:1] or _country(place)
    if target and _names(named, target[0]):
        return True
    return remote in ("remote", "mixed") and _is_open_to(named, target)


def _country(place: str) -> list[Place]:
    named = place_called(place)
    return [named] if named.country else []


def _names(named: Sequence[Place], target: Place) -> bool:
    """Return whether one of the places is the target or lies in it: "Berlin" is in Europe."""
    if target.place_id is None:
        return target.name in {place.name for place in named}
    return any(p.place_id and is_within(p.place_id, target.place_id) for p in named)


def _is_open_to(named: Sequence[Place], target: Sequence[Place]) -> bool:
    """Return whether a remote job is open to the target, that is, no named place excludes it.

    Another country excludes it; a region of several countries ("Americas", "Worldwide") does not.
    """
    countries = {place.country for place in named if place.kind in _AREAS or not place.country}
    return not named or None in countries or bool({t.country for t in target} & countries)


def _words(written: str) -> str:
    # Padded with blanks, so that "in" tests whole words: "York" is in "New York", not in
    # "Yorkton".
    return f" {' '.join(_WORD.findall(written.casefold()))} "
