from __future__ import annotations

import pytest

from include.settings import PROJECT_ROOT
from include.sources.registry import attribution_of, source_names, terms_of


@pytest.mark.parametrize("source", source_names())
def test_every_source_is_named_and_linked(source: str) -> None:
    named = attribution_of(source)
    assert named.name
    assert named.name != source
    assert named.url.startswith("https://")


def test_remotive_is_named_as_its_terms_ask() -> None:
    assert (attribution_of("remotive").name, attribution_of("remotive").url) == (
        "Remotive",
        "https://remotive.com/",
    )


@pytest.mark.parametrize("source", source_names())
def test_every_source_has_terms_and_the_docs_repeat_them(source: str) -> None:
    terms = terms_of(source)
    assert terms.url.startswith("https://")
    assert str(terms)
    allowed = "yes" if terms.may_be_passed_on else "no"
    row = f"| {attribution_of(source).name} | {allowed} | {terms} [Terms]({terms.url}) |\n"
    assert row in (PROJECT_ROOT / "docs" / "sources.md").read_text()


@pytest.mark.parametrize("source", ["remotive", "himalayas", "theirstack", "a_board"])
def test_postings_are_not_passed_on_without_permission(source: str) -> None:
    assert not terms_of(source).may_be_passed_on


def test_unknown_source_goes_by_its_own_name() -> None:
    assert (attribution_of("a_board").name, attribution_of("a_board").url) == ("a_board", "")
