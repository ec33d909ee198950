"""How places are compared."""

from __future__ import annotations

import pytest

from include.serving.places import place_forms, place_text, places_asked


def matches(asked: str, location: str | None, country: str | None = None) -> bool:
    text = place_text(location, [], country)
    return any(form in text for form in place_forms(asked))


@pytest.mark.parametrize(
    ("asked", "location"),
    [
        ("Dallas, TX", "Dallas, Texas"),
        ("dallas", "Dallas, TX"),
        ("Dallas, Texas", "ONSITE | Dallas TX | Full-time"),
        ("Texas", "Austin, TX"),
        ("US", "Austin, USA"),
        ("United States", "Remote US"),
        ("UK", "London, United Kingdom"),
        ("New York", "New York City"),
        ("New York", "NYC / New York, NY"),
        ("San Francisco", "San Francisco (SOMA) or remote"),
        ("Zürich", "ZÜRICH, Switzerland"),
        ("東京", "東京"),
    ],
)
def test_same_place_is_found(asked: str, location: str) -> None:
    assert matches(asked, location)


@pytest.mark.parametrize(
    ("asked", "location"),
    [
        ("US", "Austin"),
        ("OR", "Remote or Berlin"),
        ("IN", "Work in Berlin"),
        ("CA", "Toronto, Canada"),
        ("India", "Indianapolis, IN"),
        ("York", "Yorkshire"),
        ("!!!", "Berlin"),
        ("Berlin", None),
    ],
)
def test_other_place_is_not(asked: str, location: str | None) -> None:
    assert not matches(asked, location)


def test_country_is_found_by_its_name_though_the_text_has_none() -> None:
    assert matches("Germany", "Berlin", "DE")
    assert not matches("Germany", "Berlin", "FR")


def test_posting_is_one_line_whatever_its_location() -> None:
    assert "\n" not in place_text("Berlin\nParis\r\nRome", ["a\nb"], "DE")


@pytest.mark.parametrize(
    ("text", "place_ids", "words"),
    [
        ("Europe", {"europe"}, ""),
        ("us", {"US"}, ""),
        ("Paris, TX", {"4717560"}, ""),
        ("London, ON", {"6058560"}, ""),
        ("Georgia", {"US-GA", "GE"}, ""),
        ("smallville, KS", {"US-KS"}, "Smallville"),
        ("Smallville", set(), "Smallville"),
        ("No Such Place in Berlin", set(), "No Such Place in Berlin"),
    ],
)
def test_what_a_search_for_a_place_means(text: str, place_ids: set[str], words: str) -> None:
    asked = places_asked(text)
    assert (asked.place_ids, asked.words) == (place_ids, words)
