"""What two postings of one job have in common."""

from __future__ import annotations

import pytest

from include.postings.job_name import job_name


def board(company: str, title: str) -> str | None:
    return job_name(company=company, title=title, text="", is_comment=False)


@pytest.mark.parametrize(
    ("company", "title"),
    [
        ("acme", "Backend Engineer"),
        ("ACME GmbH", "Backend-Engineer (m/f/d)"),
        ("Acmé, Inc.", "backend  engineer [M/W/D/X]"),
        ("Acme Co. Ltd", "Backend_Engineer"),
    ],
)
def test_spellings_of_a_company_and_a_title_are_one(company: str, title: str) -> None:
    assert board(company, title) == "acme|backend engineer"


@pytest.mark.parametrize(
    ("company", "title"),
    [("Acme Labs", "Backend Engineer"), ("Acme", "Backend Engineer II"), ("アクメ", "Engineer")],
)
def test_other_companies_and_titles_are_others(company: str, title: str) -> None:
    assert board(company, title) not in (None, "acme|backend engineer")


@pytest.mark.parametrize(("company", "title"), [("", "Engineer"), ("Acme", "--"), ("?", "")])
def test_without_a_company_or_a_title_nothing_names_the_job(company: str, title: str) -> None:
    assert board(company, title) is None


def test_a_comment_goes_by_its_whole_text() -> None:
    one, other = (
        job_name(company="Acme", title="Engineer", text=text, is_comment=True)
        for text in ("Acme | Engineer", "Acme | Engineer.")
    )
    assert one
    assert one != other
    assert one == job_name(company="", title="", text="Acme | Engineer", is_comment=True)
