"""The marts beside a recount in plain Python over the raw posts, generated and recorded ones.

What a text says is read by the one reader in both; what is counted, divided and compared is
written here a second time, without SQL.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from statistics import quantiles
from typing import Any

import pytest

from bench.history import load_items, load_month
from include.postings import PostingFields, extract_posting
from include.postings.places.tree import ancestors
from include.settings import PROJECT_ROOT, Settings
from sample.world import World
from tests.builds import dbt

from .conftest import Tables

RECORDED = {"2015-06": 9639001, "2015-07": 9812245, "2016-06": 11814828}
"""Months that follow each other, and one a year later: growth has something to compare with."""


@dataclass
class Replay:
    """Built tables, and the texts of each month's live top comments by item id."""

    tables: Tables
    first_month: str
    texts: Mapping[str, Mapping[int, str]]
    statuses: Mapping[str, str]
    readings: dict[str, list[PostingFields]] = field(init=False)
    months: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.readings = {
            month: [
                reading
                for text in texts.values()
                if (reading := extract_posting(text, source="hacker_news")).is_job
            ]
            for month, texts in self.texts.items()
        }
        self.months = months_between(self.first_month, max(self.texts))


@pytest.fixture(scope="module")
def sample(data: Settings) -> Replay:
    world = World(seed=3, first_month="2025-04", last_month="2026-05", comments=40)
    for month in world.months():
        load_month(world, month, data)
    statuses = build(data, "2025-02")
    texts = {month: live_texts(world, month) for month in world.months()}
    return Replay(Tables(data), "2025-02", texts, statuses)


def build(settings: Settings, first_month: str) -> dict[str, str]:
    of_vars = {"first_month": f"{first_month}-01"}
    return dbt(settings, "build", "--exclude-resource-type", "unit_test", **of_vars)


def live_texts(world: World, month: str) -> dict[int, str]:
    kids = (world.item(world.threads(month).thread_id) or {})["kids"]
    items = ((key, world.item(key)) for key in kids)
    return {
        key: item["text"]
        for key, item in items
        if item and "text" in item and not item.get("deleted") and not item.get("dead")
    }


