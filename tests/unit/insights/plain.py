"""The jobs of a warehouse as plain Python, and the rules of docs/api.md for one of them."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import duckdb

from include.insights.filters import JobFilter
from include.postings.family import FAMILIES
from include.postings.places.tree import ancestors

__all__ = ["TODAY", "Job", "drawn", "is_wanted", "jobs_of"]

TODAY = date(2026, 1, 1)
Job = dict[str, Any]


def jobs_of(warehouse: duckdb.DuckDBPyConnection) -> list[Job]:
    """Return every job, with what is said of its posting under ``posting``."""
    skills: dict[str, list[str]] = {}
    for posting_id, skill in warehouse.sql(
        "select posting_id, skill from gold.fct_posting_skills"
    ).fetchall():
        skills.setdefault(posting_id, []).append(skill)
    places: dict[str, list[tuple[str, str]]] = {}
    for posting_id, place_id, relation in warehouse.sql(
        "select posting_id, place_id, relation from gold.fct_posting_places"
    ).fetchall():
        places.setdefault(posting_id, []).append((relation, place_id))
    is_open = {
        row[0]
        for row in warehouse.sql("select posting_id from silver.job_spans where is_open").fetchall()
    }
    found = warehouse.sql("select * from gold.fct_postings").to_arrow_table().to_pylist()
    of = {
        row["posting_id"]: row
        | {
            "skills": skills.get(row["posting_id"], []),
            "places": places.get(row["posting_id"], []),
            "day": row["date_posted"].date(),
            "is_open": row["posting_id"] in is_open,
            "key": row["company"] and (row["company_key"] or row["company"].strip().lower()),
        }
        for row in found
    }
    newest = max(posting["day"] for posting in of.values())
    names: dict[str, set[str]] = {}
    for posting in of.values():
        names.setdefault(posting["key"], set()).add(posting["company"].lower())
    for posting in of.values():
        posting |= {"newest": newest, "names": names[posting["key"]] - {""}}
    rows = warehouse.sql("select * from gold.fct_jobs").to_arrow_table().to_pylist()
    return [
        row
        | {
            "posting": of[row["posting_id"]],
            "way": row["remote"] or of[row["posting_id"]]["remote"],
            "places": [(one["relation"], one["place_id"]) for one in row["places"] or ()]
            or of[row["posting_id"]]["places"],
        }
        for row in rows
    ]


def is_wanted(job: Job, wanted: JobFilter) -> bool:
    """The rules of docs/api.md, one job at a time."""
    posting = job["posting"]
    said = job["places"]
    day = posting["day"]
    return (
        (wanted.seniors or posting["level_bucket"] != "senior_excluded")
        and (wanted.repeats or posting["duplicate_of"] is None)
        and wanted.role in ("any", posting["role_bucket"])
        and wanted.level in ("any", posting["level_bucket"])
        and wanted.source in ("any", posting["source"])
        and (not wanted.sources or posting["source"] in wanted.sources)
        and (not wanted.roles or bool({*(job["roles"] or ["unspecified"])} & {*wanted.roles}))
        and (not wanted.levels or bool({*(job["levels"] or ["unspecified"])} & {*wanted.levels}))
        and (not wanted.families or job["family"] in wanted.families)
        and (not wanted.remote or job["way"] in wanted.remote)
        and {*wanted.technologies} <= {*posting["skills"]}
        and (wanted.state == "posted" or posting["is_open"])
        and (
            wanted.company is None
            or wanted.company.lower() in (posting["company"].lower(), posting["key"])
            or wanted.company.lower() in posting["names"]
        )
        and (wanted.days is None or 0 <= (posting["newest"] - day).days <= wanted.days)
        and (wanted.months is None or wanted.months[0] <= f"{day:%Y-%m}" <= wanted.months[1])
        and PLACES[wanted.location](said, job["way"])
        and (wanted.apply_from is None or may_apply(said, job["way"], wanted))
    )


def lies_in(said: list[tuple[str, str]], place_id: str) -> bool:
    return any(relation != "excluded" and place_id in ancestors(one) for relation, one in said)


def is_open_to(said: list[tuple[str, str]], place_id: str) -> bool:
    around = ancestors(place_id)
    hires = any(relation == "hire_from" and one in around for relation, one in said)
    return lies_in(said, place_id) or (hires and not refuses(said, place_id))


def refuses(said: list[tuple[str, str]], place_id: str) -> bool:
    around = ancestors(place_id)
    return any(relation == "excluded" and one in around for relation, one in said)


def may_apply(said: list[tuple[str, str]], way: str, wanted: JobFilter) -> bool:
    place_id = PLACE_IDS[wanted.apply_from or ""]
    if way in ("remote", "mixed"):
        unnamed = not any(relation == "hire_from" for relation, _ in said)
        if is_open_to(said, place_id) or (
            wanted.unstated == "include" and unnamed and not refuses(said, place_id)
        ):
            return True
    return way != "remote" and lies_in(said, place_id)


PLACE_IDS = {"Germany": "DE", "Europe": "europe", "US": "US", "Berlin": "2950159"}
PLACES = {
    "Anywhere": lambda said, way: True,
    "Remote": lambda said, way: way in ("remote", "mixed"),
    "Berlin": lambda said, way: lies_in(said, "2950159"),
    "US": lambda said, way: lies_in(said, "US"),
    "Remote, US": lambda said, way: way in ("remote", "mixed") and is_open_to(said, "US"),
}


def drawn(rng: random.Random, jobs: list[Job]) -> JobFilter:
    """A filter of some restrictions, each of which a job of the store satisfies."""

    def some(values: list[str]) -> tuple[str, ...]:
        return tuple(rng.sample(values, rng.randrange(1, 3)))

    job = rng.choice(jobs)
    posting = job["posting"]
    choices: dict[str, Any] = {
        "location": rng.choice([*PLACES]),
        "apply_from": rng.choice([*PLACE_IDS]),
        "unstated": rng.choice(["include", "exclude"]),
        "remote": some(["remote", "hybrid", "onsite", "mixed", "unspecified"]),
        "roles": some(["backend", "software", "design", "frontend", "data"]),
        "levels": some(["senior", "entry", "mid", "unspecified"]),
        "families": some([*FAMILIES[:3]]),
        "role": posting["role_bucket"],
        "level": rng.choice(["entry", "junior_mid"]),
        "source": posting["source"],
        "sources": some(["hacker_news", "remotive", "theirstack"]),
        "company": rng.choice([posting["company"].upper(), posting["key"]]) or None,
        "technologies": tuple(posting["skills"][: rng.randrange(3)]),
        "state": "open",
        "seniors": rng.random() < 0.5,
        "repeats": rng.random() < 0.5,
    }
    kept = {name: choices[name] for name in rng.sample([*choices], rng.randrange(5))}
    if rng.random() < 0.5:
        kept |= rng.choice([{"days": rng.choice([30, 200])}, {"months": ("2024-05", "2025-02")}])
    return JobFilter(**kept)
