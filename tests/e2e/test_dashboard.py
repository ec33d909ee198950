"""The page inside the Airflow UI, in a browser: opened, looked at, read without a mouse."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bench.airflow_server import AirflowServer
from include.web.methods import METHODS
from tests.e2e.conftest import needs_chromium
from tests.e2e.pages import (
    NARROW,
    WIDE,
    asked,
    looked_at,
    opened,
    playwright,
    settle,
    violations,
)

pytestmark = [pytest.mark.e2e, needs_chromium]
expect = playwright.expect
CHARTS = ("trends", "volume", "pay", "companies")
BARS = ("skills", "roles", "ways", "levels", "places", "companies", "pairs", "match")


def in_airflow(page: Any, server: AirflowServer) -> Any:
    """Open Airflow's own page, then TechPulse from its menu; return the frame."""
    page.goto(server.url)
    page.get_by_role("link", name="TechPulse").or_(
        page.get_by_role("button", name="TechPulse")
    ).first.click()
    frame = page.frame_locator("iframe[title='TechPulse']")
    frame.locator("#skills .bars li").first.wait_for()
    return frame


def test_opened_from_airflows_menu_and_filtered(unwatched: Any, server: AirflowServer) -> None:
    page, frame = unwatched, in_airflow(unwatched, server)
    before = frame.locator("#population").inner_text()
    frame.locator(".multi[data-name=roles] summary").click()
    frame.get_by_label("Backend", exact=True).check()
    expect(frame.locator("#active")).to_contain_text("Backend")
    expect(frame.locator("#population")).not_to_have_text(before)
    assert parse_qs(urlsplit(page.url).query)["roles"] == ["backend"]
    page.reload()
    frame = page.frame_locator("iframe[title='TechPulse']")
    expect(frame.locator("#active")).to_contain_text("Backend")
    for theme in ("dark", "light"):  # as Airflow's own page switches it
        page.evaluate(
            "name => { const c = document.documentElement.classList;"
            " c.remove('dark', 'light'); c.add(name); }",
            theme,
        )
        expect(frame.locator("html")).to_have_attribute("data-theme", theme)


def test_link_to_a_posting_opens_beside_airflow(
    context: Any, unwatched: Any, server: AirflowServer
) -> None:
    frame = in_airflow(unwatched, server)
    link = frame.locator("#postings .via a").first
    target = link.get_attribute("href")
    with (
        context.expect_page() as opened_page,
        context.expect_event("request", lambda request: request.url == target),
    ):
        link.click()
    assert "/plugin/techpulse" in unwatched.url
    opened_page.value.close()


def test_every_card_is_filled(look: Any) -> None:
    for chart in CHARTS:
        look.locator(f"#{chart} .main-svg").first.wait_for()
    for card in BARS:
        assert look.locator(f"#{card} .bars li").count() > 1, card
    for part in ("#postings li", "#freshness li", ".tile"):
        assert look.locator(part).count() > 2, part
    expect(look.locator("#open")).to_contain_text(re.compile("Days open|No job of a company"))


def test_every_card_says_what_it_counts_and_how(look: Any) -> None:
    for card in METHODS:
        assert look.locator(f"#{card}-counted").inner_text(), card
        button = look.locator(f"#{card}-card").get_by_role("button", name="How it is counted")
        panel = look.locator(f"#{card}-how")
        button.click()
        expect(panel).to_contain_text("Counts.")
        expect(button).to_have_attribute("aria-expanded", "true")
        button.click()
        expect(panel).to_be_hidden()


def test_interval_stands_beside_the_figure(look: Any) -> None:
    for card in ("skills", "roles", "ways", "levels", "places", "match"):
        first = look.locator(f"#{card} .bars li").first
        assert re.search(r"\d to \d+.* %", first.locator(".range").inner_text()), card
        assert first.locator(".whisker").count() == 1
    ranges = look.locator(".tile-range").all_text_contents()
    assert sum("95 %" in text for text in ranges) >= 2, ranges


def test_every_source_is_named_in_the_footer(look: Any) -> None:
    links = look.locator("#sources-named a")
    assert {"Hacker News", "Remotive", "TheirStack"} <= set(links.all_text_contents())
    look.locator("#sources-named a[href='https://remotive.com/']").wait_for()
    # Its own terms are linked, too.
    look.locator("#sources-named a[href='https://remotive.com/api-documentation']").wait_for()
    expect(look.locator("#sources-named")).to_contain_text("Not to be passed on, by its terms:")


def test_age_of_the_newest_posting_is_said(look: Any) -> None:
    # The postings end years before today, however fresh the loads are.
    expect(look.locator("#freshness-pill")).to_have_text(
        re.compile(r"Newest posting \d+ months old")
    )
    expect(look.locator("#freshness-pill")).to_have_class(re.compile("warn"))


