"""When analytics runs: at most one run waits, and takes in all loads that come meanwhile.

A load that has committed triggers the run whose id the state ``analytics`` holds; Airflow refuses
to make a run twice, so of many loads one makes it and the others find it there. A run takes its id
out of the state before it reads the warehouse: a load that commits later triggers the next one. So
whoever finds a run waiting has committed before that run reads.

The id names a moment, not a count of runs: it stays unique when Airflow's database is cleaned, and
when the state is lost or restored. A trigger that is lost all the same (its run failed in between)
loses no data: the next load's run, or that of ``upkeep``, reads whatever is not published yet.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable
from typing import Any, Final

from include.settings import get_settings
from include.state.store import StateStore, open_state

__all__ = ["begin", "is_for_loads", "loads_have_settled", "trigger_analytics", "waiting_run"]

_ANALYTICS: Final = "analytics"
_WAITING: Final = "waiting"
_DAG_TEST: Final = "dag_test"  # the user in whose name `airflow dags test` runs a DAG

log = logging.getLogger(__name__)


def trigger_analytics(ti: Any, dag_run: Any) -> None:
    """Have analytics take in what was loaded; a run that is waiting already does.

    Raises Airflow's DagRunTriggerException, which makes the run. Nothing is triggered in a run of
    ``airflow dags test``: there is no scheduler that would run it.
    """
    # What TriggerDagRunOperator raises. Importing that takes 0.6 s in each process of each task.
    from airflow.sdk.exceptions import DagRunTriggerException

    if dag_run.triggering_user_name == _DAG_TEST:
        log.info("`airflow dags test` runs one DAG; next: airflow dags test %s", _ANALYTICS)
        return
    raise DagRunTriggerException(
        trigger_dag_id=_ANALYTICS,
        dag_run_id=waiting_run(ti, open_state(_ANALYTICS), dt.datetime.now(dt.UTC)),
        conf=None,
        logical_date=None,
        reset_dag_run=False,
        skip_when_already_exists=True,
        wait_for_completion=False,
        allowed_states=[],
        failed_states=[],
        poke_interval=0,
        deferrable=False,
    )


def waiting_run(ti: Any, state: StateStore, now: dt.datetime) -> str:
    """Return the id of the run that is to take in a load that has just committed.

    It is the one that waits, whether Airflow has it already or not; a new one where there is none,
    or where that has ended without reading the warehouse.
    """
    with state.update() as kept:
        waiting: str | None = kept.get(_WAITING)
        if waiting is None or _has_ended(ti, waiting):
            waiting = kept[_WAITING] = f"loads__{now.isoformat()}"
    return waiting


def _has_ended(ti: Any, run_id: str) -> bool:
    ended = ["success", "failed"]
    return bool(ti.get_dr_count(dag_id=_ANALYTICS, run_ids=[run_id], states=ended))


def begin(run_id: str, state: StateStore | None = None) -> None:
    """Note that the run waits no longer. Call it before the run reads the warehouse."""
    with (state or open_state(_ANALYTICS)).update() as kept:
        if kept.get(_WAITING) == run_id:
            del kept[_WAITING]


def is_for_loads(dag_run: Any) -> bool:
    """Whether loads triggered the run; one by hand is for a reason, and neither waits nor skips."""
    return bool(dag_run.run_type == "operator_triggered")


def loads_have_settled(
    ti: Any, loading_dags: Iterable[str], waiting_since: dt.datetime, now: dt.datetime
) -> bool:
    """Whether no run of the loading DAGs is queued or running, or the longest wait is over.

    A backfill makes a run a month, and each month's load would be followed by a build. A paused
    DAG's runs do not count: they do not go on.
    """
    longest = dt.timedelta(minutes=get_settings().analytics_max_wait_minutes)
    if now - waiting_since >= longest:
        return True
    for dag_id in loading_dags:
        coming = ti.get_dr_count(dag_id=dag_id, states=["queued", "running"])
        if coming and not ti.get_dag(dag_id).is_paused:
            log.info("%s runs of %s are still to come or under way", coming, dag_id)
            return False
    return True
