"""The boards of applicant tracking systems that a text links to."""

from __future__ import annotations

import time

import pytest

from include.postings.ats_links import SYSTEMS, Board, board_of, boards_in

ADDRESSES = {
    "https://boards.greenhouse.io/acme/jobs/7001": ("greenhouse", "acme"),
    "https://job-boards.greenhouse.io/acme": ("greenhouse", "acme"),
    "https://job-boards.eu.greenhouse.io/acme/jobs/7001?gh_src=x": ("greenhouse", "acme"),
    "https://boards.greenhouse.io/embed/job_app?for=acme&token=7001": ("greenhouse", "acme"),
    "https://boards-api.greenhouse.io/v1/boards/acme/jobs?content=true": ("greenhouse", "acme"),
    "https://jobs.lever.co/acme/0a1b2c3d-0000": ("lever", "acme"),
    "https://jobs.eu.lever.co/acme": ("lever", "acme"),
    "https://api.lever.co/v0/postings/acme?mode=json": ("lever", "acme"),
    "https://jobs.ashbyhq.com/Acme%20Labs/0a1b2c3d": ("ashby", "Acme Labs"),
    "https://jobs.ashbyhq.com/acme.io": ("ashby", "acme.io"),
    "https://api.ashbyhq.com/posting-api/job-board/acme": ("ashby", "acme"),
    "https://acme.recruitee.com/o/baker": ("recruitee", "acme"),
    "https://acme.jobs.personio.de/job/7001?language=en": ("personio", "acme"),
    "https://acme.jobs.personio.com": ("personio", "acme"),
    "https://acme-jobs.personio.de/job/7": ("personio", "acme"),
    "https://acme.teamtailor.com/jobs/7001-baker": ("teamtailor", "acme"),
    "https://acme.na.teamtailor.com/jobs": ("teamtailor", "acme.na"),
    "https://acme.au.teamtailor.com/jobs/7": ("teamtailor", "acme.au"),
    "teamtailor://acme.na/0a1b2c3d-0000": ("teamtailor", "acme.na"),
    "https://apply.workable.com/acme/j/0A1B2C/": ("workable", "acme"),
    "http://acme-1.workable.com/jobs/7001": ("workable", "acme-1"),
    "https://jobs.smartrecruiters.com/AcmeInc/7001-baker": ("smartrecruiters", "AcmeInc"),
    "https://jobs.smartrecruiters.com/?company=AcmeInc": ("smartrecruiters", "AcmeInc"),
    "https://www.smartrecruiters.com/AcmeInc/7001": ("smartrecruiters", "AcmeInc"),
    "https://acme.bamboohr.com/careers/7": ("bamboohr", "acme"),
    "https://acme.bamboohr.co.uk/jobs/view.php?id=7": ("bamboohr", "acme"),
    "https://ats.rippling.com/acme/jobs/0a1b": ("rippling", "acme"),
    "https://ats.rippling.com/en-GB/Acme/jobs": ("rippling", "Acme"),
    "JOBS.Lever.co/acme": ("lever", "acme"),
    "lever://acme/0a1b2c3d-0000": ("lever", "acme"),
}
NO_BOARDS = (
    "https://grnh.se/0a1b2c",
    "https://www.greenhouse.io/careers",
    "https://boards.greenhouse.io/",
    "https://boards.greenhouse.io/embed/job_app?token=7001",
    "https://jobs.lever.co",
    "https://clever.com/about",
    "https://greenhouse.io.evil.test/acme",
    "https://evil.test/jobs.lever.co/acme",
    "https://jobs.lever.co/..%2Fadmin",
    "https://apply.workable.com/j/0A1B2C",
    "https://www.workable.com/j/0A1B2C",
    "https://www.smartrecruiters.com/resources/",
    "https://www.personio.de/about",
    "https://intranet.test-jobs.personio.de/job/7",
    "https://192.0.2.7-jobs.personio.de",
    "https://app.bamboohr.com/login",
    "https://jobs.ashbyhq.com/a-very-long-na...",
    "https://[jobs.lever.co/acme",
)


@pytest.mark.parametrize("url", ADDRESSES)
def test_an_address_names_its_board(url):
    board = board_of(url)
    assert board is not None
    assert (board.system, board.slug) == ADDRESSES[url]


@pytest.mark.parametrize("url", NO_BOARDS)
def test_an_address_of_something_else_names_no_board(url):
    assert board_of(url) is None


def test_every_system_has_an_example():
    assert {system for system, _ in ADDRESSES.values()} == set(SYSTEMS)


def test_a_board_has_one_key_whatever_the_link():
    europe, plain = board_of("https://jobs.eu.lever.co/Acme"), board_of("http://jobs.lever.co/acme")
    assert europe is not None
    assert plain is not None
    assert europe.key == plain.key


def test_links_are_decoded_and_addresses_found_in_the_text():
    text = (
        "Acme | Oslo<p>"
        '<a href="https:&#x2F;&#x2F;boards.greenhouse.io&#x2F;embed&#x2F;job_app?a=1&amp;for=acme">'
        "https:&#x2F;&#x2F;boards.greenhouse.io&#x2F;embed&#x2F;jo...</a>"
        "<p>All jobs (see jobs.lever.co&#x2F;acme)."
    )
    assert boards_in(text) == (
        Board("greenhouse", "acme"),
        Board("lever", "acme"),
    )


def test_a_text_that_was_escaped_once_too_often_has_its_links():
    text = '&lt;p&gt;Bakers: &lt;a href="https://acme.recruitee.com"&gt;here&lt;/a&gt;&lt;/p&gt;'
    assert boards_in(text) == (Board("recruitee", "acme"),)


def test_an_address_ends_before_the_sentence_does():
    text = "Bakers (https://jobs.lever.co/acme), cooks: acme2.recruitee.com. Apply!"
    assert [board.slug for board in boards_in(text)] == ["acme", "acme2"]


@pytest.mark.parametrize(
    "hostile",
    ["<a href=", "<a href='", "a.", "a-", "jobs.lever.co/", "https://", "<a href=\"'", "&lt;a "],
)
def test_a_hostile_text_is_read_in_linear_time(hostile):
    text = "jobs.lever.co " + hostile * (400_000 // len(hostile))
    begun = time.process_time()
    boards_in(text)
    assert time.process_time() - begun < 2
