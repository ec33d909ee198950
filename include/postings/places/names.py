"""Find the spellings of places, and the codes of states and countries, in a short text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from typing import NamedTuple

from include.postings.places import gazetteer
from include.postings.places.tree import WORLD, Node, fold

__all__ = ["Name", "names_in"]

# A run of letters. Names of several words are joined at blanks, points, hyphens and the like.
_WORD = re.compile(r"[^\W\d_]+")
_JOINT = re.compile(r"[ .'’&/-]{1,3}")
_ALSO_LOWER = frozenset(("usa", "nyc", "uk", "emea", "apac", "latam"))
"""Short names that are no words: they count in lower case, too."""
_CODE_CHARS = 3


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


def names_in(text: str) -> Iterator[Name]:
    """Yield the spellings of places in a text; at each word the longest wins."""
    spans = [match.span() for match in _WORD.finditer(text)]
    capital, lower = _first_words()
    free_from = 0
    for position, (start, end) in enumerate(spans):
        if position < free_from:
            continue
        word = text[start:end]
        # Nearly every word of a text ends here: one look-up each.
        words = (lower if word.islower() else capital).get(
            word.lower() if word.isascii() else fold(word)
        )
        if words is None:
            continue
        for count in range(min(words, len(spans) - position), 0, -1):
            if count > 1 and not _joined(text, spans[position : position + count]):
                continue
            stop = spans[position + count - 1][1]
            if found := _spelled(text[start:stop]):
                yield Name(start, stop, text[start:stop], *found)
                free_from = position + count
                break
        else:
            if code := _code(word, after_comma=text.endswith(", ", 0, start)):
                yield Name(start, end, word, word.upper(), (), code, False, False)


def _joined(text: str, spans: Sequence[tuple[int, int]]) -> bool:
    return all(_JOINT.fullmatch(text, end, start) for (_, end), (start, _) in pairwise(spans))


@cache
def _first_words() -> tuple[dict[str, int], dict[str, int]]:
    """Return the most words of a spelling by its first one: of any, and of those in lower case."""
    capital: dict[str, int] = {code.lower(): 0 for code in gazetteer.codes()}
    lower: dict[str, int] = {}
    for key, entry in gazetteer.entries().items():
        first, *rest = key.split(" ")
        capital[first] = max(capital.get(first, 0), len(rest) + 1)
        if _counts_in_lower_case(key, entry):
            lower[first] = max(lower.get(first, 0), len(rest) + 1)
    return capital, lower


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
    # "Austin, Tx" is written, too; a code in lower case is a word.
    if len(word) > _CODE_CHARS or not (word.isupper() or (after_comma and word[0].isupper())):
        return ()
    return gazetteer.codes().get(word.upper(), ())