@pytest.fixture(scope="module")
def recorded(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Replay:
    settings = Settings(data_dir=tmp_path_factory.mktemp("recorded"))
    texts = {}
    for month, thread_id in RECORDED.items():
        with gzip.open(shared_data / "hn" / f"{month}.jsonl.gz", "rt") as lines:
            posts = [json.loads(line) for line in lines]
        kids = [{**post, "type": "comment", "parent": thread_id} for post in posts]
        head = {"id": thread_id, "type": "story", "title": "Ask HN: Who is hiring?",
                "by": "whoishiring", "kids": [kid["id"] for kid in kids]}  # fmt: skip
        load_items(month, thread_id, [(item["id"], item) for item in (head, *kids)], settings)
        texts[month] = {post["id"]: post["text"] for post in posts}
    statuses = build(settings, min(RECORDED))
    return Replay(Tables(settings), min(RECORDED), texts, statuses)


@pytest.fixture(
    params=["sample", pytest.param("recorded", marks=[pytest.mark.shared, pytest.mark.slow])]
)
def replay(request: pytest.FixtureRequest) -> Replay:
    found: Replay = request.getfixturevalue(request.param)
    return found


def key_of(row: Mapping[str, Any]) -> str:
    return f"{row['month']:%Y-%m}"


def month_before(month: str, months: int) -> str:
    number = int(month[:4]) * 12 + int(month[5:]) - 1 - months
    return f"{number // 12}-{number % 12 + 1:02}"


def months_between(first: str, last: str) -> list[str]:
    found = [last]
    while found[-1] > first:
        found.append(month_before(found[-1], 1))
    return found[::-1]


def growth(now: Fraction | None, before: Fraction | None) -> Fraction | None:
    return None if now is None or not before else 100 * (now - before) / before


def test_build_is_green(replay: Replay) -> None:
    assert set(replay.statuses.values()) == {"success", "pass"}


def test_places_equal_a_recount_of_the_raw_posts(replay: Replay) -> None:
    """By relation and place, and by the areas around those that are offered."""
    read, around = Counter[tuple[str, str]](), Counter[str]()
    for reading in (reading for readings in replay.readings.values() for reading in readings):
        named = {(p.relation, p.place_id) for p in reading.places if p.place_id}
        read.update(named)
        around.update({a for rel, key in named if rel != "excluded" for a in ancestors(key)})
    rows = replay.tables["gold.fct_posting_places"]
    assert Counter((row["relation"], row["place_id"]) for row in rows) == read
    lies_in: dict[str, list[str]] = {}
    for row in replay.tables["gold.place_ancestors"]:
        lies_in.setdefault(row["place_id"], []).append(row["ancestor_id"])
    found: dict[str, set[str]] = {}
    for row in rows:
        if row["relation"] != "excluded":
            found.setdefault(row["posting_id"], set()).update(lies_in[row["place_id"]])
    assert Counter(area for areas in found.values() for area in areas) == around


def test_monthly_trends_equal_a_recount_of_the_raw_posts(replay: Replay) -> None:
    with (PROJECT_ROOT / "dbt" / "seeds" / "technologies.csv").open() as file:
        technologies = [row["technology_id"] for row in csv.DictReader(file)]
    shares: dict[tuple[str, str], Fraction] = {}
    expected = {}
    running = f"{dt.datetime.now(dt.UTC):%Y-%m}"  # all was loaded just now
    for month in replay.months:
        jobs = replay.readings.get(month, [])
        named = Counter(skill for reading in jobs for skill, _ in reading.skills)
        for technology in technologies:
            share = Fraction(named[technology], len(jobs)) if jobs else None
            compared = share if month < running else None
            if compared is not None:
                shares[technology, month] = compared
            expected[technology, month] = (
                named[technology],
                len(jobs),
                share,
                growth(compared, shares.get((technology, month_before(month, 1)))),
                growth(compared, shares.get((technology, month_before(month, 12)))),
            )
    rows = replay.tables["gold.monthly_trends"]
    assert len(rows) == len(expected)
    found = {(row["technology_id"], key_of(row)): row for row in rows}
    assert found.keys() == expected.keys()
    for key, (mentions, total, *figures) in expected.items():
        row = found[key]
        assert (row["mention_count"], row["total_jobs"]) == (mentions, total), key
        written = [row["share"], row["mom_growth_pct"], row["yoy_growth_pct"]]
        assert written == [None if f is None else pytest.approx(float(f)) for f in figures], key
    assert any(figures[-1] for _, _, *figures in expected.values())  # a year is compared


def test_market_mix_equals_a_recount(replay: Replay) -> None:
    expected: Counter[tuple[str, str, str]] = Counter()
    for month, jobs in replay.readings.items():
        for job in jobs:
            expected[month, "remote", job.remote] += 1
            expected[month, "role", job.role_bucket] += 1
            expected[month, "level", job.level_bucket] += 1
            expected[month, "visa", job.visa] += 1
    rows = replay.tables["gold.monthly_market_mix"]
    mix = [row for row in rows if row["dimension"] != "company"]
    found = {(key_of(row), row["dimension"], row["value"]): row["postings_count"] for row in mix}
    assert found == dict(expected)
    for row in rows:
        jobs = replay.readings[key_of(row)]
        assert row["total_jobs"] == len(jobs)
        assert row["share"] == row["postings_count"] / len(jobs)


def test_jobs_equal_a_recount_of_the_raw_posts(replay: Replay) -> None:
    expected: Counter[tuple[Any, ...]] = Counter()
    for month, readings in replay.readings.items():
        for reading in readings:
            alone = len(reading.jobs) == 1
            for position, job in enumerate(reading.jobs, start=1):
                title = reading.title if alone else job.title
                key = (month, position, len(reading.jobs), title, job.roles, job.levels)
                expected[*key, job.family, job.remote] += 1
    found = Counter(
        (
            key_of(row), row["position"], row["jobs_count"], row["title"], tuple(row["roles"]),
            tuple(row["levels"]), row["family"], row["remote"],
        )
        for row in replay.tables["gold.fct_jobs"]
    )  # fmt: skip
    assert found == expected
    postings = replay.tables["gold.fct_postings"]
    assert {row["posting_id"] for row in replay.tables["gold.fct_jobs"]} == {
        row["posting_id"] for row in postings
    }


def test_companies_are_those_with_the_most_postings(replay: Replay) -> None:
    for month, jobs in replay.readings.items():
        named = Counter(job.company.strip().lower() for job in jobs if (job.company or "").strip())
        rows = [
            row
            for row in replay.tables["gold.monthly_market_mix"]
            if (key_of(row), row["dimension"]) == (month, "company")
        ]
        assert sorted((row["postings_count"] for row in rows), reverse=True) == [
            count for _, count in named.most_common(25)
        ]
        assert all(named[row["value"].lower()] == row["postings_count"] for row in rows)


def test_market_has_a_row_a_month_with_the_same_figures(replay: Replay) -> None:
    rows = {key_of(row): row for row in replay.tables["gold.monthly_market"]}
    assert sorted(rows) == replay.months
    for month, row in rows.items():
        jobs = replay.readings.get(month, [])
        assert row["total_jobs"] == len(jobs)
        if not jobs:
            figures = {k: v for k, v in row.items() if k.endswith(("_share", "_usd"))}
            assert set(figures.values()) == {None}
            continue
        remote = sum(job.remote == "remote" for job in jobs)
        seniors = sum(job.level_bucket == "senior_excluded" for job in jobs)
        sponsors = sum(job.visa == "yes" for job in jobs)
        assert row["remote_remote_share"] == remote / len(jobs)
        assert row["level_senior_excluded_share"] == seniors / len(jobs)
        assert row["visa_yes_share"] == sponsors / len(jobs)
        assert row["salary_share"] == sum(job.salary is not None for job in jobs) / len(jobs)


def test_salaries_are_quantiles_of_yearly_pay(replay: Replay) -> None:
    expected: dict[tuple[str, str], list[float]] = {}
    for month, jobs in replay.readings.items():
        for job in jobs:
            if job.salary and job.salary.period in ("year", "month"):
                ends = [end for end in (job.salary.min, job.salary.max) if end is not None]
                times = 12 if job.salary.period == "month" else 1
                pay = times * sum(ends) / len(ends)
                expected.setdefault((month, job.salary.currency), []).append(pay)
    rows = replay.tables["gold.monthly_salaries"]
    assert len(rows) == len(expected) > 0
    for row in rows:
        pays = expected[key_of(row), row["currency"]]
        quartiles = quantiles(pays, n=4, method="inclusive") if len(pays) > 1 else pays * 3
        assert row["postings_count"] == len(pays)
        assert [row["p25"], row["median"], row["p75"]] == [pytest.approx(q) for q in quartiles]


def test_skill_pairs_equal_a_recount_of_the_last_twelve_months(replay: Replay) -> None:
    window = replay.months[-12:]
    facts = replay.tables["gold.fct_postings"]
    jobs = [row for row in facts if key_of(row) in window and row["duplicate_of"] is None]
    by_url = {f"https://news.ycombinator.com/item?id={key}": text
              for month in window for key, text in replay.texts.get(month, {}).items()}  # fmt: skip
    named: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for job in jobs:
        reading = extract_posting(by_url[job["url"]], source="hacker_news")
        skills = sorted(skill for skill, _ in reading.skills)
        named.update(skills)
        pairs.update(combinations(skills, 2))
    rows = replay.tables["gold.skill_pairs"]
    found = {(row["skill_a"], row["skill_b"]): row for row in rows}
    assert found.keys() == {pair for pair, count in pairs.items() if count >= 5}
    assert found
    for (one, other), row in found.items():
        together = pairs[one, other]
        assert row["postings_count"] == together
        assert row["share"] == pytest.approx(together / len(jobs))
        chance = named[one] / len(jobs) * named[other] / len(jobs)
        assert row["lift"] == pytest.approx(together / len(jobs) / chance)


def test_companies_equal_a_recount_of_their_postings(replay: Replay) -> None:
    named: dict[str, list[dict[str, Any]]] = {}
    for posting in replay.tables["gold.fct_postings"]:
        assert bool(posting["company_key"]) == any(map(str.isalnum, posting["company"]))
        if posting["company_key"]:
            named.setdefault(posting["company_key"], []).append(posting)
    rows = {row["company_key"]: row for row in replay.tables["gold.dim_companies"]}
    assert rows.keys() == named.keys()
    links = {row["posting_id"]: row for row in replay.tables["silver.posting_companies"]}
    for key, postings in named.items():
        row, months = rows[key], [posting["month"] for posting in postings]
        names = Counter(posting["company"] for posting in postings)
        assert row["names"] == sorted(names, key=lambda name: (-names[name], name))
        assert row["name"] == row["names"][0]
        assert (row["first_month"], row["last_month"]) == (min(months), max(months))
        assert (row["postings_count"], row["sources"]) == (len(postings), ["hacker_news"])
        for kind in ("domains", "boards"):
            own = {one for posting in postings for one in links[posting["posting_id"]][kind]}
            assert row[kind] == sorted(own)
    jobs = replay.tables["gold.fct_jobs"]
    keys = {row["posting_id"]: row["company_key"] for row in replay.tables["gold.fct_postings"]}
    assert all(job["company_key"] == keys[job["posting_id"]] for job in jobs)


def test_names_of_companies_equal_a_recount_of_what_joined_them(replay: Replay) -> None:
    links = {row["posting_id"]: row for row in replay.tables["silver.posting_companies"]}
    joined: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for posting in replay.tables["gold.fct_postings"]:
        if link := links.get(posting["posting_id"]):
            key = (link["company_key"], posting["company"], link["matched_by"], posting["source"])
            joined.setdefault(key, []).append({**posting, **link})
    rows = replay.tables["gold.company_names"]
    assert len(rows) == len(joined)
    for row in rows:
        found = joined[row["company_key"], row["name"], row["matched_by"], row["source"]]
        months = [one["month"] for one in found]
        assert row["postings_count"] == len(found)
        assert (row["first_month"], row["last_month"]) == (min(months), max(months))
        for kind in ("domains", "boards"):
            assert row[kind] == sorted({link for one in found for link in one[kind]})
