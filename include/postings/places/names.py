"""Find the spellings of places, and the codes of states and countries, in a short text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import NamedTuple

from include.postings.letters import ascii_words, spans_of
from include.postings.places import gazetteer
from include.postings.places.tree import WORLD, Node, fold

__all__ = ["Name", "names_in"]

# A run of letters. Names of several words are joined at blanks, points, hyphens and the like.
_WORD = re.compile(r"[^\W\d_]+")
_ascii_words = ascii_words(str.isalpha)
_JOINT = re.compile(r"[ .'’&/-]{1,3}")
_ALSO_LOWER = frozenset(("usa", "nyc", "uk", "emea", "apac", "latam"))
"""Short names that are no words: they count in lower case, too."""
_CODE_CHARS = 3
_CODES_AS_WORDS = frozenset((
    "Bc", "Ca", "Ct", "Fl", "Ga", "Il", "Md", "Mi", "Mn", "Mo", "Nc", "Nj", "Nv", "Ny", "Tn", "Tx",
    "Ut", "Va", "Wa", "Wi",
))  # fmt: skip


class Name(NamedTuple):
    """A spelling in a text and what it may mean."""

    start: int
    end: int
    written: str
    key: str
    """The spelling for comparison (``tree.fold``)."""
    places: tuple[Node, ...]
    """The likeliest first; none of a mere code."""
    codes: tuple[Node, ...]
    """The states and countries that it is the code of."""
    strong: bool
    plain: bool


def names_in(text: str) -> list[Name]:
    """Return the spellings of places in a text, in its order; at each word the longest wins."""
    words = _ascii_words(text) if text.isascii() else _WORD.findall(text)
    known = _first_words()
    # Nearly every word of a text ends here: one look-up each.
    begins = [at for at, word in enumerate(words) if word in known]
    names: list[Name] = []
    spans: list[tuple[int, int]] = []
    free_from = 0
    for position in begins:
        first = known[words[position]]
        goes_on = _continues(first, words, position)
        if position < free_from or not (goes_on or first.alone):
            continue
        # What "&" joins has "and" for its second word.
        most = first.longest if goes_on or "&" in text else 1
        spans = spans or spans_of(words, text)
        if found := _longest(text, spans, position, most):
            name, count = found
            free_from = position + count
            names.append(name)
    return names


def _continues(first: _First, words: Sequence[str], position: int) -> bool:
    """Return whether the next word may continue a name: "New York"."""
    return (
        first.longest > 1
        and position + 1 < len(words)
        and _folded(words[position + 1]) in first.second
    )


_folded = lru_cache(maxsize=4096)(fold)


def _longest(
    text: str, spans: Sequence[tuple[int, int]], position: int, most: int
) -> tuple[Name, int] | None:
    """Return the longest name that begins with a word, and its number of words."""
    start, end = spans[position]
    for count in range(min(most, len(spans) - position), 0, -1):
        stop = spans[position + count - 1][1]
        joined = count == 1 or _joined(text, spans[position : position + count])
        if joined and (found := _spelled(text[start:stop])):
            return Name(start, stop, text[start:stop], *found), count
    word = text[start:end]
    code = _code(word, after_comma=text.endswith(", ", 0, start))
    return (Name(start, end, word, word.upper(), (), code, False, False), 1) if code else None


def _joined(text: str, spans: Sequence[tuple[int, int]]) -> bool:
    return all(_JOINT.fullmatch(text, end, start) for (_, end), (start, _) in pairwise(spans))


@dataclass(slots=True)
class _First:
    """What may follow a first word."""

    longest: int = 0
    """The most words of a spelling that begins with it."""
    alone: bool = False
    """It is a spelling or a code by itself."""
    second: frozenset[str] = frozenset()


@cache
def _first_words() -> dict[str, _First]:
    """Return what may follow the first word of a spelling, in each case that counts."""
    found: defaultdict[str, _First] = defaultdict(_First)
    for code in gazetteer.codes():
        for form in (code, code.capitalize()):
            found[form].alone = True
    for spelling in gazetteer.spellings():
        key = fold(spelling)
        plain, *rest = key.split(" ")
        first = _WORD.findall(spelling)[0]
        forms = {first, first.capitalize(), first.upper(), plain.capitalize(), plain.upper()}
        if _counts_in_lower_case(key, gazetteer.entries()[key]):
            forms |= {first.lower(), plain}
        for form in forms:
            entry = found[form]
            entry.longest = max(entry.longest, len(rest) + 1)
            entry.alone |= not rest
            if rest:
                entry.second |= {rest[0]}
    return dict(found)


def _counts_in_lower_case(key: str, entry: gazetteer.Entry) -> bool:
    if len(key) <= gazetteer.SHORT_NAME_CHARS:
        return key in _ALSO_LOWER
    return entry.strong or entry.places[0].place_id == WORLD


_Spelled = tuple[str, tuple[Node, ...], tuple[Node, ...], bool, bool]


@lru_cache(maxsize=16384)
def _spelled(surface: str) -> _Spelled | None:
    """Return the last five fields of a Name for a spelling; None if it names no place so."""
    key = fold(surface)
    entry = gazetteer.entries().get(key)
    if entry is None:
        return None
    if not surface[0].isupper():
        if not _counts_in_lower_case(key, entry):
            return None
    elif len(key) <= gazetteer.SHORT_NAME_CHARS and not gazetteer.is_written(surface):
        return None
    codes = gazetteer.codes().get(surface, ()) if surface.isupper() else ()
    return key, entry.places, codes, entry.strong, entry.plain


def _code(word: str, *, after_comma: bool) -> tuple[Node, ...]:
    # "Austin, Tx" is written, too; "London, On-site" is not Ontario.
    as_word = after_comma and word in _CODES_AS_WORDS
    if len(word) > _CODE_CHARS or not (word.isupper() or as_word):
        return ()
    return gazetteer.codes().get(word.upper(), ())
