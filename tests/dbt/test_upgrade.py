"""An upgrade reaches everything: each kind of code that changes is seen in what is published.

One warehouse is built and published by the code as it is. Each case changes one file in a copy of
the project, builds and publishes a copy of the warehouse with it, as the next run would, without a
full refresh and without a new load, and looks at the serving store.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bench.history import load_items
from include.postings.model import posting_id
from include.serving.publish import reading_engine
from include.settings import PROJECT_ROOT, Settings
from include.sources.record import Record
from include.staging.files import stage
from include.warehouse.loads import job_postings, load
from tests.builds import QUICK

NOW = dt.datetime(2026, 5, 20, tzinfo=dt.UTC)
BOARD_URL = "https://remotive.com/remote-jobs/software-dev/engineer-1"
pytestmark = pytest.mark.slow  # tests/dbt/test_code_changes.py has one of each kind in each run

THREAD, COMMENT = 48_000_000, 48_000_001

NEXT_RUNS = """
import os, sys

import dbt.adapters.duckdb.connections, dbt.cli.main, pyarrow, pydantic_settings, sqlalchemy
from include.dbt.preload import preload_dbt
from include.settings import Settings

preload_dbt(Settings())
for name in [name for name in sys.modules if name.partition(".")[0] == "include"]:
    del sys.modules[name]
for line in sys.stdin:
    project, data, *commands = line.rstrip("\\n").split("\\t")
    if child := os.fork():
        print(os.waitpid(child, 0)[1], flush=True)
        continue
    os.chdir(project)
    sys.path.insert(0, project)
    os.environ["TECHPULSE_DATA_DIR"] = data
    from bench.dbt_build import dbt
    from include.settings import Settings
    from include.serving.publish import publish
    from include.warehouse.connection import open_warehouse

    settings = Settings()
    for command in commands:
        statuses = set(dbt(settings, command, *QUICK, first_month="2026-05-01").values())
        assert statuses == {"success"}, statuses
    with open_warehouse(settings) as warehouse:
        publish(warehouse, settings.serving_database_url)
    sys.stderr.flush()
    os._exit(0)
"""
"""A process that has preloaded dbt, as a scheduler does, and forks for each run: starting dbt takes
longer than the run. The modules of the project are those of the copy that a run is given."""


class Store:
    """What is published."""

    def __init__(self, settings: Settings) -> None:
        engine = reading_engine(settings.serving_database_url)
        with closing(engine.connect()) as connection:
            rows = connection.execute(sa.text("select * from postings")).mappings()
            self.postings = {row["source"]: dict(row) for row in rows}
            self.facets = {
                (facet, value): payload
                for facet, value, payload in connection.execute(
                    sa.text("select facet, value, payload from posting_facets")
                )
            }
            self.jobs = [
                dict(row)
                for row in connection.execute(sa.text("select * from jobs order by id")).mappings()
            ]
            self.skills = set(connection.scalars(sa.text("select skill from posting_skills")))
        engine.dispose()

    def all(self, column: str) -> list[Any]:
        """The column of the comment and of the board's posting."""
        return [self.postings[source][column] for source in ("hacker_news", "remotive")]

    @property
    def place_ids(self) -> str:
        return zlib.decompress(self.facets["text", "place_ids"]).decode()

    @property
    def places(self) -> str:
        return zlib.decompress(self.facets["text", "places"]).decode()


Check = Callable[[Store], bool]
Case = tuple[str, str, str, Check]

CASES: dict[str, Case] = {
    "the reader of a board": (
        "include/sources/boards/remotive.py",
        "title=fields.title(payload)",
        'title="of new code"',
        lambda store: store.postings["remotive"]["title"] == "of new code",
    ),
    "the normaliser": (
        "include/sources/normalise.py",
        "return stated.url",
        'return f"{stated.url}?new"',
        lambda store: store.postings["remotive"]["url"] == f"{BOARD_URL}?new",
    ),
    "the gazetteer": (
        "include/postings/places/names.csv",
        "Berlin,DE,DE-BE,",
        "Berlin,PL,DE-BE,",
        lambda store: store.all("country") == ["PL", "PL"] and "berlin-de-be" in store.place_ids,
    ),
    "the rule of pay": (
        "include/postings/salary.py",
        "max=round(max(a.high for a in same)),",
        "max=round(max(a.high for a in same)) + 1,",
        lambda store: store.all("salary_max") == [100_001.0, 100_001.0],
    ),
    "the rule of families": (
        "include/postings/family.py",
        '("management", frozenset(("management",)))',
        '("other", frozenset(("backend",)))',
        lambda store: [job["family"] for job in store.jobs] == ["other", "other"],
    ),
    "how a header is split into jobs": (
        "include/postings/nouns.py",
        'if "comma" not in joints and not (',
        "if False and not (",
        lambda store: len(store.jobs) == 3,
    ),
    "a mart of jobs": (
        "dbt/models/marts/fct_jobs.sql",
        "    jobs.family,",
        "    upper(jobs.family) as family,",
        lambda store: all(job["family"].isupper() for job in store.jobs),
    ),
    "the taxonomy": (
        "dbt/seeds/technologies.csv",
        "abap,ABAP,",
        "frobnicator,Frobnicator,tool,,,,,,,\nabap,ABAP,",
        lambda store: "frobnicator" in store.skills,
    ),
    "a model": (
        "dbt/models/marts/fct_postings.sql",
        "    jobs.title,",
        "    upper(jobs.title) as title,",
        lambda store: all(title.isupper() for title in store.all("title")),
    ),
    "a macro": (
        "dbt/macros/epoch_to_timestamp.sql",
        "then to_timestamp(try_cast({{ text }} as bigint))",
        "then to_timestamp(try_cast({{ text }} as bigint)) + interval 1 hour",
        lambda store: store.postings["hacker_news"]["date_posted"] == "2026-05-01T16:40:00Z",
    ),
    "a staging view": (
        "dbt/models/staging/stg_hn__items.sql",
        "payload ->> 'text' as text",
        "upper(payload ->> 'text') as text",
        lambda store: store.postings["hacker_news"]["description_raw"].startswith("FIRM"),
    ),
    "a bitmap": (
        "include/serving/facets.py",
        "'set' as facet, 'all' as value",
        "'set' as facet, 'whole' as value",
        lambda store: ("set", "whole") in store.facets and ("set", "all") not in store.facets,
    ),
    "how places are compared": (
        "include/serving/places.json",
        '"us_states": {',
        '"us_states": {"zz": "Berlin",',
        lambda store: " uszz " in store.places,
    ),
    "what is published": (
        "include/serving/queries.py",
        "\"coalesce(p.visa, 'unspecified')\"",
        "\"'asked'\"",
        lambda store: store.all("visa") == ["asked", "asked"],
    ),
}


