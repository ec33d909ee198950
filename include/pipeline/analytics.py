"""Trigger analytics after loads: at most one run is pending, and it covers all loads until then.

The state ``analytics`` has the id of the pending run. A load that has committed triggers a run with
that id; Airflow refuses duplicate run ids, so the first of several loads creates the run and the
others find it. A run removes its id from the state before it reads the warehouse, so a load that
commits later triggers the next run. A load that finds a pending run has therefore committed before
that run reads.

The id contains a timestamp, not a counter: it stays unique when Airflow's database is cleaned and
when the state is lost or restored. A lost trigger (its run failed in between) loses no data: the
next run, of a load or of ``upkeep``, reads everything that is not published yet.
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
_DAG_TEST: Final = "dag_test"  # triggering_user_name of `airflow dags test`

log = logging.getLogger(__name__)


def trigger_analytics(ti: Any, dag_run: Any) -> None:
    """Trigger analytics for a load, unless a run is pending already.

    Raises Airflow's DagRunTriggerException, which creates the run. Does nothing under ``airflow
    dags test``, where no scheduler would run it.
    """
    # TriggerDagRunOperator raises the same, but importing it costs each task process 0.6 s.
    from airflow.sdk.exceptions import DagRunTriggerException

    if dag_run.triggering_user_name == _DAG_TEST:
        log.info("`airflow dags test` runs one DAG; next: airflow dags test %s", _ANALYTICS)
        return
    raise DagRunTriggerException(
        trigger_dag_id=_ANALYTICS,
        dag_run_id=waiting_run(ti, open_state(_ANALYTICS), dt.datetime.now(dt.UTC)),
        conf=None,
        logical_date=None,
        # Another load may create the run first: it covers this one, too.
        reset_dag_run=False,
        skip_when_already_exists=True,
        wait_for_completion=False,
        allowed_states=[],
        failed_states=[],
        poke_interval=0,
        deferrable=False,
    )


def waiting_run(ti: Any, state: StateStore, now: dt.datetime) -> str:
    """Return the id of the run that will cover a load that has just committed.

    It is the pending one, whether or not Airflow has created it yet; a new id if there is none, or
    if that run has ended without reading the warehouse.
    """
    new = f"loads__{now.isoformat()}"
    # Airflow is asked while the state is unlocked: its answer may take long.
    waiting = _pending(state, None, new)
    while waiting != new and _has_ended(ti, waiting):
        waiting = _pending(state, waiting, new)
    return waiting


def _pending(state: StateStore, ended: str | None, new: str) -> str:
    """Return the pending id; ``new`` becomes it where there is none, or the one that has ended."""
    # Checked and set under the state's lock: concurrent loads must agree on one id.
    with state.update() as kept:
        if kept.get(_WAITING) in (None, ended):
            kept[_WAITING] = new
        waiting: str = kept[_WAITING]
        return waiting


def _has_ended(ti: Any, run_id: str) -> bool:
    ended = ["success", "failed"]
    return bool(ti.get_dr_count(dag_id=_ANALYTICS, run_ids=[run_id], states=ended))


def begin(run_id: str, state: StateStore | None = None) -> None:
    """Mark the run as no longer pending. Call it before the run reads the warehouse."""
    # Only its own id: a newer run may be pending when this one is cleared and runs again.
    with (state or open_state(_ANALYTICS)).update() as kept:
        if kept.get(_WAITING) == run_id:
            del kept[_WAITING]


def is_for_loads(dag_run: Any) -> bool:
    """Return whether a load triggered the run; a manual run neither waits nor skips."""
    return bool(dag_run.run_type == "operator_triggered")


def loads_have_settled(
    ti: Any, loading_dags: Iterable[str], waiting_since: dt.datetime, now: dt.datetime
) -> bool:
    """Return whether no loading DAG has queued or running runs, or the maximum wait is over.

    Without the wait, a backfill would build once after each month. Runs of a paused DAG do not
    count: they make no progress.
    """
    max_wait = dt.timedelta(minutes=get_settings().analytics_max_wait_minutes)
    if now - waiting_since >= max_wait:
        return True
    for dag_id in loading_dags:
        coming = ti.get_dr_count(dag_id=dag_id, states=["queued", "running"])
        if coming and not ti.get_dag(dag_id).is_paused:
            log.info("%s runs of %s are queued or running", coming, dag_id)
            return False
    return True
