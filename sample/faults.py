"""What can go wrong upstream, switched on by number and changeable while the server runs."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field, fields
from email.utils import formatdate
from typing import Any

from sample.wire import encode

__all__ = ["ACTS", "Faults", "shuffled"]

# What happens to a request that a switch hits, in the order of precedence.
ACTS = (
    "reset", "slow_loris", "fail", "rate_limit", "truncate", "invalid_json", "html", "wrong_type",
    "empty", "cut",
)  # fmt: skip

# The lists of all APIs here, by the field that holds them. Of an item's kids the order is content.
_LISTS = ("submitted", "jobs", "data")


@dataclass(slots=True)
class Faults:
    """Every ``*_every`` is "each Nth API request", 0 is never. Fields may be changed at any time.

    retry_after: seconds as text, ``http-date`` (retry_date_seconds ahead), or ``none``: no header.
    fail_first: each path answers 503 for its first N requests.
    empty_every, cut_every: a company's board shows none of its jobs, or the first half of them.
    paging: how the job boards' pages misbehave: ``stable``, ``duplicated`` (every page comes
    twice), ``overlapping`` (a page begins with the last records of the one before) or ``shrinking``
    (records vanish while the pages are read, so that later ones are skipped).
    kinds: only these kinds of request are hit (item, user, maxitem, remotive, theirstack,
    arbeitnow, himalayas, or an applicant
    tracking system); empty: all.
    redeliver: every record of a list is delivered twice, in another order each time.
    enforce_limits: Remotive and TheirStack refuse requests above their published rates.
    """

    latency_ms: float = 0
    fail_every: int = 0
    fail_first: int = 0
    rate_limit_every: int = 0
    retry_after: str = "1"
    retry_date_seconds: float = 2
    slow_loris_every: int = 0
    slow_loris_ms: float = 200
    truncate_every: int = 0
    invalid_json_every: int = 0
    html_every: int = 0
    wrong_type_every: int = 0
    empty_every: int = 0
    cut_every: int = 0
    reset_every: int = 0
    unauthorized_items: frozenset[int] = frozenset()
    paging: str = "stable"
    redeliver: bool = False
    kinds: frozenset[str] = frozenset()
    enforce_limits: bool = False
    _seen: dict[str, int] = field(default_factory=dict, repr=False)

    def update(self, changes: dict[str, Any]) -> None:
        """Set fields by name; raises KeyError for one that does not exist."""
        known = {entry.name for entry in fields(self) if not entry.name.startswith("_")}
        if unknown := set(changes) - known:
            raise KeyError(f"no such fault: {sorted(unknown)}; there are {sorted(known)}")
        for name, value in changes.items():
            is_set = name in ("unauthorized_items", "kinds")
            setattr(self, name, frozenset(value) if is_set else value)

    def act(self, number: int, kind: str, path: str) -> str:
        """Return what happens to the Nth request (counted from 1): one of ACTS, or ""."""
        if self.kinds and kind not in self.kinds:
            return ""
        if self.fail_first:
            self._seen[path] = seen = self._seen.get(path, 0) + 1
            if seen <= self.fail_first:
                return "fail"
        for act in ACTS:
            every = getattr(self, f"{act}_every")
            if every and number % every == 0:
                return act
        return ""

    def retry_after_header(self, now: float) -> dict[str, str]:
        """Return the Retry-After header of a 429; ``now`` in seconds since 1970."""
        if self.retry_after == "none":
            return {}
        if self.retry_after == "http-date":
            return {"Retry-After": formatdate(now + self.retry_date_seconds, usegmt=True)}
        return {"Retry-After": self.retry_after}


def shuffled(body: bytes, number: int) -> bytes:
    """Return an answer's JSON with every element of its list twice, shuffled by the number."""
    answer = json.loads(body)
    lists = [name for name in _LISTS if isinstance(answer, dict) and name in answer]
    for name in lists:
        answer[name] = answer[name] * 2
        random.Random(number).shuffle(answer[name])
    return encode(answer) if lists else body
