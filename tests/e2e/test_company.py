"""A company's page in a browser, and the way to it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bench.airflow_server import AirflowServer
from tests.e2e.conftest import JOINED, OWNER, needs_chromium
from tests.e2e.pages import (
    NARROW,
    WIDE,
    looked_at,
    opened,
    playwright,
    settle,
    violations,
)

pytestmark = [pytest.mark.e2e, needs_chromium]
expect = playwright.expect


def company(page: Any, server: AirflowServer, name: str) -> Any:
    page.goto(f"{server.url}/techpulse/company?company={name}")
    page.locator("#names-counted:not(:empty)").wait_for()
    settle(page)
    return page


@pytest.mark.parametrize(
    ("size", "theme"),
    [
        (NARROW, "dark"),
        pytest.param(WIDE, "light", marks=pytest.mark.slow),
        pytest.param(WIDE, "dark", marks=pytest.mark.slow),
        pytest.param(NARROW, "light", marks=pytest.mark.slow),
    ],
)
def test_page_says_what_was_joined_and_is_accessible(
    page: Any, server: AirflowServer, size: dict[str, int], theme: str
) -> None:
    looked_at(page, size, theme)
    company(page, server, JOINED)
    expect(page.locator("#names")).to_contain_text(OWNER)
    expect(page.locator("#names")).to_contain_text("companies.csv")
    expect(page.locator("#skills .bars li .whisker").first).to_be_visible()
    expect(page.locator("#skills")).to_contain_text("Fewer than 30")
    expect(page.locator("#open")).to_contain_text("None of its boards is read")
    expect(page.locator("#few-card")).to_be_hidden()
    page.locator(".correct summary").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert violations(page) == []


def test_few_postings_are_counted(page: Any, server: AirflowServer, small_company: str) -> None:
    company(page, server, small_company)
    expect(page.locator("#few")).to_contain_text("too few for shares, medians and intervals")
    for card in ("skills", "roles", "pay", "places"):
        expect(page.locator(f"#{card}-card")).to_be_hidden()
    page.locator("#volume .main-svg").first.wait_for()
    page.locator("#span").get_by_role("button", name="1 year").click()
    settle(page)
    assert "company=" in page.url
    assert "start_date=" in page.url


def test_companies_of_a_month_lead_to_their_pages(page: Any, server: AirflowServer) -> None:
    opened(page, server, "?families=all&companies=newest")
    page.locator("#companies-month").select_option("2024-06")
    expect(page.locator("#companies .note")).to_have_text(
        re.compile(r"Jun 2024: \d+ for the first time, \d+ returning\.")
    )
    first_time = page.locator("#companies .note").inner_text().split()[2]
    page.get_by_role("button", name="Show all").click()
    expect(page.locator("#companies .bars li")).to_have_count(int(first_time))
    link = page.locator("#companies .name a").first
    name = link.inner_text()
    link.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def test_unknown_company_is_offered_the_nearest(unwatched: Any, server: AirflowServer) -> None:
    page = unwatched
    answer = page.goto(f"{server.url}/techpulse/company?company=Brambel%20Ridge")
    assert answer.status == 404
    assert violations(page) == []
    page.locator(".choice a").first.click()
    expect(page.locator("#names")).to_contain_text(JOINED)
