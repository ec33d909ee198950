"""Hostile input: the time grows with the text, not with what is in it."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from include.postings import extract_posting
from include.postings.markup import MAX_TEXT_CHARS, plain_text
from include.postings.technologies import default_matcher

MEGABYTE = 1_000_000
HEADER = "Fernglow | Engineer | Oslo<p>"
SHAPES: dict[str, str] = {
    "nested elements": "<div>",
    "brackets": "<",
    "closing brackets": ">",
    "parentheses": "(",
    "unclosed comments": "<!--",
    "unclosed scripts": "<script",
    "half tags": "<a href=",
    "entities": "&amp;",
    "half entities": "&#",
    "one word": "a",
    "letters of languages": "C ",
    "technologies": "Go, C++, Next.js and ",
    "figures": "1-",
    "money": "$1",
    "digits": "9",
    "thousands": "1,000",
    "pipes": "|",
    "dashes": " - ",
    "spaces": " ",
    "lines": "\n",
    "capitals": "Ab ",
    "offers": "hiring ",
    "years": "5 years ",
    "no visa": "no visa ",
    "remote": "remote or ",
    "dots": "a.b@c.",
    "wide letters": "İ",
}


def _seconds(work: Callable[[str], object], text: str) -> float:
    start = time.process_time()
    work(text)
    return time.process_time() - start


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_reading_is_linear_in_the_text(shape):
    """Four times the text may take ten times as long (noise), a square law would take sixteen."""
    small = HEADER + shape * (20_000 // len(shape))
    large = HEADER + shape * (80_000 // len(shape))
    # Up to three tries: a busy machine slows some of them, never speeds one up.
    assert any(
        _seconds(extract_posting, large) < max(0.05, 10 * _seconds(extract_posting, small))
        for _ in range(3)
    )


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_five_megabytes_are_read_within_seconds(shape):
    start = time.process_time()
    extract_posting(HEADER + shape * (5 * MEGABYTE // len(shape)))
    assert time.process_time() - start < 5


def test_a_million_open_elements_leave_their_text():
    assert plain_text("<b>" * 100_000 + "Rust" + "</b>" * 100_000) == "Rust"


def test_what_lies_beyond_the_limit_is_not_read():
    assert len(plain_text("a " * MEGABYTE)) <= MAX_TEXT_CHARS


def test_scripts_and_styles_are_no_text():
    html = "<style>p { color: red }</style><p>Go<script>Python()</script> and Rust</p>"
    assert plain_text(html) == "Go and Rust"


def test_blocks_are_lines_and_entities_are_characters_once():
    assert plain_text("<ul><li>C&#x2F;C++<li>R&amp;D</ul>a &amp;lt;b&amp;gt;") == (
        "C/C++\nR&D\na &lt;b&gt;"
    )


def test_less_than_in_a_text_is_no_tag():
    assert plain_text("latency < 5 ms and > 3") == "latency < 5 ms and > 3"


def test_the_matcher_keeps_up_with_overlapping_spellings():
    text = "c++" * 30_000
    start = time.process_time()
    assert default_matcher().count(text) == (("c-plus-plus", 1),)
    assert time.process_time() - start < 5
