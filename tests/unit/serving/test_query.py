"""The language of searches: what is meant, and what is refused with its place."""

from __future__ import annotations

import pytest

from include.serving.text.query import (
    MAX_QUERY_CHARS,
    All,
    AnyOf,
    Not,
    Phrase,
    Query,
    QueryError,
    parse_query,
    wanted_phrases,
)


def one(*words: str, field: str | None = None) -> Phrase:
    return Phrase(words, field)


A, B, C = one("a"), one("b"), one("c")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("a b", All((A, B))),
        ('"a b"', one("a", "b")),
        ("\u201ca b\u201d", one("a", "b")),
        ("CI/CD", one("ci", "cd")),
        ("a b OR c", All((A, AnyOf((B, C))))),
        ("(a b) OR c", AnyOf((All((A, B)), C))),
        ("a AND b", All((A, B))),
        ("a AND (b OR c)", All((A, AnyOf((B, C))))),
        ("a -b", All((A, Not(B)))),
        ("a NOT b", All((A, Not(B)))),
        ("-(a b)", Not(All((A, B)))),
        ("-title:a", Not(one("a", field="title"))),
        ('Title:"a b"', one("a", "b", field="title")),
        ("title:(a OR -b)", AnyOf((one("a", field="title"), Not(one("b", field="title"))))),
        ("a & b", All((A, B))),
        ("10:30", one("10", "30")),
        ("a or b", All((A, one("or"), B))),
        ("ORACLE ANDROID", All((one("oracle"), one("android")))),
    ],
)
def test_what_is_meant(text: str, meant: Query) -> None:
    assert parse_query(text) == meant


@pytest.mark.parametrize(
    ("text", "position", "what"),
    [
        ("&", 1, "a word is expected"),
        ('a "b', 3, 'another " is expected'),
        ("a OR", 5, "expected after OR"),
        ("OR a", 1, "expected before OR"),
        ("& OR a", 3, "expected before OR"),
        ("a OR OR b", 6, "expected after OR"),
        ("AND a", 1, "expected before AND"),
        ("a AND", 6, "expected after AND"),
        ("a AND b OR c", 3, "needs parentheses"),
        ("a - b", 3, "directly after -"),
        ("a --b", 4, "not a second one"),
        ("-&", 2, "expected after -"),
        ("pay:100k", 1, "expected title:, company:, text:"),
        ("title: a", 6, "directly after title:"),
        ("title:(company:a)", 1, "one field is expected"),
        ("(a", 1, 'a ")" is expected'),
        ("a)", 2, "closes nothing"),
        ("(" * 20 + "a", 9, "more than 8 parentheses"),
        ("a " * 40, 65, "more than 32 words"),
        ("a" * (MAX_QUERY_CHARS + 1), MAX_QUERY_CHARS + 1, "longer than"),
    ],
)
def test_what_is_no_query_is_refused_with_its_place(text: str, position: int, what: str) -> None:
    with pytest.raises(QueryError, match=rf"q, character {position}: .*") as raised:
        parse_query(text)
    assert what in str(raised.value)


def test_wanted_are_the_phrases_that_a_text_may_have() -> None:
    assert [*wanted_phrases(parse_query("a (b OR -c) -d"))] == [A, B]
