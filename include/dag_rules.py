"""What all DAGs share: owner, tags, retries, timeouts, pools, assets.

Light: imported while DAGs are parsed.
"""

from __future__ import annotations

import datetime as dt
import inspect
from typing import Any, Final

from airflow.sdk import DAG, Asset, BaseOperator
from airflow.sdk.configuration import conf
from airflow.sdk.definitions.retry_policy import ExceptionRetryPolicy, RetryAction, RetryRule

from include.alerts import notify_failed_run, notify_failure, reset_failed_runs
from include.names import HACKERNEWS_POOL, WAREHOUSE_POOL, Tag
from include.settings import get_settings

__all__ = [
    "DAG_ARGS",
    "GOLD",
    "GOLD_DOCS",
    "HACKERNEWS_POOL",
    "LOADING_DAGS",
    "OWNER",
    "RAW_HN_ITEMS",
    "RAW_HN_SEEKERS",
    "RAW_JOB_POSTINGS",
    "SERVING",
    "WAREHOUSE_POOL",
    "WAREHOUSE_TIMEOUT",
    "Tag",
    "asset",
    "dedent_docs",
]


OWNER: Final = "techpulse"


def asset(name: str, path: str, *, layer: str, grain: str, docs: str) -> Asset:
    """Return the asset ``techpulse_<name>`` of a layer: bronze, gold or serving.

    ``grain``: what one row is. ``docs``: the project's file, and heading, that describes it.
    """
    return Asset(
        f"techpulse_{name}",
        # "x-": a scheme of our own. For any other, Airflow imports every provider that handles
        # some scheme, in each process that parses a DAG.
        uri=f"x-techpulse://{path}",
        group=f"techpulse_{layer}",
        extra={"grain": grain, "owner": OWNER, "docs": docs},
    )


GOLD_DOCS: Final = "docs/data-model.md#gold-schema-gold"
_BRONZE_DOCS: Final = "docs/data-model.md#bronze-schema-bronze-append-only"
RAW_HN_ITEMS = asset(
    "raw_hn_items",
    "warehouse/bronze/raw_hn_items",
    layer="bronze",
    grain="a payload version of a Hacker News item",
    docs=_BRONZE_DOCS,
)
RAW_HN_SEEKERS = asset(
    "raw_hn_seekers",
    "warehouse/bronze/raw_hn_seekers",
    layer="bronze",
    grain="a payload version of a comment by one who looks for work, contacts taken out",
    docs=_BRONZE_DOCS,
)
RAW_JOB_POSTINGS = asset(
    "raw_job_postings",
    "warehouse/bronze/raw_job_postings",
    layer="bronze",
    grain="a payload version of a board posting",
    docs=_BRONZE_DOCS,
)
GOLD = asset(
    "gold",
    "warehouse/gold",
    layer="gold",
    grain="all marts of one build",
    docs=GOLD_DOCS,
)
SERVING = asset(
    "serving",
    "serving",
    layer="serving",
    grain="all published tables, in one transaction",
    docs="docs/data-model.md",
)

LOADING_DAGS: Final = ("hacker_news", "hacker_news_daily", "job_boards", "company_boards")
"""The DAGs tagged ``ingest``; analytics waits for their queued and running runs."""

DEFAULT_ARGS: Final[dict[str, Any]] = {
    "owner": OWNER,
    "execution_timeout": dt.timedelta(minutes=get_settings().fetch_task_timeout_minutes),
    "on_failure_callback": notify_failure,
    "retries": get_settings().task_retries,
    "retry_delay": dt.timedelta(minutes=1),
    # Exponential: an outage of an hour must not use up all retries within minutes.
    "retry_exponential_backoff": True,
    "max_retry_delay": dt.timedelta(minutes=30),
    "retry_policy": ExceptionRetryPolicy(
        rules=[
            RetryRule("include.errors.TransientError", RetryAction.RETRY),
            RetryRule(
                "include.errors.TerminalError",
                RetryAction.FAIL,
                reason="A retry cannot help: see the error's next step",
            ),
        ]
    ),
}

WAREHOUSE_TIMEOUT: Final = dt.timedelta(minutes=get_settings().warehouse_task_timeout_minutes)
"""``execution_timeout`` of a task that reads or writes the warehouse."""

# Airflow's own fallback where [api] base_url is not set.
_AIRFLOW_URL: Final = conf.get("api", "base_url", fallback="http://localhost:8080")

DAG_ARGS: Final[dict[str, Any]] = {
    "catchup": False,
    "owner_links": {OWNER: f"{_AIRFLOW_URL.rstrip('/')}/techpulse/dashboard"},
    "default_args": DEFAULT_ARGS,
    "dagrun_timeout": dt.timedelta(hours=get_settings().run_timeout_hours),
    # 0: never pause a DAG after failures, whatever [core] says. ``notify_failed_run`` alerts.
    "max_consecutive_failed_dag_runs": 0,
    "on_failure_callback": notify_failed_run,
    "on_success_callback": reset_failed_runs,
}
"""Options of every DAG."""


def dedent_docs(dag: DAG) -> DAG:
    """Dedent the docs that Airflow takes from the tasks' docstrings.

    Markdown shows an indented paragraph as code. Python 3.13 does this to every docstring.
    """
    for task in dag.tasks:
        if isinstance(task, BaseOperator) and task.doc_md:
            task.doc_md = inspect.cleandoc(task.doc_md)
    return dag
