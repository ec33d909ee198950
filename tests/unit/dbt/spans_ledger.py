"""Job spans by a ledger in plain Python, as the oracle of dbt/models/silver/job_spans.sql."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

__all__ = ["Interval", "Reading", "intervals_of", "spans_of"]

REPEATED_WITHIN = dt.timedelta(days=60)


@dataclass(frozen=True)
class Reading:
    """One reading of a board; ``nameless`` jobs are shown without an id."""

    board: str
    read_at: dt.datetime
    outcome: str
    ids: frozenset[str] = frozenset()
    nameless: int = 0


@dataclass
class Interval:
    """From the first reading that shows a posting to the last; closed_at None while open."""

    posting: str
    absent_at: dt.datetime | None
    opened_at: dt.datetime
    last_seen_at: dt.datetime
    closed_at: dt.datetime | None = None


@dataclass
class _Board:
    """A board's jobs, reading by reading in the order of their clock."""

    whole_at: dt.datetime | None = None
    empty_since: dt.datetime | None = None
    open: dict[str, Interval] = field(default_factory=dict)
    found: list[Interval] = field(default_factory=list)

    def read(self, reading: Reading) -> None:
        if reading.outcome == "empty":
            self._nothing(reading.read_at)
        elif reading.ids and reading.outcome in ("whole", "unchanged", "short"):
            self.empty_since = None
            is_whole = reading.outcome != "short" and not reading.nameless
            if is_whole:
                self._close(set(self.open) - reading.ids, reading.read_at)
            for posting in sorted(reading.ids):
                self._see(posting, reading.read_at)
            self.whole_at = reading.read_at if is_whole else self.whole_at

    def _nothing(self, at: dt.datetime) -> None:
        self.empty_since = self.empty_since or at
        if at.date() > self.empty_since.date():
            self._close(set(self.open), self.empty_since)
            self.whole_at = at

    def _see(self, posting: str, at: dt.datetime) -> None:
        if posting not in self.open:
            self.open[posting] = Interval(posting, self.whole_at, at, at)
            self.found.append(self.open[posting])
        self.open[posting].last_seen_at = at

    def _close(self, postings: Iterable[str], at: dt.datetime) -> None:
        for posting in postings:
            self.open.pop(posting).closed_at = at


def intervals_of(readings: Iterable[Reading]) -> list[Interval]:
    """Return what the readings show of each posting, in the order in which they opened."""
    boards: dict[str, _Board] = {}
    for reading in sorted(readings, key=lambda r: r.read_at):
        boards.setdefault(reading.board, _Board()).read(reading)
    found = [interval for board in boards.values() for interval in board.found]
    return sorted(found, key=lambda i: (i.opened_at, i.posting))


def _job_ids(intervals: list[Interval], keys: Mapping[str, str]) -> dict[str, str]:
    """Return the job of each posting: the first posting of those that repeat each other."""
    jobs: dict[str, str] = {}
    for number, new in enumerate(intervals):
        if new.posting in jobs:
            continue
        jobs[new.posting] = new.posting
        key = keys.get(new.posting)
        alike = [i for i in intervals[:number] if key and keys.get(i.posting) == key]
        if any(i.last_seen_at >= new.opened_at for i in alike) or not alike:
            continue
        last = max(alike, key=lambda i: (i.last_seen_at, i.posting))
        if new.opened_at - last.last_seen_at <= REPEATED_WITHIN:
            jobs[new.posting] = jobs[last.posting]
    return jobs


def spans_of(readings: Iterable[Reading], keys: Mapping[str, str]) -> list[tuple[object, ...]]:
    """Return (job, span, postings, absent_at, opened_at, last_seen_at, closed_at, reopened)."""
    intervals = intervals_of(readings)
    jobs = _job_ids(intervals, keys)
    spans: dict[str, list[list[Interval]]] = {}
    for interval in intervals:
        of_job = spans.setdefault(jobs[interval.posting], [])
        if of_job and not _is_over(of_job[-1], interval.opened_at):
            of_job[-1].append(interval)
        else:
            of_job.append([interval])
    return [
        (job, number, sorted({i.posting for i in span}), span[0].absent_at, span[0].opened_at,
         _last(span).last_seen_at, _last(span).closed_at, number > 1)
        for job, of_job in spans.items() for number, span in enumerate(of_job, start=1)
    ]  # fmt: skip


def _last(span: list[Interval]) -> Interval:
    """Return the interval that was shown last; of several one that is open, if any is."""
    return max(
        span, key=lambda i: (i.last_seen_at, i.closed_at is None, i.closed_at or i.opened_at)
    )


def _is_over(span: list[Interval], at: dt.datetime) -> bool:
    closed_at = _last(span).closed_at
    return closed_at is not None and closed_at < at
