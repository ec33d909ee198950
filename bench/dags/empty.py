"""A DAG of the shape of hacker_news whose tasks do nothing: what Airflow itself costs."""

from __future__ import annotations

import os
from typing import Any

from airflow.sdk import dag, task


@dag(dag_id="empty")
def empty() -> None:
    """Find nothing, cut it, fetch it, load it, trigger nothing."""

    @task
    def find() -> int:
        return int(os.environ["BENCH_CHUNKS"])

    @task
    def cut(count: Any) -> list[int]:
        return list(range(count))

    @task
    def fetch(chunk: Any) -> int:
        return int(chunk)

    @task
    def load(found: Any, fetched: Any) -> int:
        return len(list(fetched))

    @task
    def trigger() -> None:
        return None

    found = find()
    load(found, fetch.expand(chunk=cut(found))) >> trigger()


empty()
