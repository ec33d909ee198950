"""A backfill of many months on a cluster, and what can be asked of it afterwards."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from include.months import Month
from tests.cluster.airflow import Cluster

__all__ = ["Task", "backfill", "months_before", "ran_on", "run_states", "running_on", "wait_for"]

_LOG = re.compile(
    r"dag_id=(?P<dag>[^/]+)/run_id=(?P<run>[^/]+)/task_id=(?P<task>[^/]+)/"
    r"(?:map_index=(?P<index>\d+)/)?attempt=(?P<attempt>\d+)\.log$"
)
_LONGEST_SECONDS = 1_200.0


@dataclass(frozen=True, order=True)
class Task:
    """One try of a task."""

    dag_id: str
    run_id: str
    task_id: str
    map_index: int
    attempt: int


def months_before(last: Month, count: int) -> list[Month]:
    """The ``count`` months before ``last``, oldest first."""
    total = last.year * 12 + last.month - 1
    return [Month(n // 12, n % 12 + 1) for n in range(total - count, total)]


def backfill(cluster: Cluster, months: Sequence[Month], active_runs: int) -> None:
    """Create the runs of a backfill; the scheduler starts them."""
    cluster.airflow(
        "backfill", "create", "--dag-id", "hacker_news",
        "--from-date", f"{months[0]}-01", "--to-date", f"{months[-1]}-28",
        "--max-active-runs", str(active_runs),
    )  # fmt: skip


def run_states(cluster: Cluster, dag_id: str, run_type: str = "%") -> Counter[str]:
    """The states of a DAG's runs."""
    rows = cluster.metadata(
        f"select state from dag_run where dag_id = '{dag_id}' and run_type like '{run_type}'"
    )
    return Counter(str(state) for (state,) in rows)


def wait_for(cluster: Cluster, dag_id: str, count: int) -> float:
    """Wait until so many runs have ended, all of them well; return the seconds it took."""
    started = time.monotonic()

    def ended() -> bool:
        states = run_states(cluster, dag_id)
        assert not states["failed"], failures(cluster)
        return states["success"] >= count and set(states) == {"success"}

    cluster.wait(f"end of {count} runs of {dag_id}", ended, _LONGEST_SECONDS)
    return time.monotonic() - started


def failures(cluster: Cluster) -> str:
    """The tasks that have failed, and the ends of their logs."""
    rows = cluster.metadata(
        "select dag_id, run_id, task_id, map_index, try_number from task_instance "
        "where state = 'failed'"
    )
    failed = {Task(*row) for row in rows}
    words = [str(failed)]
    for file in cluster.root.glob("worker-*/airflow/logs/**/*.log"):
        if _task_of(str(file)) in failed:
            words.append(file.read_text(errors="replace")[-2_000:])
    return "\n".join(words)


def ran_on(cluster: Cluster, node: str) -> set[Task]:
    """Every try that a worker has begun: each leaves a log on that worker's disk alone."""
    files = (cluster.node(node) / "airflow" / "logs").glob("dag_id=*/**/*.log")
    return {task for file in files if (task := _task_of(str(file)))}


def running_on(cluster: Cluster, node: str) -> set[Task]:
    """The tries that are running on a worker now."""
    rows = cluster.metadata(
        "select dag_id, run_id, task_id, map_index, try_number from task_instance "
        "where state = 'running'"
    )
    return ran_on(cluster, node) & {Task(*row) for row in rows}


def _task_of(path: str) -> Task | None:
    found = _LOG.search(path)
    if not found:
        return None
    index = int(found["index"]) if found["index"] else -1
    return Task(found["dag"], found["run"], found["task"], index, int(found["attempt"]))
