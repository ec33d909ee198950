"""Classify the working mode: remote, hybrid, onsite, mixed or unspecified.

The header takes precedence. The body is read only if the header names no mode, or to distinguish a
hybrid week from an office-only one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from include.postings.places import find_places
from include.postings.prefilter import PrefilteredPattern
from include.postings.result import Remote

__all__ = ["read_remote"]

# Remote work in a header: "Remote-first", "WFH".
_REMOTE = PrefilteredPattern(
    r"\b(?:remote(?:ly|-first|-friendly)?|wfh|work(?:ing)? from (?:home|anywhere)|distributed team|"
    r"telecommut\w+|anywhere)\b",
    literals=("remote", "wfh", "from home", "distributed team", "telecommut", "anywhere"),
)
# Remote work refused: "no remote", "remote: no". Overrides _REMOTE, which matches these too.
_NOT_REMOTE = re.compile(
    r"\b(?:no[tn]?[- ](?:a )?(?:fully )?remote|remote (?:is )?not|no remote|"
    r"not (?:currently )?(?:offering|open to|considering|available for|"
    r"hiring)[^.\n]{0,20} remote|remote: no|remote work is not)\b",
)
# Some remote work, that is hybrid: "partly remote", "2 remote days".
_PART_REMOTE = PrefilteredPattern(
    r"\b(?:part(?:ly|ial(?:ly)?)?[- ](?:remote|on-?\s?site)|remote[- ]?days?|\d+%? remote days?|"
    r"some remote|occasional(?:ly)? remote)\b",
    literals=("part", "remote day", "remote-day", "remoteday", "some remote", "occasional"),
)
# Office work: "on-site", "in the office", "in person".
_ONSITE = PrefilteredPattern(
    r"\b(?:on-?\s?site|in[- ]?(?:the[- ])?office|in[- ]?person|on[- ]premises|local only|"
    r"office[- ]based|"
    r"colocated|co-located|irl)\b",
    literals=("site", "office", "person", "premises", "local only", "located", "irl"),
)
# A number of days below five, or a range: "3 days", "two to three days", "2x".
_DAYS = (
    r"(?:[1-4]|one|two|three|four)(?:\s?(?:-|to)\s?(?:[2-4]|two|three|four))?\+?[- ]?"
    r"(?:x|times|days?)"
)
_AT_OFFICE = r"(?:in[- ](?:the |our )?(?:\w+ ){0,2}office|on-?\s?site|in[- ]person|at the office)"
# Counted office days, in either order: "3 days a week in the office", "on-site 2 days/week". The
# gap stays within a sentence and short, for sense and for speed.
_OFFICE_DAYS = re.compile(
    rf"\b(?:{_DAYS}(?:/|\s*(?:a|per|each|out of)?\s*)(?:wk|week|five|5)?\s*"
    rf"[^.\n]{{0,25}}?{_AT_OFFICE}|"
    rf"{_AT_OFFICE}[^.\n]{{0,25}}?\b{_DAYS}\s?(?:/|a|per|each)\s?(?:wk|week))"
)
# Remote work in the body, on lines already chosen for their topic.
_BODY_REMOTE = PrefilteredPattern(
    r"\b(?:fully[- ]remote|100% remote|remote[- ]first|remote[- ]only|all[- ]remote|work remotely|"
    r"remote[- ]friendly|(?:is|are) (?:\w+ )?remote|location: remote|remote(?:,| \()|"
    r"work from (?:anywhere|home)|"
    r"remote (?:role|position|team|company|work|ok|candidates|option|possible|within|in|from|"
    r"or|team members)|"
    r"fully distributed|or remote|remote)\b",
    literals=("remote", "work from ", "fully distributed"),
)


# Remote as an alternative within one segment: "Oslo or remote", "Remote/Bergen".
_OR_REMOTE = re.compile(r"(?:\bor|/|,|&|\+|\band)\s*(?:\w+ )?remote|remote\s*(?:or\b|/|&|\+|and\b)")
# A bracket qualifies and offers no alternative: "Remote (US or EU)".
_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]")


def read_remote(header: str, body: Sequence[str], segments: Sequence[str] = ()) -> Remote:
    """Return the working mode of the header line or, if it names none, of the body.

    ``body`` has the lines that name a place of work. ``segments`` are the header's parts: "Oslo or
    Remote" in one part is "mixed".
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
    # "partly remote" contains "remote": it is blanked before the search for full remote work.
    part = bool(_PART_REMOTE.search(lower))
    hybrid = part or _is_hybrid(lower)
    onsite = bool(_ONSITE.search(lower))
    remote = bool(_REMOTE.search(_PART_REMOTE.sub(" ", lower) if part else lower))
    if remote and _NOT_REMOTE.search(lower):
        # A refusal of remote work means the office, unless days at home are named.
        remote, onsite = False, not hybrid
    return _one_of(remote=remote, hybrid=hybrid, onsite=onsite)


def _body_mode(lines: str) -> Remote:
    lower = lines.lower()
    # The body asks for any mention first: a refusal need not match _BODY_REMOTE.
    hybrid, remote = _is_hybrid(lower), "remote" in lower or "work from" in lower
    if remote and _NOT_REMOTE.search(lower):
        return "hybrid" if hybrid else "onsite"
    return _one_of(
        remote=bool(_BODY_REMOTE.search(lower)), hybrid=hybrid, onsite=bool(_ONSITE.search(lower))
    )


def _is_hybrid(lower: str) -> bool:
    """Return whether the text names hybrid work or a number of office days a week."""
    if "hybrid" in lower:
        return True
    # _OFFICE_DAYS needs one of these words; the substring tests spare the costly search.
    counted = "day" in lower or "week" in lower or "/wk" in lower
    return counted and bool(_OFFICE_DAYS.search(lower))


def _one_of(*, remote: bool, hybrid: bool, onsite: bool) -> Remote:
    if remote:
        return "mixed" if hybrid or onsite else "remote"
    if hybrid:
        return "hybrid"
    return "onsite" if onsite else "unspecified"
