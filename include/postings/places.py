"""Find the places that a text names, and their country when it is certain.

The gazetteer ``places.csv`` has one row per place: short name, country and spellings. Countries
come from ``countries.csv`` as well, by their unambiguous names.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from include.postings.countries import countries, country_called

__all__ = ["Place", "country_of", "find_places", "is_only_places", "most_exact", "place_called"]

_PATH = Path(__file__).with_name("places.csv")
# A word of letters with inner points, quotes or hyphens: "St.", "John's", "Stratford-upon-Avon".
_WORD = re.compile(r"[^\W\d_]+(?:[.'-][^\W\d_]+)*\.?", re.UNICODE)
# The longest spelling in places.csv; official long names of countries do not occur in headers.
_LONGEST_WORDS = 4
# Names of up to four letters ("NYC", "Bath") count only as written: in lower case most are words.
_SHORT_NAME_CHARS = 4
# State codes that are also words of a capitalised header.
_ALSO_WORDS = frozenset(("OK", "OR", "IN", "HI", "ME", "NA"))
_WIDER = frozenset(("state", "country"))
# An unknown city before a state or country: "Remote or Smallville, KS".
_CITY_BEFORE = re.compile(
    r"(?:^|[|(/;,&] ?|\b(?:in|and|or|at|[Oo]nsite|ONSITE|[Rr]emote|"
    r"REMOTE) )([A-Z][^\W\d_]+(?:[ .-][A-Z][^\W\d_]+){0,2}), $"
)
# Capitalised terms that take a city's position: "Remote, US".
_NOT_CITIES = frozenset(("Remote", "Onsite", "Hybrid", "REMOTE", "ONSITE", "HYBRID"))


class Place(NamedTuple):
    """A place, by its short name."""

    name: str
    country: str | None
    """ISO 3166-1 alpha-2; None for a region of several countries."""
    kind: str
    """``city``, ``state``, ``country`` or ``region``."""


def find_places(text: str) -> list[Place]:
    """Return the places that a short text names, in text order, without repeats."""
    return list({place.name: place for _, place in _named(text)}.values())


def place_called(name: str) -> Place:
    """Return the place whose name is the whole text, for entries of a list of places.

    An ambiguous name ("Georgia") means the country. An unknown name becomes a region without a
    country, so that the list's other entries cannot make its country look certain.
    """
    if country := country_called(name):
        return Place(country.name, country.code, "country")
    found = most_exact(find_places(name))
    return found[0] if len(found) == 1 else Place(name.strip(), None, "region")


def most_exact(places: Sequence[Place]) -> list[Place]:
    """Drop a state or country that only locates the place before it: "Austin, TX"."""
    kept: list[Place] = []
    # The previous place of the input, kept or not: "Austin, TX, USA" drops both.
    for place, before in zip(places, [None, *places], strict=False):
        wider = {"city": ("state", "country"), "state": ("country",)}.get(
            before.kind if before else "", ()
        )
        if not (before and place.kind in wider and place.country == before.country):
            kept.append(place)
    return kept


@lru_cache(maxsize=8192)
def _named(text: str) -> tuple[tuple[str, Place], ...]:
    return tuple(_find(text))


def _find(text: str) -> Iterator[tuple[str, Place]]:
    """Yield (spelling in the text, place); at each word the longest spelling wins."""
    gazetteer = _gazetteer()
    spans = [match.span() for match in _WORD.finditer(text)]
    free_from = 0
    for position, (start, end) in enumerate(spans):
        # A place starts with a word of the gazetteer; this skips nearly every word of a text.
        if position < free_from or text[start:end].rstrip(".") not in gazetteer.first_words:
            continue
        for count in range(min(_LONGEST_WORDS, len(spans) - position), 0, -1):
            surface = text[start : spans[position + count - 1][1]]
            # A point ends a sentence ("in Oslo.") or belongs to the name ("D.C.").
            place = gazetteer.get(surface.rstrip(".")) or gazetteer.get(surface)
            if place is None and len(surface) > _SHORT_NAME_CHARS:
                place = gazetteer.get(surface.rstrip(".").lower())
            if place and _counts(text, start, surface):
                if place.kind in _WIDER and (city := _city_before(text, start)):
                    yield city, Place(city, place.country, "city")
                yield surface, place
                free_from = position + count
                break


def is_only_places(text: str) -> bool:
    """Return whether a text has only places and separators: "Zurich, Switzerland"."""
    rest = text
    for surface, _ in _named(text):
        rest = rest.replace(surface, " ")
    # Fewer than three letters in a row are left-over abbreviations and small words: "or".
    return rest != text and not re.search(r"\w{3}", rest)


def _city_before(text: str, start: int) -> str | None:
    """Return X of "X, MD" if X is not in the gazetteer."""
    match = _CITY_BEFORE.search(text[:start])
    name = match.group(1) if match else ""
    return name if name and name not in _gazetteer() and name not in _NOT_CITIES else None


def _counts(text: str, start: int, surface: str) -> bool:
    """Return whether a spelling counts here: "Portland, OR" does, "REMOTE OR onsite" does not."""
    return surface not in _ALSO_WORDS or text[:start].endswith(", ")


def country_of(places: Iterable[Place]) -> str | None:
    """Return the country that all the places share; None if they differ or any has none."""
    countries = {place.country for place in places}
    return countries.pop() if len(countries) == 1 else None


class _Gazetteer(dict[str, Place]):
    """Places by spelling: as written, and in lower case for names longer than four letters."""

    def __init__(self, spellings: Iterable[tuple[str, Place]]) -> None:
        super().__init__()
        for written, place in spellings:
            # setdefault: the first row wins, and places.csv precedes the countries.
            self.setdefault(written, place)
            if len(written) > _SHORT_NAME_CHARS:
                self.setdefault(written.lower(), place)
        self.first_words = {_WORD.findall(written)[0].rstrip(".") for written in self}


@cache
def _gazetteer() -> _Gazetteer:
    return _Gazetteer([*_listed(), *_countries()])


def _listed() -> Iterator[tuple[str, Place]]:
    with _PATH.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            place = Place(row["name"], row["country"] or None, row["kind"])
            for written in (row["name"], *filter(None, row["aliases"].split("|"))):
                yield written, place


def _countries() -> Iterator[tuple[str, Place]]:
    for country in countries():
        place = Place(country.name, country.code, "country")
        for written in country.certain:
            yield written, place
