"""The page inside the Airflow UI, in a browser: opened, filtered, read without a mouse."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bench.airflow_server import AirflowServer
from tests.e2e.conftest import CHROMIUM

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"),
]
expect = playwright.expect
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Any, server: AirflowServer) -> Iterator[Any]:
    context = browser.new_context(viewport=WIDE, accept_downloads=True)
    context.add_cookies([{"name": "_token", "value": server.token, "url": server.url}])
    context.set_default_timeout(20_000)
    yield context
    context.close()


@pytest.fixture
def page(context: Any, server: AirflowServer) -> Iterator[Any]:
    """The page by itself; fails the test for an error, a violation or a request to elsewhere."""
    troubles: list[str] = []
    page = context.new_page()
    page.on("console", lambda m: troubles.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((server.url, "blob:", "data:"))
            else troubles.append(f"asked for {request.url}")
        ),
    )
    page.goto(f"{server.url}/techpulse/dashboard")
    page.locator("#skills .bars li").first.wait_for()
    yield page
    assert troubles == []
    assert page.evaluate("window.hacked") is None


def in_airflow(context: Any, server: AirflowServer) -> tuple[Any, Any]:
    """Open Airflow's own page, then TechPulse from its menu; return the page and the frame."""
    page = context.new_page()
    page.goto(server.url)
    page.get_by_role("link", name="TechPulse").or_(
        page.get_by_role("button", name="TechPulse")
    ).first.click()
    frame = page.frame_locator("iframe[title='TechPulse']")
    frame.locator("#skills .bars li").first.wait_for()
    return page, frame


def test_opened_from_airflows_menu_and_filtered(context: Any, server: AirflowServer) -> None:
    page, frame = in_airflow(context, server)
    before = frame.locator("#skills-scope").inner_text()
    frame.get_by_label("Role", exact=True).select_option("backend")
    expect(frame.locator("#tiles")).to_contain_text("Backend Software Engineer")
    assert frame.locator("#skills-scope").inner_text() != before
    assert parse_qs(urlsplit(page.url).query)["role"] == ["backend"]
    page.reload()
    frame = page.frame_locator("iframe[title='TechPulse']")
    expect(frame.locator("#tiles")).to_contain_text("Backend Software Engineer")
    expect(frame.get_by_label("Role", exact=True)).to_have_value("backend")


def test_link_to_a_posting_opens_beside_airflow(context: Any, server: AirflowServer) -> None:
    page, frame = in_airflow(context, server)
    link = frame.locator("#postings a.posting-title").first
    target = link.get_attribute("href")
    with (
        context.expect_page(),
        context.expect_event("request", lambda request: request.url == target),
    ):
        link.click()
    assert "/plugin/techpulse" in page.url


def test_theme_follows_airflows(context: Any, server: AirflowServer) -> None:
    page, frame = in_airflow(context, server)
    for theme in ("dark", "light"):
        page.evaluate(
            "name => { const c = document.documentElement.classList;"
            " c.remove('dark', 'light'); c.add(name); }",
            theme,
        )
        expect(frame.locator("html")).to_have_attribute("data-theme", theme)


def test_theme_follows_the_system_without_airflow(browser: Any, server: AirflowServer) -> None:
    context = browser.new_context(color_scheme="dark")
    context.add_cookies([{"name": "_token", "value": server.token, "url": server.url}])
    page = context.new_page()
    page.goto(f"{server.url}/techpulse/dashboard")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    context.close()


def test_every_part_is_filled(page: Any) -> None:
    for chart in ("trends", "remote", "roles", "salaries"):
        page.locator(f"#{chart} .main-svg").first.wait_for()
    for part in ("#movers li", "#pairs li", "#postings li", "#freshness tbody tr", ".tile"):
        assert page.locator(part).count() > 2, part


def test_markup_in_every_field_stays_text(page: Any) -> None:
    expect(page.locator("#postings")).to_contain_text("<script>window.hacked=1</script>")
    assert page.locator("#main img").count() == 0
    assert page.locator("a[href^='javascript:']").count() == 0
    page.locator("#technology").fill("hostile")
    page.locator("#technology").press("Enter")
    expect(page.locator("#chosen")).to_contain_text("onerror")
    page.locator("#trends .main-svg").first.wait_for()
    assert page.evaluate("window.hacked") is None


