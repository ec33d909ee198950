"""Metrics for the counts of the load ledger, through Airflow's StatsD or OpenTelemetry.

Nothing is sent unless ``[metrics]`` in Airflow's configuration enables it:
https://airflow.apache.org/docs/apache-airflow/stable/administration-and-deployment/logging-monitoring/metrics.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from include.warehouse.bronze import LEDGER_COUNTS

__all__ = ["LEDGER_METRICS", "count_load"]

_PREFIX = "techpulse.load"
LEDGER_METRICS: Final = {column: f"{_PREFIX}.{column}" for column in LEDGER_COUNTS}
"""Counter names by ledger column."""


def count_load(ledger: Mapping[str, Any]) -> None:
    """Count a committed load: a counter for each column, with the tags source and partition.

    Counters, not gauges: of two loads between two scrapes, both count. A task that is killed after
    its commit counts again when it is retried.
    """
    from airflow.sdk.observability import stats

    tags = {"source": ledger["source"], "partition": ledger["partition"]}
    stats.incr(f"{_PREFIX}.committed", tags=tags)
    for column, name in LEDGER_METRICS.items():
        stats.incr(name, count=ledger[column], tags=tags)
