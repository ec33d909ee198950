"""A warehouse of plausible gold tables, seeded, of any size: for tests, measurements, pictures.

It stands in for the pipeline's own output, with the shapes of docs/data-model.md: skills that
rise and fall over the years, companies that post again and again, boards beside Hacker News,
seniors, duplicates, and missing locations, dates and salaries.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from bench.gold_tables import MARTS, TABLES

__all__ = ["GoldSize", "fill_gold"]

# technology: category, share of postings in 2011 and in 2026 (per cent)
TECHNOLOGIES: dict[str, tuple[str, str, float, float]] = {
    "python": ("Python", "language", 22, 44),
    "javascript": ("JavaScript", "language", 30, 21),
    "typescript": ("TypeScript", "language", 0, 38),
    "react": ("React", "framework", 0, 41),
    "go": ("Go", "language", 1, 19),
    "rust": ("Rust", "language", 0, 12),
    "java": ("Java", "language", 21, 13),
    "ruby": ("Ruby", "language", 22, 5),
    "rails": ("Ruby on Rails", "framework", 24, 6),
    "php": ("PHP", "language", 16, 2.5),
    "cpp": ("C++", "language", 10, 9),
    "c": ("C", "language", 6, 4),
    "csharp": ("C#", "language", 7, 5),
    "dotnet": (".NET", "framework", 6, 4),
    "scala": ("Scala", "language", 6, 3),
    "kotlin": ("Kotlin", "language", 0, 5),
    "swift": ("Swift", "language", 0, 5),
    "objective_c": ("Objective-C", "language", 9, 0.6),
    "elixir": ("Elixir", "language", 0, 3),
    "clojure": ("Clojure", "language", 3, 1.4),
    "haskell": ("Haskell", "language", 2, 1),
    "perl": ("Perl", "language", 5, 0.3),
    "aws": ("AWS", "cloud", 8, 32),
    "gcp": ("Google Cloud", "cloud", 0.4, 13),
    "azure": ("Azure", "cloud", 0.8, 9),
    "kubernetes": ("Kubernetes", "infrastructure", 0, 21),
    "docker": ("Docker", "infrastructure", 0, 18),
    "terraform": ("Terraform", "infrastructure", 0, 12),
    "linux": ("Linux", "infrastructure", 15, 7),
    "postgresql": ("PostgreSQL", "database", 7, 24),
    "mysql": ("MySQL", "database", 16, 4),
    "mongodb": ("MongoDB", "database", 9, 4),
    "redis": ("Redis", "database", 5, 8),
    "elasticsearch": ("Elasticsearch", "database", 1, 5),
    "kafka": ("Kafka", "data", 0.2, 8),
    "spark": ("Spark", "data", 0.1, 5),
    "airflow": ("Airflow", "data", 0, 4),
    "dbt": ("dbt", "data", 0, 3),
    "snowflake": ("Snowflake", "data", 0, 4),
    "pytorch": ("PyTorch", "machine learning", 0, 9),
    "tensorflow": ("TensorFlow", "machine learning", 0, 3),
    "llm": ("LLM", "machine learning", 0, 27),
    "machine_learning": ("Machine learning", "machine learning", 5, 14),
    "nodejs": ("Node.js", "framework", 6, 19),
    "django": ("Django", "framework", 9, 7),
    "flask": ("Flask", "framework", 1, 3),
    "fastapi": ("FastAPI", "framework", 0, 8),
    "vue": ("Vue", "framework", 0, 5),
    "angular": ("Angular", "framework", 1, 3),
    "jquery": ("jQuery", "framework", 12, 0.2),
    "backbone": ("Backbone.js", "framework", 3, 0.05),
    "nextjs": ("Next.js", "framework", 0, 13),
    "graphql": ("GraphQL", "framework", 0, 7),
    "html": ("HTML", "language", 14, 4),
    "css": ("CSS", "language", 13, 5),
    "sql": ("SQL", "language", 9, 12),
    "hadoop": ("Hadoop", "data", 5, 0.4),
    "ios": ("iOS", "mobile", 13, 6),
    "android": ("Android", "mobile", 10, 5),
    "react_native": ("React Native", "mobile", 0, 5),
}
PLACES = (
    ("San Francisco, CA", "US", 22),
    ("New York, NY", "US", 15),
    ("London, UK", "GB", 8),
    ("Berlin, Germany", "DE", 6),
    ("Boston, MA", "US", 4),
    ("Seattle, WA", "US", 4),
    ("Austin, TX", "US", 4),
    ("Dallas, TX", "US", 2),
    ("Toronto, Canada", "CA", 3),
    ("Amsterdam, Netherlands", "NL", 3),
    ("Paris, France", "FR", 3),
    ("Zürich, Switzerland", "CH", 1),
    ("Los Angeles, CA", "US", 3),
    ("Munich, Germany", "DE", 2),
    ("Remote (US)", "US", 14),
    ("Remote (Europe)", None, 6),
    ("Remote, worldwide", None, 8),
    (None, None, 6),
)
# fmt: off
WORDS = (
    "Blue", "North", "Bright", "Cedar", "Delta", "Echo", "Falcon", "Granite", "Harbor", "Indigo",
    "Juniper", "Keystone", "Lumen", "Maple", "Nimbus", "Orchid", "Pioneer", "Quartz", "River",
    "Signal", "Tandem", "Umber", "Vertex", "Willow", "Xenon", "Yonder", "Zephyr",
)
ENDINGS = (
    "Labs", "Systems", "Health", "AI", "Robotics", "Finance", "Data", "Cloud", "Works", "Studio",
    "Energy", "Bio",
)
# fmt: on
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


@dataclass(frozen=True)
class GoldSize:
    """How much to make: ``postings`` spread over months from ``first`` to ``last``."""

    postings: int = 2_000
    first: date = date(2025, 1, 1)
    last: date = date(2026, 10, 1)
    companies: int = 4_000
    description_bytes: int = 300


def fill_gold(warehouse: duckdb.DuckDBPyConnection, size: GoldSize, seed: int = 7) -> None:
    """Create and fill the gold tables and ``bronze.loads``; the same seed, the same rows."""
    rng = random.Random(seed)
    warehouse.execute(TABLES)
    rows = [
        {"technology_id": key, "name": name, "category": category, "aliases": [name.lower()]}
        for key, (name, category, _, _) in TECHNOLOGIES.items()
    ]
    _insert(warehouse, "gold.dim_technologies", rows)
    postings: list[dict[str, Any]] = []
    skills: list[dict[str, Any]] = []
    for posting, named in _postings(rng, size):
        postings.append(posting)
        skills += [{"posting_id": posting["posting_id"], "skill": s, "count": 1} for s in named]
        if len(postings) >= 20_000:
            _insert(warehouse, "gold.fct_postings", postings)
            postings.clear()
    _insert(warehouse, "gold.fct_postings", postings)
    _insert(warehouse, "gold.fct_posting_skills", skills)
    _insert(warehouse, "bronze.loads", list(_loads(rng, size)))
    warehouse.execute(MARTS)


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


def _shares(month: date) -> dict[str, float]:
    """Return each technology's share of postings in a month: a slope between 2011 and 2026."""
    way = min(max((month.year + month.month / 12 - 2011.3) / 15.5, 0), 1)
    return {
        key: (start + (end - start) * (1 / (1 + math.exp(-9 * (way - 0.5))))) / 100
        for key, (_, _, start, end) in TECHNOLOGIES.items()
    }


