"""One posting in full: its repetitions, its history, what was read in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import duckdb
import pytest

from include.insights.explained import explained
from include.insights.models import PostingPage
from include.insights.posting import heading, posting_page
from include.insights.store import ServingStore, Snapshot
from include.serving.publish import publish
from sample.gold.postings import GoldSize, fill_gold

TEXT = (
    "Fernglow | Senior Backend Engineer | Oslo | $90k-110k<p>We write Go and Kafka. "
    "Write to kim@fernglow.example."
)
# Of six postings: a comment with a text to read, which the next two repeat; a board's record.
POSTINGS = """
    create temp table six as
    select posting_id, row_number() over (order by date_posted) as number from gold.fct_postings;
    update gold.fct_postings as p set
        source = case when number = 4 then 'remotive' else 'hacker_news' end,
        description_raw = $text, duplicate_of = null, posting_id = repeat(number::varchar, 32)
    from six where six.posting_id = p.posting_id;
    update gold.fct_jobs as j set posting_id = repeat(number::varchar, 32)
    from six where six.posting_id = j.posting_id;
    update gold.fct_postings set duplicate_of = repeat('3', 32) where posting_id[1] in ('1', '2');
    delete from gold.posting_history;
    insert into gold.posting_history by name
    select repeat('1', 32) as posting_id, unnest(range(1, 4)) as position,
        unnest(['read', 'edited', 'edited']) as kind,
        unnest([[], ['text'], ['text']]) as fields,
        unnest(['<p>Old: kim@fernglow.example<p>Oslo', '<p>Oslo<p>Rust', null]) as text,
        false as is_late, date '2025-01-01' as month,
        timestamptz '2025-01-02 00:00:00+00' + to_days(position::integer) as event_at;
    insert into gold.posting_history by name
    select repeat('4', 32) as posting_id, unnest([1, 2]) as position,
        unnest(['opened', 'closed']) as kind, [] as fields, position = 1 as is_late,
        date '2025-01-01' as month,
        timestamptz '2025-01-02 00:00:00+00' + to_days(position::integer) as event_at;
"""


@pytest.fixture(scope="module")
def snapshot(new_store_url: Callable[[], str]) -> Iterator[Snapshot]:
    url = new_store_url()
    with duckdb.connect() as warehouse:
        fill_gold(warehouse, GoldSize(6, date(2025, 1, 1), date(2025, 1, 1), technologies=20))
        warehouse.execute(POSTINGS.replace("$text", "'" + TEXT + "'"))
        publish(warehouse, url)
    store = ServingStore(url)
    with store.read() as snapshot:
        yield snapshot
    store.close()


def page_of(snapshot: Snapshot, number: int) -> PostingPage:
    found = posting_page(snapshot, str(number) * 32)
    assert found is not None
    return found


def test_evidence_is_that_of_explain_and_marks_its_words(snapshot: Snapshot) -> None:
    page = page_of(snapshot, 1)
    read = explained(snapshot, "1" * 32)
    assert read is not None
    assert [(one.field, one.value, one.start) for one in page.evidence] == [
        (one.field, one.value, one.start) for one in read.evidence
    ]
    skill = next(n for n, one in enumerate(page.evidence) if one.value == "Kafka")
    text = [run for block in page.text for run in block.runs]
    assert [run.text for run in text if skill in run.marks] == ["Kafka"]
    assert page.is_formatted


def test_no_contact_of_a_person_is_in_the_answer(snapshot: Snapshot) -> None:
    assert "kim@" not in page_of(snapshot, 1).model_dump_json()


def test_the_same_job_names_the_posting_that_counts_from_each_side(snapshot: Snapshot) -> None:
    for number in (1, 2, 3):
        page = page_of(snapshot, number)
        assert page.same_job_count == 3
        assert {one.id[0]: (one.is_counted, one.is_this) for one in page.same_job} == {
            str(n): (n == 3, n == number) for n in (1, 2, 3)
        }
        days = [one.posted_day for one in page.same_job]
        assert days == sorted(days, reverse=True)
    assert page_of(snapshot, 4).same_job == []


def test_history_is_newest_first_with_the_lines_that_an_edit_changed(snapshot: Snapshot) -> None:
    newest, edited, read = page_of(snapshot, 1).history
    assert (newest.kind, newest.edits) == ("edited", [])
    assert (edited.at, edited.fields) == ("2025-01-04T00:00:00Z", ["text"])
    assert [(one.kind, one.text) for one in edited.edits] == [
        ("removed", "Old: [contact at the source]"),
        ("added", "Rust"),
    ]
    assert (read.kind, read.edits) == ("read", [])
    closed, opened = page_of(snapshot, 4).history
    assert (closed.kind, opened.kind, opened.is_late) == ("closed", "opened", True)


def test_title_of_a_record_is_read_and_that_of_a_comment_is_not(snapshot: Snapshot) -> None:
    assert page_of(snapshot, 1).title is None
    assert page_of(snapshot, 4).title == page_of(snapshot, 4).posting.title
    assert page_of(snapshot, 4).posting.attribution.name == "Remotive"


def test_unknown_id_has_no_page(snapshot: Snapshot) -> None:
    assert posting_page(snapshot, "0" * 32) is None
    assert heading(snapshot, "0" * 32) is None
    assert heading(snapshot, "1" * 32) is not None
