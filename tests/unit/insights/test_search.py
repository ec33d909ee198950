"""Searches: which postings a query finds with the rest of the filter, ranked, and marked."""

from __future__ import annotations

from datetime import date

import pytest

from include.errors import ConfigurationError
from include.insights.counted import selected
from include.insights.excerpts import excerpts
from include.insights.filters import JobFilter
from include.insights.models import PostingRow
from include.insights.postings import postings
from include.insights.search import ranked
from include.insights.store import Snapshot
from include.serving.text.query import parse_query

TODAY = date(2026, 1, 1)


def asked(
    snapshot: Snapshot, wanted: JobFilter, *, by_relevance: bool, limit: int = 7
) -> list[PostingRow]:
    """Return all postings, page by page."""
    found: list[PostingRow] = []
    cursor: str | None = None
    while True:
        page = postings(
            snapshot, wanted, TODAY, limit=limit, cursor=cursor, by_relevance=by_relevance
        )
        found += page.data
        if (cursor := page.meta.next_cursor) is None:
            assert len(found) == page.meta.total_count
            return found


def test_a_search_restricts_as_every_other_filter_does(snapshot: Snapshot) -> None:
    senior = JobFilter(q="title:senior")
    both = JobFilter(q="title:senior", remote=("remote",), days=300)
    without = JobFilter(remote=("remote",), days=300)
    bits = {wanted: selected(snapshot, wanted, TODAY).bits for wanted in (senior, both, without)}
    assert bits[both] == bits[senior] & bits[without]
    assert 0 < bits[both].bit_count() < min(bits[senior].bit_count(), bits[without].bit_count())
    nothing_else = selected(snapshot, JobFilter(q="-title:senior"), TODAY).bits
    assert nothing_else == selected(snapshot, JobFilter(), TODAY).bits ^ bits[senior]


def test_each_job_of_a_posting_is_found(snapshot: Snapshot) -> None:
    found = selected(snapshot, JobFilter(q='title:"product designer"', repeats=True), TODAY)
    assert found.bits.bit_count() == 2 * found.postings.bit_count() > 0


def test_pages_by_relevance_have_each_posting_once_the_best_first(snapshot: Snapshot) -> None:
    wanted = JobFilter(q="senior OR engineer", days=200)
    best, newest = (asked(snapshot, wanted, by_relevance=by) for by in (True, False))
    assert sorted(row.id for row in best) == sorted(row.id for row in newest)
    assert [row.id for row in best] != [row.id for row in newest]
    selection = selected(snapshot, wanted, TODAY)
    scores = [
        (score, [i for _, i in selection.index.newest(bits)])
        for score, bits in ranked(snapshot, "senior OR engineer", selection.postings)
    ]
    assert [row.id for row in best] == [i for _, ids in scores for i in ids]
    assert [score for score, _ in scores] == sorted({s for s, _ in scores}, reverse=True)
    first = best[0].title.lower()
    assert "senior" in first
    assert "engineer" in first


def test_a_cursor_of_another_order_is_refused(snapshot: Snapshot) -> None:
    wanted = JobFilter(q="engineer")
    newest = postings(snapshot, wanted, TODAY, limit=1)
    with pytest.raises(ConfigurationError, match="not a cursor"):
        postings(
            snapshot, wanted, TODAY, limit=1, cursor=newest.meta.next_cursor, by_relevance=True
        )


def test_matches_are_marked_by_offsets_in_plain_text(snapshot: Snapshot) -> None:
    (row, *_) = postings(snapshot, JobFilter(q="engineer"), TODAY, limit=1).data
    title = next(one for one in row.matched if one.field == "title")
    assert title.text == row.title
    assert {title.text[start:end].lower() for start, end in title.spans} == {"engineer"}
    assert not postings(snapshot, JobFilter(), TODAY, limit=1).data[0].matched


def test_excerpts_show_each_word_and_mark_what_stands_together_once() -> None:
    text = "<p>A Data engineer.<p>" + "and so on " * 60 + "at the CAF\u00c9 &lt;b&gt; with Kafka"
    query = parse_query('"data engineer" data caf\u00e9 -kafka')
    title, company, first, last = excerpts(query, "Data Engineer", "Caf\u00e9 Data", text)
    assert (title.text, title.spans) == ("Data Engineer", [(0, 13)])
    assert company.spans == [(0, 4), (5, 9)]
    assert [last.text[start:end] for start, end in last.spans] == ["CAF\u00c9"]
    assert last.text.endswith("at the CAF\u00c9 <b> with Kafka")
    assert [first.text[start:end] for start, end in first.spans] == ["Data engineer"]


def test_an_excerpt_never_grows_with_the_text() -> None:
    found = excerpts(parse_query("a OR b OR c OR d OR e"), "", "", "a b c d e " * 9_000)
    assert len(found) == 1
    assert len(found[0].text) <= 240
