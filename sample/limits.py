"""Sliding rate windows, as upstreams keep them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

__all__ = ["RateLimits"]


class RateLimits:
    """Counts requests in several windows at once: (name, limit, seconds) each."""

    def __init__(self, clock: Callable[[], float], windows: Sequence[tuple[str, int, int]]) -> None:
        self._clock, self.windows = clock, tuple(windows)
        self._taken: deque[float] = deque()

    def take(self) -> bool:
        """Count a request if every window has room for it, and say whether it had."""
        if any(self._remaining(limit, seconds) <= 0 for _, limit, seconds in self.windows):
            return False
        self._taken.append(self._clock())
        return True

    def seconds_to_wait(self) -> int:
        """Return the whole seconds until every window has room."""
        full = [w for w in self.windows if self._remaining(w[1], w[2]) <= 0]
        return max((self._reset(limit, seconds) for _, limit, seconds in full), default=0)

    def headers(self) -> dict[str, str]:
        """Return the RateLimit headers of the IETF draft and the older ones, all windows in each.

        Source: https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
        """
        left = [max(0, self._remaining(limit, seconds)) for _, limit, seconds in self.windows]
        reset = [self._reset(limit, seconds) for _, limit, seconds in self.windows]
        states = [
            f'"{name}";r={r};t={t};pk="c2FtcGxl"'
            for (name, _, _), r, t in zip(self.windows, left, reset, strict=True)
        ]
        return {
            "RateLimit": ", ".join(states),
            "RateLimit-Policy": ", ".join(f'"{n}";q={q};w={w}' for n, q, w in self.windows),
            "RateLimit-Limit": ", ".join(str(limit) for _, limit, _ in self.windows),
            "RateLimit-Remaining": ", ".join(map(str, left)),
            "RateLimit-Reset": ", ".join(map(str, reset)),
        }

    def _within(self, seconds: int) -> list[float]:
        longest = max(window[2] for window in self.windows)
        now = self._clock()
        while self._taken and self._taken[0] <= now - longest:
            self._taken.popleft()
        return [taken for taken in self._taken if taken > now - seconds]

    def _remaining(self, limit: int, seconds: int) -> int:
        return limit - len(self._within(seconds))

    def _reset(self, limit: int, seconds: int) -> int:
        """Return the whole seconds until one more request has room, or the whole window."""
        taken = self._within(seconds)
        if len(taken) < limit:
            return seconds
        return max(1, int(taken[len(taken) - limit] + seconds - self._clock()) + 1)
