"""When analytics goes to work: once for loads that come close together, not once for each."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any, Final

from include.settings import get_settings

__all__ = ["look_again_at"]

_PAUSE: Final = dt.timedelta(seconds=30)  # each look is a task's process of about a second

log = logging.getLogger(__name__)


def look_again_at(ti: Any, waiting_since: dt.datetime, now: dt.datetime) -> dt.datetime | None:
    """Return when to look again for the end of the runs that load, None: go to work now.

    They are those of ``hacker_news``: a backfill makes one a month, and each month's load would be
    followed by a build. The wait ends with them, or after ``analytics_longest_wait_minutes``.
    """
    longest = dt.timedelta(minutes=get_settings().analytics_longest_wait_minutes)
    if now - waiting_since >= longest:
        return None
    coming = ti.get_dr_count(dag_id="hacker_news", states=["queued", "running"])
    if not coming:
        return None
    log.info("%s runs of hacker_news are still to come or under way", coming)
    return now + _PAUSE
