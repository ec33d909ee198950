"""The API: its errors, its headers, and its description, tested against the app."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from starlette.testclient import TestClient

from include.insights import match
from include.insights.contracts import schema_file
from include.settings import Settings
from include.web.app import create_app
from include.web.headers import CONTENT_SECURITY_POLICY
from include.web.openapi import openapi_document
from include.web.problems import Problem
from tests.unit.web.conftest import web_client

PATHS = [
    "insights", "technologies", "trends", "movers", "volume", "market", "salaries", "pairs",
    "postings", "loads", "summary", "open", "seekers",
]  # fmt: skip


def description(client: FlaskClient) -> dict[str, Any]:
    document: dict[str, Any] = client.get("/api/v1/openapi.json").json
    return document


def test_every_question_is_described(client: FlaskClient) -> None:
    document = description(client)
    assert document["openapi"].startswith("3.1")
    assert {f"/api/v1/{path}" for path in PATHS} <= document["paths"].keys()
    assert {"/health", "/health/live", "/health/ready"} <= document["paths"].keys()


@pytest.mark.parametrize(
    "path",
    [
        *PATHS,
        "insights?roles=backend",
        "postings?levels=senior",
        "postings?q=engineer",
        "open?by=role",
        "seekers?kind=freelancer",
        "seekers?technology=python&start_date=2024-03&end_date=2024-06&top=3",
        "salaries?by=role_level_country&currency=USD&roles=backend",
        "salaries?by=technology&seniors=exclude",
        "pairs?technology=python&days=3000",
        "places",
        "places?within=US&kind=state&days=3000",
        "companies",
        "companies?order=newest&source=hacker_news",
        "match?skills=python,SQL,k8s",
        "match?skills=python&company=nobody",
        "match?skills=python&fit=all,all_but_one&limit=2&seniors=exclude&currency=USD",
    ],
)
def test_answer_fits_its_description(client: FlaskClient, path: str) -> None:
    document = description(client)
    name = f"/api/v1/{path}"
    operation = document["paths"][name.partition("?")[0]]["get"]
    content = operation["responses"]["200"]["content"]
    schema = content["application/json"]["schema"] | {"components": document["components"]}
    validator = Draft202012Validator(schema)
    response = client.get(name)
    assert response.status_code == 200
    validator.validate(response.json)


@pytest.mark.parametrize("within", ["Nowhereville", ".", "xx", "q" * 200])
def test_a_place_that_the_tree_lacks_is_a_problem(client: FlaskClient, within: str) -> None:
    response = client.get(f"/api/v1/places?within={within}")
    assert response.status_code == 400
    assert "within names no place of the tree" in response.json["detail"]


def test_an_unknown_skill_is_a_problem_that_names_the_nearest(client: FlaskClient) -> None:
    answer = client.get("/api/v1/match?skills=python,kubernets,qqqq")
    assert answer.status_code == 404
    problem = Problem.model_validate(answer.json)
    assert problem.type == "urn:techpulse:problem:unknown-technology"
    assert [error.parameter for error in problem.errors] == ["skills", "skills"]
    assert '"kubernets" is not in the taxonomy; nearest: Kubernetes' in problem.detail
    assert '"qqqq" is not in the taxonomy.' in problem.detail


def test_a_flood_of_unknown_skills_is_bounded(client: FlaskClient) -> None:
    names = ",".join(f"{n}{'x' * 36}" for n in range(10, 60))
    problem = Problem.model_validate(client.get(f"/api/v1/match?skills={names}").json)
    assert len(problem.errors) == 20


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "skills"),
        ("skills=", "skills"),
        ("skills=,%20,", "1 to 50"),
        ("skills=x&fit=best", "fit"),
        (f"skills={','.join(map(str, range(51)))}", "1 to 50"),
    ],
)
def test_skills_that_are_none_or_too_many_are_a_problem(
    client: FlaskClient, query: str, said: str
) -> None:
    answer = client.get(f"/api/v1/match?{query}")
    assert answer.status_code == 400
    assert said in answer.json["detail"]


def test_no_cache_may_keep_an_answer_about_a_person(client: FlaskClient) -> None:
    first = client.get("/api/v1/match?skills=python")
    assert first.headers["Cache-Control"] == "no-store"
    assert "ETag" not in first.headers
    described = description(client)["paths"]["/api/v1/match"]["get"]["responses"]
    assert "304" not in described
    assert "ETag" not in described["200"]["headers"]
    refused = client.get("/api/v1/match?skills=cobol_2000")
    assert refused.headers["Cache-Control"] == "no-store"


def test_answers_about_a_person_are_not_kept_in_memory(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered, times = match.match, []

    def counting(*question: Any, **more: Any) -> Any:
        times.append(question)
        return answered(*question, **more)

    monkeypatch.setattr(match, "match", counting)
    for _ in range(2):
        client.get("/api/v1/match?skills=python&families=data")
    assert len(times) == 2


def test_open_jobs_follow_the_filter_and_its_months_bound_the_weeks(client: FlaskClient) -> None:
    def ask(query: str) -> dict[str, Any]:
        answer: dict[str, Any] = client.get(f"/api/v1/open?{query}").json
        return answer

    whole, remotive = ask("repeats=include"), ask("repeats=include&sources=remotive")
    assert whole == ask("")
    assert 0 < remotive["meta"]["counted"]["jobs"] < whole["meta"]["counted"]["jobs"]
    last = whole["weekly"][-1]["week"]
    bounded = ask(f"start_date={last[:7]}&repeats=include&sources=remotive")
    assert bounded["weekly"] == [row for row in remotive["weekly"] if row["week"] >= last[:7]]
    assert bounded["days_open"] == remotive["days_open"]


def test_a_posting_in_several_countries_names_them_all(client: FlaskClient) -> None:
    rows = client.get("/api/v1/postings?limit=100").json["data"]
    several = [row for row in rows if len(row["countries"]) > 1]
    assert several
    assert all(row["country"] is None for row in several)


def test_a_posting_is_explained_by_its_words(client: FlaskClient) -> None:
    listed = client.get("/api/v1/postings?limit=1&source=hacker_news").json["data"][0]
    response = client.get(f"/api/v1/explain?id={listed['id']}")
    assert response.status_code == 200
    explained = response.json
    document = description(client)
    content = document["paths"]["/api/v1/explain"]["get"]["responses"]["200"]["content"]
    schema = content["application/json"]["schema"] | {"components": document["components"]}
    Draft202012Validator(schema).validate(explained)
    assert explained["evidence"]
    for one in explained["evidence"]:
        assert explained[one["part"]][one["start"] : one["end"]] == one["words"]


def test_insights_about_jobs_fit_contract_1_1_0(client: FlaskClient) -> None:
    schema = json.loads(schema_file("skill_insights_response-1.1.0").read_text(encoding="utf-8"))
    answer = client.get("/api/v1/insights?days=900&roles=backend,design&levels=senior").json
    Draft202012Validator(schema).validate(answer)
    assert answer["schema_version"] == "1.1.0"
    assert answer["filters"]["roles"] == ["backend", "design"]
    assert answer["filters"]["levels"] == ["senior"]


def test_postings_are_listed_by_a_job_that_has_role_and_level(client: FlaskClient) -> None:
    rows = client.get("/api/v1/postings?roles=backend,data&levels=senior&limit=50").json["data"]
    assert rows
    for row in rows:
        assert any(
            {*job["roles"]} & {"backend", "data"} and "senior" in job["levels"]
            for job in row["jobs"]
        )


@pytest.mark.parametrize("query", ["roles=chef", "roles=backend,", "levels=boss", "roles="])
def test_an_unknown_role_or_level_is_a_problem(client: FlaskClient, query: str) -> None:
    response = client.get(f"/api/v1/postings?{query}")
    assert response.status_code == 400
    assert response.json["errors"][0]["parameter"] == query.partition("=")[0]


@pytest.mark.parametrize("path", ["insights", "movers", "trends", "postings"])
def test_a_search_that_is_none_is_a_problem_with_its_place(client: FlaskClient, path: str) -> None:
    response = client.get(f"/api/v1/{path}?q=python%20AND%20(rust")
    assert response.status_code == 400
    (error,) = response.json["errors"]
    assert 'character 12: this "(" is not closed: a ")" is expected' in error["message"]


def test_a_search_counts_the_same_on_every_path(client: FlaskClient) -> None:
    asked = "q=engineer%20-title:senior&start_date=2024-03&end_date=2025-05"
    lines = set()
    for path in ("insights", "movers", "volume", "market", "salaries", "pairs", "postings"):
        answer = client.get(f"/api/v1/{path}?{asked}").json
        counted = answer.get("meta", answer)["counted"]
        assert counted["jobs"] > 0
        lines.add(counted["line"])
    assert len(lines) == 1


def test_insights_fit_the_contract(client: FlaskClient) -> None:
    schema = json.loads(schema_file("skill_insights_response").read_text(encoding="utf-8"))
    answer = client.get("/api/v1/insights?location=Berlin&role=backend&level=entry&days=90&top=5")
    Draft202012Validator(schema).validate(answer.json)
    assert answer.json["filters"] == {
        "location": "Berlin",
        "role_bucket": "backend",
        "level_bucket": "entry",
        "days": 90,
        "max_results": 250,
    }


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("insights?role=ceo", "role"),
        ("insights?level=senior_excluded", "level"),
        ("insights?days=0", "days"),
        ("insights?days=ten", "days"),
        ("insights?top=26", "top"),
        ("insights?location=%20", "location"),
        ("insights?colour=red", "colour"),
        ("insights?source=a%20b", "source"),
        ("trends?tech_ids=" + ",".join(f"t{i}" for i in range(11)), "tech_ids"),
        ("trends?start_date=2025-13", "start_date"),
        ("postings?limit=101", "limit"),
        ("market?dimension=shoes", "dimension"),
        ("movers?months=6", "months"),
        ("movers?months=many", "months"),
        ("postings?q=a%20OR", "q"),
        ("insights?q=%26", "q"),
        ("postings?q=" + "a" * 501, "q"),
        ("postings?order=relevance", "query"),
    ],
)
def test_bad_parameter_is_a_problem_that_names_it(
    client: FlaskClient, query: str, parameter: str
) -> None:
    response = client.get(f"/api/v1/{query}")
    assert response.status_code == 400
    assert response.content_type == "application/problem+json"
    problem = Problem.model_validate(response.json)
    assert problem.type == "urn:techpulse:problem:invalid-parameter"
    assert [error.parameter for error in problem.errors] == [parameter]


@pytest.mark.parametrize(
    ("query", "status", "kind"),
    [
        ("insights?days=1&days=2", 400, "invalid-parameter"),
        ("trends?start_date=2003-01&end_date=2024-01", 400, "invalid-parameter"),
        ("trends?start_date=2025-02&end_date=2025-01", 400, "invalid-parameter"),
        ("movers?days=90", 400, "invalid-parameter"),
        ("postings?cursor=nonsense", 400, "invalid-parameter"),
        ("trends?tech_ids=cobol_2000", 404, "unknown-technology"),
        ("pairs?technology=cobol_2000", 404, "unknown-technology"),
        (f"explain?id={'0' * 32}", 404, "unknown-posting"),
        ("explain?id=7", 400, "invalid-parameter"),
        ("nothing", 404, "not-found"),
    ],
)
def test_problem_types_are_stable(client: FlaskClient, query: str, status: int, kind: str) -> None:
    response = client.get(f"/api/v1/{query}")
    assert response.status_code == status
    assert response.json["type"] == f"urn:techpulse:problem:{kind}"


def test_other_methods_are_a_problem_that_says_which_are_allowed(client: FlaskClient) -> None:
    response = client.post("/api/v1/insights")
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]
    assert response.json["type"] == "urn:techpulse:problem:method-not-allowed"


def test_trends_default_to_the_last_twelve_months_of_five_technologies(
    client: FlaskClient,
) -> None:
    answer = client.get("/api/v1/trends").json
    expected = {
        "total_count": 5,
        "start_date": "2024-07",
        "end_date": "2025-06",
        "source": "hacker_news",
    }
    assert answer["meta"].items() >= expected.items()
    assert all(len(series["points"]) == 12 for series in answer["data"])


def test_sixty_months_are_allowed(client: FlaskClient) -> None:
    answer = client.get("/api/v1/trends?start_date=2020-07&end_date=2025-06")
    assert answer.status_code == 200


@pytest.mark.parametrize("path", PATHS)
def test_known_etag_is_answered_304(client: FlaskClient, path: str) -> None:
    first = client.get(f"/api/v1/{path}")
    again = client.get(f"/api/v1/{path}", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""
    other = client.get(f"/api/v1/{path}", headers={"If-None-Match": '"other"'})
    assert other.status_code == 200
    assert other.data == first.data


def test_answers_are_private_and_asked_for_again(client: FlaskClient) -> None:
    response = client.get("/api/v1/insights")
    assert response.headers["Cache-Control"] == "private, no-cache"
    assert response.headers["TechPulse-As-Of"] == "2025-06-04"


@pytest.mark.parametrize(
    "path",
    ["/health", "/health/ready", "/api/v1/insights", "/dashboard", "/nothing", "/static/icon.svg",
     "/static/nothing", "/vendor/plotly-7.1.0.min.js", "/api/v1/insights?days=0"],
)  # fmt: skip
def test_every_answer_has_the_security_headers(web: TestClient, path: str) -> None:
    headers = web.get(path).headers
    assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert "default-src 'none'" in CONTENT_SECURITY_POLICY
    assert "frame-ancestors 'self'" in CONTENT_SECURITY_POLICY
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "SAMEORIGIN"
    assert headers["Cache-Control"]


def test_without_a_store_the_answer_is_503_and_tells_no_path(tmp_path: Path) -> None:
    client = web_client(Settings(serving_url=f"sqlite:///{tmp_path / 'secret-name.sqlite'}"))
    for path in ("/api/v1/insights", "/api/v1/summary", "/health/ready"):
        response = client.get(path)
        assert response.status_code == 503
        assert "secret-name" not in response.text
        assert "Traceback" not in response.text


@pytest.mark.parametrize(
    ("query", "now", "before"),
    [
        ("", ["2024-07", "2025-06"], ["2023-07", "2024-06"]),
        ("?months=3", ["2025-04", "2025-06"], ["2024-04", "2024-06"]),
        ("?end_date=2025-03&months=3", ["2025-01", "2025-03"], ["2024-01", "2024-03"]),
        ("?start_date=2025-01&end_date=2030-01", ["2025-01", "2025-06"], ["2024-01", "2024-06"]),
    ],
)
def test_movers_compare_whole_months_with_the_same_ones_years_before(
    client: FlaskClient, query: str, now: list[str], before: list[str]
) -> None:
    meta = client.get(f"/api/v1/movers{query}").json["meta"]
    assert meta["windows"] == {"now": now, "before": before}
    assert (meta["start_date"], meta["end_date"]) == tuple(now)


def test_movers_of_months_that_are_not_over_are_none(client: FlaskClient) -> None:
    answer = client.get("/api/v1/movers?start_date=2027-01").json
    assert (answer["data"], answer["meta"]["windows"]) == ([], None)


def test_own_failure_is_500_and_tells_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> str:
        raise RuntimeError("the secret password")

    monkeypatch.setattr(app.extensions["techpulse"], "version", fail)
    response = app.test_client().get("/api/v1/movers")
    assert response.status_code == 500
    assert response.json["type"] == "urn:techpulse:problem:internal-error"
    assert "secret" not in response.text


def test_description_names_the_root_it_is_mounted_under(client: FlaskClient) -> None:
    document = client.get("/api/v1/openapi.json", base_url="http://localhost/airflow/techpulse")
    assert document.json["servers"] == [{"url": "/airflow/techpulse"}]


@pytest.mark.parametrize("path", ["insights", "movers", "technologies"])
def test_ten_thousand_unknown_parameters_get_a_short_answer(client: FlaskClient, path: str) -> None:
    query = "&".join(f"p{number}=1" for number in range(10_000))
    response = client.get(f"/api/v1/{path}?{query}")
    assert response.status_code == 400
    assert len(response.data) < 4_000
    assert len(response.json["errors"]) == 20
    assert "and 9,980 more" in response.json["detail"]


def test_ten_thousand_repeated_parameters_get_a_short_answer(client: FlaskClient) -> None:
    query = "&".join(f"p{number}=1&p{number}=2" for number in range(10_000))
    response = client.get(f"/api/v1/insights?{query}")
    assert response.status_code == 400
    assert len(response.data) < 1_000
    assert "and 9,980 more" in response.json["detail"]


def test_long_names_are_cut_in_the_answer(client: FlaskClient) -> None:
    query = "&".join(f"{'x' * 5_000}{number}=1" for number in range(10))
    for question in (f"?{query}", f"?{query}&{query}"):
        response = client.get(f"/api/v1/insights{question}")
        assert response.status_code == 400
        assert len(response.data) < 4_000


def test_description_is_made_once(web_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def count(endpoints: Any, root: str) -> dict[str, Any]:
        made.append(root)
        return openapi_document(endpoints, root)

    monkeypatch.setattr("include.web.app.openapi_document", count)
    client = create_app(web_settings).test_client()
    first = client.get("/api/v1/openapi.json")
    assert client.get("/api/v1/openapi.json").data == first.data
    known = {"If-None-Match": first.headers["ETag"]}
    assert client.get("/api/v1/openapi.json", headers=known).status_code == 304
    assert made == [""]
    client.get("/api/v1/openapi.json", base_url="http://localhost/other")
    assert made == ["", "/other"]
