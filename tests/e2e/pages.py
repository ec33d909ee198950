"""A browser with Airflow's login, and the dashboard in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from bench.airflow_server import AirflowServer

playwright = pytest.importorskip("playwright.sync_api")

__all__ = [
    "NARROW",
    "WIDE",
    "asked",
    "emptied",
    "logged_in",
    "looked_at",
    "new_page",
    "opened",
    "playwright",
    "settle",
    "violations",
    "watched",
    "watching",
]

WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 360, "height": 740}
_TIMEOUT_MS = 20_000


@contextmanager
def logged_in(browser: Any, server: AirflowServer, **options: Any) -> Iterator[Any]:
    """Yield a browser context with a viewer's cookie."""
    # Without motion a picture, and a colour that is measured, never shows a transition.
    context = browser.new_context(**{"viewport": WIDE, "reduced_motion": "reduce", **options})
    context.add_cookies([{"name": "_token", "value": server.token, "url": server.url}])
    context.set_default_timeout(_TIMEOUT_MS)
    yield context
    context.close()


@contextmanager
def new_page(context: Any) -> Iterator[Any]:
    """Yield a new page; close it."""
    with closing(context.new_page()) as page:
        looked_at(page, WIDE, "light")
        yield page


@contextmanager
def watched(context: Any, server: AirflowServer) -> Iterator[Any]:
    """Yield a new page that is watched."""
    with new_page(context) as page, watching(page, server):
        yield page


@contextmanager
def watching(page: Any, server: AirflowServer) -> Iterator[None]:
    """Fail for an error in the page, a violation of CSP, a request to elsewhere."""
    troubles: list[str] = []

    def own(request: Any) -> None:
        if not request.url.startswith((server.url, "blob:", "data:")):
            troubles.append(f"asked for {request.url}")

    listeners = {
        "console": lambda m: troubles.append(m.text) if m.type == "error" else None,
        "pageerror": lambda error: troubles.append(str(error)),
        "request": own,
    }
    for event, listener in listeners.items():
        page.on(event, listener)
    yield
    hacked = page.evaluate("window.hacked")
    for event, listener in listeners.items():
        page.remove_listener(event, listener)
    assert troubles == []
    assert hacked is None


def emptied(tab: Any) -> Any:
    """Return a tab as a new one would be: a new one has to compile the page's scripts again."""
    tab.unroute_all()
    tab.goto("about:blank")
    looked_at(tab, WIDE, "light")
    return tab


def looked_at(page: Any, size: dict[str, int], theme: str) -> None:
    """Give the page a size and the system a theme."""
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=theme)


def opened(page: Any, server: AirflowServer, query: str = "") -> Any:
    """Open the dashboard; return the page when all of its cards have answered."""
    page.goto(f"{server.url}/techpulse/dashboard{query}")
    page.locator("#skills-counted:not(:empty)").wait_for()
    settle(page)
    return page


def violations(page: Any) -> list[str]:
    """Return the rules of axe-core that the page breaks, and where."""
    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {[node['html'][:200] for node in rule['nodes']]}" for rule in found]


def settle(page: Any) -> None:
    """Wait until all cards have answered."""
    # Not wait_for_function(): it polls by eval, which the page's policy forbids.
    playwright.expect(page.locator("[aria-busy=true]")).to_have_count(0, timeout=_TIMEOUT_MS)


def asked(page: Any, action: Any) -> dict[str, dict[str, str]]:
    """Return the parameters of each endpoint that the page asks during an action."""
    found: dict[str, dict[str, str]] = {}

    def keep(request: Any) -> None:
        parts = urlsplit(request.url)
        if "/api/v1/" in parts.path:
            found[parts.path.rpartition("/")[2]] = dict(parse_qsl(parts.query))

    page.on("request", keep)
    action()
    page.remove_listener("request", keep)
    return found
