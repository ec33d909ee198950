"""Find the names of places in a short text and resolve each to a place of the tree."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from include.postings.lexicon import title_labels
from include.postings.places import gazetteer
from include.postings.places.names import Name, names_in
from include.postings.places.tree import Node, is_within

__all__ = ["Mention", "mentions"]

# What may stand between a town and its state or country: "Austin, TX", "Boston (US)".
_QUALIFIES = re.compile(r"\s{0,2}(?:,|\(|,\s?\(|[-–—])?\s{0,2}")
# What makes the wider place one of its own: "Austin (US remote)", "Oslo, EU only".
_OWN_RIGHT = re.compile(r"\.?\s?-?\s?(?:remote|only|wide|based|timezone|time zone)\b", re.I)
# The sides of a whole entry of a list: "| Watford |", "Remote or Alpharetta", "in Bolzano".
_LEFT_EDGE = re.compile(
    r"(?:^|[|,;/(\[&+•·:>–—-]|\b(?:in|or|and|at|from|to|remote|onsite|on-?site|hybrid|visa|"
    r"offices?|locations?|only|around|downtown|greater|either|based|nr|hq))[\s*]*$",
    re.IGNORECASE,
)
_RIGHT_EDGE = re.compile(
    r"[\s*]*(?:$|[|,;/()\]&+•·:<.–—-]|(?:or|and|area|offices?|remote|onsite|on-?site|hybrid|only|"
    r"based|metro|region|hq|preferred|visa|full|in|suburb|except|excluding|excl|but|outside)\b)",
    re.IGNORECASE,
)
# The end of an entry, for certain: not "London, OR REMOTE".
_ENTRY_END = re.compile(r"\s*(?:$|[|,;/)\]\n])")
# A town that the gazetteer lacks, before its state or country: "Smallville, KS", "Little Town KS".
_UNKNOWN = re.compile(
    r"((?:(?:St|Ft|Mt)\. )?[A-Z][^\W\d_]+(?:[ .'’-]{1,2}(?:[A-Z]|of\b|de\b|del\b|la\b|am\b|upon\b)"
    r"[^\W\d_]*){0,3}),? ?\(?$"
)
# Words with a capital before a town that are no part of its name: "ONSITE Smallville, KS".
_NO_TOWN = re.compile(
    r"^(?:(?:remote|on-?site|hybrid|visa|full|part|time|fully|office|offices|in|at|or|and|near|"
    r"based|"
    r"location|locations|hq|headquarters|downtown|north|permanent|contract|intern|interns|from|the|"
    r"both|either|we|our|are|is)\b[\s/&,:-]*)+",
    re.IGNORECASE,
)
_SIDE_CHARS = 48
_WIDTH = {"city": 0, "metro": 1, "state": 2, "country": 3, "region": 4}
# Codes that stand alone: of states ("Remote (NY, NJ)"). Those of countries are ordinary words.
_ALONE = frozenset(("US", "CA"))
# State codes that are words of a capitalised header, too.
_ALSO_WORDS = frozenset(
    ("OK", "OR", "IN", "HI", "ME", "NA", "ON", "ID", "PA", "MS", "AL", "DE", "NT")
)


class Mention(NamedTuple):
    """A name in a text, with the place that it means where that is certain."""

    start: int
    end: int
    """Half-open, the state or country that locates the place included."""
    written: str
    places: tuple[Node, ...]
    """What it may mean, the likeliest first; of a town that the tree lacks: what it lies in."""
    unknown: bool = False
    """A town that the tree lacks."""
    key: str = ""
    strong: bool = True
    """Sure to be a place; else a whole entry of a list that is a town's name, too."""
    listed: bool = False
    """The first of ``places`` is meant where nothing says otherwise."""


def mentions(text: str) -> tuple[Mention, ...]:
    """Return the places that a short text names, in text order."""
    names = names_in(text)
    if not names:
        return ()
    found: list[Mention] = []
    position = 0
    while position < len(names):
        mention, position = _mention(text, names, position, found[-1].end if found else 0)
        if mention:
            found.append(mention)
    return tuple(_narrowed(text, found)) if len(found) > 1 else tuple(found)


def _narrowed(text: str, found: Sequence[Mention]) -> Iterator[Mention]:
    """Drop the wider place before a narrower one: "Germany (Berlin)"; "UK, London" alone."""
    for mention, following in zip(found, [*found[1:], None], strict=False):
        if not (following and _opens(text, mention, following, alone=len(found) == 2)):
            yield mention


def _opens(text: str, wide: Mention, narrow: Mention, *, alone: bool) -> bool:
    gap = text[wide.end : narrow.start]
    if not _QUALIFIES.fullmatch(gap) or not gap.strip() or not (alone or "(" in gap):
        return False
    if wide.places[0].kind not in ("state", "country"):
        return False
    return any(_locates(wide.places[0], place) for place in narrow.places)


