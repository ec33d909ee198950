"""Runs of frequent words: whatever is asked, the index has it or few texts are compared."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from include.serving.text.grams import cover, frequent_lexemes, lexemes_of, runs_within

TEXTS = [text.split() for text in 60 * ["we are hiring a data engineer"] + ["we are rare"]]


def test_runs_of_frequent_words_are_lexemes() -> None:
    frequent = frequent_lexemes(TEXTS)
    assert {"we", "we_are", "we_are_hiring_a_data"} <= frequent
    assert "rare" not in frequent
    assert lexemes_of(["we", "are", "rare"], frequent) == {"we", "are", "rare", "we_are"}


def test_a_phrase_is_one_lexeme_or_has_rare_ones() -> None:
    frequent = frequent_lexemes(TEXTS)
    assert cover(["are", "hiring"], frequent) == ["are_hiring"]
    assert cover(["we", "are", "rare"], frequent) == ["we_are", "rare"]
    assert cover(["we", "are", "hiring", "a", "data", "engineer"], frequent) == [
        "we_are_hiring_a_data",
        "are_hiring_a_data_engineer",
    ]


_TEXT = st.lists(st.sampled_from("abc"), min_size=1, max_size=12)


@given(st.lists(_TEXT, min_size=1, max_size=8), st.data())
def test_each_text_has_the_lexemes_of_its_phrases(
    texts: list[list[str]], data: st.DataObject
) -> None:
    frequent = frequent_lexemes(texts)
    text = data.draw(_TEXT)
    start = data.draw(st.integers(0, len(text) - 1))
    phrase = text[start : data.draw(st.integers(start + 1, len(text)))]
    lexemes = cover(phrase, frequent)
    assert {*lexemes} <= lexemes_of(text, frequent)
    assert {*lexemes} <= {*runs_within(phrase)}
    # The count is of these texts: a phrase that is compared, short as a run, is a rare one.
    if len(lexemes) > 1 and len(phrase) <= 5:
        assert any(one not in frequent for one in lexemes)
