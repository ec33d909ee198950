"""What a search for a place means: places of the tree, else words.

"Europe", "California" and "Dallas, TX" are places (include/postings/places), and a search finds
what lies in them. Anything else is compared as text: whole words, with one token per country and US
state, over a posting's location as written, the places it names, and its country.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from include.postings.places import Place, find_places, meanings, without_places

__all__ = ["PlacesAsked", "place_forms", "place_text", "places_asked"]

_NAMES = Path(__file__).with_name("places.json")
# Separators of a list of places. A dash counts only between spaces: "Stratford-upon-Avon" is one.
_PART = re.compile(r"[,;/|()\[\]\n]+|\s[-\u2013\u2014]\s|\b(?:or|and)\b")
_NOT_A_WORD = re.compile(r"[^\w]+")
_LETTERS = re.compile(r"[^\W\d_]+")
_CODE_CHARS = 2
# A word that is no place and links none: "in" and "or" link.
_OTHER_WORD = re.compile(r"\b(?!(?:or|and|in)\b)\w", re.IGNORECASE)


@cache
def _names() -> tuple[dict[str, str], dict[str, str]]:
    """Return tokens by lower-case name or code: of US states, and of countries."""
    names = json.loads(_NAMES.read_text(encoding="utf-8"))
    states = {
        alias: f"us{code}"
        for code, name in names["us_states"].items()
        for alias in (code, name.lower())
    }
    countries = {
        alias: f"country{code}"
        for code, aliases in names["countries"].items()
        for alias in (code, *(name.lower() for name in aliases))
    }
    return states, countries


def _words(text: str) -> str:
    return " ".join(_NOT_A_WORD.sub(" ", text.casefold()).split())


def _part_words(part: str) -> str:
    """Return a part's words, with a state or country replaced by its token.

    A two-letter code means the state before the country ("CA" is California, not Canada).
    """
    states, countries = _names()
    words = _words(part)
    for names in (states, countries):
        if words in names:
            return names[words]
    head, _, last = words.rpartition(" ")
    code = part.strip().rpartition(" ")[2]
    # "Portland OR", not "one or": in running text a code counts only in capitals.
    if head and (code.isupper() or len(last) > 2) and (last in states or last in countries):
        return f"{head} {states.get(last) or countries[last]}"
    return words


# A publish asks for each text three times on average: of a posting, of its jobs, of other postings.
@lru_cache(maxsize=20_000)
def place_forms(text: str) -> tuple[str, ...]:
    """Return the forms of a place for comparison, with single spaces between and around words.

    One as written and one with tokens for states and countries. A bare code ("OR", "IN") has no
    form as written, since that would match ordinary words.
    """
    states, countries = _names()
    written = _words(text)
    named = " ".join(words for part in _PART.split(text) if (words := _part_words(part)))
    is_code = len(written) <= 2 and (written in states or written in countries)
    forms = {named} if is_code else {written, named}
    return tuple(f" {form} " for form in sorted(forms) if form)


def place_text(location: str | None, places: Iterable[str], country: str | None) -> str:
    """Return one posting's searchable places: one line, the forms separated by ``;``."""
    forms = {form for text in (location, *places) if text for form in place_forms(text)}
    if country:
        forms.add(f" country{country.lower()} ")
    return ";".join(sorted(forms))


class PlacesAsked(NamedTuple):
    """A search for places."""

    place_ids: frozenset[str]
    """Places of the tree: what lies in one of them is found. None: the words alone count."""
    words: str
    """What is compared as text; beside places, what else a posting there must name."""


def places_asked(text: str) -> PlacesAsked:
    """Return what a search for a place means, in any case: "europe", "Dallas, TX", "SF or NYC".

    A name of several places that nothing tells apart ("Georgia") means all of them. A town that the
    tree lacks is compared as text in its state or country: "Smallville, KS".
    """
    if named := meanings(text):
        return PlacesAsked(frozenset(node.place_id for node in named), "")
    for written in (text, text.title(), _LETTERS.sub(_as_written, text)):
        if not _OTHER_WORD.search(without_places(written)):
            return _asked(find_places(written), text)
    return PlacesAsked(frozenset(), text)


def _as_written(word: re.Match[str]) -> str:
    """Return a word as a header writes it: "ks" is a code, "berlin" a name."""
    letters = word.group()
    return letters.upper() if len(letters) <= _CODE_CHARS else letters.capitalize()


def _asked(found: Sequence[Place], text: str) -> PlacesAsked:
    ids = frozenset(place.place_id for place in found if place.place_id)
    towns = [place.name for place in found if not place.is_known]
    if not towns:
        return PlacesAsked(ids, "")
    if len(found) == 1 and ids:
        return PlacesAsked(ids, towns[0])
    return PlacesAsked(frozenset(), text)
