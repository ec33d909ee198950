"""What was sent for each search: ids of postings, and the message that is under way.

One state a search (include/state), ``search_<name>``. A posting is new to a search if its id is not
in there, whenever it was loaded, published or edited. The state is bounded: postings posted longer
ago than ``RETENTION_DAYS`` are never sent, so their ids are dropped.

A message is recorded, with its id and its postings, before it is sent, and marked after that. A
process that is killed in between leaves it under way: the next run sends the same postings again
under the same id. A run claims a message before it sends it; other runs leave it alone until the
claim ends. No lock of the state is held meanwhile: in SQLite it is that of all states.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from include.errors import DeliveryError
from include.searches.definition import SavedSearch
from include.searches.due import is_due
from include.settings import Settings
from include.state.store import open_state

__all__ = ["CLAIM_MINUTES", "RETENTION_DAYS", "Batch", "Candidates", "Ledger", "Standing"]

CLAIM_MINUTES = 5
"""How long a run may take to send one message: SMTP's five attempts of 30 s are half of it.

Airflow's retries take longer, so another run's retries outlast the claim of a killed one.
"""

RETENTION_DAYS = 400
"""A posting is sent up to so many days after it was posted: a year of late loads and a reserve."""

Candidates = Callable[[dt.date], Sequence[str]]
"""The ids of the postings that match and were posted on a day or later, oldest first."""


@dataclass(frozen=True)
class Batch:
    """The postings of one message; ``id`` follows from the search and from them."""

    id: str
    made_at: dt.datetime
    ids: tuple[str, ...]


@dataclass(frozen=True)
class Standing:
    """What the state of a search says, for people."""

    sent: int
    last_run: dt.datetime | None
    last_sent: dt.datetime | None
    is_under_way: bool
    has_other_filter: bool


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Ledger:
    """The state of one search."""

    def __init__(
        self,
        search: SavedSearch,
        settings: Settings | None = None,
        *,
        clock: Callable[[], dt.datetime] = _now,
    ) -> None:
        self._search, self._state = search, open_state(f"search_{search.name}", settings)
        self._clock = clock

    def is_due(self, now: dt.datetime) -> bool:
        """Return whether the search is due; one with a message under way or a new filter is."""
        kept = self._state.read()
        if not self._is_of_filter(kept) or "pending" in kept:
            return True
        return is_due(self._search.every, _time(kept.get("last_run")), now)

    def standing(self) -> Standing:
        """Return what was sent so far."""
        kept = self._state.read()
        sent = kept.get("sent", [])
        return Standing(
            sent=kept.get("count", 0),
            last_run=_time(kept.get("last_run")),
            last_sent=_time(sent[-1][0]) if sent else None,
            is_under_way="pending" in kept,
            has_other_filter=bool(kept) and not self._is_of_filter(kept),
        )

    def waiting(self, now: dt.datetime, candidates: Candidates, most: int) -> list[Batch]:
        """Return the first messages that a run would send now; change nothing."""
        kept = self._state.read()
        batches: list[Batch] = []
        if not self._is_of_filter(kept) and "pending" not in kept:
            self._begin(kept, now)
        while len(batches) < most:
            found = () if "pending" in kept else candidates(_since(kept, now))
            if not (batch := self._next(kept, now, found)):
                break
            batches.append(batch)
            _mark(kept, batch.ids)
            if not self._is_of_filter(kept):
                self._begin(kept, now)
        return batches

    def next_batch(self, now: dt.datetime, candidates: Candidates) -> Batch | None:
        """Return the message under way, or record the next one; None if nothing is new.

        The first run begins the search, and so does the first one with another filter: the search
        then goes back to where the former filter stopped, and sends nothing that it has sent.
        """
        asked: dict[dt.date, Sequence[str]] = {}
        while True:
            with self._state.update() as kept:
                # What the former filter has under way is sent first: nothing is lost.
                if not self._is_of_filter(kept) and "pending" not in kept:
                    self._begin(kept, now)
                since = _since(kept, now)
                if "pending" in kept or since in asked:
                    batch = self._next(kept, now, asked.get(since, ()))
                    if batch is None:
                        kept["last_run"] = now.isoformat()
                    return batch
            # The store is asked while the state is unlocked; another run may change it meanwhile.
            asked[since] = candidates(since)

    @contextmanager
    def delivery(
        self, batch: Batch, run_id: str
    ) -> Iterator[Callable[[Iterable[str]], None] | None]:
        """Claim a message while it is sent; yield the function that marks its postings.

        Those that it does not name are new again. Yields None if another run has sent the message;
        raises DeliveryError while another one has claimed it. A retry of a killed run goes on at
        once, since Airflow runs one try at a time. If the block fails, the message stays under way.
        """
        if not self._claim(batch, run_id):
            yield None
            return
        try:
            yield partial(self._mark, batch)
        except BaseException:  # a task that is ended, too: the next run need not wait
            with self._state.update() as kept:
                if _is_pending(kept, batch):
                    kept["pending"].pop("claim", None)
            raise

    def _claim(self, batch: Batch, run_id: str) -> bool:
        now = self._clock()
        with self._state.update() as kept:
            if not _is_pending(kept, batch):
                return False
            holder, at = kept["pending"].get("claim") or (run_id, now.isoformat())
            ttl = dt.timedelta(minutes=CLAIM_MINUTES)
            # abs: a claim "from the future", of a clock that was set back, must end, too.
            if holder != run_id and abs(now - dt.datetime.fromisoformat(at)) < ttl:
                raise DeliveryError(
                    f"The run {holder} is sending a message of the saved search "
                    f"{self._search.name!r}",
                    record=batch.id,
                    next_step=f"nothing to do: if that run was killed, its claim ends after "
                    f"{CLAIM_MINUTES} minutes, and the message is sent again.",
                )
            kept["pending"]["claim"] = [run_id, now.isoformat()]
            return True

    def _mark(self, batch: Batch, ids: Iterable[str]) -> None:
        with self._state.update() as kept:
            # A run whose claim has ended may find that another one has marked it.
            if _is_pending(kept, batch):
                _mark(kept, ids)

    def sent_last(self, most: int) -> list[tuple[dt.datetime, str]]:
        """Return the newest postings that were sent, newest first, with the time of each."""
        return _newest(self._state.read().get("sent", []), most)

    def _is_of_filter(self, kept: dict[str, Any]) -> bool:
        return kept.get("filter") == self._search.filter_digest

    def _begin(self, kept: dict[str, Any], now: dt.datetime) -> None:
        """Begin the search: with a former filter, on the day when that one ran last."""
        last = _time(kept.get("last_run")) or now
        since = min(last, now).date() - dt.timedelta(days=self._search.first_days)
        kept |= {"filter": self._search.filter_digest, "since": since.isoformat()}
        kept.setdefault("sent", [])

    def _next(self, kept: dict[str, Any], now: dt.datetime, found: Sequence[str]) -> Batch | None:
        """Return the message under way, or record one of what is new in ``found``."""
        if pending := kept.get("pending"):
            made_at = dt.datetime.fromisoformat(pending["at"])
            return Batch(pending["id"], made_at, tuple(pending["ids"]))
        _prune(kept, now - dt.timedelta(days=RETENTION_DAYS), frozenset(found))
        known = {one for _, ids in kept["sent"] for one in ids}
        new = tuple(one for one in found if one not in known)[: self._search.per_message]
        if not new:
            return None
        batch = Batch(_message_id(self._search, new), now, new)
        kept["pending"] = {"id": batch.id, "at": now.isoformat(), "ids": list(new)}
        return batch


def _since(kept: dict[str, Any], now: dt.datetime) -> dt.date:
    """Return the day from which on what was posted may be sent."""
    horizon = now.date() - dt.timedelta(days=RETENTION_DAYS)
    return max(dt.date.fromisoformat(kept["since"]), horizon)


def _message_id(search: SavedSearch, ids: Iterable[str]) -> str:
    text = "\n".join([search.name, search.filter_digest, *sorted(ids)])
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _is_pending(kept: dict[str, Any], batch: Batch) -> bool:
    return bool(kept.get("pending", {}).get("id") == batch.id)


def _mark(kept: dict[str, Any], ids: Iterable[str]) -> None:
    pending, marked = kept.pop("pending"), list(ids)
    if marked:
        kept["sent"].append([pending["at"], marked])
        kept["count"] = kept.get("count", 0) + len(marked)


def _prune(kept: dict[str, Any], before: dt.datetime, candidates: frozenset[str]) -> None:
    """Drop the ids that were sent before a time, unless they could be sent again."""
    kept["sent"] = [
        [at, rest]
        for at, ids in kept["sent"]
        if (rest := ids if _later(at, before) else [one for one in ids if one in candidates])
    ]


def _later(at: str, before: dt.datetime) -> bool:
    return dt.datetime.fromisoformat(at) >= before


def _newest(sent: list[Any], most: int) -> list[tuple[dt.datetime, str]]:
    flat = [(dt.datetime.fromisoformat(at), one) for at, ids in reversed(sent) for one in ids[::-1]]
    return flat[:most]


def _time(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None
