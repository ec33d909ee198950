"""Pages of the dashboard, rendered from their templates."""

from __future__ import annotations

from datetime import date

from flask import Response, render_template, url_for

__all__ = ["page"]


def page(template: str, status: int = 200, **shown: object) -> Response:
    """Return a page, which a browser revalidates each time."""
    known = {"charts": _charts_url(), "month_name": _month_name}
    response = Response(render_template(template, **known, **shown), status)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _charts_url() -> str:
    from importlib.metadata import version

    return url_for("charts", version=version("plotly"))


def _month_name(month: str) -> str:
    """Return "Mar 2016" of 2016-03."""
    return f"{date.fromisoformat(f'{month}-01'):%b %Y}"
