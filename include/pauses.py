"""What a server's headers say of when to come back.

``Retry-After`` is `RFC 9110 §10.2.3 <https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3>`_,
``RateLimit`` an `IETF draft <https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/>`_.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

__all__ = ["pause_asked_for", "pause_until_quota"]

_QUOTA = re.compile(r";\s*r=(\d+)[^,]*?;\s*t=(\d+)")


def pause_asked_for(headers: Mapping[str, str], now: dt.datetime) -> float | None:
    """Return the seconds that the server asks to wait, None when it does not say.

    Reads ``Retry-After`` (seconds or HTTP-date), else the RateLimit headers: the longest reset of a
    window that is used up. An unreadable value counts as not said.
    """
    value = (headers.get("Retry-After") or "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return pause_until_quota(headers) or _lone_reset(headers)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return max(0.0, (moment - now).total_seconds())


def pause_until_quota(headers: Mapping[str, str]) -> float:
    """Return the seconds until every rate window has a request left; 0.0 when all have.

    Reads ``RateLimit: "per-minute";r=0;t=30, ...``, else the older lists ``RateLimit-Remaining``
    and ``RateLimit-Reset``, which name the windows in the same order.
    """
    found = _QUOTA.findall(headers.get("RateLimit") or "")
    windows = [(int(left), float(reset)) for left, reset in found] or list(
        zip(_numbers(headers, "Remaining"), map(float, _numbers(headers, "Reset")), strict=False)
    )
    return max((reset for left, reset in windows if left == 0), default=0.0)


def _lone_reset(headers: Mapping[str, str]) -> float | None:
    """Return the reset of a refusal that says nothing else."""
    resets = _numbers(headers, "Reset")
    return float(resets[0]) if resets and not _numbers(headers, "Remaining") else None


def _numbers(headers: Mapping[str, str], name: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", headers.get(f"RateLimit-{name}") or "")]
