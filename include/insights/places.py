"""Where the jobs that a filter selects are: shares of companies by place of the tree."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from itertools import compress

from include.insights.counted import Selection, count, selected, units
from include.insights.filters import JobFilter
from include.insights.index.bitmaps import flags_of
from include.insights.index.places import Members
from include.insights.models import Envelope, PlaceMeta, PlaceName, PlaceRow
from include.insights.nearest import nearest
from include.insights.statistics.intervals import wilson
from include.insights.store import Snapshot
from include.postings.places.tree import WORLD, Kind, Node, ancestors, children, nodes
from include.serving.places import places_asked

__all__ = ["place_named", "places"]


def place_named(text: str) -> str | None:
    """Return the id of a place of the tree, by its id or its name; None if unknown.

    Of several places with the name, the one with most people.
    """
    if text in nodes():
        return text
    asked = places_asked(text)
    if asked.words or not asked.place_ids:
        return None
    return max(asked.place_ids, key=lambda one: (nodes()[one].population or 0, one))


def places(
    snapshot: Snapshot, wanted: JobFilter, within: str, kind: Kind | None, top: int
) -> Envelope[PlaceRow, PlaceMeta]:
    """Return the places in a place that have jobs, most companies first; of one company, postings.

    Its children in the tree, or all places of one kind in it. A job of several places, or of a
    place in several regions, counts in each: the shares do not add up to 1.
    """
    selection = selected(snapshot, wanted)
    index = selection.index
    there = selection.bits & index.places.within(within)
    share_of = units(wanted)
    total = index.companies.count(there)
    if share_of == "postings":
        total = index.fold(there).bit_count()
    rows = sorted(
        _rows(selection, within, _asked(within, kind), total),
        key=lambda row: (-getattr(row, share_of), -row.jobs, row.place_id),
    )[:top]
    meta = PlaceMeta(
        total_count=len(rows),
        counted=count(snapshot, selection),
        nearest=nearest(snapshot, selection),
        share_of=share_of,
        path=[_name(place_id) for place_id in _path(within)],
        companies=index.companies.count(there),
        unstated=(selection.bits & ~index.places.within(WORLD)).bit_count(),
    )
    return Envelope[PlaceRow, PlaceMeta](data=rows, meta=meta)


def _asked(within: str, kind: Kind | None) -> list[Node]:
    if kind is None:
        return [nodes()[place_id] for place_id in children().get(within, ())]
    return [
        node
        for node in nodes().values()
        if node.kind == kind and node.place_id != within and within in ancestors(node.place_id)
    ]


def _rows(
    selection: Selection, within: str, asked: Sequence[Node], total: int
) -> Iterator[PlaceRow]:
    flags = flags_of(selection.bits, selection.index.size)
    found = selection.index.places.members([node.place_id for node in asked])
    for node, members in zip(asked, found, strict=True):
        jobs, postings, companies = _counts(selection, flags, members)
        if not jobs:
            continue
        part = companies if units(selection.wanted) == "companies" else postings
        low, high = wilson(part, total)
        yield PlaceRow(
            **_name(node.place_id).model_dump(),
            parent_id=within if within in node.parents else node.parents[0],
            jobs=jobs,
            postings=postings,
            companies=companies,
            share=part / total if total else 0.0,
            low=low,
            high=high,
        )


def _counts(selection: Selection, flags: bytes, members: Members) -> tuple[int, int, int]:
    """Return the jobs, postings and named companies of the selection among the members."""
    index = selection.index
    if isinstance(members, int):
        jobs = selection.bits & members
        return jobs.bit_count(), index.fold(jobs).bit_count(), index.companies.count(jobs)
    numbers, postings = index.companies.numbers, index.postings.numbers
    chosen = list(compress(members, map(flags.__getitem__, members)))
    companies = {*map(numbers.__getitem__, chosen)} - {len(index.companies.all)}
    return len(chosen), len({*map(postings.__getitem__, chosen)}), len(companies)


def _name(place_id: str) -> PlaceName:
    node = nodes()[place_id]
    return PlaceName(place_id=place_id, name=node.name, kind=node.kind)


def _path(place_id: str) -> list[str]:
    """Return the ids from the world down to a place: the shortest way, breadth first."""
    came_from = {place_id: place_id}
    waiting = deque([place_id])
    while waiting and WORLD not in came_from:
        here = waiting.popleft()
        for parent in nodes()[here].parents:
            if parent not in came_from:
                came_from[parent] = here
                waiting.append(parent)
    here, path = WORLD if WORLD in came_from else place_id, []
    while here != place_id:
        path.append(here)
        here = came_from[here]
    return [*path, place_id]
