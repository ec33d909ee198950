"""A posting's page in a browser: safe, read without a mouse, on every screen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bench.airflow_server import AirflowServer
from tests.e2e.conftest import needs_chromium
from tests.e2e.pages import (
    NARROW,
    WIDE,
    looked_at,
    opened,
    playwright,
    settle,
    violations,
    watched,
)

pytestmark = [pytest.mark.e2e, needs_chromium]
expect = playwright.expect


@pytest.fixture(scope="module")
def shown(context: Any, server: AirflowServer, rich_posting: str) -> Iterator[Any]:
    """The page, opened once: no script of the posting ran, nothing was asked for elsewhere."""
    with watched(context, server) as page:
        page.goto(f"{server.url}/techpulse/posting?id={rich_posting}")
        page.locator(".answers").wait_for()
        settle(page)
        yield page


def test_text_keeps_its_structure_and_nothing_hostile(shown: Any) -> None:
    text = shown.locator(".posting-text")
    expect(text.locator("h3")).to_have_text("What you will do")
    expect(text.locator("li li")).to_have_text("Terraform for clusters")
    expect(text.locator("strong")).to_have_text("Go")
    expect(text).not_to_contain_text("kim@")
    (link,) = text.locator("a").all()
    assert link.get_attribute("href") == "https://fernglow.example/jobs/12"
    assert (link.get_attribute("rel"), link.get_attribute("target")) == (
        "noopener nofollow",
        "_blank",
    )
    tags = text.evaluate("e => [...new Set([...e.querySelectorAll('*')].map(x => x.tagName))]")
    assert set(tags) <= {"H3", "UL", "LI", "P", "STRONG", "A", "MARK"}


def test_words_of_an_answer_are_marked_and_reached_by_keyboard(shown: Any) -> None:
    chip = shown.locator(".answer", has_text="Terraform")
    chip.focus()
    words = shown.locator(".posting-text mark.on")
    expect(words).to_have_text("Terraform")
    shown.keyboard.press("Enter")
    expect(words).to_be_focused()
    shown.keyboard.press("Escape")
    expect(chip).to_be_focused()
    shown.locator(".answer", has_text="Hybrid").hover()
    expect(words).to_have_text("Hybrid")


def test_posting_leads_to_its_source_its_company_and_its_repetitions(shown: Any) -> None:
    expect(shown).to_have_title(re.compile("^Senior Backend Engineer"))
    source = shown.get_by_role("link", name="Read and apply at Remotive")
    expect(source).to_have_attribute("href", re.compile("^https://remotive.com/remote-jobs/"))
    expect(shown.locator("#facts a")).to_have_attribute(
        "href", re.compile("^company\\?company=fernglow", re.IGNORECASE)
    )
    expect(shown.locator("#same li")).to_have_count(3)
    expect(shown.locator("#same [aria-current]")).to_contain_text("counts for the job")
    expect(shown.locator("#history del")).to_have_text("Remote")
    expect(shown.locator("#history ins")).to_have_text("Hybrid")
    expect(shown.locator("#jobs tbody tr")).not_to_have_count(0)
    expect(shown.locator("#sources-named")).to_contain_text("Remotive")


def test_report_names_the_posting_and_the_words(shown: Any, rich_posting: str) -> None:
    shown.evaluate("document.getElementById('main').dataset.repository = 'https://code.example/x'")
    shown.get_by_label("What is wrong?").select_option("skills")
    text = shown.get_by_label("Report", exact=True).input_value()
    assert rich_posting in text
    assert "- skills: Terraform, from “Terraform”" in text
    assert "kim@" not in text
    address = urlsplit(shown.locator("#report a").get_attribute("href"))
    filled = parse_qs(address.query)
    assert address.path == "/x/issues/new"
    assert (filled["posting"], filled["field"]) == ([rich_posting], ["skills"])
    assert filled["template"] == ["wrong-reading.yml"]


def test_list_leads_to_a_posting_and_back(page: Any, server: AirflowServer) -> None:
    opened(page, server, "?sources=remotive&days=365")
    title = page.locator("#postings a.posting-title").nth(2)
    words = title.inner_text()
    title.click()
    expect(page.locator("#posting-title")).to_have_text(words)
    page.locator(".posting-text").wait_for()
    page.locator("#back").click()
    expect(page.locator("#active")).to_contain_text("Remotive")


@pytest.mark.parametrize(
    ("size", "theme"),
    [
        (WIDE, "light"),
        (NARROW, "dark"),
        pytest.param(WIDE, "dark", marks=pytest.mark.slow),
        pytest.param(NARROW, "light", marks=pytest.mark.slow),
    ],
)
def test_page_fits_and_breaks_no_rule_of_accessibility(
    page: Any, server: AirflowServer, rich_posting: str, size: dict[str, int], theme: str
) -> None:
    looked_at(page, size, theme)
    page.goto(f"{server.url}/techpulse/posting?id={rich_posting}")
    page.locator(".answer", has_text="Terraform").focus()
    settle(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert violations(page) == []
