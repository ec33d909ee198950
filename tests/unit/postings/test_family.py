"""The family of a job, by its roles and its title."""

from __future__ import annotations

import pytest

from include.postings import extract_posting
from include.postings.family import FAMILIES, family_of


@pytest.mark.parametrize(
    ("title", "roles", "family"),
    [
        ("Senior Backend Engineer", ["backend"], "engineering"),
        ("AI Engineer", ["ml"], "engineering"),
        ("Data Scientist, Pricing", ["ml"], "data"),
        ("Data Engineer", ["data"], "data"),
        ("Product Designer", ["design"], "design"),
        ("UX Researcher", ["research"], "design"),
        ("Product Manager", ["product"], "product"),
        ("Head of Sales", ["management", "sales"], "management"),
        ("Project Manager", ["other"], "management"),
        ("Sales Engineer", ["sales"], "go-to-market"),
        ("Patient Care Specialist", [], "go-to-market"),
        ("Accounts Payable Clerk", ["other"], "operations"),
        ("Talent Partner", ["other"], "operations"),
        ("Operations Associate", ["other"], "operations"),
        ("Pricing Analyst", ["other"], "data"),
        ("Video Editor", ["other"], "design"),
        ("Scrum Master", ["other"], "management"),
        ("Medical Billing Specialist", ["other"], "operations"),
        ("Violin Teacher", ["other"], "other"),
        ("", [], "other"),
    ],
)
def test_the_family_follows_roles_and_title(title, roles, family):
    assert family_of(title, roles) == family
    assert family in FAMILIES


def test_engineers_in_the_text_do_not_make_an_accountant_an_engineer():
    reading = extract_posting(
        "You will keep the books of our software engineers.",
        title="Accounts Payable Clerk", company="Otterline", source="remotive",
    )  # fmt: skip
    assert (reading.family, "software" in reading.roles) == ("operations", False)


def test_a_posting_of_two_families_has_none():
    reading = extract_posting("Acme | Backend Engineer, Product Designer | Oslo<p>acme.example")
    assert [job.family for job in reading.jobs] == ["engineering", "design"]
    assert reading.family is None
