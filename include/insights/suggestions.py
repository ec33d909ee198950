"""Names of places and companies that begin with what someone types."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from functools import cache
from heapq import nlargest
from itertools import islice
from operator import itemgetter
from typing import Literal

from pydantic import Field

from include.insights.models import Contract, Count, Envelope, Meta
from include.insights.store import Snapshot
from include.postings.places.gazetteer import entries
from include.postings.places.tree import Node, fold, is_within, nodes
from include.serving.places import places_asked

__all__ = ["SuggestionKind", "SuggestionRow", "suggestions"]

SuggestionKind = Literal["place", "company"]
_COUNTED = 100
"""Companies whose postings are counted, those with the most jobs: a letter begins thousands."""


class SuggestionRow(Contract):
    """A name that the filter understands, and its postings in the store, repeated ones too."""

    name: str
    spelling: str = Field(description="Another name that begins with the text, else the same.")
    postings: Count


def suggestions(
    snapshot: Snapshot, kind: SuggestionKind, text: str, top: int
) -> Envelope[SuggestionRow, Meta]:
    """Return at most ``top`` names that begin with ``text``, those with the most postings first.

    Without a text: any place, and no company.
    """
    named = _places if kind == "place" else _companies
    data = list(islice(named(snapshot, text.strip()), top))
    return Envelope[SuggestionRow, Meta](data=data, meta=Meta(total_count=len(data)))


def _places(snapshot: Snapshot, text: str) -> Iterator[SuggestionRow]:
    sizes = snapshot.index.places.sizes
    spellings: dict[str, str] = {}
    for spelling, node in _beginning(fold(text)):
        if not sizes.get(node.place_id):
            continue
        # The place's own name, else the first: "united states" before "united states of america".
        own = fold(node.name)
        spellings[node.place_id] = (
            own if spelling == own else spellings.get(node.place_id, spelling)
        )
    for place_id in sorted(spellings, key=lambda p: (-sizes[p], nodes()[p].name)):
        if name := _unambiguous(nodes()[place_id]):
            is_same = spellings[place_id] == fold(nodes()[place_id].name)
            spelling = name if is_same else spellings[place_id].title()
            yield SuggestionRow(name=name, spelling=spelling, postings=sizes[place_id])


def _beginning(wanted: str) -> list[tuple[str, Node]]:
    """Return the spellings that begin with a text, and their places."""
    spellings = _by_spelling()
    # "\uffff" is after all letters: the second is the first spelling that begins otherwise.
    first, end = (
        bisect_left(spellings, text, key=itemgetter(0)) for text in (wanted, f"{wanted}\uffff")
    )
    return spellings[first:end]


@cache
def _by_spelling() -> list[tuple[str, Node]]:
    names = {(fold(node.name), node) for node in nodes().values()}
    other = {(key, node) for key, entry in entries().items() for node in entry.places}
    return sorted(names | other)


@cache
def _unambiguous(node: Node) -> str | None:
    """Return words that mean this place alone: its name, or that with what it lies in."""
    around = [nodes()[parent].name for parent in node.parents if parent in nodes()]
    for name in (node.name, *(f"{node.name}, {place}" for place in around)):
        asked = places_asked(name)
        # "São Paulo" is a city and its state: together they are the state.
        meant = {p for p in asked.place_ids if is_within(p, node.place_id)}
        if node.place_id in meant and meant == asked.place_ids and not asked.words:
            return name
    return None


def _companies(snapshot: Snapshot, text: str) -> Iterator[SuggestionRow]:
    index, wanted = snapshot.index, text.casefold()
    if not wanted:
        return
    jobs, known = index.companies.jobs_of_each, index.companies.all
    found = ((jobs[number], known[number].name) for number in index.companies.beginning(wanted))
    named = {name for _, name in nlargest(_COUNTED, found)}
    sizes = {name: index.fold(index.companies.called(name)).bit_count() for name in named}
    for name in sorted(named, key=lambda name: (-sizes[name], name)):
        yield SuggestionRow(name=name, spelling=name, postings=sizes[name])
