"""Companies' own boards on applicant tracking systems: which jobs are open on which day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from sample.boards import describe
from sample.companies import draw_company
from sample.postings import Posting, draw_posting
from sample.rng import Rng

__all__ = ["SYSTEMS", "CompanyBoard", "CompanyBoards", "CompanyJob", "board_link"]

SYSTEMS = ("greenhouse", "lever", "ashby", "recruitee", "personio", "teamtailor")
_KINDS = {3: "moves", 5: "closes", 7: "silent", 8: "demo"}  # of every ten boards
_MOVES_AFTER, _CLOSES_AFTER = 2, 4  # days after the world's first day
_LINKS = {
    "greenhouse": "https://boards.greenhouse.io/{}", "lever": "https://jobs.lever.co/{}",
    "lever_eu": "https://jobs.eu.lever.co/{}", "ashby": "https://jobs.ashbyhq.com/{}",
    "recruitee": "https://{}.recruitee.com", "personio": "https://{}.jobs.personio.de",
    "teamtailor": "https://{}.teamtailor.com/jobs",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CompanyBoard:
    """One board; ``kind`` is "", "moves", "closes", "silent", "demo" or "new home".

    It answers 404 before ``opens`` and from ``closes`` on.
    """

    number: int
    system: str
    slug: str
    company: str
    kind: str
    is_eu: bool
    opens: dt.date
    closes: dt.date


@dataclass(frozen=True, slots=True)
class CompanyJob:
    """One job of a board, open from ``opened`` until the day before ``closed``."""

    number: int
    posting: Posting
    opened: dt.date
    closed: dt.date
    paragraphs: tuple[str, ...]

    @property
    def title(self) -> str:
        """The title as the company writes it."""
        return self.posting.openings[0].title


@dataclass(frozen=True)
class CompanyBoards:
    """``count`` boards that postings link to, and the new homes of those that move.

    ``start`` is the world's first day; ``huge`` is the number of jobs of the first board, 0: as any
    other. ``at_once`` is how many jobs a board opens on one day: with 1 it shows some five.
    """

    seed: int
    count: int
    start: dt.date
    huge: int = 0
    at_once: int = 1

    def linked(self) -> list[CompanyBoard]:
        """Return the boards that postings link to on the first day."""
        return [self._board(number) for number in range(self.count)]

    @cache  # noqa: B019 -- a world lives as long as its boards
    def boards(self) -> dict[tuple[str, str], CompanyBoard]:
        """Return all boards by system and name, with those to which others move."""
        every = [b for board in self.linked() for b in (board, *self.homes_of(board))]
        return {(board.system, board.slug): board for board in every}

    def homes_of(self, board: CompanyBoard) -> Iterator[CompanyBoard]:
        """Yield the new home of a board that moves: at the next system, under another name."""
        if board.kind == "moves":
            system = SYSTEMS[(SYSTEMS.index(board.system) + 1) % len(SYSTEMS)]
            yield replace(board, system=system, slug=f"{board.slug}-jobs", kind="new home",
                          is_eu=False, opens=board.closes, closes=dt.date.max)  # fmt: skip

    def jobs(self, board: CompanyBoard, day: dt.date) -> list[CompanyJob]:
        """Return the jobs that a board shows on a day; none before it opens and once it closes."""
        if board.kind == "silent" or not board.opens <= day < board.closes:
            return []
        if board.number == 0 and self.huge:
            return [replace(self._job(board, 0), number=n) for n in range(self.huge)]
        step = 6 + board.number % 7
        newest = ((day - self.start).days + 60) // step
        jobs = (self._job(board, number) for number in range((newest + 1) * self.at_once))
        return [job for job in jobs if job.opened <= day < job.closed]

    @cache  # noqa: B019 -- a world lives as long as its boards
    def _board(self, number: int) -> CompanyBoard:
        rng = Rng(self.seed, "company board", number)
        company, kind = draw_company(rng), _KINDS.get(number % 10, "")
        system = "recruitee" if kind == "demo" else SYSTEMS[number % len(SYSTEMS)]
        slug = "".join(c for c in company.lower() if c.isascii() and c.isalnum()) + str(number)
        days = {"moves": _MOVES_AFTER, "closes": _CLOSES_AFTER}.get(kind)
        return CompanyBoard(
            number, system, slug, company, kind,
            is_eu=system == "lever" and number % 4 == 3,
            opens=dt.date.min,
            closes=self.start + dt.timedelta(days=days) if days else dt.date.max,
        )  # fmt: skip

    @cache  # noqa: B019 -- as above
    def _job(self, board: CompanyBoard, number: int) -> CompanyJob:
        rng = Rng(self.seed, "company job", board.number, number)
        posting = replace(draw_posting(rng, 2025.5), company=board.company)
        if posting.salary and posting.salary.period == "day":  # no system has a field for it
            posting = replace(posting, salary=None)
        if posting.remote == "mixed":
            posting = replace(posting, remote="hybrid")
        days = number // self.at_once * (6 + board.number % 7) - 60
        opened = self.start + dt.timedelta(days=days)
        closed = opened + dt.timedelta(days=15 + rng.below(60))
        paragraphs, _ = describe(posting, rng)
        return CompanyJob(number, posting, opened, closed, paragraphs)


def board_link(board: CompanyBoard) -> str:
    """Return the address that a posting links to."""
    return _LINKS["lever_eu" if board.is_eu else board.system].format(board.slug)
