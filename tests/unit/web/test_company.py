"""A company's page and its endpoint, on a store where names and an override join companies."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.unit.web.conftest import HOSTILE, JOINED, OWNER

COMPANY = "/api/v1/company"


def asked(client: FlaskClient, **query: str) -> Any:
    answer = client.get(COMPANY, query_string=query)
    assert answer.status_code == 200, answer.text
    return answer.json


@pytest.mark.parametrize("name", [JOINED, OWNER.upper(), "anchortrail"])
def test_names_that_were_joined_say_why(client: FlaskClient, name: str) -> None:
    answer = asked(client, company=name)
    (row,) = answer["data"]
    assert (row["company_key"], row["asked_as"]) == ("anchortrail", "anchortrail")
    joined = {one["name"]: {reason["by"] for reason in one["joined"]} for one in row["names"]}
    assert joined[JOINED] == {"override"}
    assert joined[OWNER] <= {"domain", "name"}
    sizes = [one["postings"] for one in row["names"]]
    assert sizes == sorted(sizes, reverse=True)
    assert sum(sizes) == row["postings"]
    for one in row["names"]:
        assert sum(reason["postings"] for reason in one["joined"]) == one["postings"]
        assert row["first_month"] <= one["first_month"] <= one["last_month"] <= row["last_month"]
    links = {link for one in row["names"] for reason in one["joined"] for link in reason["links"]}
    assert links >= {"anchortrail.test", "brambleridge.test"} == {*row["domains"]}


def test_months_and_counts_are_those_of_the_filter(client: FlaskClient) -> None:
    for more in ({"seniors": "exclude"}, {"start_date": "2024-08", "end_date": "2025-02"}):
        meta = asked(client, company=OWNER, **more)["meta"]
        window = {} if "start_date" in more else {"days": "36500"}
        insights = client.get("/api/v1/insights", query_string={"company": OWNER, **more, **window})
        assert insights.json is not None
        assert meta["counted"] == insights.json["counted"]
        assert sum(month["postings"] for month in meta["months"]) == meta["counted"]["postings"]


def test_unknown_company_is_answered_with_the_nearest_names(client: FlaskClient) -> None:
    answer = client.get(COMPANY, query_string={"company": "Brambel Ridge"})
    assert answer.status_code == 404
    assert answer.json is not None
    assert answer.json["type"] == "urn:techpulse:problem:unknown-company"
    assert JOINED.lower() in answer.json["errors"][0]["message"].lower()
    assert client.get(COMPANY).status_code == 400


def test_companies_of_a_month_are_listed_by_whether_they_were_seen_before(
    client: FlaskClient,
) -> None:
    whole = client.get("/api/v1/companies?start_date=2024-02").json
    assert whole is not None
    chosen = next(m for m in whole["meta"]["months"] if m["first_time"] and m["returning"])
    query = {"start_date": chosen["month"], "end_date": chosen["month"], "top": "2000"}
    found = {
        seen: client.get("/api/v1/companies", query_string={**query, "seen": seen}).json
        for seen in ("any", "first_time", "returning")
    }
    assert found["any"]["meta"]["months"] == [chosen]
    first_time, returning = (found[seen]["data"] for seen in ("first_time", "returning"))
    assert (len(first_time), len(returning)) == (chosen["first_time"], chosen["returning"])
    assert all(row["first_month"] == chosen["month"] for row in first_time)
    assert all(row["first_month"] < chosen["month"] for row in returning)


@pytest.mark.parametrize("asked_as", [JOINED, "anchortrail"])
def test_page_names_the_company_and_how_to_correct_it(client: FlaskClient, asked_as: str) -> None:
    page = client.get("/company", query_string={"company": asked_as})
    assert page.status_code == 200
    assert "no-cache" in page.headers["Cache-Control"]
    assert "companies.csv" in page.text
    assert 'id="skills-card"' in page.text
    assert 'id="names-card"' in page.text


def test_page_of_an_unknown_company_offers_the_nearest(client: FlaskClient) -> None:
    page = client.get("/company", query_string={"company": f"Brambel Ridge {HOSTILE}"[:30]})
    assert page.status_code == 404
    assert JOINED.lower() in page.text.lower()
    assert "<img" not in page.text.replace('<img src="', "", 1)
    nothing = client.get("/company")
    assert nothing.status_code == 404
    assert 'name="company"' in nothing.text
