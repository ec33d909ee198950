"""examples/ on an export: the notebook as a script, each question with its shape."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

import duckdb
import pytest

from include.maintenance.export.targets import LATEST
from include.settings import PROJECT_ROOT
from include.warehouse.connection import open_warehouse

from .conftest import Built

EXAMPLES = PROJECT_ROOT / "examples"
QUESTIONS = re.findall(
    r"^-- (\d+)\. (.+?)\n-- columns: (.+?)\n(.+?;)$",
    (EXAMPLES / "questions.sql").read_text(),
    re.MULTILINE | re.DOTALL,
)


@pytest.fixture(scope="module")
def shell(export: Path) -> Any:
    """The export as docs/export.md has one open it."""
    with duckdb.connect() as connection:
        connection.execute("set file_search_path = ?", [str(export / LATEST)])
        connection.execute((export / LATEST / "views.sql").read_text())
        yield connection


def test_there_are_ten_questions() -> None:
    assert [int(number) for number, *_ in QUESTIONS] == list(range(1, 11))
    statements = duckdb.extract_statements((EXAMPLES / "questions.sql").read_text())
    assert len(statements) == 10


@pytest.mark.parametrize(
    ("columns", "sql"), [q[2:] for q in QUESTIONS], ids=[q[0] for q in QUESTIONS]
)
def test_question_has_an_answer_of_the_shape_that_it_says(
    columns: str, sql: str, shell: Any
) -> None:
    answer = shell.execute(sql)
    assert [column[0] for column in answer.description] == columns.split(", ")
    rows = answer.fetchall()
    assert rows
    assert len(set(rows)) == len(rows)


def test_notebook_runs_as_a_script_and_its_figures_are_right(export: Path, built: Built) -> None:
    folder = PROJECT_ROOT / ".venv" / "examples"
    if not folder.is_dir():
        pytest.skip("no marimo: make install")
    done = subprocess.run(
        [sys.executable, "examples/market.py", "--export", str(export / LATEST)],
        cwd=PROJECT_ROOT, env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    with open_warehouse(built.settings, read_only=True) as warehouse:
        postings = warehouse.execute(
            "select count(*) from gold.fct_postings as p where source in ('arbeitnow', "
            "'hacker_news') and not exists (from gold.fct_postings as newer where "
            "newer.posting_id = p.duplicate_of and newer.source in ('arbeitnow', 'hacker_news'))"
        ).fetchall()[0][0]
        pay = warehouse.execute(
            "select coalesce(salary_min, salary_max) + coalesce(salary_max, salary_min) "
            "from gold.fct_jobs where source in ('arbeitnow', 'hacker_news') and duplicate_of is "
            "null and family = 'engineering' and salary_currency = 'USD' and salary_period = 'year'"
        ).fetchall()
        query = "select count(distinct month) from gold.monthly_trends where is_complete"
        months = warehouse.execute(query).fetchall()[0][0]
    # Of a job whose counted posting is left out, another one counts: once, however many there are.
    assert 0 <= postings - figures["postings"] <= 3
    assert figures["pay"]["engineering"] == median(total / 2 for (total,) in pay)
    assert figures["trend_points"] == 5 * months
    for share, lower, upper in figures["technologies"].values():
        assert 0 <= lower < share < upper <= 1
