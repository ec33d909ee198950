"""A warehouse of plausible gold tables, seeded, of any size: for tests, measurements, pictures.

It stands in for the pipeline's own output, with the shapes of docs/data-model.md: all technologies
of the taxonomy, each as frequent as it is in the real history of the time (sample/technologies.py),
places, companies and texts with tails as long as real ones (sample/laws.py), boards beside Hacker
News, seniors, duplicates, and missing locations, dates and salaries.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from include.postings.places import countries_of, find_places
from include.postings.taxonomy import load_taxonomy
from include.silver.places import place_rows
from sample.companies import COMPANIES, draw_company
from sample.gold.models import fill_open_jobs
from sample.gold.tables import MARTS, SPANS, TABLES
from sample.laws import Weights, count_skills
from sample.phrases import TEAMS
from sample.places import count_places, draw_places, draw_read
from sample.prose import draw_length, sentence
from sample.rng import Rng
from sample.technologies import TECHNOLOGIES, Technology

__all__ = ["GoldSize", "fill_gold"]

_MOST_SKILLS = 30
_TEXT_POOL = 2_000
"""Sentences that texts are cut from, each text somewhere else."""
# what a remote posting names instead of a city, and its country
REGIONS = (
    (("US",), "US"), (("US",), "US"), (("Worldwide",), None), (("Europe",), None), (("EU",), None),
    (("US", "Canada"), None), (("Canada",), "CA"), (("UK",), "GB"), (("North America",), None),
    (("Germany",), "DE"),
)  # fmt: skip
_REMOTE_FORMS = ("Remote ({})", "Remote, {}", "REMOTE ({})", "Remote - {}")
_BETWEEN = (" or ", "; ", ", ", " / ")
JOBS = (
    ("backend", "Backend Engineer"),
    ("frontend", "Frontend Engineer"),
    ("fullstack", "Full-Stack Engineer"),
    ("any", "Software Engineer"),
    ("any", "Data Engineer"),
    ("any", "Machine Learning Engineer"),
)
ROLE_WEIGHTS = (22, 14, 20, 30, 8, 6)
LEVELS = ("any", "entry", "junior_mid", "senior_excluded")
LEVEL_WEIGHTS = (48, 5, 12, 35)
LEVEL_WORDS = {"any": "", "entry": "Junior ", "junior_mid": "", "senior_excluded": "Senior "}
ROLES = {
    "Backend Engineer": "backend",
    "Frontend Engineer": "frontend",
    "Full-Stack Engineer": "fullstack",
    "Software Engineer": "software",
    "Data Engineer": "data",
    "Machine Learning Engineer": "ml",
}
LEVELS_READ = {"any": [], "entry": ["entry"], "junior_mid": ["mid"], "senior_excluded": ["senior"]}
_SECOND_JOB = " · Product Designer"
_SECOND_EVERY = 4
"""Every fourth posting offers a second job, as every other one does in the real history."""


@dataclass(frozen=True)
class GoldSize:
    """How much to make: ``postings`` spread over months from ``first`` to ``last``."""

    postings: int = 2_000
    first: date = date(2025, 1, 1)
    last: date = date(2026, 10, 1)
    companies: int = COMPANIES
    description_bytes: int = 300
    technologies: int = len(TECHNOLOGIES)
    """The most frequent of the taxonomy's; fewer where a test is about something else."""


def fill_gold(warehouse: duckdb.DuckDBPyConnection, size: GoldSize, seed: int = 7) -> None:
    """Create and fill the gold tables and ``bronze.loads``; the same seed, the same rows."""
    rng = random.Random(seed)
    warehouse.execute(TABLES)
    technologies = _most_frequent(size)
    _insert(warehouse, "gold.dim_technologies", [_dimension(one) for one in technologies])
    postings: list[dict[str, Any]] = []
    skills: list[dict[str, Any]] = []
    places: list[dict[str, Any]] = []
    for posting, named in _postings(rng, size, technologies):
        postings.append(posting)
        skills += [{"posting_id": posting["posting_id"], "skill": s, "count": 1} for s in named]
        places += _places_of(posting)
        if len(postings) >= 20_000:
            _insert(warehouse, "gold.fct_postings", postings)
            postings.clear()
    _insert(warehouse, "gold.fct_postings", postings)
    _insert(warehouse, "gold.fct_posting_skills", skills)
    _insert(warehouse, "gold.fct_posting_places", places)
    _insert(warehouse, "bronze.loads", list(_loads(rng, size)))
    warehouse.execute(MARTS)
    warehouse.execute(SPANS)
    fill_open_jobs(warehouse)


def _places_of(posting: dict[str, Any]) -> list[dict[str, Any]]:
    found = [place for name in posting["locations"] for place in find_places(name)]
    return [{"posting_id": posting["posting_id"], **row} for row in place_rows(found)]


