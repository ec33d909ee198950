"""The one rule of words: of what is indexed, what is asked for, and what is marked.

* A word is a run of letters and digits; case, accents, ligatures and other widths do not count.
  Nothing is stemmed.
* A full stop between two words joins them (node.js, 3.11), as one before the first letter does
  (.net).
* One or two ``+``, or a ``#``, end a word (c++, c++17, c#), unless it begins with a digit
  ("5+ years", "100k+").
* Anything else separates words: "CI/CD" is two of them.
* Chinese and Japanese have no blanks: each character is a word.

It is applied in Python, where the query is, too: each database splits only at blanks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice

from include.code_version import code_version
from include.postings.markup import plain_text

__all__ = [
    "COMPANY",
    "MAX_WORD_CHARS",
    "TITLE",
    "Occurrence",
    "indexed_text",
    "occurrences",
    "rule_version",
    "words",
]

TITLE, COMPANY = "t:", "c:"
"""Prefixes of a title's words and of a company's; a word of the text has none."""
MAX_WORD_CHARS = 64
"""Of a longer word, such as an encoded file, these characters count."""
_MAX_NAME_CHARS = 10_000  # of a title or a company: a tsvector holds 1 MB

Occurrence = tuple[Sequence[str], int, int]
"""A phrase and where it stands in the text: start, and end (exclusive)."""

# Letters that Unicode does not decompose into a plain one, and marks that are no part of a word.
_PLAIN = {
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th",
    "\N{TRADE MARK SIGN}": " ", "\N{SERVICE MARK}": " ", "\N{SOFT HYPHEN}": "",
    "\N{ZERO WIDTH JOINER}": "", "\N{ZERO WIDTH NON-JOINER}": "", "\N{WORD JOINER}": "",
    "\N{ZERO WIDTH NO-BREAK SPACE}": "",
}  # fmt: skip
# Han characters (with the extensions and compatibility forms) and Japanese syllables.
_UNSPACED = re.compile(
    "[\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_JOINING = ".+#"
_SPLIT = str.maketrans(
    {chr(c): " " for c in range(128) if not chr(c).isalnum() and chr(c) not in _JOINING}
)
_MOST_RUNS = 1_000  # of a text: whatever it is, marking it takes milliseconds
_REPLACED = 12  # kinds of characters up to which replacing each is faster than one translation
# In a run without blanks: ".net", "node.js", "c++", "c++17", "c#"; "100k+" gives "100k".
_WORD = re.compile(
    r"""
    [0-9][^\W_]* (?:\.[^\W_]+)*                                          # 5  100k  3.11
    | (?:(?<![^\W_])\.(?=[^\W\d_]))? [^\W_]+ (?:\.[^\W_]+)*                 # .net  node.js
      (?: \+\+ (?:[0-9]{2})? (?![^\W_]) | \#(?![^\W_]) | \+(?![^\W_+]) )?   # c++  c++17  c#  a+
    """,
    re.VERBOSE,
)


def rule_version() -> str:
    """Return the version of the rule: its code and the Unicode tables that it reads."""
    return f"{code_version('include.serving.text.words')} {unicodedata.unidata_version}"


def words(text: str) -> list[str]:
    """Return the words of a plain text, in their order, as they are indexed."""
    found: list[str] = []
    for run in _lowered(text).split():
        if run.isalnum() and len(run) <= MAX_WORD_CHARS:
            found.append(run)
        else:
            found += [word[:MAX_WORD_CHARS] for word in _WORD.findall(run)]
    return found


def occurrences(text: str, phrases: Iterable[Sequence[str]]) -> Iterator[Occurrence]:
    """Yield where each of the phrases stands in a plain text, phrase by phrase.

    Of a text that repeats a word more than a thousand times the first thousand runs are looked at.
    """
    lowered = _lowered(text)
    found = [(phrase, *place) for phrase in phrases for place in _places(lowered, phrase)]
    origin = _origins(text) if found else ()
    for phrase, start, end in found:
        yield phrase, origin[start], origin[end - 1] + 1


def _places(lowered: str, phrase: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield start and end of a phrase; only runs that have its first word are cut into words."""
    end = 0
    for _ in range(_MOST_RUNS):
        if (at := lowered.find(phrase[0], end)) < 0:
            return
        end = lowered.find(" ", at)
        end = len(lowered) if end < 0 else end
        run = list(_WORD.finditer(lowered, lowered.rfind(" ", 0, at) + 1, end))
        found = [*run, *islice(_WORD.finditer(lowered, end), len(phrase) - 1)]
        texts = tuple(word[0][:MAX_WORD_CHARS] for word in found)
        for number in range(len(run)):
            last = number + len(phrase)
            if texts[number] == phrase[0] and texts[number:last] == tuple(phrase):
                yield found[number].start(), found[last - 1].end()


def indexed_text(title: str, company: str, description: str) -> str:
    """Return what is indexed of a posting, with one blank around each word.

    ``description`` is a source's text, HTML or plain. The words of title and company have their
    field's prefix: a search in one reads only its own words, and no phrase goes on in another.
    """
    fields = (
        *(TITLE + word for word in words(title[:_MAX_NAME_CHARS])),
        *(COMPANY + word for word in words(company[:_MAX_NAME_CHARS])),
        *words(plain_text(description)),
    )
    return f" {' '.join(fields)} "


def _lowered(text: str) -> str:
    """Return the text in lower case with plain letters; blanks separate what no word joins."""
    if not text.isascii():
        beyond = [c for c in set(text) if c > "\x7f"]
        if len(beyond) <= _REPLACED:
            for character in beyond:
                text = text.replace(character, _plain(character))
        else:
            text = text.translate({ord(c): _plain(c) for c in beyond})
    # Of the same length, so that offsets hold: the end of a sentence joins nothing.
    return text.translate(_SPLIT).lower().replace(". ", "  ")


@lru_cache(4_096)
def _plain(character: str) -> str:
    """Return what a character beyond ASCII counts as: plain letters, a blank, or nothing."""
    if character in _PLAIN:
        return _PLAIN[character]
    # Before the marks go: they tell Japanese syllables apart.
    if _UNSPACED.match(whole := unicodedata.normalize("NFKC", character)):
        return f" {whole} "
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
    plain = "".join(_PLAIN.get(c, c) for c in folded if unicodedata.category(c)[0] != "M")
    return "".join(c if c.isalnum() or c in _JOINING else " " for c in plain)


def _origins(text: str) -> Sequence[int]:
    """Return where each character of the lowered text comes from."""
    if all(len(_plain(c)) == 1 for c in set(text) if c > "\x7f"):
        return range(len(text))
    counts = (len(_plain(c)) if c > "\x7f" else 1 for c in text)
    return [position for position, count in enumerate(counts) for _ in range(count)]
