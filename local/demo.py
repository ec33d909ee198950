"""The demo: run generated months through the real pipeline and print the answers."""

from __future__ import annotations

import datetime as dt
import time

from include.months import Month
from local.environment import DEMO_DATA_DIR
from local.folders import delete_data
from local.pipeline import ask, ingest_month, new_steps
from local.upstream import COMMENTS, COMPANY_BOARDS, connections
from sample.server import spawn

__all__ = ["run_demo"]

NEXT = """\
What next
  make up DEMO=1          Airflow on this data and upstream: log in, then TechPulse in the menu
  make run MONTH=2026-05  the same pipeline on the real Hacker News
  make help               everything else"""


def run_demo(count: int) -> None:
    """Generate the last ``count`` complete months, run the DAGs on them and print the answers.

    Raises StepFailedError with the reason when a step fails.
    """
    started = time.monotonic()
    data_dir = DEMO_DATA_DIR
    # Generated data never mixes with real data or with an earlier demo's.
    delete_data(data_dir)
    months = _complete_months(count)
    print(
        f"TechPulse demo: {count} generated months, four job boards and {COMPANY_BOARDS} "
        "companies' boards through the real pipeline."
    )
    upstream = ["--months", f"{months[0]}..{months[-1]}", "--comments", str(COMMENTS),
                "--company-boards", str(COMPANY_BOARDS)]  # fmt: skip
    with spawn(upstream) as base_url:
        steps = new_steps(
            "demo",
            data_dir,
            demo=True,
            # Generated boards need no politeness.
            TECHPULSE_COMPANY_REQUESTS_PER_SECOND="100",
            **connections(base_url),
        )
        steps.airflow("Airflow's metadata database", "db", "migrate")
        for month in months:
            ingest_month(steps, month)
        steps.airflow("job_boards", "dags", "test", "job_boards")
        steps.airflow("company_boards", "dags", "test", "company_boards")
        steps.airflow("analytics: silver, gold, serving", "dags", "test", "analytics")
    question = ["insights", "--role", "backend", "--days", str(31 * count), "--top", "8"]
    answers = [
        ask(steps, *arguments) for arguments in (["loads"], question, [*question, "--table"])
    ]
    print(f"\nData      {data_dir}")
    print("            staging/          fetched records, one immutable file per task")
    print("            warehouse.duckdb  bronze, silver and gold")
    print("            serving.sqlite    published tables, for the web")
    print(f"Full log  {steps.log}\n")
    print("\n".join(answers))
    print(f"Done in {time.monotonic() - started:.0f} s.\n\n{NEXT}")


def _complete_months(count: int) -> list[Month]:
    """Return the last ``count`` months before the running one, oldest first."""
    running = Month.of(dt.datetime.now(dt.UTC))
    total = running.year * 12 + running.month - 1
    return [Month(n // 12, n % 12 + 1) for n in range(total - count, total)]
