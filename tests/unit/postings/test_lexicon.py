"""Patterns tried only where a word can begin them."""

from __future__ import annotations

import re

import pytest

from include.postings.lexicon import Lexicon, title_labels, vocabulary_section


def test_labels_whose_patterns_match_at_a_word():
    lexicon = Lexicon({"qa": [r"qa\b", "test engineers?"], "ml": ["(?:ai|ml) engineer"]})
    assert lexicon.labels("senior qa and an ml engineer") == {"qa", "ml"}
    assert lexicon.labels("aqa, a contest engineer") == set()


@pytest.mark.parametrize("pattern", [r"\w+", "[ab]c", " a", "a?b"])
def test_a_pattern_must_begin_with_a_letter(pattern):
    with pytest.raises(ValueError, match="begin with a letter"):
        Lexicon({"x": [pattern]})


@pytest.mark.parametrize("section", ["roles", "levels", "titles"])
def test_the_index_finds_what_plain_regular_expressions_find(section):
    titles = [
        "senior full-stack engineer (react/node)", "head of marketing", "ml/ai scientist, nlp",
        "site reliability engineer", "qa, design and product", "iot firmware developer ii",
        "founding engineer - backend + data", "co-founder & cto", "junior go developer intern",
        "ux/ui designers", "customer success lead",
        "quantitative researcher", "devops", "staff swe",
    ]  # fmt: skip
    patterns = vocabulary_section(section)
    lexicon = Lexicon(patterns)
    for title in titles:
        plain = {
            label
            for label, expressions in patterns.items()
            if any(re.search(rf"(?<![^\W_])(?:{e})", title) for e in expressions)
        }
        assert lexicon.labels(title) == plain, title


def test_title_labels_name_roles_levels_and_what_it_is():
    assert {"backend", "senior", "noun", "engineer"} <= title_labels("Senior Backend Engineer")
