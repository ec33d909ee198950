"""Companies' boards by the thousand, every answer made before the first request.

Making an answer takes longer than reading it: a server that made them on request would be what is
measured. The answers of two days lie in its memory, some 60 kB a board and day.
"""

from __future__ import annotations

import datetime as dt
import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

from sample.company_answers import CompanyRoutes
from sample.company_boards import CompanyBoard, CompanyBoards
from sample.server import Upstream
from sample.wire import Answer
from sample.world import World

__all__ = ["START", "BoardUpstream", "serve_boards"]

START = dt.date(2026, 10, 30)
_AT_ONCE = 8
"""Jobs that a board opens on one day: it shows some 38 then, and all boards 30 on average."""
_DAYS = 2
_FOUNDED = START + dt.timedelta(days=11)
"""Boards open jobs at intervals of 6 to 12 days from 60 days before: one in seven on day 2."""
_READY_SECONDS = 1_800.0


class BoardUpstream(NamedTuple):
    """Boards that are served.

    ``operators_file`` is the text of the CSV file that names them, ``jobs`` how many are open on
    each day.
    """

    url: str
    operators_file: str
    jobs: list[int]
    control: Connection

    def next_day(self) -> None:
        """Let the boards show what they show a day later."""
        self._ask("next day")

    def requests(self) -> dict[str, int]:
        """Return how many requests each system has had."""
        found: dict[str, int] = self._ask("requests")
        return found

    def _ask(self, what: str) -> Any:
        self.control.send(what)
        return self.control.recv()


@contextmanager
def serve_boards(count: int) -> Iterator[BoardUpstream]:
    """Serve so many boards from a process of its own."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=_serve, args=(count, theirs), daemon=True
    )
    process.start()
    try:
        if not ours.poll(_READY_SECONDS):
            raise RuntimeError("the boards' upstream did not start")
        url, operators_file, jobs = ours.recv()
        yield BoardUpstream(url, operators_file, jobs, ours)
    finally:
        process.terminate()
        process.join()


def _serve(count: int, control: Connection) -> None:
    world = World(
        first_month="2026-10", last_month="2026-10", comments=0, today=START, company_boards=count
    )
    boards = CompanyBoards(world.companies.seed, count, _FOUNDED, at_once=_AT_ONCE)
    stored = _StoredAnswers(boards, lambda: world.today)
    days = [START + dt.timedelta(days=number) for number in range(_DAYS)]
    jobs = [sum(stored.make(board, day) for board in boards.linked()) for day in days]
    upstream = Upstream(world)
    upstream.routes.companies = stored
    lines = [f"{board.system},{board.slug},," for board in boards.linked()]
    with upstream.serve() as url:
        control.send((url, "\n".join(["system,board,company,state", *lines, ""]), jobs))
        while asked := control.recv():
            if asked == "next day":
                world.advance()
            control.send(upstream.stats()["by_kind"])


class _StoredAnswers(CompanyRoutes):
    """Answers that are made once."""

    def __init__(self, boards: CompanyBoards, today: Callable[[], dt.date]) -> None:
        super().__init__(boards, today)
        self._stored: dict[tuple[CompanyBoard, dt.date], Answer] = {}

    def make(self, board: CompanyBoard, day: dt.date) -> int:
        """Make a board's answer of a day; return how many jobs it shows."""
        self._stored[board, day] = super().board_answer(board, day)
        shown = len(self._boards.jobs(board, day))
        # 300,000 drawn jobs would take 2 GB.
        CompanyBoards._job.cache_clear()
        return shown

    def board_answer(self, board: CompanyBoard, day: dt.date, share: float = 1) -> Answer:
        """Return the answer that was made."""
        return self._stored[board, day]
