from __future__ import annotations

import datetime as dt

import pytest

from include.errors import ConfigurationError
from include.months import Month


@pytest.mark.parametrize("key", ["2016-03", " 2016-03 "])
def test_month_is_read_from_its_key(key: str) -> None:
    assert Month.parse(key) == Month(2016, 3)


@pytest.mark.parametrize("key", ["2016-13", "2016-00", "16-03", "2016-3", "2016-03-01", "", "x"])
def test_what_is_no_month_is_refused_with_an_example(key: str) -> None:
    with pytest.raises(ConfigurationError, match="YYYY-MM"):
        Month.parse(key)


def test_december_is_followed_by_january() -> None:
    assert Month(2015, 12).next == Month(2016, 1)
    assert Month(2015, 11).next == Month(2015, 12)


def test_january_is_preceded_by_december() -> None:
    assert Month(2016, 1).previous == Month(2015, 12)
    assert Month(2015, 12).previous == Month(2015, 11)


@pytest.mark.parametrize(
    ("month", "day"),
    [
        (Month(2026, 8), 3),  # the 1st is a Saturday
        (Month(2026, 11), 2),  # a Sunday
        (Month(2026, 9), 1),  # a Tuesday
        (Month(2023, 12), 1),  # a Friday
    ],
)
def test_first_weekday(month: Month, day: int) -> None:
    assert month.first_weekday == dt.date(month.year, month.month, day)


def test_month_of_a_moment_is_that_of_utc() -> None:
    late = dt.datetime(2016, 2, 29, 20, tzinfo=dt.timezone(dt.timedelta(hours=-5)))
    assert Month.of(late) == Month(2016, 3)
