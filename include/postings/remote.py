"""Classify the working mode: remote, hybrid, onsite, mixed or unspecified.

The header takes precedence. The body is read if the header names no mode, to distinguish a hybrid
week from an office-only one, and to see whether "Oslo | Remote" has an office as well.
"""

from __future__ import annotations

from collections.abc import Sequence

from include.postings.places import find_places
from include.postings.remote_words import (
    AT_HOME,
    BODY_ONSITE,
    BODY_REMOTE,
    BRACKETED,
    EITHER,
    FLEXIBLE,
    HYBRID,
    IN_BRACKETS,
    LOCATION_LABEL,
    NOT_REMOTE,
    OFFICE_DAYS,
    ON_DEMAND,
    ONSITE,
    OR_REMOTE,
    PART_REMOTE,
    PERK,
    PLACE_LINE_CHARS,
    REMOTE,
    REMOTE_LIST,
    TAG,
    THING,
    USERS,
)
from include.postings.result import Remote

__all__ = ["read_remote"]


def read_remote(header: str, body: Sequence[str], segments: Sequence[str] = ()) -> Remote:
    """Return the working mode of the header line or, if it names none, of the body.

    ``body`` has the lines that name a place of work. ``segments`` are the header's parts: "Oslo or
    Remote" in one part is "mixed".
    """
    mode = _mode(header)
    lines = "\n".join(body)
    if mode == "remote":
        return "mixed" if _has_office(header, lines, segments) else "remote"
    if mode == "onsite":
        cleaned = _cleaned(lines.lower())
        return "hybrid" if _is_hybrid(cleaned) or _is_flexible(cleaned) else "onsite"
    if mode != "unspecified" or not lines:
        return mode
    mode = _body_mode(lines)
    if mode == "remote" and any(_is_alternative(line) for line in body if _gives_places(line)):
        return "mixed"
    on_demand = mode == "remote" and ON_DEMAND.search(_cleaned(lines.lower()))
    town = on_demand and any(_has_town(part) for part in segments or (header,))
    return "mixed" if town else mode


def _gives_places(line: str) -> bool:
    """Return whether a line of the body says no more than where: "Oslo, Norway or remote"."""
    return len(line) < PLACE_LINE_CHARS or bool(LOCATION_LABEL.match(line))


def _has_office(header: str, body: str, segments: Sequence[str]) -> bool:
    """Return whether a remote job has an office to work from as well: "Oslo or Remote"."""
    if any(_is_alternative(segment) for segment in segments):
        return True
    if not any(_has_town(part) for part in segments or (header,)):
        return False
    if TAG.search(header):
        return True
    return any(ON_DEMAND.search(_cleaned(text.lower())) for text in (header, body))


def _has_town(header: str) -> bool:
    return any(place.kind == "city" for place in find_places(header[:_TOWN_CHARS]))


_TOWN_CHARS = 300


def _is_alternative(segment: str) -> bool:
    lower = segment.lower()
    if "remote" not in lower and "anywhere" not in lower and "tele" not in lower:
        return False
    plain = IN_BRACKETS.sub(" ", BRACKETED.sub("remote", segment))
    if OR_REMOTE.search(plain.lower()) and _has_town(plain):
        return True
    if listed := REMOTE_LIST.search(lower):
        towns = [place for place in find_places(segment[listed.start(1) :]) if place.kind == "city"]
        return len(towns) > 1
    return bool(EITHER.search(lower)) and bool(find_places(segment))


def _cleaned(lower: str) -> str:
    """Blank what is remote but no work, whom a product serves, and perks of some weeks a year."""
    if "remote" in lower:
        lower = USERS.sub(" ", THING.sub(" ", lower))
    if " home" in lower:
        lower = AT_HOME.sub(" ", lower)
    if "day" in lower or "week" in lower or "month" in lower or "from anywhere" in lower:
        lower = PERK.sub(" ", lower)
    return lower


_CUES = (
    "remote", "site", "office", "hybrid", "home", "wfh", "anywhere", "wherever", "person", "tele",
    "distributed", "local", "located", "location", "premises", "irl",
)  # fmt: skip


def _mode(text: str) -> Remote:
    lower = text.lower()
    # A cheap necessary condition: most headers of the early years name no way of working.
    if not any(map(lower.__contains__, _CUES)):
        return "unspecified"
    lower = _cleaned(lower)
    # "partly remote" contains "remote": it is blanked before the search for full remote work.
    part = _is_in_part(lower)
    hybrid = part or _is_hybrid(lower)
    onsite = bool(ONSITE.search(lower))
    remote = bool(REMOTE.search(PART_REMOTE.sub(" ", lower) if part else lower))
    if _is_refused(lower):
        # A refusal of remote work means the office, unless days at home are named.
        remote, onsite = False, not hybrid
    return _one_of(remote=remote, hybrid=hybrid, onsite=onsite)


def _body_mode(lines: str) -> Remote:
    lower = _cleaned(lines.lower())
    part = _is_in_part(lower)
    hybrid = part or _is_hybrid(lower)
    if _is_refused(lower):
        return "hybrid" if hybrid else "onsite"
    return _one_of(
        remote=bool(BODY_REMOTE.search(PART_REMOTE.sub(" ", lower) if part else lower)),
        hybrid=hybrid,
        onsite=bool(BODY_ONSITE.search(lower)),
    )


def _is_in_part(lower: str) -> bool:
    # Substring tests spare most texts the search.
    return any(map(lower.__contains__, _PART_CUES)) and bool(PART_REMOTE.search(lower))


def _is_flexible(lower: str) -> bool:
    return any(map(lower.__contains__, _FLEXIBLE_CUES)) and bool(FLEXIBLE.search(lower))


def _is_refused(lower: str) -> bool:
    refused = "no" in lower or "n't" in lower or "unable" in lower or "false" in lower
    return (
        refused
        and ("remote" in lower or "tele" in lower or "home" in lower or "wfh" in lower)
        and bool(NOT_REMOTE.search(lower))
    )


_PART_CUES = (
    "day",
    "week",
    "part",
    "%",
    "occasion",
    "sometimes",
    "time to time",
    "now and then",
    "flexib",
)


# FLEXIBLE needs one of these words.
_FLEXIBLE_CUES = ("part of the", "flexib", "occasional", "most of the", "day", "when ")


# OFFICE_DAYS needs one of these words; the substring tests spare the costly search.
_DAY_CUES = ("day", "week", "/wk", "mon", "tue", "wed")


def _is_hybrid(lower: str) -> bool:
    """Return whether the text names hybrid work or a number of office days a week."""
    if HYBRID.search(lower):
        return True
    return any(map(lower.__contains__, _DAY_CUES)) and bool(OFFICE_DAYS.search(lower))


def _one_of(*, remote: bool, hybrid: bool, onsite: bool) -> Remote:
    if remote:
        return "mixed" if hybrid or onsite else "remote"
    if hybrid:
        return "hybrid"
    return "onsite" if onsite else "unspecified"