def _mention(
    text: str, names: Sequence[Name], position: int, free_from: int
) -> tuple[Mention | None, int]:
    """Return the mention that begins with a name, and the position of the next one."""
    name = names[position]
    if town := _unknown_town(text, name, free_from):
        areas = tuple(p for p in (*name.codes, *name.places) if p.kind in ("state", "country"))
        places, end, after = _chain(text, names, position, areas)
        return Mention(town[0], end, town[1], places, unknown=True), after
    located, end, after = _located(text, names, position)
    if located:
        return Mention(name.start, end, name.written, located, key=name.key, listed=True), after
    if state := _other_state(text, names, position):
        end = names[position + 1].end
        return Mention(name.start, end, name.written, (state,), unknown=True), position + 2
    if _stands_alone(text, name):
        places = name.places or name.codes
        found = Mention(
            name.start,
            name.end,
            name.written,
            places,
            key=name.key,
            strong=name.strong,
            listed=name.strong and gazetteer.is_listed(places[0]),
        )
        return found, position + 1
    return None, position + 1


def _located(text: str, names: Sequence[Name], position: int) -> tuple[tuple[Node, ...], int, int]:
    """Return a name's places that the state or country behind it allows; none if there is none."""
    name = names[position]
    places, end, after = _chain(text, names, position, name.places)
    return (places, end, after) if after > position + 1 else ((), end, after)


def _other_state(text: str, names: Sequence[Name], position: int) -> Node | None:
    """Return the state behind a town that the tree has elsewhere alone: "Malvern, PA"."""
    if position + 1 == len(names) or any(p.kind != "city" for p in names[position].places):
        return None
    town, behind = names[position], names[position + 1]
    states = (c for c in behind.codes if c.kind == "state" and c.country in _ALONE)
    if not town.places or text[town.end : behind.start].strip() != ",":
        return None
    # "Denver, LA" are two towns.
    if any(place.kind == "city" for place in behind.places):
        return None
    return next(states, None) if _ENTRY_END.match(text, behind.end) else None


def _chain(
    text: str, names: Sequence[Name], position: int, places: tuple[Node, ...]
) -> tuple[tuple[Node, ...], int, int]:
    """Follow "Austin, TX, USA": return the places left, the end of the chain, the next position."""
    end, after = names[position].end, position + 1
    while after < len(names):
        wider = names[after]
        if not _QUALIFIES.fullmatch(text, end, wider.start):
            break
        areas = (*wider.codes, *wider.places)
        inside = (tuple(p for p in places if _locates(area, p)) for area in areas)
        left = next(filter(None, inside), ())
        is_state = any(code.kind == "state" for code in wider.codes)
        if not left or (_OWN_RIGHT.match(text, wider.end) and not is_state):
            break
        places, end, after = left, wider.end, after + 1
    return places, end, after


def _locates(wider: Node, place: Node) -> bool:
    wide = _WIDTH[wider.kind] > _WIDTH[place.kind] or wider == place  # "Washington, D.C."
    return wide and is_within(place.place_id, wider.place_id)


def _unknown_town(text: str, name: Name, free_from: int) -> tuple[int, str] | None:
    """Return where X of "X, MD" starts, and X, if X is not in the gazetteer."""
    begin = max(free_from, name.start - _SIDE_CHARS)
    before = text[begin : name.start]
    if not before.strip():
        return None
    state_code = any(c.kind == "state" and c.country in _ALONE for c in name.codes)
    if not state_code and not (name.strong and name.places[0].kind in ("state", "country")):
        return None
    comma = before.rstrip(" (").endswith(",")
    # "Town KS" without a comma needs a code: "Engineer Germany" is no town.
    if not (comma or (state_code and name.key not in _ALSO_WORDS)):
        return None
    if not (town := _UNKNOWN.search(before)):
        return None
    written = _NO_TOWN.sub("", town.group(1))
    start = begin + town.end(1) - len(written)
    edge = _LEFT_EDGE.search(text[max(0, start - _SIDE_CHARS) : start])
    # A country says less than a state: "Acme, Germany" may begin with a company.
    at_start = not text[:start].strip()
    if not edge or len(written) < 3 or title_labels(written) or (at_start and not state_code):
        return None
    return start, written


def _stands_alone(text: str, name: Name) -> bool:
    if name.strong:
        return True
    left = text[max(0, name.start - _SIDE_CHARS) : name.start]
    whole = _LEFT_EDGE.search(left) and _RIGHT_EDGE.match(text, name.end)
    if name.places:
        return bool(whole) and name.plain
    code = name.codes[0]
    return (
        bool(whole)
        and code.kind == "state"
        and code.country in _ALONE
        and name.key not in _ALSO_WORDS
    )
