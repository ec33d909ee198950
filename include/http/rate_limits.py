"""Parse the response headers that say when to send the next request.

``Retry-After`` is `RFC 9110 §10.2.3 <https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3>`_,
``RateLimit`` an `IETF draft <https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/>`_.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

__all__ = ["rate_limit_reset", "retry_after"]

_MAX_CHARACTERS = 1_024  # of a header: real ones have about 100
_MAX_SECONDS = 1e9  # 30 years, as the cap of a number of any length
# The draft's parameters: r is the requests remaining, t the seconds until the window resets.
_WINDOW = re.compile(r";\s*([rt])=([0-9]+)")


def retry_after(headers: Mapping[str, str], now: dt.datetime) -> float | None:
    """Return the seconds that the server asks to wait, None when it does not ask.

    Reads ``Retry-After`` (seconds or HTTP-date), else the RateLimit headers: the longest reset of
    the exhausted windows. A date is relative to the response's own ``Date``, because the server's
    clock may differ from ours (``now``). An unparsable value is ignored.
    """
    value = _header(headers, "Retry-After")
    # isdigit() alone accepts digits such as a superscript two, which float() refuses.
    if value.isascii() and value.isdigit():
        return _seconds(value)
    until = _http_date(value)
    if until is None:
        return rate_limit_reset(headers) or _lone_reset(headers)
    sent = _http_date(_header(headers, "Date")) or now
    return max(0.0, (until - sent).total_seconds())


def rate_limit_reset(headers: Mapping[str, str]) -> float:
    """Return the seconds until every rate window has a request left; 0.0 if all have one.

    Reads ``RateLimit: "per-minute";r=0;t=30, ...``, else the older lists ``RateLimit-Remaining``
    and ``RateLimit-Reset``, which name the windows in the same order.
    """
    named = [dict(_WINDOW.findall(part)) for part in _header(headers, "RateLimit").split(",")]
    windows = [(window["r"], window["t"]) for window in named if window.keys() == {"r", "t"}]
    if not windows:
        windows = list(
            zip(_numbers(headers, "Remaining"), _numbers(headers, "Reset"), strict=False)
        )
    # strip, not int(): a number of thousands of digits would raise.
    return max((_seconds(reset) for left, reset in windows if not left.strip("0")), default=0.0)


def _lone_reset(headers: Mapping[str, str]) -> float | None:
    """Return the reset of a refusal without any other rate header."""
    resets = _numbers(headers, "Reset")
    return _seconds(resets[0]) if resets and not _numbers(headers, "Remaining") else None


def _numbers(headers: Mapping[str, str], name: str) -> list[str]:
    return re.findall(r"[0-9]+", _header(headers, f"RateLimit-{name}"))


def _header(headers: Mapping[str, str], name: str) -> str:
    return (headers.get(name) or "")[:_MAX_CHARACTERS].strip()


def _seconds(digits: str) -> float:
    return min(float(digits), _MAX_SECONDS)


def _http_date(value: str) -> dt.datetime | None:
    """Return an HTTP-date in UTC, None for any other text."""
    try:
        # A date without a zone is read as UTC, which an HTTP-date always is.
        date = parsedate_to_datetime(value)
        return (date if date.tzinfo else date.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except (TypeError, ValueError, OverflowError, IndexError):
        return None
