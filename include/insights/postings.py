"""Pages of postings and of loads, newest first."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any

import sqlalchemy as sa

from include.errors import ConfigurationError
from include.insights.counted import count, selected
from include.insights.excerpts import excerpts
from include.insights.filters import JobFilter
from include.insights.index import FacetIndex
from include.insights.models import (
    CountedPageMeta,
    Envelope,
    Excerpt,
    JobRow,
    LoadRow,
    PageMeta,
    PostingRow,
)
from include.insights.nearest import nearest
from include.insights.rows import dicts_of, models_of
from include.insights.search import ranked
from include.insights.store import Snapshot
from include.serving.schema import JOBS, LOADS, POSTING_SKILLS, POSTINGS
from include.serving.text.query import parse_query
from include.sources.registry import attribution_of

__all__ = ["loads", "posting_rows", "postings", "ranked_page"]

_SHOWN = [POSTINGS.c[name] for name in PostingRow.model_fields if name in POSTINGS.c]
# Bounded, so that a forged cursor can neither overflow an integer nor reach the SQL as other text.
_POSTING_CURSOR = re.compile(r"(-?\d{1,15}) ([0-9a-f]{32})")
_RANKED_CURSOR = re.compile(r"(\d{1,4}) (-?\d{1,15}) ([0-9a-f]{32})")
_LOAD_CURSOR = re.compile(r"([0-9T:Z-]{20}) ([0-9a-f-]{36})")

_Place = tuple[Any, ...]
"""Where a posting stands in its order: score if ranked, epoch seconds, id."""


def postings(
    snapshot: Snapshot,
    wanted: JobFilter,
    today: date,
    *,
    limit: int,
    cursor: str | None = None,
    by_relevance: bool = False,
) -> Envelope[PostingRow, CountedPageMeta]:
    """Return a page of the postings with a job that matches, newest first.

    ``by_relevance``: those that the words of ``wanted.q`` fit best first, the newest of equal ones.
    Raises ConfigurationError for a cursor that is not one of an earlier page.
    """
    selection = selected(snapshot, wanted, today)
    after = _place(cursor, by_relevance=by_relevance) if cursor else None
    ordered: Iterator[_Place]
    if by_relevance and wanted.q is not None:
        sets = ranked(snapshot, wanted.q, selection.postings)
        ordered = _ranked(selection.index, sets, after)
    else:
        ordered = selection.index.newest(selection.postings, after)
    page, following = _page(ordered, limit)
    counted = count(snapshot, selection)
    return Envelope[PostingRow, CountedPageMeta](
        data=posting_rows(snapshot, [place[-1] for place in page], wanted.q),
        meta=CountedPageMeta(
            total_count=counted.postings,
            next_cursor=following,
            counted=counted,
            nearest=nearest(snapshot, selection),
        ),
    )


def _place(cursor: str, *, by_relevance: bool) -> _Place:
    """Return the place in the order of the last posting of an earlier page."""
    shape = _RANKED_CURSOR if by_relevance else _POSTING_CURSOR
    *numbers, last_id = _decode(cursor, shape)
    return (*map(int, numbers), last_id)


def ranked_page(
    snapshot: Snapshot,
    sets: Iterable[tuple[int, int]],
    query: str | None,
    limit: int,
    cursor: str | None,
) -> tuple[list[tuple[int, PostingRow]], str | None]:
    """Return a page of postings with their scores, and the next page's cursor.

    ``sets`` are scores, each below 10,000 and once, the highest first, with their jobs: within one
    the newest posting is first. ``query`` is the search whose words are marked. Raises
    ConfigurationError for a cursor that is not one of an earlier page.
    """
    after = _place(cursor, by_relevance=True) if cursor else None
    page, following = _page(_ranked(snapshot.index, sets, after), limit)
    rows = posting_rows(snapshot, [place[-1] for place in page], query)
    return [(place[0], row) for place, row in zip(page, rows, strict=True)], following


def _page(ordered: Iterator[_Place], limit: int) -> tuple[list[_Place], str | None]:
    """Return the first places, and the cursor of those that follow."""
    # One more than asked for: its presence tells that there is a next page.
    found = list(islice(ordered, limit + 1))
    page = found[:limit]
    return page, _encode(" ".join(map(str, page[-1]))) if len(found) > limit else None


def _ranked(
    index: FacetIndex, sets: Iterable[tuple[int, int]], after: _Place | None
) -> Iterator[_Place]:
    """Yield score, time posted and id."""
    for score, bits in sets:
        if after is None or score <= after[0]:
            rest = (after[1], after[2]) if after and score == after[0] else None
            yield from ((score, *place) for place in index.newest(bits, rest))


def posting_rows(
    snapshot: Snapshot, ids: Sequence[str], text: str | None = None
) -> list[PostingRow]:
    """Return the postings of these ids in their order; one that the store lacks is left out.

    With ``text``, a search, they say where its words stand.
    """
    query = sa.select(*_SHOWN).where(POSTINGS.c.id.in_(ids))
    rows = {row["id"]: row for row in dicts_of(snapshot.connection, query)}
    skills, jobs = _skills(snapshot, ids), _jobs(snapshot, ids)
    matched = _matched(snapshot, ids, text) if text is not None else {}
    for row in rows.values():
        row["countries"] = json.loads(row["countries"])
        row["jobs"], row["skills"] = jobs[row["id"]], skills[row["id"]]
        row["matched"] = matched.get(row["id"], [])
        row["attribution"] = attribution_of(row["source"])
    return models_of(PostingRow, [rows[posting_id] for posting_id in ids if posting_id in rows])


def _matched(snapshot: Snapshot, ids: Sequence[str], text: str) -> dict[str, list[Excerpt]]:
    """Return where the words of a search stand in each posting."""
    query, columns = parse_query(text), POSTINGS.c
    fields = sa.select(columns.id, columns.title, columns.company, columns.description_raw)
    rows = snapshot.connection.execute(fields.where(columns.id.in_(ids)))
    return {row[0]: excerpts(query, row[1], row[2], row[3]) for row in rows}


def _skills(snapshot: Snapshot, ids: Sequence[str]) -> dict[str, list[str]]:
    """Return the names of each posting's skills, most named first."""
    columns = POSTING_SKILLS.c
    query = (
        sa.select(columns.posting_id, columns.skill)
        .where(columns.posting_id.in_(ids))
        .order_by(columns.posting_id, columns.count.desc(), columns.skill)
    )
    skills: dict[str, list[str]] = defaultdict(list)
    for row in snapshot.connection.execute(query):
        skills[row.posting_id].append(snapshot.names.get(row.skill, row.skill))
    return skills


