"""The page's files: kept by browsers as long as they hold, and never looked for elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

import include.web

STATIC = Path(include.web.__file__).parent / "static"
FILES = sorted(str(path.relative_to(STATIC)) for path in STATIC.rglob("*") if path.is_file())


@pytest.mark.parametrize("name", FILES)
def test_file_is_sent_and_then_known(web: TestClient, name: str) -> None:
    first = web.get(f"/static/{name}")
    assert (first.status_code, first.content) == (200, (STATIC / name).read_bytes())
    assert first.headers["Cache-Control"] == "no-cache"
    known = web.get(f"/static/{name}", headers={"If-None-Match": first.headers["ETag"]})
    assert (known.status_code, known.content) == (304, b"")
    assert known.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    ("name", "kind"),
    [("js/main.js", "javascript"), ("css/cards.css", "text/css"), ("icon.svg", "image/svg+xml")],
)
def test_file_says_its_kind(web: TestClient, name: str, kind: str) -> None:
    assert kind in web.get(f"/static/{name}").headers["Content-Type"]


def test_plotly_may_be_kept_for_good(web: TestClient) -> None:
    response = web.get("/vendor/plotly-7.1.0.min.js")
    assert response.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert "javascript" in response.headers["Content-Type"]
    assert b"plotly.js" in response.content[:500]


@pytest.mark.parametrize("path", ["/static/", "/static/js", "/static/x.js", "/vendor/x.js"])
def test_what_is_no_file_is_a_problem(web: TestClient, path: str) -> None:
    response = web.get(path)
    assert response.status_code == 404
    assert response.json()["type"] == "urn:techpulse:problem:not-found"


def test_files_are_only_read(web: TestClient) -> None:
    response = web.post("/static/icon.svg")
    assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD")
    assert web.head("/static/icon.svg").status_code == 200


def test_page_names_files_that_are_there(web: TestClient) -> None:
    import re

    page = web.get("/dashboard").text
    named = re.findall(r'(?:src|href|data-charts)="(/[^"#]+)"', page)
    assert len(named) >= 5
    assert {path: web.get(path).status_code for path in named} == dict.fromkeys(named, 200)