def test_markup_in_every_field_stays_text(page: Any, server: AirflowServer) -> None:
    opened(page, server)
    expect(page.locator("#postings")).to_contain_text("<script>window.hacked=1</script>")
    assert page.locator("#main img").count() == 0
    assert page.locator("a[href^='javascript:']").count() == 0
    page.locator("#technology").fill("hostile")
    page.locator("#technology").press("Enter")
    expect(page.locator("#chosen")).to_contain_text("onerror")
    page.locator("#trends .main-svg").first.wait_for()


def test_hostile_address_is_text(page: Any, server: AirflowServer) -> None:
    opened(
        page,
        server,
        "?location=%22%3E%3Csvg%20onload%3Dwindow.hacked%3D2%3E&days=30&tech=%3Cscript%3E"
        "&within=%3Cimg%20src%3Dx%3E&currency=%3Cb%3E&pay=%3Cb%3E&movers=x&with=%22",
    )
    expect(page.locator("#skills")).to_contain_text("Too little")


def test_skill_is_followed_into_the_trends_by_keyboard(page: Any, server: AirflowServer) -> None:
    opened(page, server)
    name = page.locator("#skills .bars li button").nth(8)
    text = name.inner_text()
    name.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#chosen")).to_contain_text(text)
    assert "tech=" in page.url
    page.get_by_role("button", name=f"Remove {text}").focus()
    page.keyboard.press("Space")
    expect(page.locator("#chosen")).not_to_contain_text(text)


def test_fields_are_reached_by_tab(look: Any) -> None:
    look.locator(".skip").focus()
    reached = ["skip"]
    for _ in range(12):
        look.keyboard.press("Tab")
        reached.append(
            look.evaluate(
                "(e => e.id || e.parentElement.dataset.name || e.className)(document.activeElement)"
            )
        )
    wanted = ["skip", "location", "days", "remote", "roles", "levels", "families", "open-more"]
    assert [name for name in reached if name in wanted] == wanted


def test_views_of_a_card_are_kept_in_the_address(page: Any, server: AirflowServer) -> None:
    opened(page, server)
    card = page.locator("#roles-card")
    card.get_by_role("button", name="Over time").click()
    card.locator(".main-svg").first.wait_for()
    card.get_by_role("button", name="Table").click()
    expect(card.locator("thead")).to_contain_text("share of 3 months")
    assert parse_qs(urlsplit(page.url).query)["roles_view"] == ["lines"]
    card.get_by_role("button", name="Table").click()
    card.locator(".main-svg").first.wait_for()
    for by in ("role", "level", "country"):
        page.locator(f"#pay-by button[value={by}]").click()
        page.locator("#pay .ranges li").first.wait_for()
    assert parse_qs(urlsplit(page.url).query)["pay"] == ["country"]


def test_link_to_a_card_leads_to_it(page: Any, server: AirflowServer) -> None:
    opened(page, server, "?roles=backend#places-card")
    expect(page.locator("#places-card")).to_be_in_viewport()
    page.locator("#pay-card").get_by_role("link", name="Link to this card").click()
    assert page.url.endswith("?roles=backend#pay-card")


def test_my_skills_stay_in_the_fragment(page: Any, server: AirflowServer) -> None:
    found = asked(page, lambda: opened(page, server, "?days=365"))
    assert "match" not in found
    page.locator("#skill-text").evaluate("e => e.closest('details').open = true")
    page.locator("#skill-text").fill("Five years of Python and React; k8s, C++.")
    page.locator("#read-skills").click()
    names = ["Python", "React", "Kubernetes", "C++"]
    shown = page.locator("#my-skills li > span")
    expect(shown).to_have_text(names)
    expect(page.locator("#skill-text")).to_have_value("")
    page.get_by_role("button", name="Remove C++ from my skills").click()
    page.locator("#skill").fill("docker")
    found = asked(page, lambda: (page.locator("#skill").press("Enter"), settle(page)))
    assert found.keys() == {"match"}
    assert found["match"]["skills"] == "python,react,kubernetes,docker"
    assert urlsplit(page.url).query == "days=365"
    assert urlsplit(page.url).fragment == "skills=python,react,kubernetes,docker"
    page.locator("#pay-card").get_by_role("link", name="Link to this card").click()
    expect(page).to_have_url(re.compile("#pay-card&skills=python,react,kubernetes,docker$"))
    page.reload()
    expect(shown.last).to_have_text("Docker")
    missing = page.locator("#match .tag.missing").first
    page.locator("#match .bars").first.get_by_role("button", name="All but one").click()
    expect(page.locator("#match h4", has_text="all but one")).to_be_visible()
    expect(missing).to_contain_text("missing: ")
    link = page.locator("#match a.posting-title").first.get_attribute("href")
    assert re.fullmatch("posting[?]id=[0-9a-f]{32}", link)
    page.locator("#forget-skills").click()
    expect(page.locator("#match")).to_contain_text("What can you do?")
    assert urlsplit(page.url).fragment == "pay-card"