def load_sample(settings: Settings) -> None:
    comment = {
        "id": COMMENT, "type": "comment", "parent": THREAD, "by": "x", "time": 1_777_650_000,
        "text": "Firm | Frontend and Backend Engineer | Onsite, Berlin | $80k - $100k"
        "<p>We need Python and Frobnicator.",
    }  # fmt: skip
    story = {"id": THREAD, "type": "story", "by": "whoishiring", "kids": [COMMENT],
             "time": 1_777_640_000, "title": "Ask HN: Who is hiring? (May 2026)"}  # fmt: skip
    load_items("2026-05", THREAD, [(THREAD, story), (COMMENT, comment)], settings)
    record = {
        "id": 1, "url": BOARD_URL, "title": "Frontend and Backend Engineer", "company_name": "Acme",
        "description": "Python and Frobnicator.", "salary": "$80k - $100k",
        "candidate_required_location": "Berlin", "publication_date": "2026-05-10T00:00:00",
    }  # fmt: skip
    shown = [Record.fetched(posting_id("remotive", BOARD_URL), record, json.dumps(record))]
    manifest = stage(
        shown, settings.staging_dir, source="remotive", partition="day", run="r", name="all"
    )
    target = job_postings("remotive", "day")
    load(target, [manifest], run_id="r", started_at=NOW, settings=settings)


@pytest.fixture(scope="module")
def next_run() -> Iterator[Callable[..., None]]:
    """Run a project's build and publish, in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-c", f"QUICK = {QUICK!r}\n{NEXT_RUNS}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    requests, answers = process.stdin, process.stdout
    assert requests
    assert answers

    def run(*words: object) -> None:
        requests.write("\t".join(map(str, words)) + "\n")
        requests.flush()
        assert answers.readline() == "0\n", "see its error above"

    yield run
    requests.close()
    process.wait()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project, always in the same place: dbt parses anew where its paths differ."""
    root = tmp_path_factory.mktemp("upgrade") / "project"
    for folder in ("include", "dbt", "bench", "sample"):
        ignored = shutil.ignore_patterns("__pycache__", "target", "logs", "static")
        shutil.copytree(PROJECT_ROOT / folder, root / folder, ignore=ignored)
    return root


@pytest.fixture(scope="module")
def published(data: Settings, project: Path, next_run: Callable[..., None]) -> Path:
    """The data folder after a run of the code as it is, kept to go back to."""
    load_sample(data)
    next_run(project, data.data_dir, "seed", "run")
    before = Store(data)
    assert not [name for name, (*_, is_new) in CASES.items() if is_new(before)]
    kept = project.parent / "published"
    shutil.copytree(data.data_dir, kept)
    return kept


@pytest.fixture
def change(
    data: Settings, published: Path, project: Path
) -> Iterator[Callable[[str, str, str], None]]:
    """Change one file of the project for a test, which begins with what was published."""
    changed: list[str] = []

    def change(file: str, old: str, new: str) -> None:
        changed.append(file)
        text = (project / file).read_text()
        assert old in text
        (project / file).write_text(text.replace(old, new))

    shutil.rmtree(data.data_dir)
    shutil.copytree(published, data.data_dir)
    yield change
    for file in changed:
        shutil.copy2(PROJECT_ROOT / file, project / file)


@pytest.mark.parametrize("case", CASES)
def test_what_changes_is_published_by_the_next_run(
    case: str,
    data: Settings,
    project: Path,
    change: Callable[[str, str, str], None],
    next_run: Callable[..., None],
) -> None:
    file, old, new, is_new = CASES[case]
    change(file, old, new)
    only_published = file.startswith("include/serving/")
    commands = [] if only_published else ["seed", "run"] if "seeds" in file else ["run"]
    next_run(project, data.data_dir, *commands)
    assert is_new(Store(data))
