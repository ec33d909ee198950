"""Places: which ones a posting names, and the country when it is certain.

The gazetteer ``places.csv`` is data: one row a place with its short form, country and spellings.
Countries that it lacks come from ``countries.csv``, by those names that mean nothing else.
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
_WORD = re.compile(r"[^\W\d_]+(?:[.'-][^\W\d_]+)*\.?", re.UNICODE)
_LONGEST_WORDS = 4
_SHORT_NAME_CHARS = 4
_ALSO_WORDS = frozenset(("OK", "OR", "IN", "HI", "ME", "NA"))
_WIDER = frozenset(("state", "country"))
_CITY_BEFORE = re.compile(
    r"(?:^|[|(/;,&] ?|\b(?:in|and|or|at|[Oo]nsite|ONSITE|[Rr]emote|"
    r"REMOTE) )([A-Z][^\W\d_]+(?:[ .-][A-Z][^\W\d_]+){0,2}), $"
)
_NOT_CITIES = frozenset(("Remote", "Onsite", "Hybrid", "REMOTE", "ONSITE", "HYBRID"))


class Place(NamedTuple):
    """A place named, in its short form."""

    name: str
    country: str | None
    """ISO 3166-1 alpha-2; None for a region of several countries."""
    kind: str
    """city, state, country or region."""


def find_places(text: str) -> list[Place]:
    """Return the places named in a short text, in order, each once."""
    return list({place.name: place for _, place in _named(text)}.values())


def place_called(name: str) -> Place:
    """Return the place that a whole text names, as in a list of places.

    A name of two readings is the country's ("Georgia"). One that nobody knows is a region of no
    known country: what else is in the list is then no reason to be certain.
    """
    if country := country_called(name):
        return Place(country.name, country.code, "country")
    found = most_exact(find_places(name))
    return found[0] if len(found) == 1 else Place(name.strip(), None, "region")


def most_exact(places: Sequence[Place]) -> list[Place]:
    """Drop a state or country that only says where the city before it is: "Austin, TX"."""
    kept: list[Place] = []
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
    """Yield each place's spelling in the text and the place, longest spelling first."""
    gazetteer = _gazetteer()
    spans = [match.span() for match in _WORD.finditer(text)]
    free_from = 0
    for position, (start, end) in enumerate(spans):
        if position < free_from or text[start:end].rstrip(".") not in gazetteer.first_words:
            continue
        for count in range(min(_LONGEST_WORDS, len(spans) - position), 0, -1):
            surface = text[start : spans[position + count - 1][1]]
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
    """Tell whether a text is nothing but places and separators: "Zurich, Switzerland"."""
    rest = text
    for surface, _ in _named(text):
        rest = rest.replace(surface, " ")
    return rest != text and not re.search(r"\w{3}", rest)


def _city_before(text: str, start: int) -> str | None:
    """Return X of "X, MD" where the gazetteer does not know X."""
    match = _CITY_BEFORE.search(text[:start])
    name = match.group(1) if match else ""
    return name if name and name not in _gazetteer() and name not in _NOT_CITIES else None


def _counts(text: str, start: int, surface: str) -> bool:
    """Tell "Portland, OR" from "REMOTE OR onsite"."""
    return surface not in _ALSO_WORDS or text[:start].endswith(", ")


def country_of(places: Iterable[Place]) -> str | None:
    """Return the one country that all the places are in, or None."""
    countries = {place.country for place in places}
    return countries.pop() if len(countries) == 1 else None


class _Gazetteer(dict[str, Place]):
    """Places by spelling: as written, and in lower case for names longer than four letters."""

    def __init__(self, spellings: Iterable[tuple[str, Place]]) -> None:
        super().__init__()
        for written, place in spellings:
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
