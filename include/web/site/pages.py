"""The pages of a static site: the dashboard's own templates, with links to files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from include.web.files import plotly_script
from include.web.headers import CONTENT_SECURITY_POLICY
from include.web.methods import METHODS, SECTIONS
from include.web.site.choices import Choice
from include.web.site.questions import CARDS, Views

__all__ = ["page_files", "pages"]

_WEB = Path(__file__).parents[1]
_PAGES = {"dashboard": "index.html", "methods": "methods.html"}
_CHARTS = f"vendor/plotly-{version('plotly')}.min.js"


def pages(choices: Sequence[tuple[Choice, Views]], published_at: datetime) -> Mapping[str, str]:
    """Return each page by its file's name."""
    environment = Environment(
        loader=FileSystemLoader(_WEB / "templates"), autoescape=True, undefined=StrictUndefined
    )
    environment.globals.update(
        url_for=lambda _name, filename: f"static/{filename}",
        page=_PAGES.__getitem__,
        site=_site(choices, published_at),
    )
    # Scripts find the cards that need a server, too: hidden ones, whose method is not said.
    known = {"methods": {id: METHODS[id] for id in METHODS if id in CARDS}}
    return {
        file: environment.get_template(f"{name}.html").render(
            charts=_CHARTS, methods=known.get(name, METHODS), sections=SECTIONS
        )
        for name, file in _PAGES.items()
    }


def page_files() -> Mapping[str, Path]:
    """Return the files that the pages load, by their path in the site."""
    static = _WEB / "static"
    files = {f"static/{path.relative_to(static)}": path for path in static.rglob("*.*")}
    return {**files, _CHARTS: plotly_script()}


def _site(choices: Sequence[tuple[Choice, Views]], published_at: datetime) -> dict[str, Any]:
    """Return what templates know of a site, in ``known`` what scripts do; None on the live page."""
    return {
        "cards": CARDS,
        "policy": _policy(),
        "published_on": f"{published_at:%-d %B %Y}",
        "known": {
            "published_at": published_at.isoformat(),
            "choices": [
                {
                    "name": choice.name,
                    "query": choice.query,
                    "filter": dict(choice.filter),
                    **asdict(views),
                }
                for choice, views in choices
            ],
        },
    }


def _policy() -> str:
    """Return the policy for a page's head, where who may frame it cannot be said."""
    rules = CONTENT_SECURITY_POLICY.split("; ")
    return "; ".join(rule for rule in rules if not rule.startswith("frame-ancestors"))
