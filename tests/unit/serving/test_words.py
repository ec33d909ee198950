"""The rule of words: what is one, and where it stands."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.serving.text.words import MAX_WORD_CHARS, indexed_text, occurrences, words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("C++, C# and F#!", "c++ c# and f#"),
        (".NET and ASP.NET", ".net and asp.net"),
        ("Node.js. Vue.js, D3.js", "node.js vue.js d3.js"),
        ("C++17 or g++", "c++17 or g++"),
        ("C#.NET", "c# .net"),
        ("Python+Django, A+", "python django a+"),
        ("CI/CD", "ci cd"),
        ("5+ years, 100k+, 3.11", "5 years 100k 3.11"),
        ("end. Next ... #1", "end next 1"),
        ("Z\u00fcrich, Malm\u00f8, r\u00e9sum\u00e9, Stra\u00dfe", "zurich malmo resume strasse"),
        (
            "Python\u2122 co\u00adoperate \U0001d5e5\U0001d602\U0001d600\U0001d601",
            "python cooperate rust",
        ),
        ("\uff32\uff55\uff53\uff54 \ufb01n\u2026", "rust fin"),
        ("a_b \u2022 c\u2014d", "a b c d"),
        ("\u6771\u4eac Go", "\u6771 \u4eac go"),
        ("\u0130stanbul", "istanbul"),
        ("engineers engineering", "engineers engineering"),
        ("x" * 99, "x" * MAX_WORD_CHARS),
    ],
)
def test_what_a_word_is(text: str, found: str) -> None:
    assert words(text) == found.split()


@given(
    st.text(
        alphabet=st.one_of(
            st.sampled_from(".+#-_ aB1\u00e9\u2026\u2122\u00df\ufb01"), st.characters()
        )
    )
)
def test_places_of_words_are_those_of_the_words(text: str) -> None:
    found = words(text)
    for word in {*found}:
        places = [*occurrences(text, [(word,)])]
        assert len(places) == found.count(word)
        assert all(word in words(text[start:end]) for _, start, end in places)
    pairs = [*pairwise(found)]
    for pair in {*pairs}:
        assert len([*occurrences(text, [pair])]) == pairs.count(pair)
    # One blank around each: the databases split at blanks, and at nothing else.
    indexed = indexed_text(text, "", "")
    assert indexed.split(" ") == ["", *(f"t:{word}" for word in found), ""] or not found


def test_many_kinds_of_characters_are_cut_as_few_are() -> None:
    every = [chr(c) for c in range(0x100, 0x2000)]
    assert words(" ".join(every)) == [word for c in every for word in words(c)]


@pytest.mark.parametrize("text", ["a.a+" * 25_000, "a " * 50_000, "a+" * 50_000, "." * 100_000])
def test_marking_a_hostile_text_does_not_take_long(text: str) -> None:
    begun = time.process_time()
    for phrase in (("a",) * 32, ("a",), ("a.a", "b")):
        list(occurrences(text, [phrase]))
    assert time.process_time() - begun < 4