def test_hostile_address_is_text(context: Any, server: AirflowServer, page: Any) -> None:
    page.goto(
        f"{server.url}/techpulse/dashboard?location=%22%3E%3Csvg%20onload%3Dwindow.hacked%3D2%3E"
        "&days=30&role=any&tech=%3Cscript%3E"
    )
    expect(page.locator("#skills")).to_contain_text("No posting matches")


def test_filters_are_kept_in_the_address(page: Any) -> None:
    page.get_by_label("Location").fill("Berlin")
    page.get_by_label("Window", exact=True).select_option("365")
    expect(page.locator("#skills-scope")).to_contain_text("in Berlin from the last 365 days")
    query = parse_qs(urlsplit(page.url).query)
    assert (query["location"], query["days"]) == (["Berlin"], ["365"])
    page.reload()
    expect(page.locator("#skills-scope")).to_contain_text("in Berlin from the last 365 days")
    page.get_by_role("button", name="Reset").click()
    expect(page.locator("#skills-scope")).to_contain_text("anywhere from the last 30 days")
    assert urlsplit(page.url).query == ""


def test_skill_is_followed_into_the_trends_by_keyboard(page: Any) -> None:
    name = page.locator("#skills .bars button.name").nth(8)
    text = name.inner_text()
    name.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#chosen")).to_contain_text(text)
    assert "tech=" in page.url
    page.get_by_role("button", name=f"Remove {text}").focus()
    page.keyboard.press("Space")
    expect(page.locator("#chosen")).not_to_contain_text(text)


def test_every_control_has_a_name_and_is_reached_by_tab(page: Any) -> None:
    page.locator("#trends .main-svg").first.wait_for()
    nameless = page.evaluate(
        """() => [...document.querySelectorAll('button, a, input, select')].filter((e) =>
            !(e.textContent.trim() || e.getAttribute('aria-label') || e.labels?.length)
        ).map((e) => e.outerHTML)"""
    )
    assert nameless == []
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    reached = set()
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.className"))
    assert {"skip", "location", "role", "level", "source", "days", "reset"} <= reached


def test_chart_can_be_read_as_a_table(page: Any) -> None:
    card = page.locator("#trends-card")
    card.get_by_role("button", name="Table").click()
    expect(card.locator("table").first).to_contain_text("MoM (per cent)")
    card.get_by_role("button", name="Chart").click()
    card.locator(".main-svg").first.wait_for()


