"""The static site in a browser, from `python -m http.server` and below a sub-path."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from include.insights.store import ServingStore
from include.web.site import write_site
from include.web.site.choices import chosen
from include.web.site.questions import CARDS
from tests.e2e.conftest import needs_chromium
from tests.e2e.pages import NARROW, WIDE, playwright, settle, watched

pytestmark = [pytest.mark.e2e, needs_chromium]
expect = playwright.expect


@pytest.fixture(scope="module")
def site(serving_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A site of two filters, below ``/some/where/`` of a plain file server."""
    root = tmp_path_factory.mktemp("host")
    store = ServingStore(serving_url)
    write_site(store, {"default": 36}, root / "some" / "where", chosen(["Backend: roles=backend"]))
    store.close()
    with served(root) as address:
        yield SimpleNamespace(url=f"{address}/some/where/")


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder by ``python -m http.server``; give its address."""
    command = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1"]
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        port = re.search(r"port (\d+)", process.stdout.readline())
        assert port
        yield f"http://127.0.0.1:{port[1]}"
        process.terminate()


@pytest.fixture(scope="module")
def page(browser: Any, site: Any) -> Iterator[Any]:
    """A page without a login; fails for an error, a missing file, a request to elsewhere."""
    context = browser.new_context(viewport=WIDE, reduced_motion="reduce", accept_downloads=True)
    context.set_default_timeout(20_000)
    with watched(context, site) as page:
        yield at(page, site, "")
    context.close()


def at(page: Any, site: Any, address: str = "index.html") -> Any:
    page.goto(site.url + address)
    page.locator("#skills-counted:not(:empty)").wait_for()
    settle(page)
    return page


def whole(page: Any) -> None:
    """Wait for the cards, none of which may have failed."""
    settle(page)
    assert page.locator(".state.error").all_text_contents() == []


def test_every_card_is_filled_without_a_server(page: Any) -> None:
    whole(page)
    visible = page.locator("section.card:visible").evaluate_all("all => all.map((e) => e.id)")
    assert {name.removesuffix("-card") for name in visible} == CARDS
    for chart in ("trends", "volume", "pay", "companies"):
        page.locator(f"#{chart} .main-svg").first.wait_for()
    assert page.locator("#postings .postings > li").count() > 5
    expect(page.locator("#postings .via").first).to_have_text("via Hacker News")
    expect(page.locator("#sources-named")).to_have_text("Sources: Hacker News.")
    expect(page.locator("#site-note")).to_contain_text("The live dashboard")
    expect(page.locator("#freshness-pill")).to_have_text(re.compile(r"posting \d+ months old"))
    assert "remotive" not in page.content().lower()


def test_nothing_is_offered_that_needs_a_server(page: Any) -> None:
    for hidden in ("#location", "#open-more", "#reset", "#q", "a[href='operators']", ".more"):
        expect(page.locator(hidden).filter(visible=True)).to_have_count(0)
    links = page.locator("a[href]").evaluate_all("all => all.map((e) => e.getAttribute('href'))")
    files = {re.split(r"[?#]", link)[0] for link in links if "://" not in link}
    assert files <= {"", "index.html", "methods.html"}
    assert page.locator("#companies .name button").count() == 0


def test_numbers_are_saved_and_read_as_a_table(page: Any) -> None:
    card = page.locator("#skills-card")
    with page.expect_download() as download:
        card.get_by_role("button", name="CSV").click()
    assert "low (95 %)" in Path(download.value.path()).read_text(encoding="utf-8-sig")
    card.get_by_role("button", name="Table").click()
    expect(card.locator("thead")).to_contain_text("companies")
    card.get_by_role("button", name="Table").click()


@pytest.mark.parametrize(
    ("size", "theme"),
    [
        (WIDE, "light"),
        (NARROW, "dark"),
        pytest.param(WIDE, "dark", marks=pytest.mark.slow),
        pytest.param(NARROW, "light", marks=pytest.mark.slow),
    ],
)
def test_site_fits_the_screen_and_breaks_no_rule_of_accessibility(
    page: Any, size: dict[str, int], theme: str
) -> None:
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=theme)
    expect(page.locator("html")).to_have_attribute("data-theme", theme)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    found = Axe().run(page).response["violations"]
    page.set_viewport_size(WIDE)
    assert [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in found] == []


def test_every_view_has_its_file(page: Any) -> None:
    groups = ("span", "movers-months", "pay-by", "companies-order", "places-by", "roles-view")
    for group in groups:
        for button in page.locator(f"#{group} button:visible").all():
            button.click()
            whole(page)
    for _ in range(2):  # from the world to a region or a country, then into it
        places = page.locator("#places .name button")
        if places.count():
            places.first.click()
            whole(page)
    page.locator("#places-path button").first.click()
    whole(page)
    options = page.locator("#pairs-technology option").evaluate_all("all => all.map(e => e.value)")
    assert len(options) > 5
    for option in (options[1], options[-1]):
        page.locator("#pairs-technology").select_option(option)
        whole(page)


def test_technologies_are_followed_and_removed(page: Any) -> None:
    before = page.locator("#chosen .chip").count()
    names = page.locator("#skills .name button").all_text_contents()
    shown = page.locator("#chosen .chip").all_text_contents()
    other = next(name for name in names if f"{name}×" not in shown)
    page.locator("#skills .name button", has_text=re.compile(f"^{re.escape(other)}$")).click()
    expect(page.locator("#chosen .chip")).to_have_count(before + 1)
    whole(page)
    page.locator("#chosen button").first.click()
    expect(page.locator("#chosen .chip")).to_have_count(before)
    whole(page)


def test_filters_are_links_and_an_unknown_one_shows_the_first(page: Any, site: Any) -> None:
    at(page, site)
    all_jobs = page.locator("#population").inner_text()
    page.get_by_role("link", name="Backend", exact=True).click()
    expect(page.locator(".choices-written a[aria-current]")).to_have_text("Backend")
    expect(page.locator("#population")).not_to_have_text(all_jobs)
    whole(page)
    expect(page.locator("#span button:visible")).to_have_text(["1 year", "5 years"])
    at(page, site, "index.html?company=Acme&months=0&with=nosuch&within=nowhere#places-card")
    expect(page.locator("#population")).to_have_text(all_jobs)
    expect(page.locator(".choices-written a[aria-current]")).to_have_text("Engineering and data")
    whole(page)


def test_how_it_is_counted_has_its_own_page(page: Any, site: Any) -> None:
    at(page, site)
    card = page.locator("#skills-card")
    card.get_by_role("button", name="How it is counted").click()
    card.get_by_role("link", name="How every card is counted").click()
    expect(page).to_have_url(re.compile(r"/some/where/methods\.html#skills$"))
    expect(page.locator("#skills-heading")).to_have_text("Top skills")
    page.locator("#skills-heading a").click()
    expect(page).to_have_url(re.compile(r"index\.html#skills-card$"))
    settle(page)
