"""A posting's text as it is shown: nothing hostile is left, and each mark is where it was read."""

from __future__ import annotations

import time
from itertools import chain

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from include.insights.models import TextBlock, TextRun
from include.insights.posting.contacts import LEFT_OUT, without_contacts
from include.insights.posting.html import blocks_of
from include.insights.posting.marks import MAX_MARK_CHARS, marked_text
from include.postings.markup import plain_text

COMMENT = (
    "Fernglow | Backend Engineer | Oslo | Remote (EU)<p>We write <b>Go</b>lang &amp; <i>Rust</i>, "
    'see <a href="https:&#x2F;&#x2F;fernglow.example&#x2F;jobs?a=1&amp;b=2">our jobs</a>.'
    "<p><pre><code>  make run\n  make test</code></pre>"
)


def shown(markup: str, *words: str) -> tuple[list[TextBlock], bool]:
    """Return what is shown when these words gave answers."""
    plain = plain_text(markup)
    spans = [(plain.index(word), plain.index(word) + len(word)) for word in words]
    return marked_text(markup, plain, spans)


def runs(blocks: list[TextBlock]) -> list[TextRun]:
    return list(chain.from_iterable(block.runs for block in blocks))


def marked(blocks: list[TextBlock], number: int) -> str:
    return "".join(run.text for run in runs(blocks) if number in run.marks)


def test_comment_keeps_paragraphs_emphasis_links_and_code() -> None:
    blocks, is_formatted = shown(COMMENT)
    assert is_formatted
    assert [block.kind for block in blocks] == ["paragraph", "paragraph", "code"]
    assert [(run.text, run.styles) for run in blocks[1].runs if run.styles] == [
        ("Go", ["strong"]),
        ("Rust", ["em"]),
    ]
    link = next(run for run in runs(blocks) if run.href)
    assert (link.text, link.href) == ("our jobs", "https://fernglow.example/jobs?a=1&b=2")
    assert blocks[2].runs[0].text == "  make run\n  make test"


def test_boards_html_keeps_headings_and_nested_lists() -> None:
    blocks, _ = shown(
        "<div><h3>You <strong>bring</strong></h3><ul><li><p>Go</p><p>or Rust</p></li><li>SQL<ol>"
        "<li>DuckDB</li></ol></li></ul><blockquote>We bake</blockquote><table><tr><td>Pay</td>"
        "<td>90k</td></tr></table>End</div>"
    )
    assert [
        (b.kind, b.depth, b.is_ordered, "".join(run.text for run in b.runs)) for b in blocks
    ] == [
        ("heading", 0, False, "You bring"),
        ("item", 1, False, "Go\nor Rust"),
        ("item", 1, False, "SQL"),
        ("item", 2, True, "DuckDB"),
        ("quote", 0, False, "We bake"),
        ("paragraph", 0, False, "Pay 90k"),
        ("paragraph", 0, False, "End"),
    ]


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        (COMMENT, "Golang & Rust"),
        (COMMENT, "Oslo"),
        # written otherwise than read: a dash, a curly quote, full width, a soft hyphen, a tab
        ("<p>Acme — Oslo – we’re “remote”</p>", 'Oslo - we\'re "remote"'),
        ("<p>Ｒｅｍｏｔｅ ﻿in Os\u00adlo</p>", "Remote"),
        ("<p>Acme\tEngineer\tOslo</p>", "Engineer | Oslo"),
        ("&lt;p&gt;Bakers &amp;amp; cooks&lt;/p&gt;&lt;p&gt;in Oslo&lt;/p&gt;", "cooks"),
        ("Line one\nin Oslo\n\nwith <b>Go</b>", "Oslo\nwith Go"),
        ("no markup at all\nin Oslo", "Oslo"),
    ],
)
def test_the_words_that_gave_an_answer_are_marked(markup: str, words: str) -> None:
    blocks, _ = shown(markup, words)
    found = "".join(plain_text(marked(blocks, 0)).split())
    assert found.replace("|", "") == "".join(words.split()).replace("|", "")


def test_words_of_two_answers_carry_both_and_a_whole_text_carries_none() -> None:
    blocks, _ = shown(COMMENT, "Remote (EU)", "EU")
    assert [run.text for run in runs(blocks) if run.marks == [0, 1]] == ["EU"]
    long = "<p>" + "word " * MAX_MARK_CHARS
    assert marked(shown(long, plain_text(long))[0], 0) == ""


