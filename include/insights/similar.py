"""Companies whose names are like a text that names none."""

from __future__ import annotations

from heapq import nlargest

from include.insights.addresses import without_addresses
from include.insights.company import abstracts
from include.insights.models import CompanyAbstract
from include.insights.store import Snapshot

__all__ = ["similar"]

_MOST_LETTERS = 60
"""Of a text that are compared: 25,000 names take some 80 ms at most."""
_LETTERS = 3
_LEAST_LIKENESS = 0.2


def similar(snapshot: Snapshot, text: str, top: int = 5) -> list[CompanyAbstract]:
    """Return at most ``top`` companies with a name like a text, the likest first.

    Names are as like as the share of their trigrams that they have in common (Jaccard), blanks at
    both ends included, so that beginnings weigh more. A company that is known by another name has
    the one that is like it in parentheses.
    """
    index = snapshot.index
    asked = _grams(text[:_MOST_LETTERS])
    likeness = (
        max((_likeness(asked, name), -number, name) for name in index.companies.names(number))
        for number in range(len(index.companies.all))
    )
    found = nlargest(top, (one for one in likeness if one[0] >= _LEAST_LIKENESS))
    return [_named(abstract, name) for _, n, name in found for abstract in abstracts(index, [-n])]


def _named(company: CompanyAbstract, name: str) -> CompanyAbstract:
    shown = without_addresses(name)
    if shown == company.name.casefold():
        return company
    return company.model_copy(update={"name": f"{company.name} ({shown})"})


def _grams(text: str) -> frozenset[str]:
    padded = f" {' '.join(text.casefold().split())} "
    return frozenset(padded[at : at + _LETTERS] for at in range(len(padded) - _LETTERS + 1))


def _likeness(asked: frozenset[str], name: str) -> float:
    padded = f" {name} "
    shared = sum(gram in padded for gram in asked)
    return shared / (len(asked) + max(len(padded) - _LETTERS + 1, 1) - shared) if shared else 0.0
