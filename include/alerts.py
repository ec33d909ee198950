"""Alerts for failed tasks, consecutive failed runs, runs that time out, and late daily runs.

They go to the log, and to a notifier if one is set.

``TECHPULSE_ALERT_NOTIFIER`` names any Airflow notifier
(https://airflow.apache.org/docs/apache-airflow/stable/howto/notifications.html). It is imported
when an alert is sent, never while DAGs are parsed.
"""

from __future__ import annotations

import datetime as dt
import logging
import sys
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from include.errors import ConfigurationError
from include.settings import get_settings

if TYPE_CHECKING:
    from airflow.sdk.definitions.deadline import DeadlineAlert

__all__ = [
    "FAILED_RUNS_LIMIT",
    "daily_deadline",
    "notify_failed_run",
    "notify_failure",
    "notify_missed_deadline",
    "reset_failed_runs",
]

FAILED_RUNS_LIMIT = 3
"""Consecutive failed runs of a DAG that raise one more alert: a single one may be an outage."""

log = logging.getLogger(__name__)

_FAILED_RUNS: Final = "failed_runs"
_LOOK: Final = "Next step: `python -m include.cli doctor`, which names a pool that is missing."

Context = dict[str, Any]


def notify_failure(context: Any) -> None:
    """Send an alert for a failed task, with its error: an ``on_failure_callback``."""
    instance, error = context.get("task_instance"), context.get("exception")
    where = f"{instance.dag_id}.{instance.task_id}"
    if instance.map_index >= 0:
        where += f"[{instance.map_index}]"
    alert = f"TechPulse: {where} failed in the run {instance.run_id}: {error}"
    _notify(context, alert)


def _notify(context: Any, alert: str) -> None:
    # Log first: a notifier that fails must not hide the alert.
    log.error(alert)
    if notifier := _notifier():
        notifier({**context, "alert": alert})


def notify_failed_run(context: Any) -> None:
    """Send an alert for a run that timed out, and one after FAILED_RUNS_LIMIT failures in a row.

    A DAG's ``on_failure_callback``, run by the DAG processor. The state ``failed_runs`` holds the
    failed runs since the last success; a run that is cleared and fails again counts once.
    """
    from include.state.store import open_state

    dag_id, run_id = context["dag"].dag_id, context["run_id"]
    # `airflow dags test` gives a DAG that renders no template; a notifier's texts need none.
    context = {name: value for name, value in context.items() if name != "dag"}
    if context["reason"] == "timed_out":
        hours = get_settings().run_timeout_hours
        _notify(
            context,
            f"TechPulse: the run {run_id} of {dag_id} has not ended within {hours:g} hours, and "
            f"was ended. {_LOOK}",
        )
    with open_state(_FAILED_RUNS).update() as failed:
        runs = failed.setdefault(dag_id, [])
        # At the limit the list stops growing, so the alert below is sent once per streak.
        if run_id in runs or len(runs) >= FAILED_RUNS_LIMIT:
            return
        runs.append(run_id)
    # Outside the block: a slow notifier must not hold the state's lock.
    if len(runs) == FAILED_RUNS_LIMIT:
        _notify(
            context,
            f"TechPulse: {len(runs)} runs of {dag_id} in a row have failed, the first was "
            f"{runs[0]}. It keeps trying; no further alert until a run succeeds. {_LOOK}",
        )


def reset_failed_runs(context: Any) -> None:
    """Reset the count of failed runs: a run succeeded. A DAG's ``on_success_callback``."""
    from include.state.store import open_state

    state, dag_id = open_state(_FAILED_RUNS), context["dag"].dag_id
    # Read before locking: most runs succeed and have nothing to reset.
    if dag_id in state.read():
        with state.update() as failed:
            failed.pop(dag_id, None)


async def notify_missed_deadline(context: Context) -> None:
    """Send an alert for a run that missed its deadline: a DeadlineAlert's callback.

    It runs in the triggerer. The context has ``dag_run`` and ``deadline`` but no task, so a
    notifier's templates can use only ``{{ alert }}`` and ``{{ dag_run }}``.
    """
    run, deadline = context["dag_run"], context["deadline"]
    alert = (
        f"TechPulse: the run {run['dag_run_id']} of {run['dag_id']} has not ended by "
        f"{deadline['deadline_time']}; it is {run['state']}. {_LOOK}"
    )
    log.error(alert)
    if notifier := _notifier():
        await _notify_from_a_loop(notifier, {**context, "alert": alert})


async def _notify_from_a_loop(notifier: Any, context: Context) -> None:
    """Call the notifier's own ``async_notify`` if it has one, else ``notify`` in a thread."""
    from airflow.sdk import BaseNotifier
    from asgiref.sync import sync_to_async

    # The base method only raises NotImplementedError; the triggerer's loop must not block either.
    if type(notifier).async_notify is BaseNotifier.async_notify:
        await sync_to_async(notifier)(context)
    else:
        notifier.context = context
        await notifier


def _notifier() -> Callable[[Any], None] | None:
    """Return a new instance of the notifier in the settings, None if none is set.

    Raises ConfigurationError when it cannot be imported or created.
    """
    settings = get_settings()
    if not settings.alert_notifier:
        return None
    module, _, name = settings.alert_notifier.rpartition(".")
    try:
        notifier: Callable[[Any], None] = getattr(import_module(module), name)(
            **settings.alert_notifier_kwargs
        )
    except (ImportError, AttributeError, ValueError, TypeError) as error:
        raise ConfigurationError(
            f"The notifier cannot be created: {error}",
            record=settings.alert_notifier,
            next_step="correct TECHPULSE_ALERT_NOTIFIER and TECHPULSE_ALERT_NOTIFIER_KWARGS, or "
            "install the notifier's provider.",
        ) from error
    return notifier


def daily_deadline() -> DeadlineAlert | None:
    """Return a daily DAG's deadline: ``daily_deadline_minutes`` after its run was queued.

    None when the setting is 0, and under ``airflow dags test``, which cannot end a run with a
    deadline (https://github.com/apache/airflow/issues/73428).
    """
    from airflow.sdk.definitions.callback import AsyncCallback
    from airflow.sdk.definitions.deadline import DeadlineAlert, DeadlineReference

    minutes = get_settings().daily_deadline_minutes
    if not minutes or sys.argv[1:3] == ["dags", "test"]:
        return None
    return DeadlineAlert(
        name="daily",
        reference=DeadlineReference.DAGRUN_QUEUED_AT,
        interval=dt.timedelta(minutes=minutes),
        # By name: the triggerer imports it, and its `include` may have another path.
        callback=AsyncCallback("include.alerts.notify_missed_deadline"),
    )
