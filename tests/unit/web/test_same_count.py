"""One filter, one count: every endpoint that takes the filter counts the same jobs."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from include.web.api import endpoints
from include.web.params import FilterParams

# The first counts jobs of boards alone, the second does not answer without a company.
OTHERS = ("/api/v1/open", "/api/v1/company")
PATHS = [
    endpoint.path
    for endpoint in endpoints({"default": 48})
    if issubclass(endpoint.params, FilterParams) and endpoint.path not in OTHERS
]
MONTHS = {"start_date": "2024-08", "end_date": "2025-05"}
FILTERS: list[dict[str, str]] = [
    {"seniors": "include", "repeats": "exclude", "families": "engineering,data"},
    {"roles": "backend,software", "levels": "senior,unspecified"},
    {"apply_from": "Germany", "unstated": "exclude"},
    {"location": "Remote, US", "sources": "hacker_news,remotive", "repeats": "include"},
    {"technologies": "python", "seniors": "exclude"},
    {"company": "nobody"},
]


def counted(client: FlaskClient, path: str, parameters: dict[str, str]) -> Any:
    own = {"skills": "python,k8s"} if path.endswith("match") else {}
    answer = client.get(f"{path}?{urlencode(parameters | own)}")
    assert answer.status_code == 200, answer.json
    assert answer.json is not None
    return answer.json["counted"] if path.endswith("insights") else answer.json["meta"]["counted"]


@pytest.mark.parametrize("parameters", FILTERS, ids="-".join)
def test_the_same_filter_counts_the_same_everywhere(
    client: FlaskClient, parameters: dict[str, str]
) -> None:
    found = {path: counted(client, path, parameters | MONTHS) for path in PATHS}
    first = found["/api/v1/insights"]
    assert {path: one for path, one in found.items() if one != first} == {}
    assert bool(first["jobs"]) == ("company" not in parameters)


def test_every_endpoint_of_jobs_takes_the_filter() -> None:
    names = {path.rpartition("/")[2] for path in PATHS}
    assert names >= {
        "insights", "trends", "movers", "volume", "market", "salaries", "pairs", "places",
        "companies", "postings", "match",
    }  # fmt: skip


def test_movers_refuse_months_before_there_are_dates(client: FlaskClient) -> None:
    answer = client.get("/api/v1/movers?start_date=1000-01")
    assert answer.status_code == 400
    assert answer.json is not None
    assert "within 240 months" in answer.json["detail"]
