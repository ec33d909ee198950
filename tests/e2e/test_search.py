"""Searches in the dashboard: found at once, applied when they are whole, marked in the postings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bench.airflow_server import AirflowServer
from tests.e2e.conftest import needs_chromium
from tests.e2e.pages import asked, new_page, opened, playwright, settle

pytestmark = [pytest.mark.e2e, needs_chromium]
expect = playwright.expect
_TIMEOUT_MS = 20_000
"""A search is checked before it is applied: two answers of a server that may be busy."""


@pytest.fixture(scope="module")
def searching(context: Any, server: AirflowServer) -> Iterator[Any]:
    """The dashboard; not watched, since a search that is none answers 400."""
    with new_page(context) as page:
        yield opened(page, server, "?days=365")


def test_example_of_the_help_is_searched_for_in_every_card(searching: Any) -> None:
    searching.get_by_text("How to search").click()

    def choose() -> None:
        searching.get_by_role("button", name="data engineer", exact=True).click()
        expect(searching.locator("#active")).to_contain_text(
            "search data engineer", timeout=_TIMEOUT_MS
        )
        settle(searching)

    found = asked(searching, choose)
    for endpoint in ("insights", "volume", "trends", "market", "salaries", "pairs", "movers"):
        assert found[endpoint]["q"] == "data engineer", endpoint
    expect(searching.locator("#q-help .panel")).to_be_hidden()


def test_words_are_marked_and_the_best_matches_come_first_on_request(searching: Any) -> None:
    field = searching.get_by_label("Search postings")
    field.fill("title:engineer")
    field.press("Enter")
    expect(searching.locator("#postings mark").first).to_have_text("Engineer", timeout=_TIMEOUT_MS)
    settle(searching)
    best = searching.get_by_role("button", name="Best match")

    def choose() -> None:
        best.click()
        settle(searching)

    assert asked(searching, choose)["postings"]["order"] == "relevance"
    assert parse_qs(urlsplit(searching.url).query)["order"] == ["relevance"]
    searching.get_by_role("button", name="Remove search: title:engineer").click()
    expect(best).to_be_hidden(timeout=_TIMEOUT_MS)
    expect(searching.locator("#postings mark")).to_have_count(0, timeout=_TIMEOUT_MS)


def test_what_is_no_search_is_said_with_its_place_and_asked_of_no_card(searching: Any) -> None:
    settle(searching)
    before = searching.locator("#population").inner_text()
    problem = searching.locator("#q-problem")

    def type_half() -> None:
        searching.get_by_label("Search postings").fill('title:"data engin')
        expect(problem).to_contain_text(
            "Character 7: this quotation mark is not closed", timeout=_TIMEOUT_MS
        )

    assert {*asked(searching, type_half)} == {"postings"}
    assert searching.locator("#population").inner_text() == before
    assert searching.locator("#active .chip").count() == 0
    searching.get_by_label("Search postings").fill("")
    expect(problem).to_be_hidden()
