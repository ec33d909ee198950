"""What a mention of a place in a text says: one works there, may apply from there, or may not.

A time zone ("EU time zones", "US hours") names no place, nor does what belongs to a country ("US
visa", "EU passport").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

from include.postings.places.scan import Mention, mentions
from include.postings.places.tree import WORLD
from include.postings.prefilter import PrefilteredPattern

__all__ = ["Relation", "Said", "said"]

Relation = Literal["site", "hire_from", "excluded"]

_SIDE_CHARS = 48
# "EU time zone", "US Eastern business hours", "US TZ", "Europe-friendly hours", "US overlap".
_TIME_RIGHT = re.compile(
    r"[\s)'’-]*(?:(?:s|eastern|central|pacific|mountain|east|west|coast|standard|business|"
    r"working|work|"
    r"office|core|friendly|compatible|overlapping|daytime|day|similar|adjacent|aligned|based)"
    r"[\s-]+){0,4}(?:time[\s-]?zones?|tz\b|times?\b|hours?\b|hrs\b|overlap|(?:e|c|p|m)[sd]?t\b)",
    re.IGNORECASE,
)
# "overlap with the US", "time zone in Europe", "working hours of London".
_TIME_LEFT = PrefilteredPattern(
    r"(?:time ?zones?|\btz|overlap(?:ping)?|hours)(?: (?:of|in|with|for|between|within|around|"
    r"close to|"
    r"near|overlap(?:ping)?(?: with)?))*[\s:(]*(?:the )?$",
    literals=("zone", "tz", "overlap", "hours"),
)
# What belongs to a country, and what a company does there: "US visa", "UK customers".
_BELONGS = re.compile(
    r"[\s'’-]*(?:s\s)?(?:work(?:ing)? )?(?:visas?|citizen\w*|passports?|permits?|authoriz\w+|"
    r"authoris\w+|"
    r"sponsor\w*|nationals?|persons?\b|dollars?|government|laws?\b|customers?|clients?|markets?|"
    r"military|army|banks?\b|taxe?s?\b|w-?2|university|college|times\b|stock exchange|mainland|"
    r"entity|holidays?|healthcare|equivalent)",
    re.IGNORECASE,
)
# "no US", "not in California", "except NYC", "outside of the EU", "non-US".
_REFUSED = PrefilteredPattern(
    r"(?:\b(?:no|non|not|except(?:ing|ions?)?|excluding|excludes?|excl\.?|outside|outside of|"
    r"other than|minus|"
    r"without|never|cannot hire|can't hire|unable to hire|but not)"
    r"(?: (?:in|from|of|for|to|open to|available (?:in|to|for)|residents of|candidates (?:in|from)|"
    r"based in|the|currently|hire in|hiring in))*[\s:(-]*(?:the )?)$",
    literals=("no", "exc", "outside", "other than", "minus", "without", "never", "can"),
)
# A place that only says where another is: "near Oslo", "20 minutes from", "Bergen suburb".
_NEAR_LEFT = PrefilteredPattern(
    r"\b(?:near|nearby|next to|close to|just (?:outside|north|south|east|west)|outside of|"
    r"suburb of|minutes?|mins?|"
    r"miles?|hours?|stops?|north of|south of|east of|west of|"
    r"train ride)(?: \w+){0,2}[\s(]*(?:the )?$",
    literals=(
        "near", "next to", "close to", "just ", "outside of", "suburb", "min", "mile", "hour",
        "stop", "north", "south", "east", "west", "train",
    ),
)  # fmt: skip
# A place that is one of more: "all over the globe (not just US)".
_NOT_ONLY_LEFT = PrefilteredPattern(
    r"\bnot (?:just|only|limited to)(?: (?:in|to|from|for))?[\s(]*(?:the )?$", literals=("not ",)
)
_NEAR_RIGHT = re.compile(r"\s(?:suburbs?|adjacent)\b", re.IGNORECASE)
# Where others are: "customers in Oslo", "a team of 12 people across the US".
_OTHERS_LEFT = PrefilteredPattern(
    r"\b(?:customers?|clients?|users?|investors?|merchants?|people|employees|members|students|"
    r"businesses|companies|schools|countries|stores|operat\w+|serv(?:e|ing)|funded|"
    r"backed) (?:\w+ ){0,2}"
    r"(?:across|in|from|around|throughout|within)\W+(?:the |both )?$",
    literals=(
        "customer", "client", "user", "investor", "merchant", "people", "employees", "members",
        "students", "businesses", "companies", "schools", "countries", "stores", "operat", "serv",
        "funded", "backed",
    ),
)  # fmt: skip
_ASIDE_LEFT = (_NEAR_LEFT, _NOT_ONLY_LEFT, _OTHERS_LEFT)
_REFUSED_RIGHT = re.compile(r"[\s(-]*(?:excluded|not (?:allowed|accepted|eligible)|is out)\b", re.I)
# A word of remote work and what links it to where: "Remote (", "REMOTE in the ", "anywhere in ".
_REMOTE_LEFT = PrefilteredPattern(
    r"(?:\bremote(?:ly|-first|-only|-friendly)?|\bwfh|\btelecommut\w+|\bdistributed|\banywhere|"
    r"\bwork(?:ing)? from(?: home)?|\bhir(?:e|es|ing) (?:from|across)|\bopen to|\bresid\w+|"
    r"\beligible)"
    r"(?:[\s:(\[/,–—-]|\b(?:in|within|from|across|for|anywhere|any|the|of|only|ok|okay|possible|to|"
    r"inside|throughout|is|are|be|also|either|most|some|select|all|parts|states?|candidates?|"
    r"friendly|"
    r"preferred|preferably|mostly|on|at|option(?:al)?|available|position|work|team|role|full|fully|"
    r"countries|citizens|residents|folks|people|employees|engineers|located|based|time)\b){0,9}$",
    literals=(
        "remote", "wfh", "telecommut", "distributed", "anywhere", "work", "hir", "open to", "resid",
        "eligible",
    ),
)  # fmt: skip
# One search for what any of the expressions over the left side needs.
_ANY_LEFT = re.compile(
    "|".join(
        sorted(
            {
                literal
                for pattern in (
                    _TIME_LEFT,
                    _REFUSED,
                    _NEAR_LEFT,
                    _NOT_ONLY_LEFT,
                    _OTHERS_LEFT,
                    _REMOTE_LEFT,
                )
                for literal in pattern.literals
            }
        )
    )
)
# "US remote", "EU only", "Canada-based candidates", "UK residents".
_REMOTE_RIGHT = re.compile(
    r"[\s)/-]*(?:remote\b|only\b|residents?\b|candidates?\b|applicants?\b|wide\b|-?based remote)",
    re.IGNORECASE,
)
# Between two entries of one list: "(EU/Asia/Americas", "US or Canada", "CA, NY and CO".
_LISTED = re.compile(
    r"\s*(?:[,/&+;]|,? ?(?:or|and|and/or|to|–|-))\s*(?:the |in |from |select |some |most )*", re.I
)
# Before another place "anywhere" is no place: "anywhere in Europe", "anywhere, US".
_INTO = re.compile(
    r"\s*(?:,|\(|-|in|within|across|from|inside|throughout|of)?\s*(?:the |mainland )?", re.I
)


class Said(NamedTuple):
    """A mention and what it says."""

    mention: Mention
    relation: Relation


class _Sides(NamedTuple):
    """A mention with the text before it, in lower case, and whether any follows it."""

    mention: Mention
    left: str
    goes_on: bool


@lru_cache(maxsize=8192)
def said(text: str) -> tuple[Said, ...]:
    """Return the places that a text offers or refuses, without time zones, in text order."""
    found = mentions(text)
    if not found:
        return ()
    sides = [_sides(text, mention) for mention in found]
    named = [side for side in sides if not _is_aside(text, side)]
    return tuple(_related(text, _without_zones(text, named)))


def _sides(text: str, mention: Mention) -> _Sides:
    left = text[max(0, mention.start - _SIDE_CHARS) : mention.start].lower()
    # Most mentions are a whole segment: then no expression below is tried.
    goes_on = bool(text[mention.end : mention.end + 4].strip(" .,;|"))
    return _Sides(mention, left if _ANY_LEFT.search(left) else "", goes_on)


def _is_aside(text: str, side: _Sides) -> bool:
    """Return whether a place is named, but not as the job's."""
    end = side.mention.end
    if side.goes_on and (_BELONGS.match(text, end) or _NEAR_RIGHT.match(text, end)):
        return True
    left = side.left
    return bool(left and any(pattern.search(left) for pattern in _ASIDE_LEFT))


