"""How jobs fit one's skills: what a plain look at each job counts, under any filter."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import duckdb
import pytest

from include.errors import ConfigurationError
from include.insights.counted import count, selected
from include.insights.filters import JobFilter
from include.insights.fits import FITS
from include.insights.match import match
from include.insights.pay import salaries
from include.insights.skill_names import nearest_names, skills_called
from include.insights.statistics.association import design_effect_of_share
from include.insights.statistics.intervals import overlaps, wilson
from include.insights.store import Snapshot
from include.postings.taxonomy import load_taxonomy
from tests.unit.insights.plain import TODAY, Job, drawn, is_wanted, jobs_of

MONTHS = ("2024-01", "2025-06")


@pytest.fixture(scope="module")
def jobs(warehouse: duckdb.DuckDBPyConnection) -> list[Job]:
    return jobs_of(warehouse)


@pytest.fixture(scope="module")
def known(jobs: list[Job]) -> list[str]:
    """The skills that postings name, as often as they do."""
    return [skill for job in jobs for skill in job["posting"]["skills"]]


def fit_of(job: Job, skills: list[str]) -> str | None:
    """The rules of docs/api.md; None where the posting names nothing."""
    asked = {*job["posting"]["skills"]}
    had, missing = len(asked & {*skills}), len(asked - {*skills})
    if not asked:
        return None
    if not had:
        return "none"
    if missing < 3:
        return ("all", "all_but_one", "all_but_two")[missing]
    return "half" if had >= missing else "some"


def companies_of(jobs: list[Job]) -> set[str]:
    return {job["posting"]["key"] for job in jobs} - {""}


def postings_of(jobs: list[Job]) -> set[str]:
    return {job["posting_id"] for job in jobs}


@pytest.mark.parametrize("seed", range(12))
def test_every_count_is_that_of_the_rows(
    snapshot: Snapshot, jobs: list[Job], known: list[str], seed: int
) -> None:
    rng = random.Random(seed)
    for _ in range(4):
        wanted = drawn(rng, jobs)
        skills = list(dict.fromkeys(rng.sample(known, rng.randrange(1, 12))))
        chosen = [job for job in jobs if is_wanted(job, wanted)]
        naming = [job for job in chosen if fit_of(job, skills)]
        answer = match(snapshot, wanted, skills, TODAY, limit=100, top=25)
        meta = answer.meta
        assert meta.counted == count(snapshot, selected(snapshot, wanted, TODAY))
        assert (meta.naming_jobs, meta.unnamed_jobs) == (len(naming), len(chosen) - len(naming))
        assert meta.naming_companies == len(companies_of(naming))
        by_fit = {fit: [job for job in naming if fit_of(job, skills) == fit] for fit in FITS}
        assert [(row.fit, row.jobs, row.postings, row.companies) for row in meta.fits] == [
            (fit, len(of), len(postings_of(of)), len(companies_of(of)))
            for fit, of in by_fit.items()
        ], wanted
        assert meta.total_count == len(postings_of(naming))
        lacking = {
            id(job): ({*job["posting"]["skills"]} - {*skills}).pop()
            for job in naming
            if len({*job["posting"]["skills"]} - {*skills}) == 1
        }
        assert meta.lacking_one_jobs == len(lacking)
        opened = {
            skill: [job for job in naming if lacking.get(id(job)) == skill]
            for skill in lacking.values()
        }
        expected = {
            skill: (len(of), len(postings_of(of)), len(companies_of(of)))
            for skill, of in opened.items()
        }
        shown = {o.technology_id: (o.jobs, o.postings, o.companies) for o in meta.openings}
        assert shown.items() <= expected.items()
        units = 1 if wanted.company else 2
        ranks = sorted((figures[units] for figures in expected.values()), reverse=True)
        shown_ranks = [figures[units] for figures in shown.values()]
        assert shown_ranks == [rank for rank in ranks if rank][:25], wanted


def test_postings_come_best_fit_first_each_once(
    snapshot: Snapshot, jobs: list[Job], known: list[str]
) -> None:
    skills = [skill for skill, _ in Counter(known).most_common(9)]
    wanted = JobFilter(source="hacker_news")
    seen, cursor = [], None
    while True:
        page = match(snapshot, wanted, skills, TODAY, limit=40, cursor=cursor)
        seen += page.data
        if (cursor := page.meta.next_cursor) is None:
            break
    of = {job["posting_id"]: job for job in jobs if is_wanted(job, wanted)}
    naming = {posting_id: job for posting_id, job in of.items() if fit_of(job, skills)}
    assert {row.id for row in seen} == naming.keys()
    assert len(seen) == len(naming) == page.meta.total_count
    for row in seen:
        assert row.fit == fit_of(naming[row.id], skills)
        assert sorted([*row.has, *row.missing]) == sorted(row.skills)
        assert len(row.has) == len({*naming[row.id]["posting"]["skills"]} & {*skills})
    order = [(FITS.index(row.fit), -len(row.has)) for row in seen]
    assert order == sorted(order)
    assert {row.fit for row in seen} == {*FITS}
    of_one = [row for row in seen if (row.fit, len(row.has)) == ("some", 1)]
    times = [naming[row.id]["posting"]["date_posted"] for row in of_one]
    assert times == sorted(times, reverse=True)
    listed = match(snapshot, wanted, skills, TODAY, limit=100, fits=("all", "all_but_one"))
    best = [row.id for row in seen if row.fit in ("all", "all_but_one")]
    assert [row.id for row in listed.data] == best[:100]
    assert listed.meta.total_count == len(best)
    assert listed.meta.fits == page.meta.fits


def test_cursor_of_another_list_is_refused(snapshot: Snapshot) -> None:
    with pytest.raises(ConfigurationError, match="not a cursor"):
        match(snapshot, JobFilter(), ["python"], TODAY, limit=5, cursor="bm9uc2Vuc2U")


def test_intervals_are_by_company(snapshot: Snapshot, jobs: list[Job]) -> None:
    meta = match(snapshot, JobFilter(), ["python", "sql"], TODAY, limit=1).meta
    naming = [job for job in jobs if is_wanted(job, JobFilter()) and job["posting"]["skills"]]
    # A job of an unnamed company is one by itself.
    totals = Counter(job["posting"]["key"] or id(job) for job in naming)
    assert meta.fits
    for row in meta.fits:
        of_fit = [job for job in naming if fit_of(job, ["python", "sql"]) == row.fit]
        effect = design_effect_of_share(
            Counter(job["posting"]["key"] or id(job) for job in of_fit), totals
        )
        assert (row.low, row.high) == pytest.approx(wilson(row.jobs, len(naming), effect))
        assert row.share == row.jobs / len(naming)
    first = wilson(meta.openings[0].companies, meta.naming_companies)
    for one in meta.openings:
        interval = wilson(one.companies, meta.naming_companies)
        assert (one.low, one.high) == interval
        assert one.about_equal_to_first == overlaps(interval, first)
    assert meta.openings[0].about_equal_to_first


def test_design_effect_of_many_jobs_is_read_from_some(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = match(snapshot, JobFilter(), ["python"], TODAY, limit=1).meta.fits
    monkeypatch.setattr("include.insights.match._JOBS_READ", 600)
    some = match(snapshot, JobFilter(), ["python"], TODAY, limit=1).meta.fits
    assert [row.jobs for row in some] == [row.jobs for row in whole]
    assert some != whole
    for one, other in zip(some, whole, strict=True):
        assert (one.low, one.high) == pytest.approx((other.low, other.high), abs=0.05)


def test_premium_is_that_of_salaries(snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    # The store is small: six cells of five pays on both sides are not in it.
    for module in ("premiums", "statistics.medians"):
        monkeypatch.setattr(f"include.insights.{module}.CELL_VALUES", 1)
    wanted = JobFilter(months=MONTHS, repeats=True)
    openings = match(snapshot, wanted, ["python"], TODAY, limit=1, top=25).meta
    of = {
        row.technology_id: row.premium
        for row in salaries(snapshot, wanted, MONTHS, by="technology", currency="USD").data
    }
    assert openings.currency == "USD"
    shown = [one for one in openings.openings if one.technology_id in of]
    assert [one.premium for one in shown] == [of[one.technology_id] for one in shown]
    assert any(one.premium for one in shown)


def test_of_one_company_its_postings_are_shared(snapshot: Snapshot) -> None:
    company = snapshot.index.companies.all[3]
    meta = match(snapshot, JobFilter(company=company.key), ["python"], TODAY, limit=1).meta
    assert meta.share_of == "postings"
    naming = sum(row.postings for row in meta.fits)
    assert all(one.share == one.postings / naming for one in meta.openings)


def test_nothing_counted_fits_nothing(snapshot: Snapshot) -> None:
    answer = match(snapshot, JobFilter(company="nobody"), ["python"], TODAY, limit=5)
    meta = answer.meta
    assert (answer.data, meta.openings, meta.currency, meta.enough) == ([], [], None, "none")
    assert [(row.jobs, row.share) for row in meta.fits] == [(0, None)] * len(FITS)
    assert meta.nearest is not None


def test_no_cache_keeps_what_depends_on_the_skills(snapshot: Snapshot) -> None:
    def kept() -> list[Any]:
        memory = snapshot.memory
        caches = (memory.counted, memory.job_skills, memory.tallies, memory.changes)
        return [len(one) for one in (*caches, memory.matches)]

    wanted = JobFilter(days=300)
    match(snapshot, wanted, ["python"], TODAY, limit=5)
    before = kept()
    for skill in list(snapshot.names)[:20]:
        match(snapshot, wanted, [skill], TODAY, limit=5)
    assert kept() == before


def test_skills_are_called_by_id_name_or_alias(snapshot: Snapshot) -> None:
    called, unknown = skills_called(snapshot, ["PYTHON", " python", "k8s", "Node.js", "kubernets"])
    # A name that the classifier takes only as it is written.
    cased = next(s for i in snapshot.names for s in load_taxonomy().by_id[i].cased)
    assert skills_called(snapshot, [cased.upper()])[1] == []
    assert called == ["python", "kubernetes", "nodejs"]
    assert unknown == ["kubernets"]
    near = nearest_names(snapshot, ["kubernets", "pyhton", "qqqqqqqq"])
    assert near["kubernets"][0] == "Kubernetes"
    assert "Python" in near["pyhton"]
    assert near["qqqqqqqq"] == []


def test_an_id_comes_before_a_name_and_a_name_before_an_alias(snapshot: Snapshot) -> None:
    for technology_id, name in snapshot.names.items():
        assert skills_called(snapshot, [technology_id])[0] == [technology_id]
        assert skills_called(snapshot, [name.upper()])[0] == [technology_id]
