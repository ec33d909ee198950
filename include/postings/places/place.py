"""Places as a posting offers them: each mention is one place of the tree, where that is certain."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from include.postings.countries import country_called
from include.postings.places.gazetteer import AMBIGUOUS, codes, entries, is_listed
from include.postings.places.relations import Relation, Said, said
from include.postings.places.scan import Mention
from include.postings.places.tree import WORLD, Node, fold, nodes

__all__ = [
    "Place",
    "countries_of",
    "country_of",
    "find_places",
    "in_city",
    "in_country",
    "is_only_places",
    "meanings",
    "names_place",
    "place_called",
    "resolve",
    "without_places",
    "written",
]

# A city this many times larger than the next of its name is meant where nothing says which.
_DOMINANT = 2
# Words that stand for the whole world and are no name of it: "anywhere in the world".
_WORLD_NAMES = frozenset(("Global", "International", "Anywhere"))
# A country's name that few write so: "U.S.", "U.K", "CAN".
_ABBREVIATED = re.compile(r"(?:[A-Z]\.)+[A-Z]?\.?|CAN|AUS|GER|DEU|NLD|GBR|CONUS")


class Place(NamedTuple):
    """A place that a text names."""

    name: str
    """The tree's name: "New York" for "NYC"; a town that the tree lacks as it is written."""
    country: str | None
    """ISO 3166-1 alpha-2; None for a region of several countries, and for an uncertain town."""
    kind: str
    """``city``, ``metro``, ``state``, ``country`` or ``region``."""
    place_id: str | None = None
    """The place of the tree, of a town that it lacks its state or country; None if uncertain."""
    written: str = ""
    relation: Relation = "site"

    @property
    def is_known(self) -> bool:
        """Whether ``place_id`` is the place itself: not what an unknown town lies in."""
        return self.place_id is not None and nodes()[self.place_id].name == self.name


def find_places(text: str) -> list[Place]:
    """Return the places that a short text offers, in text order, without repeats."""
    return list(_found(text))


@lru_cache(maxsize=4096)
def _found(text: str) -> tuple[Place, ...]:
    offered = [place for place in resolve(said(text)) if place.relation != "excluded"]
    return tuple({place.name: place for place in reversed(offered)}.values())[::-1]


def names_place(text: str) -> bool:
    """Return whether a short text offers a place."""
    return any(relation != "excluded" for _, relation in said(text))


def place_called(name: str) -> Place:
    """Return the place whose name is the whole text, for entries of a list of places.

    An ambiguous name ("Georgia") means the country. An unknown name becomes a region without a
    country, so that the list's other entries cannot make its country look certain.
    """
    if country := country_called(name):
        return _place(nodes()[country.code], name.strip(), "site")
    found = find_places(name)
    return found[0] if len(found) == 1 else Place(name.strip(), None, "region", None, name.strip())


def in_country(code: str) -> Place:
    """Return the place that is a country, by its ISO 3166-1 alpha-2 code."""
    node = nodes()[code]
    return _place(node, node.name, "site")


def in_city(geonames_id: int, country: str | None) -> Place | None:
    """Return the city of a GeoNames id; None if the tree lacks it, or has it in another country."""
    node = nodes().get(str(geonames_id))
    if node is None or node.kind != "city" or country not in (None, node.country):
        return None
    return _place(node, node.name, "site")


def meanings(text: str) -> tuple[Node, ...]:
    """Return what a whole text in any case may mean as a name or a code: "us", "Georgia", "CA".

    Several places only where neither is likelier; a code is a state's before a country's.
    """
    entry = entries().get(fold(text))
    if entry is None:
        return codes().get(text.strip().upper(), ())[:1]
    mention = Mention(0, 0, text, entry.places, key=fold(text), listed=is_listed(entry.places[0]))
    likeliest = _certain(mention)
    return (likeliest,) if likeliest else entry.places


