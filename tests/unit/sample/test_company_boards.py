from __future__ import annotations

import datetime as dt

import pytest

from include.postings.ats_links import board_of
from include.sources.registry import system
from sample.company_answers import CompanyRoutes, own_id
from sample.company_boards import SYSTEMS, CompanyBoards, board_link
from sample.wire import Answer, Request
from sample.world import World

START = dt.date(2026, 10, 5)
PATHS = {
    "greenhouse": "v1/boards/{}/jobs", "lever": "v0/postings/{}",
    "ashby": "posting-api/job-board/{}", "recruitee": "{}/api/offers/", "personio": "{}/xml",
    "teamtailor": "{}/jobs.rss",
}  # fmt: skip


@pytest.fixture(scope="module")
def boards() -> CompanyBoards:
    return CompanyBoards(7, 20, START)


def ask(boards: CompanyBoards, name: str, slug: str, day: dt.date, **headers: str) -> Answer:
    path = f"/ats/{name}/{PATHS[name.removesuffix('_eu')].format(slug)}"
    return CompanyRoutes(boards, lambda: day).answer(Request("GET", path, "", headers))


def test_every_link_leads_to_its_board(boards):
    for board in boards.linked():
        link = board_of(board_link(board))
        assert link is not None
        assert (link.system, link.slug) == (board.system, board.slug)
    assert {board.system for board in boards.linked()} == set(SYSTEMS)


def test_a_board_shows_the_jobs_of_the_day_under_their_ids(boards):
    for board in boards.linked():
        name = "lever_eu" if board.is_eu else board.system
        answer = ask(boards, name, board.slug, START)
        assert answer.status == 200
        source = system(board.system)
        (page,) = source.pages(board.slug, lambda *_, a=answer: a.body.decode())
        shown = [value for value, _ in page.records if not source.hidden(value)]
        assert [source.parse(value, board.slug).key for value in shown] == [
            own_id(board, job) for job in boards.jobs(board, START)
        ]


def test_boards_close_and_move_and_jobs_come_and_go(boards):
    moving = next(board for board in boards.linked() if board.kind == "moves")
    (home,) = boards.homes_of(moving)
    for days, old, new in ((0, 200, 404), (1, 200, 404), (2, 404, 200)):
        day = START + dt.timedelta(days=days)
        assert ask(boards, moving.system, moving.slug, day).status == old
        assert ask(boards, home.system, home.slug, day).status == new
    ids = [{job.number for job in boards.jobs(boards.linked()[0], START + dt.timedelta(days=n))}
           for n in (0, 30)]  # fmt: skip
    assert ids[1] - ids[0]
    assert ids[0] - ids[1]


def test_an_unchanged_board_answers_304_to_its_entity_tag(boards):
    board = next(b for b in boards.linked() if b.system == "teamtailor" and b.kind == "")
    tag = ask(boards, "teamtailor", board.slug, START).headers["ETag"]
    again = ask(boards, "teamtailor", board.slug, START, **{"if-none-match": tag})
    assert (again.status, again.body) == (304, b"")


def test_a_huge_board_and_a_demonstration():
    boards = CompanyBoards(7, 10, START, huge=2_000)
    assert len(boards.jobs(boards.linked()[0], START)) == 2_000
    demo = next(board for board in boards.linked() if board.kind == "demo")
    assert b"Recruitee Demo" in ask(boards, "recruitee", demo.slug, START).body


def test_each_board_has_a_comment_that_links_to_it():
    world = World(first_month="2026-10", last_month="2026-10", comments=0, company_boards=5)
    thread = world.item(world.threads("2026-10").thread_id)
    assert thread is not None
    texts = [item["text"] for key in thread["kids"] if (item := world.item(key))]
    assert len(texts) == 5
    assert all(b.company in text for b, text in zip(world.companies.linked(), texts, strict=True))
