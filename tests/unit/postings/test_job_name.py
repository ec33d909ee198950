"""What two postings of one job have in common."""

from __future__ import annotations

import pytest

from include.postings.job_name import job_name, job_place
from include.postings.places import find_places


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
    "company",
    ["Acme Inc", "Acme, Inc.", "Acme GmbH & Co. KG", "Acme B.V.", "Acme S.A.", "Acme Sp. z o.o.",
     "Acme Pty Ltd", "Acme Oy", "Acme AB", "Acme Corporation", "Acme S.r.l.", "Acme SE",
     "Acme Private Limited", "&#65;cme Ltd.", "Acme N.V."],
)  # fmt: skip
def test_a_legal_form_is_no_part_of_the_name(company: str) -> None:
    assert board(company, "Engineer") == "acme|engineer"


def test_a_company_that_is_called_as_a_legal_form_keeps_its_name() -> None:
    assert board("SE", "Engineer") == "se|engineer"
    assert board("Limited", "Engineer") != board("SE", "Engineer")
    assert board("Gen Z", "Engineer") != board("Gen", "Engineer")


@pytest.mark.parametrize(
    "note",
    ["(all genders)", "(All Gender)", "(gn)", "(GN*)", "(m/w/d)", "(f/m/x)", "(m/w/div.)",
     "[m|w|d]", "(m, w, d)", "(m / f / d)", "m/w/d", "- all genders", "(h/f)", "H/F", "(F/H/X)",
     "(mwd)", "(m/w/d/x)", "(alle Geschlechter)", "(Mensch)", "(f*m*x)", "&#40;m&#47;w&#47;d&#41;"],
)  # fmt: skip
def test_who_is_asked_for_makes_no_other_job(note: str) -> None:
    assert board("Acme", f"Data Engineer {note}") == "acme|data engineer"
    assert board("Acme", f"Engineer {note}, Data") == board("Acme", "Engineer, Data")


def test_languages_that_differ_in_a_mark_are_different_jobs() -> None:
    languages = ["C", "C++", "C#", ".NET", "NET", "F#", "F", "ASP.NET", "Node.js"]
    assert len({board("Acme", f"{name} Developer") for name in languages}) == len(languages)
    assert len({board("Acme", f"Developer ({name})") for name in languages}) == len(languages)
    assert board("Acme", "C++/C# Developer") == "acme|c++ c# developer"


@pytest.mark.parametrize(
    ("one", "other"),
    [("Sr. Engineer", "Sr Engineer"), ("R&amp;D Engineer", "R&D Engineer"),
     ("Engineer.", "Engineer"), ("Engineer #", "Engineer"), ("C++, Linux", "C++ Linux")],
)  # fmt: skip
def test_marks_that_stand_by_themselves_say_nothing(one: str, other: str) -> None:
    assert board("Acme", one) == board("Acme", other)


@pytest.mark.parametrize("title", ["H/W Engineer", "Engineer w/ X", "Class D", "I/O Engineer"])
def test_letters_that_are_part_of_a_title_stay(title: str) -> None:
    rest = title.replace("H/W", "").replace("w/ X", "").replace("D", "").replace("I/O", "")
    assert board("Acme", title) != board("Acme", rest)


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


@pytest.mark.parametrize(
    ("location", "place"),
    [
        ("Berlin", "Berlin"),
        ("Berlin, Germany", "Berlin"),
        ("Munich, Germany; Berlin, Germany", "Berlin; Munich"),
        ("Kleinkleckersdorf", "kleinkleckersdorf"),
        ("Germany", None),
        ("Worldwide", None),
        ("Remote", None),
        ("", None),
        (None, None),
    ],
)
def test_a_place_is_its_cities_else_its_words(location: str | None, place: str | None) -> None:
    assert job_place(location, find_places(location or "")) == place