def _insert(warehouse: duckdb.DuckDBPyConnection, table: str, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    warehouse.register("filled_rows", pa.Table.from_pylist(rows))
    warehouse.execute(f"insert into {table} by name select * from filled_rows")
    warehouse.unregister("filled_rows")


def _months(size: GoldSize) -> list[date]:
    count = (size.last.year - size.first.year) * 12 + size.last.month - size.first.month + 1
    start = size.first.year * 12 + size.first.month - 1
    return [date((start + i) // 12, (start + i) % 12 + 1, 1) for i in range(count)]


def _most_frequent(size: GoldSize) -> list[Technology]:
    year = (size.first.year + size.last.year + 1) / 2
    ranked = sorted(TECHNOLOGIES, key=lambda one: (-one.share(year), one.id))
    return ranked[: size.technologies]


def _dimension(technology: Technology) -> dict[str, Any]:
    row = load_taxonomy().by_id[technology.id]
    aliases = [row.name.lower(), *row.aliases]
    return {
        "technology_id": row.id,
        "name": row.name,
        "category": row.category,
        "aliases": list(dict.fromkeys(aliases)),
    }


def _postings(
    rng: random.Random, size: GoldSize, technologies: list[Technology]
) -> Iterator[tuple[dict[str, Any], list[str]]]:
    months = _months(size)
    pool_rng = Rng("gold", "texts")
    pool = " ".join(sentence(pool_rng) for _ in range(_TEXT_POOL))
    seen: list[str] = []
    asked: dict[date, Weights] = {}
    for number in range(size.postings):
        month = months[number * len(months) // size.postings]
        if month not in asked:
            year = month.year + (month.month - 0.5) / 12
            asked[month] = Weights(technology.share(year) for technology in technologies)
        posting = _posting(rng, number, month, size, _text(rng, pool, size.description_bytes))
        if seen and rng.random() < 0.03:
            posting["duplicate_of"] = rng.choice(seen[-500:])
        else:
            seen.append(posting["posting_id"])
        yield posting, _skills(rng, asked[month], technologies)


def _skills(rng: random.Random, asked: Weights, technologies: list[Technology]) -> list[str]:
    count = count_skills(iter(rng.random, 1.0), _MOST_SKILLS)
    found: dict[str, None] = {}
    for _ in range(3 * count):  # duplicates are drawn again, up to a limit
        if len(found) == count:
            break
        found[technologies[asked.pick(rng.random())].id] = None
    return list(found)


def _text(rng: random.Random, pool: str, mean: int) -> str:
    length = min(int(draw_length(rng, mean)), len(pool))
    start = rng.randrange(len(pool) - length + 1)
    return pool[start : start + length]


def _posting(
    rng: random.Random, number: int, month: date, size: GoldSize, text: str
) -> dict[str, Any]:
    board = rng.random() < 0.12 and month.year >= 2025
    source = rng.choice(("remotive", "theirstack")) if board else "hacker_news"
    remote = _remote(rng, month)
    places, country, location = _places(rng, remote, board)
    role, job = rng.choices(JOBS, ROLE_WEIGHTS)[0]
    level = rng.choices(LEVELS, LEVEL_WEIGHTS)[0]
    team = f" ({rng.choice(TEAMS)})" if rng.random() < 0.4 else ""
    # Most answers to a thread come on its first two days; boards post all month.
    day = rng.randrange(0, 28) if board else min(int(rng.expovariate(0.6)), 27)
    posted = datetime(month.year, month.month, 1, 15, tzinfo=UTC) + timedelta(
        days=day, seconds=number % 28_000
    )
    url = _url(source, number)
    second = number % _SECOND_EVERY == _SECOND_EVERY - 1
    pay = _salary(rng, level, country) if rng.random() < 0.08 + 0.02 * (month.year - 2011) else {}
    return {
        "posting_id": hashlib.sha256(f"{source}:{url}".encode()).hexdigest()[:32],
        "source": source,
        "url": url,
        "canonical_url": url,
        "title": LEVEL_WORDS[level] + job + team + (_SECOND_JOB if second else ""),
        "company": "" if rng.random() < 0.02 else draw_company(rng, size.companies),
        "location": location,
        "locations": places,
        "country": country,
        "countries": list(countries_of(p for name in places for p in find_places(name))),
        "remote": remote,
        "date_posted": posted,
        "month": month,
        "retrieved_at": posted + timedelta(hours=9),
        "role_bucket": role,
        "level_bucket": level,
        "roles": [ROLES[job], "design"] if second else [ROLES[job]],
        "levels": LEVELS_READ[level],
        "salary_min": pay.get("min"),
        "salary_max": pay.get("max"),
        "salary_currency": pay.get("currency"),
        "salary_period": "year" if pay else None,
        "visa": rng.choices(("yes", "no", "unspecified"), (8, 5, 87))[0],
        "duplicate_of": None,
        "description_raw": text,
        "raw_json": json.dumps({"id": number, "text": text}),
        "payload_hash": hashlib.sha256(f"{number}{text}".encode()).hexdigest(),
        "reading_version": None,
        "classifier_version": "filler",
    }


def _places(
    rng: random.Random, remote: str, board: bool
) -> tuple[list[str], str | None, str | None]:
    """Return the places, their country if it is one, and the location: a board's is as written."""
    share = rng.random()
    if share < (0.35 if remote == "remote" else 0.07):
        return [], None, None
    if remote in ("remote", "mixed") and share > 0.65:
        named, country = rng.choice(REGIONS)
        words = "/".join(named)
        written = rng.choice(_REMOTE_FORMS).format(words) if board else "; ".join(named)
        return list(named), country, written
    if board:
        found = draw_places(rng)
        names = [short for _, short, _ in found]
        countries = {country for _, _, country in found}
        location = rng.choice(_BETWEEN).join(written for written, _, _ in found)
        location = f"Hybrid {location}" if remote == "hybrid" else location
    else:
        read = dict(draw_read(rng) for _ in range(count_places(rng)))
        names, countries, location = list(read), set(read.values()), "; ".join(read)
    return names, countries.pop() if len(countries) == 1 else None, location


def _url(source: str, number: int) -> str:
    if source == "hacker_news":
        return f"https://news.ycombinator.com/item?id={2_400_000 + number}"
    if source == "remotive":
        return f"https://remotive.com/remote-jobs/software-dev/job-{number}"
    return f"https://jobs.example.com/{number}"


def _remote(rng: random.Random, month: date) -> str:
    weights = (14, 12, 2, 42, 30) if month.year < 2020 else (45, 18, 7, 20, 10)
    return rng.choices(("remote", "mixed", "hybrid", "onsite", "unspecified"), weights)[0]


def _salary(rng: random.Random, level: str, country: str | None) -> dict[str, Any]:
    currency = {"GB": "GBP", "DE": "EUR", "FR": "EUR", "NL": "EUR"}.get(country or "", "USD")
    middle = {"USD": 150_000.0, "GBP": 80_000.0, "EUR": 78_000.0}[currency]
    middle *= {"entry": 0.7, "junior_mid": 0.85, "any": 1, "senior_excluded": 1.2}[level]
    low = round(middle * rng.uniform(0.75, 1.05), -3)
    return {"min": low, "max": round(low * rng.uniform(1.1, 1.5), -3), "currency": currency}


def _loads(rng: random.Random, size: GoldSize) -> Iterator[dict[str, Any]]:
    for month in _months(size):
        yield _load(rng, "hacker_news", f"{month:%Y-%m}", month, rng.randrange(300, 900))
    for day in range(20):
        for source in ("remotive", "theirstack"):
            when = size.last + timedelta(days=day)
            yield _load(rng, source, f"{when:%Y-%m-%d}", when, rng.randrange(15, 60))


def _load(
    rng: random.Random, source: str, partition: str, day: date, expected: int
) -> dict[str, Any]:
    started = datetime(day.year, day.month, day.day, 6, tzinfo=UTC)
    missing, rejected = int(rng.random() < 0.1), rng.choices((0, 1, 3), (80, 15, 5))[0]
    unchanged = expected // 3
    return {
        "load_id": str(uuid.UUID(int=rng.getrandbits(128))),
        "source": source,
        "partition": partition,
        "run_id": f"scheduled__{partition}",
        "started_at": started,
        "committed_at": started + timedelta(seconds=rng.randrange(5, 60)),
        "expected": expected,
        "fetched": expected - missing,
        "inserted": expected - missing - rejected - unchanged,
        "unchanged": unchanged,
        "tombstones": rng.randrange(0, 5),
        "rejected": rejected,
        "missing": missing,
        "updated": unchanged // 10,
        "filtered": expected // 5,
    }


def main() -> None:
    """Make a warehouse file and, if wanted, publish it."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("warehouse", type=Path)
    parser.add_argument("--postings", type=int, default=2_000)
    parser.add_argument("--first", type=date.fromisoformat, default=date(2011, 4, 1))
    parser.add_argument("--last", type=date.fromisoformat, default=date(2026, 11, 1))
    parser.add_argument("--publish", metavar="URL", help="serving store to publish to")
    options = parser.parse_args()
    with duckdb.connect(str(options.warehouse)) as warehouse:
        fill_gold(warehouse, GoldSize(options.postings, options.first, options.last))
        if options.publish:
            from include.serving.publish import publish

            print(publish(warehouse, options.publish))


if __name__ == "__main__":
    main()
