"""Where the work is done: remote, hybrid, onsite, mixed or unspecified.

The header speaks first; the body is asked only where the header is silent, or to tell a hybrid
week from an office-only one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from include.postings.places import find_places
from include.postings.prefilter import PrefilteredPattern
from include.postings.result import Remote

__all__ = ["read_remote"]

_REMOTE = PrefilteredPattern(
    r"\b(?:remote(?:ly|-first|-friendly)?|wfh|work(?:ing)? from (?:home|anywhere)|distributed team|"
    r"telecommut\w+|anywhere)\b",
    literals=("remote", "wfh", "from home", "distributed team", "telecommut", "anywhere"),
)
_NOT_REMOTE = re.compile(
    r"\b(?:no[tn]?[- ](?:a )?(?:fully )?remote|remote (?:is )?not|no remote|"
    r"not (?:currently )?(?:offering|open to|considering|available for|"
    r"hiring)[^.\n]{0,20} remote|remote: no|remote work is not)\b",
)
_PART_REMOTE = PrefilteredPattern(
    r"\b(?:part(?:ly|ial(?:ly)?)?[- ](?:remote|on-?\s?site)|remote[- ]?days?|\d+%? remote days?|"
    r"some remote|occasional(?:ly)? remote)\b",
    literals=("part", "remote day", "remote-day", "remoteday", "some remote", "occasional"),
)
_ONSITE = PrefilteredPattern(
    r"\b(?:on-?\s?site|in[- ]?(?:the[- ])?office|in[- ]?person|on[- ]premises|local only|"
    r"office[- ]based|"
    r"colocated|co-located|irl)\b",
    literals=("site", "office", "person", "premises", "local only", "located", "irl"),
)
_DAYS = (
    r"(?:[1-4]|one|two|three|four)(?:\s?(?:-|to)\s?(?:[2-4]|two|three|four))?\+?[- ]?"
    r"(?:x|times|days?)"
)
_AT_OFFICE = r"(?:in[- ](?:the |our )?(?:\w+ ){0,2}office|on-?\s?site|in[- ]person|at the office)"
_OFFICE_DAYS = re.compile(
    rf"\b(?:{_DAYS}(?:/|\s*(?:a|per|each|out of)?\s*)(?:wk|week|five|5)?\s*"
    rf"[^.\n]{{0,25}}?{_AT_OFFICE}|"
    rf"{_AT_OFFICE}[^.\n]{{0,25}}?\b{_DAYS}\s?(?:/|a|per|each)\s?(?:wk|week))"
)
_BODY_REMOTE = PrefilteredPattern(
    r"\b(?:fully[- ]remote|100% remote|remote[- ]first|remote[- ]only|all[- ]remote|work remotely|"
    r"remote[- ]friendly|(?:is|are) (?:\w+ )?remote|location: remote|remote(?:,| \()|"
    r"work from (?:anywhere|home)|"
    r"remote (?:role|position|team|company|work|ok|candidates|option|possible|within|in|from|"
    r"or|team members)|"
    r"fully distributed|or remote|remote)\b",
    literals=("remote", "work from ", "fully distributed"),
)


_OR_REMOTE = re.compile(r"(?:\bor|/|,|&|\+|\band)\s*(?:\w+ )?remote|remote\s*(?:or\b|/|&|\+|and\b)")
_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]")


def read_remote(header: str, body: Sequence[str], segments: Sequence[str] = ()) -> Remote:
    """Return the working mode that a header line and, where it is silent, the body name.

    ``body`` is the lines that name a place of work; ``segments`` are the header's parts: "SF or
    Remote" in one part means either.
    """
    mode = _mode(header)
    if mode == "remote" and any(_is_city_or_remote(segment) for segment in segments):
        return "mixed"
    lines = "\n".join(body)
    if mode == "onsite":
        return "hybrid" if _is_hybrid(lines.lower()) else "onsite"
    return mode if mode != "unspecified" or not lines else _body_mode(lines)


def _is_city_or_remote(segment: str) -> bool:
    plain = _ASIDE.sub(" ", segment)
    if not _OR_REMOTE.search(plain.lower()):
        return False
    return any(place.kind == "city" for place in find_places(plain))


def _mode(text: str) -> Remote:
    lower = text.lower()
    part = bool(_PART_REMOTE.search(lower))
    hybrid = part or _is_hybrid(lower)
    onsite = bool(_ONSITE.search(lower))
    remote = bool(_REMOTE.search(_PART_REMOTE.sub(" ", lower) if part else lower))
    if remote and _NOT_REMOTE.search(lower):
        remote, onsite = False, not hybrid
    return _one_of(remote=remote, hybrid=hybrid, onsite=onsite)


def _body_mode(lines: str) -> Remote:
    lower = lines.lower()
    hybrid, remote = _is_hybrid(lower), "remote" in lower or "work from" in lower
    if remote and _NOT_REMOTE.search(lower):
        return "hybrid" if hybrid else "onsite"
    return _one_of(
        remote=bool(_BODY_REMOTE.search(lower)), hybrid=hybrid, onsite=bool(_ONSITE.search(lower))
    )


def _is_hybrid(lower: str) -> bool:
    """Tell whether some days are in an office, by name or by their number."""
    if "hybrid" in lower:
        return True
    counted = "day" in lower or "week" in lower or "/wk" in lower
    return counted and bool(_OFFICE_DAYS.search(lower))


def _one_of(*, remote: bool, hybrid: bool, onsite: bool) -> Remote:
    if remote:
        return "mixed" if hybrid or onsite else "remote"
    if hybrid:
        return "hybrid"
    return "onsite" if onsite else "unspecified"