def _jobs(snapshot: Snapshot, ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Return the fields of ``JobRow`` of each posting's jobs, in the order of its text."""
    query = (
        sa.select(JOBS.c.posting_id, *(JOBS.c[name] for name in JobRow.model_fields))
        .where(JOBS.c.posting_id.in_(ids))
        .order_by(JOBS.c.posting_id, JOBS.c.position)
    )
    jobs: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in dicts_of(snapshot.connection, query):
        for name in ("roles", "levels", "locations"):
            row[name] = json.loads(row[name])
        jobs[row.pop("posting_id")].append(row)
    return jobs


def loads(
    snapshot: Snapshot, *, limit: int, cursor: str | None = None, source: str = "any"
) -> Envelope[LoadRow, PageMeta]:
    """Return a page of the load ledger.

    Raises ConfigurationError for a cursor that is not one of an earlier page.
    """
    query = sa.select(LOADS)
    count = sa.select(sa.func.count()).select_from(LOADS)
    if source != "any":
        query, count = query.where(LOADS.c.source == source), count.where(LOADS.c.source == source)
    if cursor:
        committed, load_id = _decode(cursor, _LOAD_CURSOR)
        # A row comparison, not an offset: loads committed meanwhile do not shift the pages.
        place = sa.tuple_(LOADS.c.committed_at, LOADS.c.load_id)
        query = query.where(place < sa.tuple_(sa.literal(committed), sa.literal(load_id)))
    query = query.order_by(LOADS.c.committed_at.desc(), LOADS.c.load_id.desc()).limit(limit + 1)
    found = [_load_row(row._asdict()) for row in snapshot.connection.execute(query)]
    page = found[:limit]
    following = None
    if len(found) > limit:
        following = _encode(f"{page[-1].committed_at} {page[-1].load_id}")
    total = snapshot.connection.scalar(count) or 0
    return Envelope[LoadRow, PageMeta](
        data=page, meta=PageMeta(total_count=total, next_cursor=following)
    )


def _load_row(row: dict[str, Any]) -> LoadRow:
    del row["row_hash"]
    adds_up = (
        row["expected"] == row["fetched"] + row["missing"]
        and row["fetched"] == row["inserted"] + row["unchanged"] + row["rejected"]
    )
    return LoadRow(**row, reconciled=adds_up)


def _encode(place: str) -> str:
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _decode(cursor: str, shape: re.Pattern[str]) -> tuple[str, ...]:
    try:
        # The padding was stripped for the URL; base64 needs it back.
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        text = ""
    if not (match := shape.fullmatch(text)):
        raise ConfigurationError(
            "This is not a cursor of this list.",
            next_step="use meta.next_cursor of an earlier page, or leave the cursor out.",
        )
    return match.groups()
