"""Tags, retries, timeouts, pools and assets of all DAGs. Imported at parse time: keep it light."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from airflow.sdk import Asset
from airflow.sdk.definitions.retry_policy import ExceptionRetryPolicy, RetryAction, RetryRule

from include.alerts import forget_failed_runs, notify_failure, tell_of_failed_run
from include.names import HACKERNEWS_POOL, WAREHOUSE_POOL, Tag
from include.settings import get_settings

__all__ = [
    "DAG_ARGS",
    "GOLD",
    "HACKERNEWS_POOL",
    "LOADING_DAGS",
    "RAW_HN_ITEMS",
    "RAW_JOB_POSTINGS",
    "SERVING",
    "WAREHOUSE_POOL",
    "WAREHOUSE_TIMEOUT",
    "Tag",
]


# "x-": a scheme of our own. For any other, Airflow imports every provider that handles some scheme,
# in each process that parses a DAG.
RAW_HN_ITEMS = Asset("techpulse_raw_hn_items", uri="x-techpulse://warehouse/bronze/raw_hn_items")
RAW_JOB_POSTINGS = Asset(
    "techpulse_raw_job_postings", uri="x-techpulse://warehouse/bronze/raw_job_postings"
)
GOLD = Asset("techpulse_gold", uri="x-techpulse://warehouse/gold")
SERVING = Asset("techpulse_serving", uri="x-techpulse://serving")

LOADING_DAGS: Final = ("hacker_news", "hacker_news_daily", "job_boards")
"""The DAGs tagged ``ingest``; analytics waits for their queued and running runs."""

DEFAULT_ARGS: Final[dict[str, Any]] = {
    "owner": "techpulse",
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

DAG_ARGS: Final[dict[str, Any]] = {
    "catchup": False,
    "default_args": DEFAULT_ARGS,
    "dagrun_timeout": dt.timedelta(hours=get_settings().run_timeout_hours),
    # 0: never pause a DAG after failures, whatever [core] says. ``tell_of_failed_run`` alerts.
    "max_consecutive_failed_dag_runs": 0,
    "on_failure_callback": tell_of_failed_run,
    "on_success_callback": forget_failed_runs,
}
"""Options of every DAG."""
