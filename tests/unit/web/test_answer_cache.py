"""Answers as they are kept: the same bytes whatever is kept, and a flood displaces none."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import duckdb
import pytest
from flask.testing import FlaskClient

from include.serving.engine import writing_engine
from include.serving.publish import publish
from include.serving.schema import write_meta
from include.settings import Settings
from include.web import api
from include.web.app import create_app
from sample.gold.tables import MARTS, TABLES

_POSTINGS = """
    insert into gold.fct_postings by name
    select md5(n::varchar) as posting_id, 'hacker_news' as source, 'https://x.example/' || n as url,
        url as canonical_url,
        'Engineer' as title, 'Company ' || n // 2 as company, place as location,
        [place] as locations, country, 'onsite' as remote,
        timestamptz '2026-01-02 15:00:00+00' as date_posted, date '2026-01-01' as month,
        timestamptz '2026-01-03 00:00:00+00' as retrieved_at, 'backend' as role_bucket,
        'any' as level_bucket, ['backend'] as roles, ['any'] as levels, 'unspecified' as visa,
        'text' as description_raw, '{}' as raw_json, 'v' as classifier_version
    from (values (0, 'Berlin, Germany', 'DE'), (1, 'Berlin, Germany', 'DE'),
        (2, 'Munich, Germany', 'DE'), (3, 'Austin, USA', 'US'), (4, 'London, UK', 'GB'),
        (5, null, null), (6, 'Dallas, TX', 'US')) as t (n, place, country);
    insert into gold.dim_technologies values
        ('python', 'Python', 'language', ['py']), ('rust', 'Rust', 'language', []);
    insert into gold.fct_posting_skills
    select md5(n::varchar), skill, 1 from (values (0, 'python'), (1, 'python'), (2, 'rust'),
        (3, 'python'), (4, 'rust'), (5, 'rust'), (6, 'rust')) as t (n, skill);
"""
_HEAD = '{{"title":"Software Engineer","subtitle":"Based on {n} job posting{s} {where} from the '
_FROZEN = (
    _HEAD + 'last 30 days","window":{{"days":30}},"filters":{{"location":"{text}",'
    '"role_bucket":"any","level_bucket":"any","days":30,"max_results":250}},"totals":'
    '{{"postings_count":{n},"unique_companies_count":{companies}}},"skills":[{skills}],'
    '"generated_at":"2026-01-03T04:05:06Z","schema_version":"1.0.0"}}'
)


def _skill(name: str, count: int, percent: int) -> str:
    return f'{{"name":"{name}","count":{count},"pct":{percent}}}'


GERMAN = (3, 2, [("Python", 2, 67), ("Rust", 1, 33)])
AMERICAN = (2, 2, [("Python", 1, 50), ("Rust", 1, 50)])
ALL = (7, 4, [("Rust", 4, 57), ("Python", 3, 43)])
CASES = [
    ("Germany", *GERMAN), ("germany.", *GERMAN), ("DEUTSCHLAND", *GERMAN), ("Germany,,", *GERMAN),
    ("US", *AMERICAN), ("U.S.", *AMERICAN), ("us;|", *AMERICAN), ("United States", *AMERICAN),
    ("Dallas, Texas", 1, 1, [("Rust", 1, 100)]), ("dallas TX", 1, 1, [("Rust", 1, 100)]),
    ("Anywhere", *ALL), ("any", *ALL), ("Atlantis", 0, 0, []),
]  # fmt: skip


@pytest.fixture(scope="module")
def frozen_url(new_store_url: Callable[[], str]) -> str:
    url = new_store_url()
    with duckdb.connect() as warehouse:
        warehouse.execute(TABLES + _POSTINGS + MARTS)
        publish(warehouse, url)
    engine = writing_engine(url)
    with engine.begin() as connection:
        write_meta(connection, {"published_at": "2026-01-03T04:05:06Z"})
    engine.dispose()
    return url


@pytest.fixture(scope="module")
def frozen(frozen_url: str) -> FlaskClient:
    return create_app(Settings(serving_url=frozen_url)).test_client()


@pytest.mark.parametrize(("text", "n", "companies", "found"), CASES)
def test_insights_are_the_same_bytes_as_ever(
    frozen: FlaskClient, text: str, n: int, companies: int, found: list[tuple[str, int, int]]
) -> None:
    where = "anywhere" if text.lower() in ("anywhere", "any") else f"in {text}"
    expected = _FROZEN.format(
        text=text, where=where, n=n, s="" if n == 1 else "s", companies=companies,
        skills=",".join(_skill(*skill) for skill in found),
    )  # fmt: skip
    for _ in range(3):  # made, kept, kept for longer
        answer = frozen.get("/api/v1/insights", query_string={"location": text})
        assert answer.data.decode() == expected


def test_flood_of_questions_displaces_no_answer_that_is_asked_for_again(
    frozen_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def counting(limits: Any) -> tuple[api.Endpoint, ...]:
        return tuple(map(counted, ENDPOINTS(limits)))

    def counted(endpoint: api.Endpoint) -> api.Endpoint:
        def answer(snapshot: Any, params: Any) -> Any:
            made.append(params.model_dump_json())
            return endpoint.answer(snapshot, params)

        return dataclasses.replace(endpoint, answer=answer)

    monkeypatch.setattr("include.web.app.endpoints", counting)
    monkeypatch.setattr("include.web.app.CACHED_ANSWER_BYTES", 200_000)
    monkeypatch.setattr("include.web.app.MAX_ANSWER_AGE_SECONDS", 10**9)
    client = create_app(Settings(serving_url=frozen_url)).test_client()
    for _ in range(2):
        client.get("/api/v1/insights?location=Berlin")
    for number in range(200):
        client.get(f"/api/v1/insights?location=Berlin{'.' * (number % 150)}{number}")
    made.clear()
    client.get("/api/v1/insights?location=Berlin")
    assert made == []


ENDPOINTS = api.endpoints
