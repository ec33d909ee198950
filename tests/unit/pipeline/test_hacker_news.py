from __future__ import annotations

import pytest

from include.errors import ConfigurationError
from include.months import Month
from include.pipeline.hacker_news import chunks, month_to_read


@pytest.mark.parametrize(
    ("partition", "param", "month"),
    [
        ("2016-03", None, "2016-03"),
        (None, "2016-04", "2016-04"),
        ("2016-03", "2016-03", "2016-03"),
    ],
)
def test_month_of_a_run(partition: str | None, param: str | None, month: str) -> None:
    assert month_to_read(partition, param) == Month.parse(month)


@pytest.mark.parametrize("nothing", [None, ""])
def test_run_that_names_no_month_reads_the_newest(nothing: str | None) -> None:
    assert month_to_read(nothing, nothing) is None


def test_partition_and_param_that_differ_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="different months"):
        month_to_read("2016-03", "2016-04")


def test_chunks_hold_every_comment_once_and_are_named_by_place() -> None:
    cut = list(chunks(list(range(250))))
    assert [chunk["name"] for chunk in cut] == [
        "comments 1-100",
        "comments 101-200",
        "comments 201-250",
    ]
    assert [i for chunk in cut for i in chunk["ids"]] == list(range(250))


def test_thread_without_comments_has_no_chunks() -> None:
    assert list(chunks([])) == []
