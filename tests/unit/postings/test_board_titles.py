"""The titles of boards: trades that no technical vocabulary names, in several languages."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from include.postings.extract import extract_posting
from include.postings.family import family_of

# Titles of all departments as boards write them, in several languages; "-" is not decided. What
# is no named kind is "software" or "other", which are one here.
_TITLES = Path(__file__).with_name("board_titles.tsv")
_UNNAMED = {"software", "other"}


def _read(title: str) -> tuple[set[str], str, set[str]]:
    fields = extract_posting("We make tills.", title=title, company="Acme", source="lever")
    return set(fields.roles) - _UNNAMED, fields.jobs[0].family, set(fields.levels)


def test_the_titles_of_every_department_are_read():
    with _TITLES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    wrong = []
    for row in rows:
        roles, family, levels = _read(row["title"])
        wanted = set(row["roles"].split()) - _UNNAMED
        if (
            (row["roles"] != "-" and roles != wanted)
            or row["family"] not in ("-", family)
            or levels != set(row["levels"].split())
        ):
            wrong.append((row["title"], roles, family, levels))
    assert len(rows) > 600
    assert wrong == []


@pytest.mark.parametrize(
    ("title", "role", "family"),
    [
        ("Enterprise Project Manager", "management", "management"),
        ("Projektleiter (m/w/d)", "management", "management"),
        ("Team Lead - Data Operations", "data", "data"),
        ("Pricing Analyst", "data", "data"),
        ("Service Desk Analyst", "sales", "go-to-market"),
        ("Presales Engineer", "sales", "go-to-market"),
        ("Store Manager Oslo", "sales", "go-to-market"),
        ("Kundenberater (m/w/d)", "sales", "go-to-market"),
        ("Chargée de clientèle", "sales", "go-to-market"),
        ("Ejecutivo de Ventas", "sales", "go-to-market"),
        ("Innesäljare till Acme", "sales", "go-to-market"),
        ("ソリューションアーキテクト", "sales", "go-to-market"),
        ("Product Operations Manager", "product", "product"),
        ("Member of Technical Staff", "software", "engineering"),
        ("Data Scientist, Growth", "ml", "data"),
        ("Data Entry Clerk", "other", "operations"),
        ("Instructional Designer", "other", "other"),
    ],
)
def test_a_boards_title_names_its_role(title, role, family):
    fields = extract_posting("We make tills.", title=title, company="Acme", source="lever")
    assert (fields.roles, fields.jobs[0].family) == ((role,), family)


def test_a_comments_project_manager_stays_of_another_kind():
    fields = extract_posting("Acme | Project Manager | Oslo | Onsite")
    assert fields.roles == ("other",)


@pytest.mark.parametrize(
    ("title", "roles", "family"),
    [
        ("Finanzbuchhalterin", (), "operations"),
        ("Comptable", (), "operations"),
        ("Risk Analyst", (), "operations"),
        ("Contracts Specialist", (), "operations"),
        ("Medical Assistant", (), "other"),
        ("Patient Care Specialist", (), "go-to-market"),
        ("Clinical Research Associate", ("research",), "other"),
        ("Clinical Data Scientist", ("ml",), "data"),
    ],
)
def test_words_of_other_trades_decide_the_family(title, roles, family):
    assert family_of(title, roles) == family
