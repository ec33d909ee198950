"""Pages of the dashboard, rendered from their templates."""

from __future__ import annotations

from flask import Response, render_template, url_for

__all__ = ["page"]


def page(template: str, status: int = 200, **shown: object) -> Response:
    """Return a page, which a browser revalidates each time."""
    response = Response(render_template(template, charts=_charts_url(), **shown), status)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _charts_url() -> str:
    from importlib.metadata import version

    return url_for("charts", version=version("plotly"))
