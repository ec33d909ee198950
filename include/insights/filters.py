"""Which jobs a question is about: one filter for every endpoint, card and command."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Literal

from include.serving.facets import FIRST_DAY

__all__ = ["JobFilter", "Unstated"]

Unstated = Literal["include", "exclude"]
_SAID_OTHERWISE = frozenset({"months", "seniors", "repeats", "by_posting"})


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
    q: str | None = None
    """A search in title, company and text (include/serving/text/query.py)."""
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

    def parameters(self) -> dict[str, str | int]:
        """Return the parameters of the API that ask for this filter."""
        found: dict[str, str | int] = {}
        for one in fields(self):
            value = getattr(self, one.name)
            if value == one.default or one.name in _SAID_OTHERWISE:
                continue
            found[one.name] = ",".join(value) if isinstance(value, tuple) else value
        if self.months:
            found |= dict(zip(("start_date", "end_date"), self.months, strict=True))
        if not self.seniors:
            found["seniors"] = "exclude"
        if self.repeats:
            found["repeats"] = "include"
        return found

    def window(self, as_of: date) -> tuple[date, date] | None:
        """Return the first and the last day, both included; None for all of time."""
        if self.months:
            first, last = (date.fromisoformat(f"{month}-01") for month in self.months)
            return first, last.replace(day=monthrange(last.year, last.month)[1])
        if self.days is None:
            return None
        # Clamped: no store has days before the first, and dates end.
        return as_of - timedelta(days=min(self.days, (as_of - FIRST_DAY).days)), as_of
