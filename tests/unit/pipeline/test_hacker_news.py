from __future__ import annotations

import datetime as dt

import pytest

from include.errors import ConfigurationError
from include.months import Month
from include.pipeline.hacker_news import chunks, month_to_read

NOW = dt.datetime(2026, 11, 1, 0, 30, tzinfo=dt.UTC)
APRIL_2016 = dt.datetime(2016, 4, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("partition", "param", "logical_date", "month"),
    [
        ("2016-03", None, None, "2016-03"),
        (None, "2016-04", None, "2016-04"),
        ("2016-03", "2016-03", None, "2016-03"),
        (None, None, APRIL_2016, "2016-04"),
        (None, "", dt.datetime(2026, 10, 31, 23, 59, tzinfo=dt.UTC), "2026-10"),
        ("2016-03", None, APRIL_2016, "2016-03"),
        (None, "2016-05", APRIL_2016, "2016-05"),
        # by UTC, whatever zone the date was written in
        (None, None, dt.datetime.fromisoformat("2016-04-01T01:00+05:00"), "2016-03"),
    ],
)
def test_month_of_a_run_is_its_partition_else_its_param_else_its_earlier_logical_date(
    partition: str | None, param: str | None, logical_date: dt.datetime | None, month: str
) -> None:
    assert month_to_read(partition, param, logical_date, NOW) == Month.parse(month)


@pytest.mark.parametrize("nothing", [None, ""])
@pytest.mark.parametrize(
    "logical_date",
    [
        None,
        NOW,
        dt.datetime(2026, 11, 1, tzinfo=dt.UTC),
        dt.datetime(2027, 2, 1, tzinfo=dt.UTC),
        dt.datetime.fromisoformat("2026-10-31T22:00-05:00"),
    ],
)
def test_run_that_names_no_earlier_month_reads_the_newest(
    nothing: str | None, logical_date: dt.datetime | None
) -> None:
    assert month_to_read(nothing, nothing, logical_date, NOW) is None


def test_partition_and_param_that_differ_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="different months"):
        month_to_read("2016-03", "2016-04", None, NOW)


def test_chunks_hold_every_comment_once_and_are_named_by_place() -> None:
    cut = list(chunks(list(range(700))))
    assert [chunk["name"] for chunk in cut] == [
        "comments 1-233",
        "comments 234-466",
        "comments 467-700",
    ]
    assert [i for chunk in cut for i in chunk["ids"]] == list(range(700))


def test_thread_without_comments_has_no_chunks() -> None:
    assert list(chunks([])) == []
