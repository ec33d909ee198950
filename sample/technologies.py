"""The technologies of the generated postings: the taxonomy's own, each as frequent as it really is.

Names and spellings are those of the seed (dbt/seeds/technologies.csv); ``technologies.csv`` beside
this module has, for each, how many of 100,000 real postings of a time name it (docs/sample.md,
"Fitted distributions"), the roles that ask for it, and other ways to write it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sample.laws import SKILLS_MEAN, Weights, count_skills
from sample.places import Random

__all__ = ["TECHNOLOGIES", "Technology", "draw_skills"]

_SEED = Path(__file__).parents[1] / "dbt" / "seeds" / "technologies.csv"
_SHARES = Path(__file__).with_name("technologies.csv")
_NEVER_SEEN = 0.5
"""Of 100,000 postings, at the newest time: what no posting of the history names can be named."""
_MOST_SKILLS = 30
_OTHER_ROLE = 0.12
"""A role asks so much less for what is another role's."""
_YEARS_CACHED = 256

_ROLES = {
    "bac": "backend", "fro": "frontend", "ful": "fullstack", "mob": "mobile", "dat": "data",
    "ml": "ml", "dev": "devops", "sec": "security", "emb": "embedded", "qa": "qa", "des": "design",
    "pro": "product", "res": "research", "sof": "software",
}  # fmt: skip
# category of the seed: the roles that ask for it, where technologies.csv names none
_OF_CATEGORY = {
    "language": "bac ful sof", "frontend": "fro ful sof", "backend": "bac ful sof", "mobile": "mob",
    "database": "bac dat ful dev", "data": "dat ml", "messaging": "bac dev", "ml": "ml res dat",
    "cloud": "dev bac", "devops": "dev bac", "observability": "dev", "os": "dev emb sec",
    "embedded": "emb res", "game": "sof", "protocol": "bac sec emb", "security": "sec dev",
    "testing": "qa fro", "design": "des fro", "tool": "sof ful qa", "business": "pro",
    "office": "pro", "blockchain": "bac sof",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Technology:
    """One technology of the taxonomy.

    ``curve`` has (year, share) points; between them the share of postings is interpolated, before
    the first and after the last it is that point's. ``certain``: some spelling counts by itself;
    otherwise it is named beside another technology only.
    """

    id: str
    name: str
    spellings: tuple[str, ...]
    roles: frozenset[str]
    curve: tuple[tuple[float, float], ...]
    certain: bool

    def share(self, year: float) -> float:
        """Return the share of postings that name it at a time, such as 2015.5 for July 2015."""
        earlier = self.curve[0]
        for later in self.curve:
            if year < later[0]:
                span = later[0] - earlier[0]
                part = (year - earlier[0]) / span if span > 0 else 0.0
                return earlier[1] + (later[1] - earlier[1]) * max(0.0, part)
            earlier = later
        return earlier[1]


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _technology(seed: dict[str, str], known: dict[str, str]) -> Technology:
    weak = _split(seed["weak"])
    sure = [word for word in (seed["name"], *_split(known.get("written", ""))) if word not in weak]
    if seed["name"] in weak:
        sure += _split(seed["exact"]) or _split(seed["aliases"])
    roles = known.get("roles") or _OF_CATEGORY.get(seed["category"], "sof")
    return Technology(
        id=seed["technology_id"],
        name=seed["name"],
        spellings=tuple(sure or weak),
        roles=frozenset(_ROLES[role] for role in roles.split()),
        curve=_curve(known),
        certain=bool(sure),
    )


def _curve(known: dict[str, str]) -> tuple[tuple[float, float], ...]:
    points = [(float(year), float(share)) for year, share in known.items() if year.isdecimal()]
    if not any(share for _, share in points):
        points = [(2024.0, 0.0), (2026.0, _NEVER_SEEN)]
    return tuple((year, share / 100_000) for year, share in points)


def _split(cell: str) -> tuple[str, ...]:
    return tuple(filter(None, cell.split("|")))


def _load() -> tuple[Technology, ...]:
    known = {row["technology_id"]: row for row in _rows(_SHARES)}
    return tuple(_technology(row, known.get(row["technology_id"], {})) for row in _rows(_SEED))


TECHNOLOGIES: tuple[Technology, ...] = _load()


@lru_cache(_YEARS_CACHED)
def _asked_by(role: str, half_year: int) -> Weights:
    """Return how often a role asks for each technology in this half of a year."""
    shares = (technology.share(half_year / 2) for technology in TECHNOLOGIES)
    return Weights(
        share * (1.0 if role in technology.roles else _OTHER_ROLE)
        for technology, share in zip(TECHNOLOGIES, shares, strict=True)
    )


def draw_skills(
    rng: Random, role: str, year: float, mean: float = SKILLS_MEAN
) -> tuple[Technology, ...]:
    """Return what a job of this role asks for, each once; often nothing."""
    asked = _asked_by(role, int(year * 2))
    count = count_skills(iter(rng.random, 1.0), _MOST_SKILLS, mean)
    found: dict[str, Technology] = {}
    for _ in range(3 * count):  # duplicates are drawn again, up to a limit
        if len(found) == count:
            break
        technology = TECHNOLOGIES[asked.pick(rng.random())]
        found.setdefault(technology.id, technology)
    drawn = tuple(found.values())
    return drawn if any(technology.certain for technology in drawn) else ()
