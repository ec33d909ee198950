"""Technologies by what people call them, and the nearest spellings of what nobody calls so."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from include.insights.store import Snapshot, spelled

__all__ = ["Called", "nearest_names", "skills_called"]

Called = tuple[list[str], list[str]]
"""Ids of technologies, each once, and what the taxonomy does not spell so."""
_NEAREST = 3
_EXPLAINED = 5
"""Unknown ones that nearest names are looked for: 10 ms each."""


def skills_called(snapshot: Snapshot, texts: Iterable[str]) -> Called:
    """Return the technologies with these ids, names or aliases, in any case."""
    known: dict[str, None] = {}
    unknown = []
    for text in texts:
        if found := snapshot.spellings.get(spelled(text)):
            known[found] = None
        else:
            unknown.append(text)
    return list(known), unknown


def nearest_names(snapshot: Snapshot, unknown: Iterable[str]) -> dict[str, list[str]]:
    """Return the names of the technologies that are spelled most like each; of the first five."""
    spellings = snapshot.spellings
    nearest: dict[str, list[str]] = {}
    for text in unknown:
        found: list[str] = []
        if len(nearest) < _EXPLAINED:
            # Two spellings of one technology may both be near.
            found = get_close_matches(spelled(text[:64]), spellings, n=2 * _NEAREST)
        names = dict.fromkeys(snapshot.names[spellings[one]] for one in found)
        nearest[text] = list(names)[:_NEAREST]
    return nearest
