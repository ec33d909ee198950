"""The tree of places: city, metro, state, country, region (EU, Europe, EMEA, ...), world.

A place may lie in several: Germany in the EU, in DACH and in Europe. Hand-written tables: countries
(``countries.csv`` beside countries.py), ``states.csv`` (states, provinces, Länder: ISO 3166-2 and
GeoNames' own codes), ``metros.csv`` (a metro is a circle around its centre), ``regions.csv`` (with
its sources), ``names.csv`` (cities that are recognised by their name alone, and places that
GeoNames lacks). ``cities.csv`` is generated from GeoNames (https://www.geonames.org, CC BY 4.0) by
``make cities``.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

from include.postings.countries import countries

__all__ = [
    "WORLD",
    "Kind",
    "Node",
    "ancestors",
    "children",
    "fold",
    "is_within",
    "nodes",
    "rows",
    "split",
]

Kind = Literal["city", "metro", "state", "country", "region"]

WORLD = "world"
_FOLDER = Path(__file__).parent
# Letters that Unicode does not decompose into a base letter and a mark.
_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "ß": "ss", "æ": "ae", "đ": "d", "ı": "i", "œ": "oe", "&": " and "}
)
_NO_LETTER = re.compile(r"[\W_]+")


class Node(NamedTuple):
    """A place of the tree."""

    place_id: str
    """ISO 3166-1 of a country, ISO 3166-2 of a state, GeoNames' id of a city, else a slug."""
    name: str
    kind: Kind
    country: str | None
    """ISO 3166-1 alpha-2; None for what spans several."""
    parents: tuple[str, ...]
    population: int | None


@cache
def nodes() -> dict[str, Node]:
    """Return all places by id."""
    found: dict[str, Node] = {}
    for node in (*_regions(), *_countries(), *_states(), *_metros(), *_cities(), *_own()):
        found[node.place_id] = node
    return found


@cache
def ancestors(place_id: str) -> frozenset[str]:
    """Return the ids of all places that a place lies in, its own included."""
    return frozenset((place_id,)).union(*(ancestors(p) for p in nodes()[place_id].parents))


@cache
def children() -> dict[str, tuple[str, ...]]:
    """Return the ids of the places that lie directly in a place, by its id."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for node in nodes().values():
        for parent in node.parents:
            found[parent].append(node.place_id)
    return {place_id: tuple(within) for place_id, within in found.items()}


def is_within(place_id: str, other: str) -> bool:
    """Return whether a place is the other or lies in it."""
    return other in ancestors(place_id)


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of a table beside this module."""
    with (_FOLDER / name).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def split(cell: str) -> list[str]:
    """Return the entries of a cell, which ``|`` separates."""
    return cell.split("|") if cell else []


def fold(name: str) -> str:
    """Return a name for comparison: lower case, no accents, words by single blanks."""
    lower = name.casefold().translate(_LETTERS)
    if not lower.isascii():
        # NFKD splits "ô" into a letter and a combining mark; the mark is dropped.
        parts = unicodedata.normalize("NFKD", lower)
        lower = "".join(part for part in parts if not unicodedata.combining(part))
    return _NO_LETTER.sub(" ", lower).strip()


@cache
def listed_cities() -> tuple[tuple[dict[str, str], str], ...]:
    """Return the rows of ``names.csv``, each with the id of its city.

    A row without a state may stand for several cities of its country ("Arlington"): it has no id.
    """
    by_name: defaultdict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for city in rows("cities.csv"):  # the largest first
        by_name[city["country"], city["name"]].append(city)
    found = []
    for row in rows("names.csv"):
        known = by_name[row["country"], row["geonames_name"] or row["name"]]
        same = [city for city in known if not row["state"] or city["state"] == row["state"]]
        several = len(same) > 1 and not row["state"] and row["country"] in ("US", "CA", "GB")
        own = "-".join(
            (fold(row["name"]).replace(" ", "-"), (row["state"] or row["country"]).lower())
        )
        found.append((row, "" if several else same[0]["place_id"] if same else own))
    return tuple(found)


def _members() -> dict[str, list[str]]:
    """Return the regions that list a place among their members, by its id."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows("regions.csv"):
        for member in split(row["members"]):
            found[member].append(row["place_id"])
    return found


def _regions() -> Iterator[Node]:
    within = _members()
    for row in rows("regions.csv"):
        place_id = row["place_id"]
        parents = (*split(row["parents"]), *within.get(place_id, ()))
        country = "US" if "US" in parents else None
        yield Node(place_id, row["name"], "region", country, parents, None)


def _countries() -> Iterator[Node]:
    within = _members()
    for country in countries():
        parents = tuple(within.get(country.code, (WORLD,)))
        yield Node(country.code, country.name, "country", country.code, parents, None)


def _states() -> Iterator[Node]:
    within = _members()
    for row in rows("states.csv"):
        parents = (row["country"], *within.get(row["place_id"], ()))
        yield Node(row["place_id"], row["name"], "state", row["country"], parents, None)


def _metros() -> Iterator[Node]:
    for row in rows("metros.csv"):
        parents = tuple(split(row["parents"]))
        in_country = re.match(r"[A-Z]{2}\b", split(row["states"] or row["parents"])[0])
        country = in_country.group() if in_country else None
        yield Node(row["place_id"], row["name"], "metro", country, parents, None)


def _cities() -> Iterator[Node]:
    listed = {place_id: row for row, place_id in listed_cities()}
    part_of = _ids_by_listed_name()
    for row in rows("cities.csv"):
        hand = listed.get(row["place_id"])
        parents = [*split(row["metros"]), row["state"] or row["country"]]
        if hand and hand["part_of"]:
            parents.insert(0, part_of.get(hand["part_of"], hand["part_of"]))
        yield Node(
            row["place_id"],
            hand["name"] if hand else row["name"],
            "city",
            row["country"],
            tuple(parents),
            int(row["population"]),
        )


def _own() -> Iterator[Node]:
    """Yield the places of ``names.csv`` that GeoNames lacks."""
    part_of = _ids_by_listed_name()
    for row, place_id in listed_cities():
        if place_id and not place_id.isdigit():
            around = part_of.get(row["part_of"], row["part_of"])
            parents = tuple(filter(None, (around, row["state"] or row["country"])))
            yield Node(place_id, row["name"], "city", row["country"], parents, None)


@cache
def _ids_by_listed_name() -> dict[str, str]:
    return {row["name"]: place_id for row, place_id in reversed(listed_cities()) if place_id}
