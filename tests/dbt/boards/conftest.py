"""One build for all tests of this folder: two months of Hacker News, and job boards."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bench.history import load_month
from include.maintenance.export.create import create_export
from include.settings import Settings
from include.sources.normalise import to_posting
from include.sources.record import Record
from include.sources.registry import board
from include.staging.files import stage
from include.warehouse.loads import job_postings, load
from sample.boards import BOARDS
from sample.world import World
from tests.dbt.conftest import dbt

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


@dataclass(frozen=True)
class Built:
    """A built warehouse, and the world that it was loaded from."""

    settings: Settings
    world: World


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    settings = Settings(data_dir=tmp_path_factory.mktemp("boards"))
    world = World(first_month="2026-04", last_month="2026-05", comments=30, jobs=500,
                  today=NOW.date())  # fmt: skip
    for month in world.months():
        load_month(world, month, settings)
    jobs = [(*job, company) for company, (found, _) in COMPANIES.items() for job in found]
    payloads: dict[str, list[dict[str, Any]]] = {
        name: [world.record(e) for e in world.listings(name)] for name in BOARDS
    }
    for number, (source, title, place, company) in enumerate(jobs, start=10_000_000):
        payloads[source].append(payload(source, number, company, title, place))
    for source, found in payloads.items():
        load_all(settings, source, found)
    no_tests = ("--exclude-resource-type", "unit_test", "--exclude-resource-type", "test")
    assert set(dbt(settings, "build", *no_tests).values()) == {"success"}
    return Built(settings, world)


@pytest.fixture(scope="session")
def export(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An export of the sources that may be passed on."""
    folder: Path = tmp_path_factory.mktemp("export")
    create_export(built.settings, str(folder), NOW)
    return folder
