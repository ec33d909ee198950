"""Load the technologies that a posting can name from the dbt seed ``technologies.csv``.

A row has the spellings of one technology; ``|`` separates several spellings in a cell.
docs/classification.md explains the columns and how to add a row.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from include.errors import ConfigurationError
from include.settings import PROJECT_ROOT

__all__ = ["SEED_PATH", "Taxonomy", "Technology", "load_taxonomy", "parse_taxonomy"]

SEED_PATH = PROJECT_ROOT / "dbt" / "seeds" / "technologies.csv"


@dataclass(frozen=True, slots=True)
class Technology:
    """One row of the seed."""

    id: str
    name: str
    category: str
    aliases: tuple[str, ...]
    """Spellings that count in any case."""
    exact: tuple[str, ...]
    """Spellings that count only in this case."""
    weak: tuple[str, ...]
    """Spellings in this case that need evidence: a technology beside it, or a word of ``near``."""
    near: tuple[str, ...]
    """Words that confirm a weak spelling close by."""
    never: tuple[str, ...]
    """Phrases in which a spelling means something else."""
    unless: tuple[str, ...]
    """Words close by that rule out a skill ("GitHub" near "resume")."""
    company: bool
    """Also a company's name; not counted where the text means the company."""

    @property
    def any_case(self) -> tuple[str, ...]:
        """The aliases, plus the name unless ``exact`` or ``weak`` lists it."""
        governed = {spelling.lower() for spelling in (*self.exact, *self.weak)}
        named = () if self.name.lower() in governed else (self.name,)
        return (*named, *self.aliases)

    @property
    def cased(self) -> tuple[str, ...]:
        """The spellings that count only in their case, some only with evidence."""
        return (*self.exact, *self.weak)

    def spellings(self) -> Iterator[str]:
        """Yield every spelling, whatever its conditions."""
        yield from (*self.any_case, *self.cased)


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """All technologies, and the version of their file."""

    technologies: tuple[Technology, ...]
    by_id: Mapping[str, Technology]
    version: str
    """First 8 hex digits of the file's sha256."""


def parse_taxonomy(rows: Iterable[Mapping[str, str]], version: str) -> Taxonomy:
    """Return the taxonomy of the seed rows.

    Raises ConfigurationError for a row that lacks a column or repeats an id.
    """
    technologies = tuple(_technology(row) for row in rows)
    by_id = {technology.id: technology for technology in technologies}
    if len(by_id) < len(technologies):
        seen = [technology.id for technology in technologies]
        raise ConfigurationError(
            "A technology_id is used twice.",
            record=next(key for key in seen if seen.count(key) > 1),
            next_step=f"Give each row of {SEED_PATH.name} its own technology_id.",
        )
    return Taxonomy(technologies, by_id, version)


@cache
def load_taxonomy(path: Path = SEED_PATH) -> Taxonomy:
    """Return the taxonomy of the seed file, read once per process.

    Raises ConfigurationError if the file cannot be read or a row is invalid.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"The taxonomy cannot be read: {error}.",
            record=path,
            next_step="Deploy the project with its dbt/seeds folder.",
        ) from error
    rows = csv.DictReader(content.decode("utf-8").splitlines())
    return parse_taxonomy(rows, hashlib.sha256(content).hexdigest()[:8])


def _technology(row: Mapping[str, str]) -> Technology:
    try:
        return Technology(
            id=row["technology_id"],
            name=row["name"],
            category=row["category"],
            aliases=_cell(row["aliases"]),
            exact=_cell(row["exact"]),
            weak=_cell(row["weak"]),
            near=_cell(row["near"]),
            never=_cell(row["never"]),
            unless=_cell(row["unless"]),
            company=row["company"] == "yes",
        )
    # DictReader gives None for the missing cells of a short row, hence AttributeError.
    except (KeyError, AttributeError) as error:
        raise ConfigurationError(
            f"A row of the taxonomy lacks a column ({error}).",
            record=dict(row),
            next_step=f"Complete the row in {SEED_PATH.name}.",
        ) from error


def _cell(value: str) -> tuple[str, ...]:
    return tuple(part for part in value.split("|") if part)
