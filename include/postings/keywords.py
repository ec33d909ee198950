"""Index the lines of a posting by topic.

One pass of an Aho-Corasick automaton over the lower-case text finds the literals of every topic;
the rules then run their patterns only on the few lines that contain one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from ahocorasick_rs import AhoCorasick, Implementation

from include.postings.letters import lower_in_place
from include.postings.lexicon import literal_starts, vocabulary_section

__all__ = ["KeywordIndex"]


class KeywordIndex:
    """Lines of a posting by topic: ``offer``, ``noun``, ``pay``, ``remote``, ``visa``.

    ``noun`` are the words that a job's title must have one of.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines_read = lines
        self._positions = _positions(lines)

    def positions(self, topic: str, number: int) -> Sequence[int]:
        """Return the offsets in line ``number`` at which the topic's literals begin."""
        return self._positions[topic].get(number, ())

    def cues(self, topic: str) -> Mapping[int, Sequence[int]]:
        """Return the offsets of the topic's literals by line."""
        return self._positions[topic]

    def lines(self, topic: str, *, skip: int = 0) -> list[str]:
        """Return the lines from ``skip`` on that contain a literal of the topic."""
        return [self.lines_read[number] for number in self._positions[topic] if number >= skip]


def _positions(lines: Sequence[str]) -> dict[str, dict[int, list[int]]]:
    """Return the offsets of each topic's literals in each line that has any, in text order."""
    names, topics, automaton = _automaton()
    found: dict[str, dict[int, list[int]]] = {name: {} for name in names}
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
        of_topic = found[topics[index]]
        if number in of_topic:
            of_topic[number].append(start - line_start)
        else:
            of_topic[number] = [start - line_start]
    return found


@cache
def _automaton() -> tuple[list[str], list[str], AhoCorasick]:
    """Return the topics, each pattern's topic, and the automaton of all patterns."""
    cues = {**vocabulary_section("cues"), "noun": sorted(literal_starts("titles", "noun"))}
    pairs = [(topic, stem) for topic, stems in cues.items() for stem in stems]
    # A DFA searches faster over and over; between other work its states leave the core's cache.
    automaton = AhoCorasick(
        [stem for _, stem in pairs], implementation=Implementation.ContiguousNFA
    )
    return list(cues), [topic for topic, _ in pairs], automaton
