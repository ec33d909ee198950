"""Classify the roles and seniority levels offered, and map them to the contract's buckets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from include.postings.lexicon import Lexicon, title_labels, vocabulary_section
from include.postings.model import LevelBucket, RoleBucket

__all__ = ["LEVELS", "ROLES", "level_bucket", "read_levels", "read_roles", "role_bucket"]


_KINDS = frozenset(vocabulary_section("roles"))
_ENGINEERS = Lexicon({"engineer": vocabulary_section("titles")["engineer"]})
# With one of these kinds, a plain "engineer" beside it stays "software".
_TECHNICAL = _KINDS - {"sales", "product", "design", "management", "other", "research", "qa"}
# How a body says what its plain "Software Engineer" builds: "the whole stack", "back-end".
_BODY_FULLSTACK = re.compile(r"full[- ]?stack|(?:entire|whole|full) (?:\w+ )?stack")
_BODY_BACKEND = re.compile(r"back[- ]?end\b")
_BODY_FRONTEND = re.compile(r"front[- ]?end\b")

ROLES = (*vocabulary_section("roles"), "software")

LEVELS = tuple(vocabulary_section("levels"))
_LEVELS = frozenset(LEVELS)
# "3+ years", "3 or more years", "2-4 yrs", "5 YOE".
_YEARS = re.compile(
    r"(\d\d?)\s?(?:\+|plus |or more )?\s?(?:(?:-|to)\s?(?P<high>\d{1,2})\+?\s?)?"
    r"(?:years?|yrs?\.?|yoe)\b"
)
# The window in which "experience" must occur: "we are 12 years old" asks for nothing.
_YEARS_BEFORE_CHARS = 30
_YEARS_AFTER_CHARS = 40
# Past the opening, "engineer" mostly means a colleague.
_FALLBACK_CHARS = 1_500
# More is the age of a company or its team's years added up.
_MOST_YEARS = 20
_MID_YEARS = 2
_SENIOR_YEARS = 5


def read_roles(snippets: Sequence[str], text: str) -> tuple[str, ...]:
    """Return the roles offered in the snippets, in the order of ROLES.

    ``text`` is the whole posting; it decides what kind a plain "Software Engineer" is.
    """
    found = {kind for snippet in snippets for kind in _kinds_of(snippet)}
    if any(_is_plain(snippet) for snippet in snippets):
        found.add("software" if found & _TECHNICAL else _engineer_kind(text.lower()))
    if not found and _ENGINEERS.labels(text[:_FALLBACK_CHARS].lower()):
        found.add(_engineer_kind(text.lower()))
    return tuple(role for role in ROLES if role in found)


def _kinds_of(snippet: str) -> set[str]:
    found = set(title_labels(snippet) & _KINDS)
    # "Full-Stack React Engineer" is one job: the framework does not add a frontend role.
    if "fullstack" in found and "frontend" in found and "front" not in snippet.lower():
        found.discard("frontend")
    return found


def _is_plain(snippet: str) -> bool:
    """Return whether a snippet offers an engineering job of no stated kind."""
    return "engineer" in title_labels(snippet) and not _kinds_of(snippet)


def _engineer_kind(lower: str) -> str:
    """Return the kind of a plain "Software Engineer", judged by the lower-case text."""
    if "stack" in lower and _BODY_FULLSTACK.search(lower):
        return "fullstack"
    backend, frontend = _BODY_BACKEND.search(lower), _BODY_FRONTEND.search(lower)
    if backend and frontend:
        return "fullstack"
    if backend:
        return "backend"
    return "frontend" if frontend else "software"


def read_levels(snippets: Sequence[str], text: str) -> tuple[str, ...]:
    """Return the levels named in the snippets, in the order of LEVELS.

    Years of experience in ``text`` count only if the snippets name no level but "intern".
    """
    found = {level for snippet in snippets for level in title_labels(snippet) & _LEVELS}
    if not found - {"intern"}:
        found |= set(_levels_of_years(text.lower()))
    return tuple(level for level in LEVELS if level in found)


def _levels_of_years(lower: str) -> Iterator[str]:
    """Yield the levels that the years of experience amount to: "2-4 years" is "mid"."""
    if not any(unit in lower for unit in ("year", "yrs", "yoe")):
        return
    for match in _YEARS.finditer(lower):
        start, end = match.span()
        around = lower[max(0, start - _YEARS_BEFORE_CHARS) : end + _YEARS_AFTER_CHARS]
        asked = "experience" in around or "yoe" in around or "+" in match.group()
        # The pattern has no \b in front, so "v2 years" is excluded here.
        if not asked or lower[start - 1 : start].isalnum():
            continue
        least = int(match[1])
        most = int(match["high"] or least)
        if least > _MOST_YEARS:
            continue
        if least < _MID_YEARS:
            yield "entry"
        if least < _SENIOR_YEARS and most >= _MID_YEARS:
            yield "mid"
        if least >= _SENIOR_YEARS:
            yield "senior"


def role_bucket(roles: Iterable[str]) -> RoleBucket:
    """Return the contract's bucket; full-stack work or both ends make "fullstack"."""
    found = set(roles)
    if "fullstack" in found or {"frontend", "backend"} <= found:
        return "fullstack"
    if "frontend" in found:
        return "frontend"
    return "backend" if "backend" in found else "any"


def level_bucket(levels: Iterable[str]) -> LevelBucket:
    """Return the contract's bucket of the lowest level offered."""
    found = set(levels)
    if found & {"intern", "entry"}:
        return "entry"
    if "mid" in found:
        return "junior_mid"
    return "senior_excluded" if found else "any"