def _postings(rng: random.Random, size: GoldSize) -> Iterator[tuple[dict[str, Any], list[str]]]:
    months = _months(size)
    companies = _companies(rng, size.companies)
    text = "We build tools that people rely on. " * (size.description_bytes // 36 + 1)
    seen: list[str] = []
    for number in range(size.postings):
        month = months[number * len(months) // size.postings]
        posting = _posting(rng, number, month, companies, text[: size.description_bytes])
        if seen and rng.random() < 0.03:
            posting["duplicate_of"] = rng.choice(seen[-500:])
        else:
            seen.append(posting["posting_id"])
        wobble = rng.uniform(0.6, 1.4)
        shares = _shares(month)
        yield posting, [key for key, share in shares.items() if rng.random() < share * wobble]


def _companies(rng: random.Random, count: int) -> list[str]:
    names = [f"{first} {end}" for first in WORDS for end in ENDINGS]
    rng.shuffle(names)
    return [
        names[i % len(names)] + (f" {i // len(names) + 1}" if i >= len(names) else "")
        for i in range(count)
    ]


def _posting(
    rng: random.Random, number: int, month: date, companies: list[str], text: str
) -> dict[str, Any]:
    board = rng.random() < 0.12 and month.year >= 2025
    source = rng.choice(("remotive", "theirstack")) if board else "hacker_news"
    place, country, _ = rng.choices(PLACES, [weight for *_, weight in PLACES])[0]
    role, job = rng.choices(JOBS, ROLE_WEIGHTS)[0]
    level = rng.choices(LEVELS, LEVEL_WEIGHTS)[0]
    # Most answers to a thread come on its first two days; boards post all month.
    day = rng.randrange(0, 28) if board else min(int(rng.expovariate(0.6)), 27)
    posted = datetime(month.year, month.month, 1, 15, tzinfo=UTC) + timedelta(
        days=day, seconds=number % 28_000
    )
    company = companies[min(int(rng.paretovariate(0.6)), len(companies) - 1)]
    url = _url(source, number)
    pay = _salary(rng, level, country) if rng.random() < 0.08 + 0.02 * (month.year - 2011) else {}
    return {
        "posting_id": hashlib.sha256(f"{source}:{url}".encode()).hexdigest()[:32],
        "source": source,
        "url": url,
        "canonical_url": url,
        "title": LEVEL_WORDS[level] + job,
        "company": "" if rng.random() < 0.02 else company,
        "location": place,
        "locations": [place] if place else [],
        "country": country,
        "remote": _remote(rng, place, month),
        "date_posted": posted,
        "month": month,
        "retrieved_at": posted + timedelta(hours=9),
        "role_bucket": role,
        "level_bucket": level,
        "roles": [role],
        "levels": [level],
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


def _url(source: str, number: int) -> str:
    if source == "hacker_news":
        return f"https://news.ycombinator.com/item?id={2_400_000 + number}"
    if source == "remotive":
        return f"https://remotive.com/remote-jobs/software-dev/job-{number}"
    return f"https://jobs.example.com/{number}"


def _remote(rng: random.Random, place: str | None, month: date) -> str:
    if place and place.startswith("Remote"):
        return "remote"
    share = 0.08 if month.year < 2020 else 0.38
    if rng.random() < share:
        return rng.choice(("remote", "mixed", "hybrid"))
    return rng.choice(("onsite", "unspecified"))


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
            from include.storage.serving import publish

            print(publish(warehouse, options.publish))


if __name__ == "__main__":
    main()
