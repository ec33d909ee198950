"""Positions found in lower case hold in the text as it was written."""

from __future__ import annotations

import sys

import pytest

from include.postings import extract_posting
from include.postings.keywords import KeywordIndex
from include.postings.letters import lower_in_place
from include.postings.markup import plain_text
from include.postings.technologies import default_matcher

POST = "Acme | İstanbul | Onsite\n{} We are hiring a Senior Backend Engineer. Apply at a@b.example"


def test_every_character_keeps_its_place() -> None:
    every = "".join(map(chr, range(sys.maxunicode + 1)))
    lower = lower_in_place(every)
    assert len(lower) == len(every)
    assert all(found in ("i", char.lower()[0]) for char, found in zip(every, lower, strict=True))


@pytest.mark.parametrize("before", ["", "İ", "İstanbul İzmir ", "ẞß ΑΣ ﬁ ŉ ", "😀 İİİ "])
def test_what_follows_odd_letters_is_read_as_without_them(before: str) -> None:
    reading = extract_posting(POST.format(before))
    assert reading.levels == ("senior",)
    assert "backend" in reading.roles


@pytest.mark.parametrize("before", ["İ", "İİİİİİİİİİ ", "İstanbul"])
def test_cue_stands_where_its_line_has_it(before: str) -> None:
    line = f"{before} we are hiring"
    (found, *_) = KeywordIndex([before, line]).positions("offer", 1)
    assert line[found:].startswith("hiring")


@pytest.mark.parametrize("before", ["İ ", "İİİ ", "İzmir: "])
def test_technology_stands_where_the_text_has_it(before: str) -> None:
    text = f"{before}we use PostgreSQL and Python"
    finds = {text[f.start : f.end] for f in default_matcher().finds(text)}
    assert finds == {"PostgreSQL", "Python"}


@pytest.mark.parametrize("before", ["", "İ", "é İ "])
def test_scripts_and_styles_are_hidden_in_any_case(before: str) -> None:
    for tag in ("script", "SCRIPT", "Style"):
        assert plain_text(f"{before}<p>a<{tag}>hidden</{tag}>b").split() == [*before.split(), "ab"]