HOSTILE = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=https://evil.example/x.js></SCRIPT >",
    "<style>body{background:url(https://evil.example)}</style>",
    '<img src=x onerror="alert(1)">',
    '<b onclick="alert(1)" style="position:fixed">b</b>',
    "<a href=\"javascript:alert(1)\">j</a><a href=' jAvA\tscript:alert(1)'>j</a>",
    '<a href="data:text/html,<script>alert(1)</script>">d</a><a href="vbscript:x">v</a>',
    '<a href="//evil.example/x">r</a><a href="mailto:kim@fernglow.example">m</a>',
    '<svg onload=alert(1)><script>alert(1)</script><a xlink:href="javascript:alert(1)">s</a></svg>',
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=x>'>",
    "<form action=https://evil.example><input name=q><button>Send</button></form>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe><object data=x></object><embed src=x>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<template><script>alert(1)</script></template><base href=https://evil.example>",
    '<p title="<b>">x</p><!-- <p>hidden --><![CDATA[<script>x</script>]]>',
    "<a href=https://fernglow.example title='x' ping=https://evil.example target=_top>ok</a>",
    "<b><p>mis</b>nested</p></div></table><li>unclosed <a href='https://fernglow.example",
    "<x-y onfocus=alert(1) autofocus>x</x-y><meta http-equiv=refresh content=0>\x00<\x00b>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
]


@pytest.mark.parametrize("markup", [*HOSTILE, "".join(HOSTILE)], ids=range(len(HOSTILE) + 1))
def test_nothing_hostile_is_left(markup: str) -> None:
    blocks, _ = shown(f"<p>Fernglow in Oslo</p>{markup}", "Oslo")
    for run in runs(blocks):
        assert run.href is None or run.href.startswith("https://fernglow.example")
        assert set(run.styles) <= {"strong", "em", "code"}
        assert "evil.example/x.js" not in run.text
    assert marked(blocks, 0) == "Oslo"


@given(st.text(st.sampled_from("<>/abipul&;#x! \n\t|—é\u200b\"'=-"), max_size=60))
@example("<a href='x>y'>b</a>")
@example("\u200b")
@example("a\t|\tb")
@example("<b>|</b>\t|")
def test_what_is_shown_is_what_was_read(markup: str) -> None:
    """Word for word, whatever is sent: else no mark would be certain."""
    plain = plain_text(markup)
    blocks, _ = marked_text(markup, plain, [])
    text = " ".join("".join(run.text for run in block.runs) for block in blocks)
    letters = plain_text(text.replace("&", "&amp;").replace("<", "&lt;"))
    assert _letters(letters) == _letters(plain)


def _letters(text: str) -> str:
    return "".join(text.replace("|", "").split())


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * 200_000,
        "<ul><li>" * 1_990 + "x",
        "<blockquote><b>" * 1_990 + "x",
        "".join(f"<b x={n}>" for n in range(900)) + "<p>x" * 900,
        "<table><td>" * 1_990 + "x",
        "a@" * 10_000,
        "a at " * 4_000,
        "+1 " * 7_000,
        "é—" * 4_000,
        "&lt;" * 20_000,
        "<" * 400_000,
    ],
    ids=lambda markup: markup[:16],
)
def test_hostile_text_takes_no_longer_than_its_length(markup: str) -> None:
    started = time.process_time()
    blocks, _ = marked_text(markup, plain_text(markup), [])
    assert time.process_time() - started < 2
    assert max((block.depth for block in blocks), default=0) <= 6


@pytest.mark.parametrize("name", ["svg", "select", "form", "template", "x-card", "o:p"])
def test_tag_that_is_not_kept_leaves_the_rest_formatted(name: str) -> None:
    blocks, is_formatted = shown(f"<h2>Go</h2><{name}><b>in</b> Oslo</{name}><p>now</p>", "Oslo")
    assert is_formatted
    assert [block.kind for block in blocks] == ["heading", "paragraph", "paragraph"]
    assert marked(blocks, 0) == "Oslo"


def test_text_with_more_tags_than_any_posting_is_shown_plain() -> None:
    assert blocks_of("<i>x</i>" * 2_100) is None
    blocks, is_formatted = shown("<p>Go in Oslo</p>" * 2_100, "Oslo")
    assert not is_formatted
    assert marked(blocks, 0) == "Oslo"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Write to kim@fernglow.example, please", f"Write to {LEFT_OUT}, please"),
        ("kim [at] fernglow [dot] example", LEFT_OUT),
        ("kim (at) fernglow.example", LEFT_OUT),
        ("kim (dot) berg @ fernglow.example", LEFT_OUT),
        ("kim dot berg at fernglow dot example", LEFT_OUT),
        ("kim at fernglow dot example", LEFT_OUT),
        ("call +47 22 33 44 55", f"call {LEFT_OUT}"),
        ("call (555) 010-9999 or 555-010-9999", f"call {LEFT_OUT} or {LEFT_OUT}"),
        ("From 2019-2020 to 2026, 100 000 - 120 000", None),
        ("C++ at scale, work at Fernglow, 10.000.000 users", None),
        ("https://fernglow.example/jobs/555-010-9999", None),
    ],
)
def test_contacts_are_left_out(text: str, wanted: str | None) -> None:
    assert without_contacts(text) == (wanted or text)
    blocks, _ = shown(f"<p>{text}</p>")
    assert "".join(run.text for run in runs(blocks)) == (wanted or text)
