"""What counts as a difference between two readings."""

from __future__ import annotations

from typing import Any

import pytest

from bench.reread import Difference, compare, how

POSTS = [
    {"id": 1, "month": "2012-03"},
    {"id": 2, "month": "2012-03"},
    {"id": 3, "month": "2026-01"},
]


def answer(**fields: Any) -> dict[str, Any]:
    return {"id": 0, "is_job": True, "roles": [], "remote": "unspecified", **fields}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (["qa", "data"], ["data", "qa"], None),
        ("unspecified", "remote", "added"),
        (["qa"], ["data", "qa"], "added"),
        ({"min": 1}, None, "removed"),
        (True, False, "removed"),
        ("remote", "hybrid", "other"),
        (["qa"], ["data"], "other"),
        ([{"title": "Baker"}], [{"title": "Baker"}, {"title": "Miller"}], "added"),
    ],
)
def test_an_answer_holds_more_or_less_or_something_else(
    old: Any, new: Any, expected: str | None
) -> None:
    assert how(old, new) == expected


def test_fields_are_compared_where_both_read_a_job() -> None:
    old = [answer(roles=["qa"]), answer(is_job=False), answer(gone=1)]
    new = [answer(roles=[]), answer(roles=["data"]), answer(remote="remote")]
    compared = compare(POSTS, old, new)
    assert compared.found == [
        Difference("roles", 1, "2011-13", "removed", ["qa"], []),
        Difference("is_job", 2, "2011-13", "added", False, True),
        Difference("remote", 3, "2023-26", "added", "unspecified", "remote"),
    ]
    assert compared.as_table().splitlines()[2:] == [
        "| roles | 100.0 | 0.0 | 0.0 | 0.0 | 0.0 | 50.0 | 0.0 | 50.0 | 0.0 |",
        "| is_job | 50.0 | 0.0 | 0.0 | 0.0 | 0.0 | 33.3 | 33.3 | 0.0 | 0.0 |",
        "| remote | 0.0 | 0.0 | 0.0 | 0.0 | 100.0 | 50.0 | 50.0 | 0.0 | 0.0 |",
    ]


def test_two_checkouts_that_answer_for_other_posts_are_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        compare(POSTS, [answer()] * 3, [answer()] * 2)
