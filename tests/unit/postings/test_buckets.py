"""The contract's single buckets, derived from the sets."""

from __future__ import annotations

import pytest

from include.postings.roles import level_bucket, role_bucket


@pytest.mark.parametrize(
    ("roles", "bucket"),
    [
        ((), "any"),
        (("software",), "any"),
        (("backend",), "backend"),
        (("frontend", "design"), "frontend"),
        (("fullstack",), "fullstack"),
        (("backend", "frontend"), "fullstack"),
        (("backend", "fullstack"), "fullstack"),
        (("data", "ml"), "any"),
    ],
)
def test_role_bucket(roles, bucket):
    assert role_bucket(roles) == bucket


@pytest.mark.parametrize(
    ("levels", "bucket"),
    [
        ((), "any"),
        (("intern",), "entry"),
        (("entry", "senior"), "entry"),
        (("mid", "senior"), "junior_mid"),
        (("senior",), "senior_excluded"),
        (("staff", "manager"), "senior_excluded"),
    ],
)
def test_level_bucket_is_that_of_the_lowest_open_level(levels, bucket):
    assert level_bucket(levels) == bucket
