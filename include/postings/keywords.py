"""Index the lines of a posting by topic.

One pass of an Aho-Corasick automaton over the lower-case text finds the literals of every topic;
the rules then run their patterns only on the few lines that contain one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from ahocorasick_rs import AhoCorasick, Implementation

from include.postings.letters import lower_in_place
from include.postings.lexicon import vocabulary_section

__all__ = ["KeywordIndex"]


class KeywordIndex:
    """Lines of a posting by topic: ``offer``, ``pay``, ``remote``, ``visa``."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines_read = lines
        self._positions: dict[str, dict[int, list[int]]] = {}
        for number, topic, position in _cues(lines):
            self._positions.setdefault(topic, {}).setdefault(number, []).append(position)

    def positions(self, topic: str, number: int) -> list[int]:
        """Return the offsets in line ``number`` at which the topic's literals begin."""
        return self._positions.get(topic, {}).get(number, [])

    def cues(self, topic: str) -> Mapping[int, Sequence[int]]:
        """Return the offsets of the topic's literals by line."""
        return self._positions.get(topic, {})

    def lines(self, topic: str, *, skip: int = 0) -> list[str]:
        """Return the lines from ``skip`` on that contain a literal of the topic."""
        numbers = self._positions.get(topic, {})
        return [self.lines_read[number] for number in numbers if number >= skip]


def _cues(lines: Sequence[str]) -> Iterator[tuple[int, str, int]]:
    """Yield (line number, topic, offset in the line), in text order."""
    topics, automaton = _automaton()
    # Offsets must hold for the original line too, hence lower_in_place.
    lower = lower_in_place("\n".join(lines))
    number, line_start, line_end = -1, 0, -1
    # One search over the joined text instead of one per line. No literal contains a line
    # break, so no match spans two lines.
    for index, start, _ in automaton.find_matches_as_indexes(lower, overlapping=True):
        # Matches arrive in order of their ends, so the line only ever advances.
        while start > line_end:
            number += 1
            line_start, line_end = line_end + 1, line_end + 1 + len(lines[number])
        yield number, topics[index], start - line_start


@cache
def _automaton() -> tuple[list[str], AhoCorasick]:
    """Return each pattern's topic, and the automaton of all patterns."""
    pairs = [
        (topic, stem) for topic, literals in vocabulary_section("cues").items() for stem in literals
    ]
    # A DFA of so few literals is small, and searches twice as fast as the default.
    automaton = AhoCorasick([stem for _, stem in pairs], implementation=Implementation.DFA)
    return [topic for topic, _ in pairs], automaton