def _without_zones(text: str, found: list[_Sides]) -> list[_Sides]:
    """Leave out time zones: the place before the word, and those listed with it."""
    kept: list[_Sides] = []
    zone_from: int | None = None
    for side in reversed(found):
        mention = side.mention
        kind = mention.places[0].kind
        listed = zone_from is not None and _LISTED.fullmatch(text, mention.end, zone_from)
        named = side.goes_on and _TIME_RIGHT.match(text, mention.end)
        is_zone = named or (listed and kind != "city")
        zone_from = mention.start if is_zone else None
        if not is_zone and not (side.left and _TIME_LEFT.search(side.left)):
            kept.append(side)
    return kept[::-1]


def _related(text: str, found: list[_Sides]) -> Iterator[Said]:
    before: Said | None = None
    for position, side in enumerate(found):
        mention = side.mention
        following = found[position + 1].mention.start if position + 1 < len(found) else None
        if following and _is_world(mention) and _INTO.fullmatch(text, mention.end, following):
            continue
        before = Said(mention, _relation(text, side, before))
        yield before


def _is_world(mention: Mention) -> bool:
    return mention.places[0].place_id == WORLD


def _relation(text: str, side: _Sides, before: Said | None) -> Relation:
    mention, left, goes_on = side
    if (left and _REFUSED.search(left)) or (goes_on and _REFUSED_RIGHT.match(text, mention.end)):
        return "excluded"
    listed = before and before.relation != "site"
    if before and listed and _LISTED.fullmatch(text, before.mention.end, mention.start):
        return before.relation
    wide = mention.places[0].kind in ("country", "region", "state")
    # "Remote, Oslo" and "Remote / Oslo" offer an office as well; "Remote (Oslo)" does not.
    if left and _REMOTE_LEFT.search(left) and (wide or left.rstrip()[-1] not in ",/"):
        return "hire_from"
    if wide and goes_on and _REMOTE_RIGHT.match(text, mention.end):
        return "hire_from"
    return "hire_from" if _is_world(mention) else "site"