def is_only_places(text: str) -> bool:
    """Return whether a text has only places and separators: "Zurich, Switzerland"."""
    # Fewer than three letters in a row are left-over abbreviations and small words: "or".
    return bool(said(text)) and not re.search(r"\w{3}", without_places(text))


def without_places(text: str) -> str:
    """Return a text with blanks for its places, and for the states that locate them."""
    rest, end = [], 0
    for mention, _ in said(text):
        rest.append(text[end : mention.start])
        end = mention.end
    return " ".join((*rest, text[end:]))


def resolve(found: Sequence[Said]) -> list[Place]:
    """Return the place of each mention, an ambiguous one by the others: "Boston and Cambridge"."""
    meant = [_certain(s.mention) for s in found]
    certain = [node for node in meant if node]
    named = {node.place_id for node in certain}
    # Counting what lies where takes longer than the rest, and most places are certain.
    if len(certain) < len(found):
        near = Counter(parent for node in certain for parent in node.parents)
        countries = Counter(node.country for node in certain)
        meant = [
            node or _by_witness(s.mention, near, countries)
            for node, s in zip(meant, found, strict=True)
        ]
    places = []
    for node, (mention, relation) in zip(meant, found, strict=True):
        if mention.unknown:
            where = node or mention.places[0]
            places.append(
                Place(
                    mention.written,
                    where.country,
                    "city",
                    where.place_id,
                    mention.written,
                    relation,
                )
            )
        elif node and named.isdisjoint(_city_around(node)):
            places.append(_place(node, mention.written, relation))
        elif node:
            continue  # "SoMa, San Francisco" is San Francisco
        else:
            places.append(Place(mention.written, None, "city", None, mention.written, relation))
    return places


def written(places: Iterable[Place]) -> tuple[str, ...]:
    """Return the places offered as they are written, each once."""
    names: dict[tuple[str, str | None], str] = {}
    for place in places:
        if place.relation != "excluded":
            names.setdefault((place.name, place.place_id), place.written)
    return tuple(dict.fromkeys(names.values()))


def country_of(places: Iterable[Place]) -> str | None:
    """Return the country that all the places offered share; None if they differ or any has none."""
    found = {place.country for place in places if place.relation != "excluded"}
    return found.pop() if len(found) == 1 else None


def countries_of(places: Iterable[Place]) -> tuple[str, ...]:
    """Return the countries of the places offered, in text order."""
    offered = (place.country for place in places if place.relation != "excluded")
    return tuple(dict.fromkeys(country for country in offered if country))


def _place(node: Node, text: str, relation: Relation) -> Place:
    # "U.S." and "CAN" are written as the others write them, and so is "the whole world".
    if (node.place_id == WORLD and text not in _WORLD_NAMES) or _ABBREVIATED.fullmatch(text):
        text = node.name if node.kind in ("country", "region") else text
    return Place(node.name, node.country, node.kind, node.place_id, text, relation)


def _city_around(node: Node) -> Iterator[str]:
    return (p for p in node.parents if node.kind == "city" and nodes()[p].kind == "city")


def _certain(mention: Mention) -> Node | None:
    """Return what a mention means whatever stands around it; None if that is open."""
    first = mention.places[0]
    if len(mention.places) == 1:
        return first
    if mention.key in AMBIGUOUS:
        return None
    if mention.listed or first.kind != "city":
        return first
    rival = next((p for p in mention.places[1:] if p.kind == "city"), None)
    if rival is None or (first.population or 0) >= _DOMINANT * (rival.population or 0):
        return first
    return None


def _by_witness(
    mention: Mention, near: Counter[str], countries: Counter[str | None]
) -> Node | None:
    """Return the one that lies where the posting's other places do, else the country of all."""
    weights = [sum(near[x] for x in p.parents) + countries[p.country] for p in mention.places]
    best = max(weights)
    if best and weights.count(best) == 1:
        return mention.places[weights.index(best)]
    shared = {place.country for place in mention.places}
    only = shared.pop() if len(shared) == 1 else None
    return nodes()[only] if only else None
