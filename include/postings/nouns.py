"""Share a noun, and a level, among the titles of a snippet.

"iOS and data engineers" are two jobs of one noun, "Senior rye and wheat bakers" of one level.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from include.postings.lexicon import title_labels, vocabulary_section

__all__ = [
    "LEVELS",
    "NO_ENGINEERS",
    "PLURAL",
    "ROLES",
    "ROLE_WORDS",
    "Part",
    "beside_software",
    "common_level",
    "rest_of",
    "says_role",
    "sharing",
    "with_levels",
]

ROLES = frozenset(vocabulary_section("roles"))
LEVELS = frozenset(vocabulary_section("levels"))
_FIRST_LEVELS = frozenset(("intern", "entry"))
# What no engineer is by a field alone: "Engineers, Sales" are two jobs.
NO_ENGINEERS = frozenset(("sales", "design", "management", "other", "research"))
# Kinds of a noun that take a field: "ML and robotics researchers".
_SHARED = frozenset(("research",))
# "Open roles", "3 positions": these words say that there are jobs, not which.
ROLE_WORDS = re.compile(r"\b(?:roles?|positions?|openings?|jobs?|opportunit(?:y|ies))\b", re.I)
_ROLE_STEMS = ("role", "position", "opening", "job", "opportunit", "vacanc")
# Work that is named without a person: "web development, site reliability and a researcher".
_WORK = re.compile(r"(?:development|engineering|administration|management|reliability)$", re.I)
PLURAL = re.compile(
    r"(?:\w{2}(?:ers|ors|ists|ects|ysts|eads)|devs|swes|sres|sdets)\b", re.IGNORECASE
)
_SOFTWARE = re.compile(r"software(?: development| engineering)?(?: \w+)?$", re.IGNORECASE)
_ARTICLE = re.compile(r"\s*an?\s", re.IGNORECASE)


class Part(NamedTuple):
    """The words between two joints, with what they name."""

    text: str
    start: int
    end: int
    joint: str
    """Before the part: hard, dash, comma, and, plus, amp, slash or, as tight as it gets, "or"."""
    noun: bool
    kinds: frozenset[str]
    levels: frozenset[str]


def says_role(text: str) -> bool:
    """Return whether a text has a word such as "role", "position", "opening"."""
    lower = text.lower()
    # A loop, not any(): creating its generator costs more than these few searches.
    for stem in _ROLE_STEMS:  # noqa: SIM110
        if stem in lower:
            return True
    return False


def sharing(waiting: Sequence[Part], noun: Part) -> Sequence[Part]:
    """Return the parts before a noun that are jobs of their own: "iOS and data engineers"."""
    joints = {part.joint for part in (*waiting[1:], noun)}
    if not waiting or joints - {"and", "comma", "hard", "amp", "plus"}:
        return ()
    # "Frontend & Backend Engineers" are two jobs, "Product & Platform Engineer" is one.
    if "comma" not in joints and not (PLURAL.search(noun.text) or _ARTICLE.match(noun.text)):
        return ()
    others = [part for part in waiting if part.kinds]
    if noun.kinds and others and all(part.kinds != noun.kinds for part in others):
        return waiting
    # "Software and rye engineers", "Rye & Software Engineers": the software is a kind here.
    if waiting and all(part.kinds or _SOFTWARE.search(part.text) for part in waiting):
        plain = [part for part in waiting if not part.kinds]
        if (noun.kinds and plain) or (others and _SOFTWARE.match(noun.text)):
            return waiting
    # "Rye, wheat and general bakers" are three jobs.
    if not noun.kinds and len(waiting) == len(others) > 1 and _is_plain(noun.text):
        return waiting
    # "Junior and Senior Bakers" are two jobs; "Mid and Senior Bakers" may be one.
    alone = len(waiting) == 1 and not waiting[0].kinds and noun.levels
    return waiting if alone and waiting[0].levels & _FIRST_LEVELS else ()


def beside_software(part: Part, other: Part) -> bool:
    """Return whether one of two parts is software and the other another kind."""
    plain = [bool(_SOFTWARE.search(p.text)) and not p.kinds for p in (part, other)]
    return plain[0] != plain[1] and bool(part.kinds or other.kinds)


def _is_plain(noun: str) -> bool:
    """Return whether a noun means engineers of any kind: "SWEs"."""
    return "engineer" in title_labels(noun) and bool(PLURAL.search(noun))


def with_levels(text: str, waiting: list[Part]) -> list[Part]:
    """Join levels to the field that they stand before: "mid and senior rye and wheat bakers"."""
    joined: list[Part] = []
    for part in waiting:
        last = joined[-1] if joined else None
        # "Rye Junior, Senior, Head Miller": the levels go on with the rye.
        goes_on = bool(last and last.kinds and part.levels) and not part.kinds
        if last and last.levels and part.levels and (goes_on or (part.kinds and not last.kinds)):
            levels = last.levels | part.levels
            words = text[last.start : part.end]
            joined[-1] = part._replace(
                text=words,
                start=last.start,
                joint=last.joint,
                levels=levels,
                kinds=part.kinds or last.kinds,
            )
        else:
            joined.append(part)
    return joined


def common_level(parts: Sequence[Part]) -> str:
    """Return the words of the first part's level, if no other has one: "Senior rye and wheat"."""
    first, *others = parts
    named = first.kinds or _SOFTWARE.search(first.text)
    if not first.levels or not named or any(part.levels for part in others):
        return ""
    words = first.text.split()
    kinds = ROLES | {"engineer"}
    count = next((n for n, word in enumerate(words) if title_labels(word) & kinds), 0)
    level = " ".join(words[:count])
    return level if title_labels(level) & LEVELS == first.levels else ""


def rest_of(part: Part, noun: Part) -> str:
    """Return what a part takes from the title whose noun it shares."""
    words = noun.text.split()
    # "Junior and Senior Bakers": the junior shares all but the level.
    if not part.kinds and part.levels and not _SOFTWARE.search(part.text):
        return " ".join(word for word in words if not title_labels(word) & LEVELS)
    word = next((word for word in reversed(words) if "noun" in title_labels(word)), "")
    # "Sales and software engineers" are sales people and engineers.
    if part.kinds and not part.kinds.isdisjoint(NO_ENGINEERS) and "engineer" in title_labels(word):
        return ""
    # "Security roles", "database administration" need no noun.
    if says_role(part.text) or _WORK.search(part.text):
        return ""
    # "Backend, DevOps" and "Mobile, Designers": the noun is a kind that the part is not.
    return word if (title_labels(word) & ROLES).issubset(part.kinds | _SHARED) else ""
