"""Which runs of words the index has besides the words, so that it answers phrases.

An inverted index without positions knows which texts have a word, not where: of a phrase of
frequent words half of all texts would have to be compared with it. So runs of frequent words
(n-grams) are lexemes, too, found level by level as frequent item sets are (Agrawal and Srikant
1994, https://www.vldb.org/conf/1994/P487.PDF): a run is indexed if both runs that are a word
shorter are frequent. A phrase is then such a run, and no text is compared; or it has an indexed run
that is rare, and few texts are (combined phrase indexes: Williams, Zobel and Bahle 2004,
https://doi.org/10.1145/1028099.1028102). FTS5 has positions, but reads all of each word's: runs of
two keep it from two frequent words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain

__all__ = ["LONGEST", "cover", "frequent_lexemes", "is_run", "lexemes_of", "runs_within"]

LONGEST = 5
"""Words of an indexed run: of a longer phrase several runs are looked up."""
_FREQUENT_SHARE = 0.02
"""Of the texts, that make a lexeme frequent: at 100,000 texts 2,000 are compared in 15 ms."""
_JOINER = "_"  # no word has it


def frequent_lexemes(texts: Sequence[Sequence[str]], longest: int = LONGEST) -> set[str]:
    """Return the words and runs that are frequent in a sample of texts, given as their words."""
    least = max(2.0, _FREQUENT_SHARE * len(texts))
    found: set[str] = set()
    levels = [dict(enumerate(words)) for words in texts]
    for size in range(1, longest + 1):
        counted = Counter(chain.from_iterable(set(level.values()) for level in levels))
        found |= {lexeme for lexeme, count in counted.items() if count >= least}
        levels = [_longer(*of_text, size, found) for of_text in zip(levels, texts, strict=True)]
    return found


def lexemes_of(words: Sequence[str], frequent: Collection[str], longest: int = LONGEST) -> set[str]:
    """Return the words of a text, and its runs of at most so many words that are indexed."""
    found = set(words)
    level: Mapping[int, str] = dict(enumerate(words))
    for size in range(1, longest):
        level = _longer(level, words, size, frequent)
        found.update(level.values())
    return found


def is_run(lexeme: str) -> bool:
    """Return whether a lexeme has several words."""
    return _JOINER in lexeme


def runs_within(words: Sequence[str], longest: int = LONGEST) -> Iterator[str]:
    """Yield the words and runs of a phrase that may be lexemes."""
    for size in range(1, longest + 1):
        yield from (_joined(words, start, size) for start in range(len(words) - size + 1))


def cover(words: Sequence[str], frequent: Collection[str], longest: int = LONGEST) -> list[str]:
    """Return the lexemes that each text with a phrase has; if it is one, the phrase is no more."""
    found: list[str] = []
    end = 0
    for start in range(len(words)):
        size = 1
        while size < longest and _is_indexed(words, start, size + 1, frequent):
            size += 1
        if start + size > end:  # else it is within the one before
            found.append(_joined(words, start, size))
            end = start + size
    return found


def _longer(
    level: Mapping[int, str], words: Sequence[str], size: int, frequent: Collection[str]
) -> dict[int, str]:
    """Return the indexed runs of ``size + 1`` words by their start; ``level`` has those of size."""
    starts = {start for start, run in level.items() if run in frequent}
    # Few texts have long ones: a level costs what is left of the one before.
    return {
        start: f"{level[start]}{_JOINER}{words[start + size]}"
        for start in starts
        if start + 1 in starts
    }


def _is_indexed(words: Sequence[str], start: int, size: int, frequent: Collection[str]) -> bool:
    if start + size > len(words):
        return False
    parts = (_joined(words, at, size - 1) for at in (start, start + 1))
    return all(part in frequent for part in parts)


def _joined(words: Sequence[str], start: int, size: int) -> str:
    return _JOINER.join(words[start : start + size])
