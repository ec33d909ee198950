"""The titles of boards: trades that no technical vocabulary names, in several languages."""

from __future__ import annotations

import pytest

from include.postings.extract import extract_posting
from include.postings.family import family_of


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
