"""One job on several boards is counted once, two jobs are counted twice: in one build."""

from __future__ import annotations

import pytest

from include.postings.model import posting_id
from include.warehouse.connection import open_warehouse
from sample.board_records import canonical_url
from sample.boards import BOARDS

from .conftest import COMPANIES, Built


@pytest.fixture(scope="module")
def counted(built: Built) -> dict[str, str]:
    """The posting that counts for each posting."""
    with open_warehouse(built.settings) as warehouse:
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


def test_generated_jobs_are_joined_as_they_were_made(counted: dict[str, str], built: Built) -> None:
    world = built.world
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