def test_remotive_is_named_and_linked(page: Any, server: AirflowServer) -> None:
    opened(page, server, "?sources=remotive&days=365")
    expect(page.locator("#postings .via a").first).to_have_text("Remotive")
    at_source = page.locator("#postings .via a").first
    expect(at_source).to_have_attribute("href", re.compile("^https://remotive.com/remote-jobs/"))
    first = page.locator("#postings .postings > li").count()
    page.get_by_role("button", name="Show more", exact=True).click()
    expect(page.locator("#postings .postings > li")).to_have_count(2 * first)


@pytest.mark.parametrize(("status", "words"), [(401, "session has expired"), (500, "answered 500")])
def test_failure_is_said_and_can_be_tried_again(
    unwatched: Any, server: AirflowServer, status: int, words: str
) -> None:
    page = unwatched
    pattern = re.compile(r".*/api/v1/.*")
    page.route(pattern, lambda route: route.fulfill(status=status, body="no"))
    page.goto(f"{server.url}/techpulse/dashboard#skills=python")
    for card in METHODS:
        expect(page.locator(f"#{card}"), card).to_contain_text("could not be loaded")
    expect(page.locator("#skills")).to_contain_text(words)
    page.unroute(pattern)
    page.locator("#skills").get_by_role("button", name="Try again").click()
    page.locator("#skills .bars li").first.wait_for()


def test_before_the_first_publish_the_page_says_what_to_do(
    unwatched: Any, server: AirflowServer
) -> None:
    page = unwatched
    pattern = re.compile(r".*/api/v1/.*")
    page.route(pattern, lambda route: route.fulfill(status=503, body="no"))
    page.goto(f"{server.url}/techpulse/dashboard")
    expect(page.get_by_role("alert").filter(visible=True)).to_contain_text("Run the DAG")
    expect(page.locator("#skills-card")).to_be_hidden()
    page.unroute(pattern)
    page.get_by_role("button", name="Reload").click()
    page.locator("#skills .bars li").first.wait_for()


@pytest.mark.parametrize(
    ("theme", "screen"),
    [
        ("light", NARROW),
        ("dark", WIDE),
        pytest.param("light", WIDE, marks=pytest.mark.slow),
        pytest.param("dark", NARROW, marks=pytest.mark.slow),
    ],
    ids=["light-narrow", "dark-wide", "light-wide", "dark-narrow"],
)
def test_page_fits_every_screen_and_breaks_no_rule_of_accessibility(
    page: Any, server: AirflowServer, theme: str, screen: dict[str, int]
) -> None:
    looked_at(page, WIDE, theme)
    opened(page, server, "#skills=python,react")
    expect(page.locator("html")).to_have_attribute("data-theme", theme)
    page.get_by_role("button", name="More filters").click()
    page.locator(".paste summary").click()
    for size in (WIDE, {"width": 1920, "height": 1080}, {"width": 768, "height": 900}, NARROW):
        page.set_viewport_size(size)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], size
    page.get_by_role("button", name="Filters", exact=True).click()
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    page.set_viewport_size(screen)
    page.locator("#pay-card").get_by_role("button", name="Table").click()
    page.locator("#skills-card").get_by_role("button", name="How it is counted").click()
    assert violations(page) == []


@pytest.mark.parametrize(("name", "text"), [("methods", "Wilson"), ("operators", "adds up")])
def test_other_pages_are_filled_and_accessible(
    page: Any, server: AirflowServer, name: str, text: str
) -> None:
    page.goto(f"{server.url}/techpulse/{name}")
    expect(page.locator("main")).to_contain_text(text)
    expect(page.locator("#sources-named")).to_contain_text("Remotive")
    assert violations(page) == []


def test_without_login_there_is_health_and_nothing_else(server: AirflowServer) -> None:
    import requests

    assert requests.get(f"{server.url}/techpulse/health", timeout=10).json() == {
        "status": "ok",
        "system": "TechPulse",
    }
    paths = ("dashboard", "company", "methods", "operators", "api/v1/insights", "static/icon.svg")
    for path in (*paths, "api/v1/openapi.json"):
        answer = requests.get(f"{server.url}/techpulse/{path}", timeout=10, allow_redirects=False)
        assert answer.status_code == 401, path
