"""Which jobs a question is about: one filter for every endpoint, card and command."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from include.serving.facets import FIRST_DAY

__all__ = ["JobFilter", "Unstated"]

Unstated = Literal["include", "exclude"]


@dataclass(frozen=True)
class JobFilter:
    """A set of jobs; the default is every job but those of repeated postings.

    Lists name alternatives, of which a job has one; all restrictions hold for the same job.
    """

    location: str = "Anywhere"
    """A place of the tree, words, "Remote" or "Remote, Germany"."""
    apply_from: str | None = None
    """A place: on-site jobs in it, and remote jobs that one may do from there."""
    unstated: Unstated = "include"
    """With ``apply_from``: what becomes of remote jobs that name no region."""
    remote: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    role: str = "any"
    """The posting's bucket of contract 1.0.0, as ``level``."""
    level: str = "any"
    source: str = "any"
    sources: tuple[str, ...] = ()
    company: str | None = None
    """A company's key, or a spelling of its name."""
    technologies: tuple[str, ...] = ()
    """All of them are named."""
    days: int | None = None
    """So many days back from the reference day; None: all of time."""
    months: tuple[str, str] | None = None
    """First and last month, ``YYYY-MM``."""
    state: Literal["posted", "open"] = "posted"
    """``open``: a company's board still shows it."""
    seniors: bool = True
    """False: without the postings whose every job is senior."""
    repeats: bool = False
    by_posting: bool = False
    """Places and ways of working are the posting's, as in contract 1.0.0, not the job's own."""

    def window(self, as_of: date) -> tuple[date, date] | None:
        """Return the first and the last day, both included; None for all of time."""
        if self.months:
            first, last = (date.fromisoformat(f"{month}-01") for month in self.months)
            return first, last.replace(day=monthrange(last.year, last.month)[1])
        if self.days is None:
            return None
        # Clamped: no store has days before the first, and dates end.
        return as_of - timedelta(days=min(self.days, (as_of - FIRST_DAY).days)), as_of
