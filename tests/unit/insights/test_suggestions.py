"""Names that begin with what someone types: each finds exactly what it names."""

from __future__ import annotations

from datetime import date

import pytest

from include.insights.filters import JobFilter
from include.insights.store import Snapshot
from include.insights.suggestions import SuggestionKind, suggestions

_TODAY = date(2026, 1, 1)


def _names(snapshot: Snapshot, kind: SuggestionKind, text: str) -> list[str]:
    return [row.name for row in suggestions(snapshot, kind, text, 8).data]


@pytest.mark.parametrize("text", ["", "d", "san", "Ber", "united"])
def test_place_finds_as_many_postings_as_it_says(snapshot: Snapshot, text: str) -> None:
    rows = suggestions(snapshot, "place", text, 8).data
    assert rows
    sizes = [row.postings for row in rows]
    assert sizes == sorted(sizes, reverse=True)
    index = snapshot.index
    for row in rows:
        found = index.select(JobFilter(row.name, repeats=True, by_posting=True), _TODAY)
        assert index.fold(found).bit_count() == row.postings, row.name


def test_place_is_found_without_case_and_accents(snapshot: Snapshot) -> None:
    assert "Dallas" in _names(snapshot, "place", "dALL")
    assert _names(snapshot, "place", "zzz") == []


def test_place_is_found_by_its_other_names(snapshot: Snapshot) -> None:
    rows = suggestions(snapshot, "place", "united st", 8).data
    assert ("US", "United States") in [(row.name, row.spelling) for row in rows]


def test_company_is_found_by_each_of_its_words(snapshot: Snapshot) -> None:
    company = snapshot.index.companies.all[0].name
    for word in company.split():
        rows = suggestions(snapshot, "company", word, 25).data
        assert company in [row.name for row in rows]
        assert all(row.postings for row in rows)


def test_no_company_is_suggested_before_a_letter_is_typed(snapshot: Snapshot) -> None:
    assert _names(snapshot, "company", " ") == []
