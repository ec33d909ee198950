"""What Airflow adds: a DAG's run beside an empty one, and how fast the DAG files parse."""

from __future__ import annotations

import tempfile
from pathlib import Path

from bench.candidates.dag_test import airflow
from bench.comparison import Candidate, Runs, compare
from bench.report import Goal, Result, at_most
from include.settings import PROJECT_ROOT, get_settings
from sample.server import spawn

__all__ = ["run"]

_MONTH = "2026-05"
_HN = Candidate(
    "airflow dags test hacker_news",
    "bench.candidates.dag_test",
    options={"dag": "hacker_news", "dags_folder": "dags", "conf": {"month": _MONTH}},
)
_EMPTY = Candidate(
    "airflow dags test of an empty DAG",
    "bench.candidates.dag_test",
    options={"dag": "empty", "dags_folder": "bench/dags"},
)
_BARE = Candidate(
    "the same month without Airflow", "bench.candidates.month_pipeline", options={"month": _MONTH}
)


def run(quick: bool = False) -> list[Result]:
    """Measure both."""
    comments, rounds = (100, 1) if quick else (600, 3)
    with tempfile.TemporaryDirectory(prefix="techpulse-bench-") as home:
        result = _dag_runs(Path(home), comments, rounds)
    return [result, _parsing(rounds)]


def _dag_runs(home: Path, comments: int, rounds: int) -> Result:
    chunks = -(-comments // get_settings().hn_chunk_comments)
    arguments = ["--months", f"{_MONTH}..{_MONTH}", "--comments", str(comments)]
    with spawn(arguments) as url:
        job = {"url": f"{url}/v0", "home": str(home), "chunks": chunks}
        airflow({**job, "dags_folder": "bench/dags", "folder": str(home)}, "db", "migrate")
        runs = compare([_HN, _EMPTY, _BARE], job, rounds)
    ours, empty = runs[_HN.name], runs[_EMPTY.name]
    return Result(
        key="dag",
        work=f"airflow dags test hacker_news, a month of {comments} comments, 0 ms an answer",
        goals=[
            at_most(
                f"an empty DAG of {empty.rows['tasks']} tasks, HTTP included",
                1.5,
                ours.median / empty.median,
            )
        ],
        lines=[_line(name, found) for name, found in runs.items()],
        command="python -m bench dags",
        sizes=[f"1 month of {comments:,} comments, {chunks} chunks, one process"],
        note="The upstream answers at once, so HTTP is only the client's own work; the goal "
        "excludes it, the figure does not.",
    )


def _line(name: str, runs: Runs) -> dict[str, str]:
    return {
        "candidate": name,
        "rounds": str(len(runs.seconds)),
        "median s": f"{runs.median:.2f}",
        "spread s": runs.spread,
        "CPU s": f"{runs.processor:.2f}",
    }


def _parsing(rounds: int) -> Result:
    files = sorted(path.name for path in (PROJECT_ROOT / "dags").glob("*.py"))
    runs = {
        file: compare([Candidate(file, "bench.candidates.parsing")], {"file": file}, rounds)[file]
        for file in files
    }
    slowest = max(runs.values(), key=lambda found: found.median)
    heavy = sorted({name for found in runs.values() for name in found.rows["heavy"]})
    return Result(
        key="parsing",
        work="DAG parsing, a process that has imported Airflow",
        goals=[
            at_most("a file", 1, slowest.median, "s"),
            Goal(
                "no import of duckdb, dbt, pandas, requests", ", ".join(heavy) or "none", not heavy
            ),
        ],
        lines=[
            {**_line(file, found), "DAGs": str(found.rows["dags"])} for file, found in runs.items()
        ],
        command="python -m bench dags",
        sizes=[f"{len(files)} DAG files, one process each"],
    )