def test_csv_is_what_is_shown_and_runs_no_formula(page: Any, tmp_path: Any) -> None:
    names = page.locator("#skills .bars button.name").all_inner_texts()
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV: Top skills").click()
    path = tmp_path / "skills.csv"
    download.value.save_as(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["skill", "postings", "per cent"]
    assert [row[0] for row in rows[1:]] == names
    escaped = page.evaluate(
        "import('./static/js/table.js').then((m) => m.csv({columns: ['a'], rows: "
        "[['=1+1'], ['+1'], ['-1'], ['@x'], ['\\tx'], "
        "['\uff1d1+1'], ['say \"hi\"'], [-1.5], [null]]}))"
    )
    assert escaped.splitlines() == [
        '"a"', "\"'=1+1\"", "\"'+1\"", "\"'-1\"", "\"'@x\"", "\"'\tx\"",
        "\"'\uff1d1+1\"", '"say ""hi"""', '"-1.5"', '""',
    ]  # fmt: skip


FORMULAS = ["=1+1", "+1", "-1", "@x", "\uff1d1+1", " =1+1", '"=1+1"', '  "" =1+1']
CELLS = [
    *FORMULAS,
    *(f"x{mark}{formula}" for mark in ";\t\n\r" for formula in FORMULAS),
    *(f'say "hi"{mark}{formula};y' for mark in ";\t\n" for formula in FORMULAS),
    ";;=1+1", "\t;=1+1", "a;b;=1+1", ';"";"=1+1"', "\tx",
]  # fmt: skip


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("columns", [1, 2, 3])
def test_no_separator_makes_a_formula_of_a_cell(page: Any, separator: str, columns: int) -> None:
    rows = [["plain"] * (columns - 1) + [cell] for cell in CELLS] + [
        [cell] * columns for cell in CELLS
    ]
    text = page.evaluate(
        "rows => import('./static/js/table.js').then((m) => m.csv({columns: ['a'], rows}))", rows
    )
    for lines in (text.splitlines(), io.StringIO(text, newline="")):
        read = [cell for row in csv.reader(lines, delimiter=separator) for cell in row]
        assert len(read) >= len(rows)
        assert [
            cell for cell in read if cell.strip(' "\t\r\n').startswith(tuple("=+-@\uff1d"))
        ] == []


def test_cells_without_a_formula_stay_as_they_are(page: Any) -> None:
    cells = ["C++", "C#; C++", "a;b", "1 - 2", "x=y", "mail@example.com", "node.js\tReact"]
    text = page.evaluate(
        "rows => import('./static/js/table.js').then((m) => m.csv({columns: ['a'], rows}))",
        [[cell] for cell in cells],
    )
    assert [row[0] for row in csv.reader(io.StringIO(text, newline=""))] == ["a", *cells]


def test_remotive_is_named_and_linked(page: Any) -> None:
    page.get_by_label("Source").select_option("remotive")
    page.get_by_label("Window", exact=True).select_option("365")
    expect(page.locator("#postings .via a").first).to_have_text("Remotive")
    title = page.locator("#postings a.posting-title").first
    expect(title).to_have_attribute("href", re.compile("^https://remotive.com/"))


def test_more_postings_are_added(page: Any) -> None:
    first = page.locator("#postings .postings > li").count()
    page.get_by_role("button", name="Show more").click()
    expect(page.locator("#postings .postings > li")).to_have_count(2 * first)


def test_empty_answer_says_what_to_try(page: Any) -> None:
    page.get_by_label("Location").fill("Atlantis")
    expect(page.locator("#skills")).to_contain_text("No posting matches")
    expect(page.locator("#postings")).to_contain_text("No posting matches")


@pytest.mark.parametrize(("status", "words"), [(401, "session has expired"), (500, "answered 500")])
def test_failure_is_said_and_can_be_tried_again(
    context: Any, server: AirflowServer, status: int, words: str
) -> None:
    page = context.new_page()
    pattern = re.compile(r".*/api/v1/.*")
    page.route(pattern, lambda route: route.fulfill(status=status, body="no"))
    page.goto(f"{server.url}/techpulse/dashboard")
    for part in ("skills", "movers", "trends", "remote", "salaries", "pairs", "postings"):
        expect(page.locator(f"#{part}"), part).to_contain_text("could not be loaded")
    expect(page.locator("#skills")).to_contain_text(words)
    page.unroute(pattern)
    page.locator("#skills").get_by_role("button", name="Try again").click()
    page.locator("#skills .bars li").first.wait_for()


def test_before_the_first_publish_the_page_says_what_to_do(
    context: Any, server: AirflowServer
) -> None:
    page = context.new_page()
    pattern = re.compile(r".*/api/v1/.*")
    page.route(pattern, lambda route: route.fulfill(status=503, body="no"))
    page.goto(f"{server.url}/techpulse/dashboard")
    expect(page.get_by_role("alert").filter(visible=True)).to_contain_text("Run the DAG")
    expect(page.locator("#skills-card")).to_be_hidden()
    page.unroute(pattern)
    page.get_by_role("button", name="Reload").click()
    page.locator("#skills .bars li").first.wait_for()


@pytest.mark.parametrize("size", [NARROW, {"width": 768, "height": 1024}, WIDE])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_is_wider_than_the_screen(
    browser: Any, server: AirflowServer, size: dict[str, int], theme: str
) -> None:
    context = browser.new_context(viewport=size, color_scheme=theme)
    context.add_cookies([{"name": "_token", "value": server.token, "url": server.url}])
    page = context.new_page()
    page.goto(f"{server.url}/techpulse/dashboard")
    page.locator("#salaries .main-svg").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    context.close()


def test_without_login_there_is_health_and_nothing_else(server: AirflowServer) -> None:
    import requests

    assert requests.get(f"{server.url}/techpulse/health", timeout=10).json() == {
        "status": "ok",
        "system": "TechPulse",
    }
    for path in ("dashboard", "api/v1/insights", "static/icon.svg", "api/v1/openapi.json"):
        answer = requests.get(f"{server.url}/techpulse/{path}", timeout=10, allow_redirects=False)
        assert answer.status_code == 401, path
