"""The findings of a generated history: recounted plainly, and written by the command line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from statistics import median

import duckdb
import pytest
from click.testing import CliRunner

from include.cli.main import main
from include.insights.findings import QUESTIONS, Finding, findings
from include.insights.findings.finding import Share, per_cent
from include.insights.store import ServingStore, Snapshot
from include.serving.publish import publish
from include.settings import PROJECT_ROOT, get_settings
from sample.gold.postings import GoldSize, fill_gold

SIZE = GoldSize(
    postings=1_400, first=date(2011, 4, 1), last=date(2026, 2, 28), companies=200, technologies=60
)
# A technology that nobody named before March 2025, and every second posting since.
_NEW = """
    delete from gold.fct_posting_skills where skill = 'react-admin';
    insert into gold.fct_posting_skills
    select posting_id, 'react-admin', 1 from gold.fct_postings
    where month >= '2025-03-01' and posting_id < '8';
    insert into gold.dim_technologies
    select 'react-admin', 'React-admin', 'frontend', [] where 'react-admin' not in (
        select technology_id from gold.dim_technologies)
"""
COUNTED = "source = 'hacker_news' and duplicate_of is null"


@pytest.fixture(scope="module")
def gold() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        fill_gold(connection, SIZE)
        connection.execute(_NEW)
        yield connection


@pytest.fixture(scope="module")
def data_dir(gold: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("history")
    publish(gold, f"sqlite:///{folder / 'serving.sqlite'}")
    return folder


@pytest.fixture(scope="module")
def found(data_dir: Path) -> dict[str, Finding]:
    store = ServingStore(f"sqlite:///{data_dir / 'serving.sqlite'}")
    with store.read() as snapshot:
        answers = {finding.key: finding for finding in findings(snapshot)}
    store.close()
    return answers


def value(gold: duckdb.DuckDBPyConnection, query: str) -> int:
    row = gold.execute(query).fetchone()
    assert row
    return int(row[0])


def starts(cell: str) -> str:
    """Return a share without its interval."""
    return cell.partition(" (")[0]


def row_of(finding: Finding, label: str) -> list[str]:
    return next(list(row) for table in finding.tables for row in table.rows if row[0] == label)


def test_every_question_has_an_answer_with_intervals(found: dict[str, Finding]) -> None:
    assert list(found) == list(QUESTIONS)
    for finding in found.values():
        assert not finding.answer.startswith("No answer"), finding
        assert re.search(r"\([-+\d.,]+ to [-+\d.,]+", finding.answer), finding.answer
        assert finding.counted.startswith(f"{finding.counted.split()[0]} jobs in ")
        assert "{" not in f"{finding.method}{finding.others}"


def test_remote_shares_equal_a_recount(
    found: dict[str, Finding], gold: duckdb.DuckDBPyConnection
) -> None:
    for label, first, last in (
        ("2018", "2018-01-01", "2018-12-01"),
        ("Mar 2025 to Feb 2026", "2025-03-01", "2026-02-01"),
    ):
        of = f"from gold.fct_postings as p where {COUNTED} and month between '{first}' and '{last}'"
        way = """exists (from gold.fct_jobs as j where j.posting_id = p.posting_id
            and coalesce(j.remote, p.remote) in ('remote', 'mixed'))"""
        total, remote = (value(gold, f"select count(*) {of}{more}") for more in ("", f" and {way}"))
        assert starts(row_of(found["remote"], label)[1]) == f"{100 * remote / total:.1f} %"


def test_pay_is_the_median_of_the_jobs_that_state_it(
    found: dict[str, Finding], gold: duckdb.DuckDBPyConnection
) -> None:
    jobs = gold.execute(f"""
        select (p.salary_min + p.salary_max) / 2 from gold.fct_jobs as j
        join gold.fct_postings as p using (posting_id)
        where p.{COUNTED.replace("and ", "and p.")} and p.country = 'US'
            and p.salary_currency = 'USD' and p.salary_period = 'year'
            and p.month between '2025-03-01' and '2026-02-01'
    """).fetchall()
    label = "Mar 2025 to Feb 2026"
    assert row_of(found["pay"], label)[1] == str(len(jobs))
    assert f"offers ${median(pay for (pay,) in jobs):,.0f} (" in found["pay"].answer


def test_newcomers_are_the_companies_without_an_earlier_posting(
    found: dict[str, Finding], gold: duckdb.DuckDBPyConnection
) -> None:
    companies, new = gold.execute(f"""
        with firsts as (
            select lower(company) as name, min(month) as first,
                bool_or(year(month) = 2014) as is_there
            from gold.fct_postings where {COUNTED} and company <> '' group by 1
        )
        select count(*), count(*) filter (year(first) = 2014) from firsts where is_there
    """).fetchall()[0]
    row = row_of(found["first-time"], "2014")
    assert (row[1], starts(row[2])) == (str(companies), f"{100 * new / companies:.1f} %")


def test_a_technology_that_nobody_named_is_found_as_new(found: dict[str, Finding]) -> None:
    answer = found["new-skills"].answer
    assert "Rising, and named by nobody in 2023: React-admin." in answer
    row = row_of(found["new-skills"], "React-admin")
    assert starts(row[1]) == "0.0 %"
    assert row[-1] == "< 0.001"


def test_volume_counts_every_posting_once(
    found: dict[str, Finding], gold: duckdb.DuckDBPyConnection
) -> None:
    of_2018 = f"select count(*) from gold.fct_postings where {COUNTED} and year(month) = 2018"
    assert row_of(found["volume"], "2018")[1] == str(value(gold, of_2018))


def test_nothing_is_said_of_thirty_postings_or_less() -> None:
    assert per_cent(Share(3, 29, 0.02, 0.3)) == "-"
    assert per_cent(Share(3, 30, 0.0346, 0.2562)) == "10.0 % (3.5 to 25.6)"


def test_a_store_without_the_months_says_so(snapshot: Snapshot) -> None:
    (remote,) = findings(snapshot, ["remote"])
    assert remote.answer == (
        "No answer: The store has fewer than 30 postings of Mar 2019 to Feb 2020."
    )


@pytest.fixture
def cli(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("TECHPULSE_DATA_DIR", str(data_dir))
    get_settings.cache_clear()
    return CliRunner()


def test_the_command_writes_the_page_and_each_part_of_it(
    cli: CliRunner, tmp_path: Path, gold: duckdb.DuckDBPyConnection
) -> None:
    file = tmp_path / "findings.md"
    assert cli.invoke(main, ["findings", "--to", str(file)]).exit_code == 0
    page = file.read_text(encoding="utf-8")
    for key in QUESTIONS:
        assert f"    python -m include.cli findings {key}\n" in page
        part = cli.invoke(main, ["findings", key])
        assert part.exit_code == 0
        assert part.output in page
    texts = gold.execute("select distinct left(description_raw, 40) from gold.fct_postings")
    assert not any(text in page for (text,) in texts.fetchall())


def test_an_unknown_finding_is_refused_with_the_choices(cli: CliRunner) -> None:
    done = cli.invoke(main, ["findings", "weather"])
    assert done.exit_code == 1
    assert "stated-pay" in done.output


def test_the_page_of_the_documentation_has_every_question() -> None:
    page = (PROJECT_ROOT / "docs" / "findings.md").read_text(encoding="utf-8")
    commands = re.findall(r"^    python -m include\.cli findings (\S+)$", page, re.MULTILINE)
    assert commands == list(QUESTIONS)
