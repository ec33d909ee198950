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
_TIME_LEFT = re.compile(
    r"(?:time ?zones?|\btz|overlap(?:ping)?|hours)(?: (?:of|in|with|for|between|within|around|"
    r"close to|"
    r"near|overlap(?:ping)?(?: with)?))*[\s:(]*(?:the )?$",
    re.IGNORECASE,
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
_REFUSED = re.compile(
    r"(?:\b(?:no|non|not|except(?:ing|ions?)?|excluding|excludes?|excl\.?|outside|outside of|"
    r"other than|minus|"
    r"without|never|cannot hire|can't hire|unable to hire|but not)"
    r"(?: (?:in|from|of|for|to|open to|available (?:in|to|for)|residents of|candidates (?:in|from)|"
    r"based in|the|currently|hire in|hiring in))*[\s:(-]*(?:the )?)$",
    re.IGNORECASE,
)
# A place that only says where another is: "near Oslo", "20 minutes from", "Bergen suburb".
_NEAR_LEFT = re.compile(
    r"\b(?:near|nearby|next to|close to|just (?:outside|north|south|east|west)|outside of|"
    r"suburb of|minutes?|mins?|"
    r"miles?|hours?|stops?|north of|south of|east of|west of|"
    r"train ride)(?: \w+){0,2}[\s(]*(?:the )?$",
    re.IGNORECASE,
)
_NEAR_RIGHT = re.compile(r"\s(?:suburbs?|adjacent)\b", re.IGNORECASE)
# Where others are: "customers in Oslo", "a team of 12 people across the US".
_OTHERS_LEFT = re.compile(
    r"\b(?:customers?|clients?|users?|investors?|merchants?|people|employees|members|students|"
    r"businesses|companies|schools|countries|stores|operat\w+|serv(?:e|ing)|funded|"
    r"backed) (?:\w+ ){0,2}"
    r"(?:across|in|from|around|throughout|within)\W+(?:the |both )?$",
    re.IGNORECASE,
)
_REFUSED_RIGHT = re.compile(r"[\s(-]*(?:excluded|not (?:allowed|accepted|eligible)|is out)\b", re.I)
# A word of remote work and what links it to where: "Remote (", "REMOTE in the ", "anywhere in ".
_REMOTE_LEFT = re.compile(
    r"(?:\bremote(?:ly|-first|-only|-friendly)?|\bwfh|\btelecommut\w+|\bdistributed|\banywhere|"
    r"\bwork(?:ing)? from(?: home)?|\bhir(?:e|es|ing) (?:from|in|across)|\bopen to|\bresid\w+|"
    r"\beligible)"
    r"(?:[\s:(\[/,–—-]|\b(?:in|within|from|across|for|anywhere|any|the|of|only|ok|okay|possible|to|"
    r"inside|throughout|is|are|be|also|either|most|some|select|all|parts|states?|candidates?|"
    r"friendly|"
    r"preferred|preferably|mostly|on|at|option(?:al)?|available|position|work|team|role|full|fully|"
    r"countries|citizens|residents|folks|people|employees|engineers|located|based|time)\b){0,9}$",
    re.IGNORECASE,
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


@lru_cache(maxsize=8192)
def said(text: str) -> tuple[Said, ...]:
    """Return the places that a text offers or refuses, without time zones, in text order."""
    found = [m for m in mentions(text) if not _is_aside(text, m)]
    return tuple(_related(text, list(_without_zones(text, found))))


def _is_aside(text: str, mention: Mention) -> bool:
    """Return whether a place is named, but not as the job's."""
    left = text[max(0, mention.start - _SIDE_CHARS) : mention.start]
    return bool(
        _BELONGS.match(text, mention.end)
        or _NEAR_RIGHT.match(text, mention.end)
        or _NEAR_LEFT.search(left)
        or _OTHERS_LEFT.search(left)
    )


def _without_zones(text: str, found: list[Mention]) -> Iterator[Mention]:
    """Leave out time zones: the place before the word, and those listed with it."""
    kept: list[Mention] = []
    zone_from: int | None = None
    for mention in reversed(found):
        kind = mention.places[0].kind if mention.places else "city"
        listed = zone_from is not None and _LISTED.fullmatch(text, mention.end, zone_from)
        is_zone = _TIME_RIGHT.match(text, mention.end) or (listed and kind != "city")
        if is_zone or _TIME_LEFT.search(text[max(0, mention.start - _SIDE_CHARS) : mention.start]):
            zone_from = mention.start if is_zone else None
        else:
            zone_from = None
            kept.append(mention)
    yield from reversed(kept)


def _related(text: str, found: list[Mention]) -> Iterator[Said]:
    before: Said | None = None
    for position, mention in enumerate(found):
        following = found[position + 1] if position + 1 < len(found) else None
        if following and _is_world(mention) and _INTO.fullmatch(text, mention.end, following.start):
            continue
        before = Said(mention, _relation(text, mention, before))
        yield before


def _is_world(mention: Mention) -> bool:
    return bool(mention.places) and mention.places[0].place_id == WORLD


def _relation(text: str, mention: Mention, before: Said | None) -> Relation:
    left = text[max(0, mention.start - _SIDE_CHARS) : mention.start]
    if _REFUSED.search(left) or _REFUSED_RIGHT.match(text, mention.end):
        return "excluded"
    if (
        before
        and before.relation != "site"
        and _LISTED.fullmatch(text, before.mention.end, mention.start)
    ):
        return before.relation
    wide = bool(mention.places) and mention.places[0].kind in ("country", "region", "state")
    linked = _REMOTE_LEFT.search(left)
    # "Remote, Oslo" and "Remote / Oslo" offer an office as well; "Remote (Oslo)" does not.
    if linked and (wide or not re.search(r"[,/]\s*$", left)):
        return "hire_from"
    if _REMOTE_RIGHT.match(text, mention.end) and wide:
        return "hire_from"
    return "hire_from" if _is_world(mention) else "site"
