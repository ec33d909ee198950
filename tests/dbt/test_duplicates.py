"""One job on several boards is counted once, two jobs are counted twice: in one build."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from include.postings.model import posting_id
from include.settings import Settings
from include.sources.normalise import to_posting
from include.sources.record import Record
from include.sources.registry import board
from include.staging.files import stage
from include.warehouse.connection import open_warehouse
from include.warehouse.loads import job_postings, load
from sample.board_records import canonical_url
from sample.boards import BOARDS
from sample.world import World

from .conftest import dbt

NOW = dt.datetime(2026, 5, 20, tzinfo=dt.UTC)

# Company: what boards say of its jobs, as (board, title, place), and how many jobs these are.
Job = tuple[str, str, str]
COMPANIES: dict[str, tuple[list[Job], int]] = {
    "Same Place GmbH": (
        [("arbeitnow", "Dev", "Berlin"), ("theirstack", "Dev", "Berlin, Germany")], 1,
    ),
    "Next Place": (
        [("arbeitnow", "Dev", "Berlin"), ("theirstack", "Dev", "Amsterdam, Netherlands"),
         ("theirstack", "Dev", "Berlin, Germany")], 2,
    ),
    "Other Place": ([("arbeitnow", "Dev", "Berlin"), ("theirstack", "Dev", "Paris, France")], 2),
    "Country Alone": ([("arbeitnow", "Dev", "Berlin"), ("himalayas", "Dev", "Germany")], 1),
    "Other Country": ([("arbeitnow", "Dev", "Berlin"), ("himalayas", "Dev", "France")], 2),
    "Two Cities": (
        [("arbeitnow", "Dev", "Berlin"), ("arbeitnow", "Dev", "Munich"),
         ("himalayas", "Dev", "Germany")], 3,
    ),
    "Nowhere Named": ([("arbeitnow", "Dev", "Berlin"), ("remotive", "Dev", "Worldwide")], 1),
    "Country And Nowhere": ([("arbeitnow", "Dev", "Germany"), ("remotive", "Dev", "Remote")], 1),
    "Nowhere, Two Places": (
        [("arbeitnow", "Dev", "Berlin"), ("theirstack", "Dev", "Paris, France"),
         ("remotive", "Dev", "Worldwide")], 3,
    ),
    "Unknown Village": ([("arbeitnow", "Dev", "Kleindorf"), ("remotive", "Dev", "kleindorf")], 1),
    "Own Board Has Both": (
        [("himalayas", "Dev", "Germany"), ("himalayas", "Dev", "Berlin"),
         ("arbeitnow", "Dev", "Berlin")], 2,
    ),
    "Languages": (
        [("arbeitnow", "C Dev", "Berlin"), ("theirstack", "C++ Dev", "Berlin"),
         ("remotive", "C# Dev", "Berlin"), ("arbeitnow", ".NET Dev", "Berlin")], 4,
    ),
    "Everybody": (
        [("arbeitnow", "Dev (all genders)", "Berlin"), ("theirstack", "Dev (m/w/d)", "Berlin"),
         ("remotive", "Dev (gn)", "Berlin")], 1,
    ),
    "Forms &amp; Sons Inc.": (
        [("arbeitnow", "R&amp;D Dev", "Berlin"), ("remotive", "R&D Dev", "Berlin")], 1,
    ),
}  # fmt: skip


def payload(source: str, number: int, company: str, title: str, place: str) -> dict[str, Any]:
    url, day = f"https://{source}.example/{number}", "2026-05-10"
    seconds = int(dt.datetime(2026, 5, 10, tzinfo=dt.UTC).timestamp())
    shape: dict[str, dict[str, Any]] = {
        "arbeitnow": {"slug": str(number), "url": url, "title": title, "company_name": company,
                      "location": place, "created_at": seconds},
        "remotive": {"id": number, "url": url, "title": title, "company_name": company,
                     "candidate_required_location": place, "publication_date": day},
        "himalayas": {"guid": url, "title": title, "companyName": company,
                      "locationRestrictions": [place], "pubDate": seconds},
        "theirstack": {"id": number, "url": url, "job_title": title, "company": company,
                       "locations": [{"display_name": place}], "date_posted": day},
    }  # fmt: skip
    return shape[source]


def load_all(settings: Settings, source: str, payloads: list[dict[str, Any]]) -> None:
    records = [
        Record.fetched(to_posting(board(source), found, NOW)[0].id, found, json.dumps(found))
        for found in payloads
    ]
    manifest = stage(
        records, settings.staging_dir, source=source, partition="day", run="r", name="all"
    )
    target = job_postings(source, "day")
    load(target, [manifest], run_id="r", started_at=NOW, settings=settings)


@pytest.fixture(scope="module")
def world() -> World:
    return World(jobs=500, today=NOW.date())


@pytest.fixture(scope="module")
def counted(data: Settings, world: World) -> dict[str, str]:
    """The posting that counts for each posting."""
    jobs = [(*job, company) for company, (found, _) in COMPANIES.items() for job in found]
    payloads: dict[str, list[dict[str, Any]]] = {
        name: [world.record(e) for e in world.listings(name)] for name in BOARDS
    }
    for number, (source, title, place, company) in enumerate(jobs, start=10_000_000):
        payloads[source].append(payload(source, number, company, title, place))
    for source, found in payloads.items():
        load_all(data, source, found)
    dbt(data, "seed")
    statuses = dbt(data, "run", "--select", "+fct_postings")
    assert set(statuses.values()) == {"success"}
    with open_warehouse(data) as warehouse:
        rows = warehouse.execute(
            "select url, coalesce(duplicate_of, posting_id), posting_id, company "
            "from gold.fct_postings"
        ).fetchall()
    return {url: counts for url, counts, *_ in rows} | {posting: c for _, c, posting, _ in rows}


@pytest.mark.parametrize("company", COMPANIES)
def test_jobs_of_a_company_are_as_many_as_there_are(company: str, counted: dict[str, str]) -> None:
    jobs = [(*job, name) for name, (found, _) in COMPANIES.items() for job in found]
    ours = {
        counted[f"https://{source}.example/{number}"]
        for number, (source, _, _, name) in enumerate(jobs, start=10_000_000)
        if name == company
    }
    assert len(ours) == COMPANIES[company][1]


def test_generated_jobs_are_joined_as_they_were_made(counted: dict[str, str], world: World) -> None:
    jobs: dict[int, set[str]] = {}
    owners: dict[str, set[int]] = {}
    known = 0
    for name in BOARDS:
        for entry in world.listings(name):
            counts = counted.get(posting_id(name, canonical_url(name, entry.job)))
            if counts:
                known += 1
                jobs.setdefault(entry.job.key, set()).add(counts)
                owners.setdefault(counts, set()).add(entry.job.key)
    repeated = known - len(jobs)
    missed = sum(len(found) - 1 for found in jobs.values())
    wrong = sum(len(found) - 1 for found in owners.values())
    assert repeated > 20
    assert missed <= 0.02 * repeated
    assert wrong <= 0.02 * repeated
