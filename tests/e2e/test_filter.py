"""The filter of the dashboard: sent whole to every card, kept in the address, used by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bench.airflow_server import AirflowServer
from tests.e2e.conftest import needs_chromium
from tests.e2e.pages import asked, opened, playwright, settle, watched

pytestmark = [pytest.mark.e2e, needs_chromium]
expect = playwright.expect
OF_THE_WINDOW = ("insights", "pairs", "places", "companies", "postings")
BY_MONTH = ("trends", "volume", "market")
WHOLE = {
    "location": "US", "apply_from": "Germany", "unstated": "exclude", "remote": "remote,mixed",
    "roles": "backend,data", "levels": "senior,staff", "families": "engineering",
    "sources": "hacker_news,remotive", "technologies": "python", "q": "team", "state": "open",
    "seniors": "exclude", "repeats": "include", "company": "acorn water",
}  # fmt: skip


@pytest.fixture(scope="module")
def dashboard(context: Any, server: AirflowServer) -> Iterator[Any]:
    with watched(context, server) as page:
        yield opened(page, server)


@pytest.fixture
def fresh(dashboard: Any) -> Iterator[Any]:
    """The dashboard without a filter; it is reset after the test, not loaded again."""
    yield dashboard
    # Not by its button, which is disabled where a test has left no filter.
    dashboard.locator("form:has(#reset)").dispatch_event("reset")
    settle(dashboard)


def _field(page: Any, name: str) -> Any:
    return page.locator(f".multi[data-name={name}]")


def test_defaults_are_sent_to_every_card(page: Any, server: AirflowServer) -> None:
    found = asked(page, lambda: opened(page, server))
    for endpoint in (*OF_THE_WINDOW, *BY_MONTH, "movers", "salaries"):
        sent = found[endpoint]
        assert (sent["seniors"], sent["repeats"]) == ("include", "exclude"), endpoint
        assert sent["families"] == "engineering,data", endpoint
    assert all(found[endpoint]["days"] == "90" for endpoint in OF_THE_WINDOW)
    assert all("start_date" in found[endpoint] for endpoint in BY_MONTH)


def test_whole_filter_is_sent_to_every_card(page: Any, server: AirflowServer) -> None:
    query = "&".join(f"{name}={value}" for name, value in WHOLE.items())
    found = asked(page, lambda: opened(page, server, f"?{query}&days=365"))
    for endpoint in (*OF_THE_WINDOW, *BY_MONTH, "movers", "salaries"):
        expected = {**WHOLE, **({"state": "open"})}
        assert {name: found[endpoint].get(name) for name in WHOLE} == expected, endpoint
    chips = page.locator("#active .chip").all_text_contents()
    assert len(chips) == len(WHOLE)


def test_every_card_counts_the_same(page: Any, server: AirflowServer) -> None:
    opened(page, server, "?roles=backend&days=365&months=12")
    lines: dict[str, str] = {
        card: page.locator(f"#{card}-counted").inner_text()
        for card in ("skills", "pairs", "places", "companies", "postings")
    }
    assert len(set(lines.values())) == 1, lines
    assert page.locator("#population").inner_text() == lines["skills"]
    assert " jobs in " in lines["skills"]
    assert lines["skills"].endswith("seniors in, repeats out")
    by_month = {
        card: page.locator(f"#{card}-counted").inner_text()
        for card in ("trends", "volume", "roles", "ways", "levels")
    }
    assert len(set(by_month.values())) == 1, by_month


def test_filter_is_kept_in_the_address(page: Any, server: AirflowServer) -> None:
    opened(page, server)
    page.get_by_label("Place", exact=True).fill("Berlin")
    page.get_by_label("Posted within").select_option("365")
    expect(page.locator("#active")).to_contain_text("Berlin")
    query = parse_qs(urlsplit(page.url).query)
    assert (query["location"], query["days"]) == (["Berlin"], ["365"])
    settle(page)
    counted = page.locator("#population").inner_text()
    opened(page, server, f"?{urlsplit(page.url).query}")
    expect(page.locator("#population")).to_have_text(counted)
    page.get_by_role("button", name="Reset").click()
    expect(page.get_by_label("Place", exact=True)).to_have_value("")
    assert urlsplit(page.url).query == ""


def test_all_families_are_kept_in_the_address(fresh: Any) -> None:
    _field(fresh, "families").locator("summary").click()

    def empty() -> None:
        for family in ("Engineering", "Data"):
            _field(fresh, "families").get_by_label(family, exact=True).uncheck()
        expect(fresh.locator("#active")).to_contain_text("family all")

    assert "families" not in asked(fresh, empty)["insights"]
    assert parse_qs(urlsplit(fresh.url).query)["families"] == ["all"]


def test_addresses_of_the_former_page_still_filter(page: Any, server: AirflowServer) -> None:
    opened(page, server, "?role=backend&source=remotive&naming=python&location=US")
    text = " ".join(page.locator("#active").all_text_contents())
    assert all(word in text for word in ("Backend", "Remotive", "Python", "US"))


def test_field_of_many_values_is_used_by_keyboard(fresh: Any) -> None:
    field = _field(fresh, "roles")
    field.locator("summary").focus()
    fresh.keyboard.press("Enter")
    fresh.keyboard.press("ArrowDown")
    fresh.keyboard.press("Space")
    fresh.keyboard.press("ArrowDown")
    fresh.keyboard.press("Space")
    expect(field.locator(".value")).to_have_text("Backend, Frontend")
    fresh.keyboard.press("Escape")
    expect(field.locator("fieldset")).to_be_hidden()
    assert fresh.evaluate("document.activeElement.tagName") == "SUMMARY"
    assert parse_qs(urlsplit(fresh.url).query)["roles"] == ["backend,frontend"]
    fresh.get_by_role("button", name="Remove role: Backend, Frontend").focus()
    fresh.keyboard.press("Enter")
    expect(fresh.locator("#active .chip")).to_have_count(0)


def test_technologies_are_added_by_name(fresh: Any) -> None:
    fresh.get_by_role("button", name="More filters").click()
    for name in ("python", "PostgreSQL"):
        fresh.get_by_label("Technologies, all named").fill(name)
        fresh.get_by_label("Technologies, all named").press("Enter")
    expect(fresh.locator("#active")).to_contain_text("Python, PostgreSQL")
    assert parse_qs(urlsplit(fresh.url).query)["technologies"] == ["python,postgresql"]


def test_places_are_suggested(page: Any, server: AirflowServer) -> None:
    opened(page, server)
    place = page.get_by_label("Place", exact=True)
    place.press_sequentially("germ")
    page.locator("#place-names option[value=Germany]").wait_for(state="attached")


def test_window_of_months_replaces_days(fresh: Any) -> None:
    fresh.get_by_label("Posted within").select_option("")
    found = asked(fresh, lambda: _months(fresh, "2024-03", "2024-08"))
    for endpoint in (*OF_THE_WINDOW, *BY_MONTH):
        sent = found[endpoint]
        assert (sent["start_date"], sent["end_date"]) == ("2024-03", "2024-08"), endpoint
        assert "days" not in sent
    expect(fresh.locator("#population")).to_contain_text("Mar 2024 to Aug 2024")


def _months(page: Any, first: str, last: str) -> None:
    for label, month in (("From month", first), ("To month", last)):
        page.get_by_label(label).fill(month)
        page.get_by_label(label).dispatch_event("change")
    settle(page)


def test_too_little_offers_the_nearest_filter_that_has_enough(
    page: Any, server: AirflowServer, small_company: str
) -> None:
    opened(page, server, f"?company={small_company}&days=30")
    card = page.locator("#skills")
    expect(card).to_contain_text("Too little to say")
    before = page.locator("#population").inner_text()
    card.locator(".state button").click()
    page.locator("#skills .bars li").first.wait_for()
    assert page.locator("#population").inner_text() != before


def test_row_of_a_card_filters_the_page(page: Any, server: AirflowServer) -> None:
    opened(page, server, "?days=365")
    before = page.locator("#population").inner_text()
    page.locator("#places .bars button").first.click()
    settle(page)
    page.locator("#places-path").get_by_role("button", name="Filter by").click()
    expect(page.locator("#active .chip")).to_have_count(1)
    expect(page.locator("#population")).not_to_have_text(before)
