"""Saved searches: what is new for each is sent by an Airflow notifier, or kept as an Atom feed.

`due` reads `searches.toml` in the data folder, or the Airflow Variable `techpulse_searches`, and
lists the searches that are due; `send` is mapped over them. Without searches, `send` is skipped.

Runs after each publish, and once a day: what is due does not wait for a publish that never comes.
A search is sent at most once in each hour, day or week, as it says, with the first run of it.

A posting is new to a search until it was sent for it, whenever it was loaded. A message that could
not be sent, or whose task was killed, is sent again with the same id. A search that is wrong fails
its own task, whose error says what to correct. docs/operations.md has examples;
`python -m include.cli searches` lists, tests and previews.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from airflow.sdk import AssetOrTimeSchedule, CronTriggerTimetable, dag, task

from include.dag_rules import DAG_ARGS, SERVING, Tag, dedent_docs

# Airflow takes a task's doc_md from its docstring, but not a mapped task's.
SEND_DOCS = """Send what is new for one search: at most 20 messages, each marked once it is sent.

Returns the number of messages and postings, never an address.
"""


@dag(
    dag_id="saved_searches",
    dag_display_name="Saved searches",
    description="New postings of saved searches, by a notifier or as a feed",
    schedule=AssetOrTimeSchedule(
        timetable=CronTriggerTimetable("0 7 * * *", timezone="UTC"), assets=[SERVING]
    ),
    start_date=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    **DAG_ARGS,
    max_active_runs=1,
    tags=[Tag.TECHPULSE, Tag.SEARCHES],
    doc_md=__doc__,
)
def saved_searches() -> None:
    """List the searches that are due, and send each."""

    @task
    def due() -> list[str]:
        """List the searches that are due, and those that are wrong: their task says why."""
        from include.searches.sending import due_searches

        return due_searches(dt.datetime.now(dt.UTC))

    # Each reads the index of all postings: a few at once are enough.
    @task(
        map_index_template="{{ task.op_kwargs['name'] }}",
        max_active_tis_per_dag=4,
        doc_md=SEND_DOCS,
    )
    def send(name: Any, run_id: Any = None) -> dict[str, Any]:
        from include.searches.sending import send_search

        return send_search(name, dt.datetime.now(dt.UTC), run_id)

    send.expand(name=due())


dedent_docs(saved_searches())
