"""A posting's page and its question: what is unknown, what is hostile, what the report opens."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from starlette.testclient import TestClient

from include.errors import ConfigurationError
from include.settings import PROJECT_ROOT, Settings
from include.web import app as web_app
from include.web.app import create_app
from include.web.headers import CONTENT_SECURITY_POLICY
from include.web.methods import POSTING

ABSENT = "0" * 32
REPORT = Path(web_app.__file__).parent / "static" / "js" / "posting_report.js"


@pytest.fixture
def posting_id(client: FlaskClient) -> str:
    row = client.get("/api/v1/postings?days=36500&limit=1").json
    assert row is not None
    return str(row["data"][0]["id"])


def test_posting_is_answered_as_described(client: FlaskClient, posting_id: str) -> None:
    document = client.get("/api/v1/openapi.json").json
    page = client.get(f"/api/v1/posting?id={posting_id}").json
    assert document is not None
    assert page is not None
    answers = document["paths"]["/api/v1/posting"]["get"]["responses"]["200"]["content"]
    schema = {**answers["application/json"]["schema"], "components": document["components"]}
    Draft202012Validator(schema).validate(page)
    assert page["posting"]["id"] == posting_id
    assert page["text"]
    marked = {mark for block in page["text"] for run in block["runs"] for mark in run["marks"]}
    assert marked <= set(range(len(page["evidence"])))


@pytest.mark.parametrize(
    ("query", "status", "kind"),
    [
        (f"id={ABSENT}", 404, "unknown-posting"),
        ("", 400, "invalid-parameter"),
        ("id=1", 400, "invalid-parameter"),
    ],
)
def test_unknown_posting_is_a_problem(
    client: FlaskClient, query: str, status: int, kind: str
) -> None:
    response = client.get(f"/api/v1/posting?{query}")
    assert response.status_code == status
    assert response.json is not None
    assert response.json["type"].endswith(kind)


def test_page_names_the_posting_and_has_each_card(
    client: FlaskClient, web: TestClient, posting_id: str
) -> None:
    answer = client.get(f"/api/v1/posting?id={posting_id}").json
    assert answer is not None
    page = web.get(f"/posting?id={posting_id}")
    assert page.status_code == 200
    assert page.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert f'<h1 id="posting-title">{answer["posting"]["title"]}</h1>' in page.text
    assert f'data-posting="{posting_id}" data-repository=""' in page.text
    assert f'<a href="api/v1/posting?id={posting_id}">API</a>' in page.text
    for card in POSTING:
        assert page.text.count(f'id="{card}-card"') == 1, card
    # No script, no style and no handler of the page's own that the policy would refuse.
    assert not re.search(r"<script>|<style|\son\w+=|\sstyle=", page.text)


@pytest.mark.parametrize(
    "query", [f"?id={ABSENT}", "", "?id=%22%3E%3Cscript%3E", "?id=" + "a" * 99]
)
def test_unknown_posting_has_a_page_with_a_next_step(web: TestClient, query: str) -> None:
    page = web.get(f"/posting{query}")
    assert page.status_code == 404
    assert page.headers["Content-Type"].startswith("text/html")
    assert page.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert "No such posting" in page.text
    assert 'href="dashboard#postings-card"' in page.text
    assert "<script>" not in page.text


def test_without_a_store_the_page_leaves_it_to_its_question(tmp_path: Path) -> None:
    client = create_app(Settings(data_dir=tmp_path)).test_client()
    assert client.get(f"/posting?id={ABSENT}").status_code == 200
    assert client.get(f"/api/v1/posting?id={ABSENT}").status_code == 503


def test_report_opens_the_form_of_the_repository_that_is_set(
    web_settings: Settings, posting_id: str
) -> None:
    address = "https://code.example/fernglow/techpulse"
    settings = web_settings.model_copy(update={"repository_url": address + "/"})
    page = create_app(settings).test_client().get(f"/posting?id={posting_id}")
    assert f'data-repository="{address}"' in page.text


@pytest.mark.parametrize("address", ["javascript:alert(1)", "ftp://code.example", "code.example"])
def test_repository_is_a_web_address(address: str) -> None:
    with pytest.raises(ConfigurationError, match="TECHPULSE_REPOSITORY_URL"):
        Settings(repository_url=address)


def test_report_fills_fields_that_the_form_has() -> None:
    """GitHub ignores a parameter that names no field, and a value that is no option."""
    form = PROJECT_ROOT / ".github" / "ISSUE_TEMPLATE" / "wrong-reading.yml"
    fields: dict[str, Any] = {one["id"]: one for one in yaml.safe_load(form.read_text())["body"]}
    source = REPORT.read_text()
    assert form.name in source
    filled = source[source.index("new URLSearchParams(") : source.index('filled.set("field"')]
    names = set(re.findall(r"\b(posting|link|version|words)[:,]", filled))
    assert names | {"field"} == set(fields)
    options = source[source.index("OPTIONS = {") : source.index("};", source.index("OPTIONS"))]
    assert set(re.findall(r': "([^"]+)"', options)) == set(fields["field"]["attributes"]["options"])
