"""Spellings of places, and the places that each may mean, the likeliest first.

A ``strong`` spelling is a place wherever it stands ("Berlin", "Bay Area"). Any other needs a
witness: its state or country beside it ("Paris, TX"), or to be a whole entry of a list
("| Watford |").
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from include.postings.countries import countries
from include.postings.lexicon import title_labels
from include.postings.places.tree import WORLD, Node, fold, listed_cities, nodes, rows, split

__all__ = [
    "AMBIGUOUS",
    "SHORT_NAME_CHARS",
    "Entry",
    "codes",
    "entries",
    "is_listed",
    "is_written",
    "listed",
    "spellings",
]

# Words of headers that are towns, too: a town only with its state or country beside it. Others are
# found among technologies and words of titles.
SHORT_NAME_CHARS = 4
"""Names of up to four letters count only as written: in lower case most are words ("us")."""
_ORDINARY = Path(__file__).with_name("ordinary.txt")


class Entry(NamedTuple):
    """What a spelling may mean."""

    places: tuple[Node, ...]
    """The likeliest first."""
    strong: bool
    plain: bool
    """No ordinary word: a whole entry of a list may be this town."""


AMBIGUOUS = frozenset(("georgia", "cambridge", "st petersburg", "saint petersburg"))
"""Names whose likeliest meaning is no likelier than the next: nothing without a witness."""


@cache
def entries() -> dict[str, Entry]:
    """Return the entries by folded spelling (``tree.fold``)."""
    found: defaultdict[str, list[Node]] = defaultdict(list)
    strong: set[str] = set()
    ordinary = set(_ORDINARY.read_text(encoding="utf-8").split("\n"))
    for spelling, node, is_strong in _all_spellings():
        key = fold(spelling)
        if node not in found[key]:
            found[key].append(node)
        if is_strong and key not in ordinary:
            strong.add(key)
    words = {
        key
        for key, places in found.items()
        if key not in strong and _is_word(key, places[0], is_ordinary=key in ordinary)
    }
    return {
        key: Entry(tuple(places), key in strong, key not in words) for key, places in found.items()
    }


def _is_word(key: str, place: Node, *, is_ordinary: bool) -> bool:
    """Return whether a spelling that is not strong is a word of headers, too, or a first name."""
    if place.kind == "country":  # "Chad", "Jordan"
        return True
    in_header = is_ordinary or bool(title_labels(key))
    return place.kind == "city" and place.place_id not in listed() and in_header


@cache
def listed() -> frozenset[str]:
    """Return the ids of the cities of ``names.csv``, which their name alone means."""
    return frozenset(place_id for _, place_id in listed_cities() if place_id)


def is_listed(place: Node) -> bool:
    """Return whether a city is one of ``names.csv``: its name alone means it."""
    return place.place_id in listed()


@cache
def _short_spellings() -> frozenset[str]:
    short = (s.rstrip(".") for s in spellings() if len(s) <= 2 * SHORT_NAME_CHARS)
    return frozenset(s for s in short if len(fold(s)) <= SHORT_NAME_CHARS)


def is_written(surface: str) -> bool:
    """Return whether a name of few letters is written so: "NYC" and "Oslo", not "Us"."""
    return surface in _short_spellings() or surface.capitalize() in _short_spellings()


def spellings() -> set[str]:
    """Return all spellings, as they are written in the tables."""
    return {spelling for spelling, _, _ in _all_spellings()}


@cache
def _all_spellings() -> tuple[tuple[str, Node, bool], ...]:
    return tuple(_spellings())


@cache
def codes() -> dict[str, tuple[Node, ...]]:
    """Return the states and countries by the codes that follow a town: "TX", "ON", "DE"."""
    found: defaultdict[str, list[Node]] = defaultdict(list)
    for row in rows("states.csv"):
        if row["code"]:
            found[row["code"]].append(nodes()[row["place_id"]])
    for country in countries():
        found[country.code].append(nodes()[country.code])
    found["UK"].insert(0, nodes()["GB"])
    return {code: tuple(places) for code, places in found.items()}


def _spellings() -> Iterator[tuple[str, Node, bool]]:
    """Yield spelling, place and whether it is strong; the likeliest place of a spelling first."""
    by_id = nodes()
    yield from _areas("regions.csv")
    states = {row["name"] for row in rows("states.csv")}
    for country in countries():
        for name in country.certain:
            # England is a part of the UK and one of its common names; here it is the part.
            if name not in states:
                yield name, by_id[country.code], True
    for row, place_id in listed_cities():
        if place_id:
            for name in (row["name"], *split(row["aliases"])):
                yield name, by_id[place_id], True
    for row in rows("states.csv"):
        for name in (row["name"], *split(row["aliases"])):
            yield name, by_id[row["place_id"]], row["country"] in ("US", "CA", "GB", "AU", "DE")
    yield from _areas("metros.csv")
    several = {(row["country"], row["name"]) for row, place_id in listed_cities() if not place_id}
    for row in rows("cities.csv"):
        for name in {row["name"], _transcribed(row["name"])}:
            yield name, by_id[row["place_id"]], (row["country"], row["name"]) in several
    for country in countries():
        for name in country.names:
            yield name, by_id[country.code], False


def _areas(table: str) -> Iterator[tuple[str, Node, bool]]:
    for row in rows(table):
        for name in (row["name"], *split(row["aliases"])):
            # "Global" and "anywhere" are words of any sentence.
            yield name, nodes()[row["place_id"]], row["place_id"] != WORLD


def _transcribed(name: str) -> str:
    """Return a German name without umlauts: "Duesseldorf"."""
    for letter, written in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("Ü", "Ue"), ("Ö", "Oe")):
        name = name.replace(letter, written)
    return name
