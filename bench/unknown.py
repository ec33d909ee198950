"""Names in technology lists that the taxonomy does not know: ``make evaluate ARGS=--unknown``.

How an owner finds the next rows of ``technologies.csv``: of the postings of the last twelve months,
each capitalised name that stands in a list beside technologies that are known, by the number of
companies that write it. A list is a run of short items between commas, slashes or bullets of which
two or more are known.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from include.postings.lexicon import title_labels
from include.postings.markup import plain_text
from include.postings.places import find_places
from include.postings.technologies import TechnologyMatcher, default_matcher
from include.settings import Settings
from include.warehouse.connection import open_warehouse

__all__ = ["Unknown", "recent_postings", "unknown_names"]

# Between the items of a list: "Go, Rust / Zig and Elm (or C)".
_BETWEEN = re.compile(r"\s*(?:[,/;|•·()\[\]\n]|\.\s|\s-\s|\s(?:and|or|with|plus)\s)\s*")
# What an item opens with: the list's label ("Stack: Go") and small words ("and Rust").
_OPENING = re.compile(r"^.*:\s+|^(?:and|or|with|plus|also|some|our|the|e\.g|etc)\s+", re.IGNORECASE)
_ADDRESS = re.compile(r"[a-z0-9.-]+\.(?:com|io|ai|co|org|net|app|dev|so)")
_LONGEST_ITEM_WORDS = 3
_LEAST_KNOWN = 2
# Capitalised or with a digit or a point inside: "Kafka", "dbt2", "three.js".
_NAME = re.compile(r"(?=.*[A-Z0-9]|\w+\.\w+)[A-Za-z][\w.+#-]*(?: [A-Z0-9][\w.+#-]*){0,2}")
_RECENT = """
    select company, description_raw
    from silver.postings
    where is_live and is_job and description_raw is not null
        and date_posted >= (select max(date_posted) from silver.postings) - interval 12 month
"""


class Unknown(NamedTuple):
    """A name that nothing knows, and how many companies write it."""

    name: str
    companies: int


def unknown_names(
    postings: Iterable[tuple[str | None, str]], matcher: TechnologyMatcher | None = None
) -> list[Unknown]:
    """Return the unknown names of (company, text) postings, most companies first."""
    matcher = matcher or default_matcher()
    companies: dict[str, set[str]] = defaultdict(set)
    spellings: dict[str, str] = {}
    for number, (company, text) in enumerate(postings):
        for name in _unknown_in(plain_text(text), matcher):
            key = spellings.setdefault(name.lower(), name)
            # A posting without a company's name counts for itself.
            companies[key].add((company or str(number)).lower())
    counted = [Unknown(name, len(found)) for name, found in companies.items()]
    return sorted(counted, key=lambda unknown: (-unknown.companies, unknown.name.lower()))


def recent_postings(settings: Settings) -> Iterator[tuple[str | None, str]]:
    """Yield (company, text) of the warehouse's jobs of the last twelve months."""
    with open_warehouse(settings, read_only=True) as warehouse:
        yield from warehouse.execute(_RECENT).fetchall()


def _unknown_in(text: str, matcher: TechnologyMatcher) -> Iterator[str]:
    for line in text.split("\n"):
        items = [_OPENING.sub("", item).strip(" *\"'`!?.") for item in _BETWEEN.split(line)]
        known = [bool(item and matcher.named(item)) for item in items]
        if sum(known) < _LEAST_KNOWN:
            continue
        for at, item in enumerate(items):
            beside = any(known[max(0, at - 1) : at + 2])
            if not known[at] and beside and _is_name(item) and not matcher.finds(item):
                yield item


def _is_name(item: str) -> bool:
    """Return whether an item looks like a product's name and is no place, job or term."""
    return (
        len(item.split()) <= _LONGEST_ITEM_WORDS
        and bool(_NAME.fullmatch(item))
        and not item.endswith(":")
        and not _ADDRESS.fullmatch(item.lower())
        and not find_places(item)
        and not title_labels(item)
    )
