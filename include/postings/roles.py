"""Classify the roles and seniority levels offered, and map them to the contract's buckets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from include.postings.engineers import engineer_kind
from include.postings.experience import levels_of_years
from include.postings.kinds import KINDS, jobs_in, settled_kinds
from include.postings.lexicon import Lexicon, title_labels, vocabulary_section
from include.postings.model import LevelBucket, RoleBucket

__all__ = [
    "LEVELS",
    "LEVEL_SLUG",
    "ROLES",
    "in_order",
    "kinds_of",
    "level_bucket",
    "read_levels",
    "read_roles",
    "role_bucket",
]


_ENGINEERS = Lexicon({"engineer": vocabulary_section("titles")["engineer"]})
# With one of these kinds, a plain "engineer" beside it stays "software".
_TECHNICAL = KINDS - {"sales", "product", "design", "management", "other", "research", "qa"}

LEVEL_SLUG = re.compile(
    r"[/=]([\w-]*\b(?:senior|sr|junior|jr|lead|principal|staff)-[\w-]+)", re.IGNORECASE
)
"""A part of an address that names a level: "/senior-baker", "=sr-baker"."""

ROLES = (*vocabulary_section("roles"), "software")

LEVELS = tuple(vocabulary_section("levels"))
_LEVELS = frozenset(LEVELS)
_INTERN = {"intern"}
# Past the opening, "engineer" mostly means a colleague.
_FALLBACK_CHARS = 1_500


def read_roles(snippets: Sequence[str], text: str) -> tuple[str, ...]:
    """Return the roles offered in the snippets, in the order of ROLES.

    ``text`` is the whole posting; it decides what kind a plain "Software Engineer" is.
    """
    read = [_snippet(snippet) for snippet in snippets]
    found = set().union(*(snippet.kinds for snippet in read))
    if any(snippet.scientist for snippet in read) and not found & {"ml", "research"}:
        found.add("research")
    if any(snippet.plain for snippet in read):
        found.add("software" if found & _TECHNICAL else engineer_kind(text))
    if not found and _ENGINEERS.labels(text[:_FALLBACK_CHARS].lower()):
        found.add(engineer_kind(text))
    return in_order(found, ROLES)


def in_order(found: set[str], order: Sequence[str]) -> tuple[str, ...]:
    """Return names in the order of another sequence."""
    # Most postings have one or none.
    return tuple(name for name in order if name in found) if len(found) > 1 else tuple(found)


class _Snippet(NamedTuple):
    """What a snippet offers."""

    kinds: frozenset[str]
    scientist: bool
    """A scientist of no stated field."""
    plain: bool
    """An engineering job of no stated kind."""
    levels: frozenset[str]


@lru_cache(maxsize=8192)
def _snippet(snippet: str) -> _Snippet:
    """Read a snippet once for roles and levels, of a posting and of its jobs."""
    labels = title_labels(snippet)
    kinds = settled_kinds(snippet)
    plain = "engineer" in labels and not kinds
    return _Snippet(kinds, "scientist" in labels, plain, _levels_of(snippet))


def kinds_of(title: str) -> frozenset[str]:
    """Return the kinds of a title's job; none for a plain engineer."""
    return _snippet(title).kinds


def read_levels(snippets: Sequence[str], text: str) -> tuple[str, ...]:
    """Return the levels named in the snippets, in the order of LEVELS.

    Job titles in the addresses of ``text``, else its years of experience, count only if the
    snippets name no level but "intern".
    """
    found = set().union(*[_snippet(snippet).levels for snippet in snippets])
    if not found or found == _INTERN:
        found |= _levels_of_links(text) or levels_of_years(text)
    return in_order(found, LEVELS)


@lru_cache(maxsize=8)
def _levels_of_links(text: str) -> frozenset[str]:
    """Return the levels of the jobs that addresses name: "https://acme.test/senior-baker-1"."""
    if "http" not in text:
        return frozenset()
    slugs = (found.group(1).replace("-", " ") for found in LEVEL_SLUG.finditer(text))
    labels = [title_labels(slug) for slug in slugs]
    return frozenset().union(*(found & _LEVELS for found in labels if "noun" in found))


def _levels_of(snippet: str) -> frozenset[str]:
    levels = title_labels(snippet) & _LEVELS
    if "manager" not in levels or "senior" not in levels:
        return levels
    # A "senior director" is a manager and no senior engineer; each job is judged by itself.
    return frozenset(
        level
        for job in jobs_in(snippet)
        for found in [title_labels(job) & _LEVELS]
        for level in (found - {"senior"} if "manager" in found else found)
    )


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
