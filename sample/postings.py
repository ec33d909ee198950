"""Draws one job posting: what a company offers, before anybody writes it down."""

from __future__ import annotations

from dataclasses import dataclass

from sample import phrases
from sample.companies import draw_company
from sample.laws import SKILLS_MEAN
from sample.places import COUNTRIES, Place, draw_place, draw_places, draw_region
from sample.rng import Rng
from sample.technologies import Technology, draw_skills
from sample.truth import Job, Salary, Truth

__all__ = ["Opening", "Posting", "draw_job_count", "draw_posting"]

# era: year, then weights of remote, hybrid, onsite, mixed, unspecified
_REMOTE = (
    (2011.0, (0.10, 0.0, 0.38, 0.12, 0.40)),
    (2016.0, (0.20, 0.0, 0.50, 0.14, 0.16)),
    (2020.0, (0.40, 0.02, 0.36, 0.14, 0.08)),
    (2022.0, (0.68, 0.08, 0.10, 0.10, 0.04)),
    (2026.0, (0.46, 0.20, 0.24, 0.07, 0.03)),
)
_NAMING, _SKILLS_OF_NAMING = 0.8, 5.0
# Jobs a posting, as a share of postings: of 686 real ones, read by eye.
_JOBS = (
    (1, 51.8), (2, 19.3), (3, 11.8), (4, 6.2), (5, 4.2), (6, 1.9), (7, 2.2), (8, 1.2), (10, 1.4),
)  # fmt: skip
_SAME_AGAIN = 3
"""Draws a job: two of one posting differ in their role or level."""
_REMOTE_KINDS = ("remote", "hybrid", "onsite", "mixed", "unspecified")
_ROLES = (
    ("backend", 20.0), ("frontend", 12.0), ("fullstack", 18.0), ("software", 22.0), ("mobile", 7.0),
    ("data", 7.0), ("ml", 6.0), ("devops", 8.0), ("security", 2.0), ("embedded", 3.0), ("qa", 2.0),
    ("design", 4.0), ("product", 3.0), ("management", 3.0), ("research", 1.5), ("sales", 3.0),
)  # fmt: skip
_LEVELS = (
    ("", 44.0), ("senior", 26.0), ("entry", 6.0), ("mid", 6.0), ("staff", 8.0), ("intern", 3.0),
)  # fmt: skip
# currency: yearly base in whole units, in 2011
_YEARLY = {
    "USD": 120_000, "CAD": 110_000, "GBP": 62_000, "EUR": 68_000, "CHF": 110_000, "SEK": 620_000,
    "PLN": 220_000, "INR": 2_400_000, "SGD": 95_000, "AUD": 125_000, "JPY": 8_000_000,
    "BRL": 170_000,
}  # fmt: skip
# seniority: hundredths of that base
_RAISE = {
    "intern": 50, "entry": 72, "mid": 90, "": 100, "senior": 125, "staff": 155, "manager": 165,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Opening:
    """One job of a posting: its kind, its title as written, its seniority and its skills."""

    role: str
    title: str
    level: str  # "" when nothing is said
    skills: tuple[Technology, ...]


@dataclass(frozen=True, slots=True)
class Posting:
    """What a company offers."""

    company: str
    domain: str
    remote: str
    places: tuple[Place, ...]
    region: str  # of the remote part, "" when none is named
    openings: tuple[Opening, ...]
    salary: Salary | None
    visa: str

    def truth(self) -> Truth:
        """Return the labels of a text that names everything this posting holds."""
        skills = dict.fromkeys(skill.name for opening in self.openings for skill in opening.skills)
        places = [short for _, short, _ in self.places] + ([self.region] if self.region else [])
        return Truth(
            is_job=True,
            company=self.company,
            remote=self.remote,
            locations=tuple(dict.fromkeys(places)),
            roles=tuple(dict.fromkeys(opening.role for opening in self.openings)),
            levels=tuple(dict.fromkeys(o.level for o in self.openings if o.level)),
            skills=tuple(skills),
            salary=self.salary,
            visa=self.visa,
            jobs=tuple(
                Job(o.title, (o.role,), (o.level,) if o.level else ()) for o in self.openings
            ),
        )


def draw_job_count(rng: Rng) -> int:
    """Return how many jobs a posting offers: 2.3 on average, one in half of them."""
    return rng.weighted(_JOBS)


def draw_posting(rng: Rng, year: float, openings: int = 1) -> Posting:
    """Return a posting as it could have been made at this time (2015.5 is July 2015)."""
    company = draw_company(rng)
    domain = "".join(c for c in company.lower() if c.isascii() and c.isalnum()) + ".example"
    remote = _draw_remote(rng, year)
    places = _draw_places(rng, remote)
    country = places[0][2] if places else draw_place(rng)[2]
    region = draw_region(rng, country) if remote == "remote" and rng.chance(0.55) else ""
    offered = _draw_openings(rng, year, openings)
    return Posting(
        company, domain, remote, places, region, offered,
        salary=_draw_salary(rng, year, country, offered[0].level),
        visa=rng.weighted((("unspecified", 80.0), ("yes", 11.0), ("no", 9.0))),
    )  # fmt: skip


def _draw_remote(rng: Rng, year: float) -> str:
    earlier = later = _REMOTE[0]
    for point in _REMOTE:
        earlier, later = later, point
        if year < point[0]:
            break
    span = later[0] - earlier[0]
    share = min(1.0, max(0.0, (year - earlier[0]) / span)) if span else 0.0
    pairs = zip(earlier[1], later[1], strict=True)
    weights = [a + (b - a) * share for a, b in pairs]
    return rng.weighted(tuple(zip(_REMOTE_KINDS, weights, strict=True)))


def _draw_places(rng: Rng, remote: str) -> tuple[Place, ...]:
    return () if remote == "remote" and rng.chance(0.6) else draw_places(rng)


def _draw_openings(rng: Rng, year: float, count: int) -> tuple[Opening, ...]:
    # One posting in five names no technology; the others five, of all their jobs together.
    skills = SKILLS_MEAN if count == 1 else _SKILLS_OF_NAMING / count * rng.chance(_NAMING)
    drawn: dict[tuple[str, str], Opening] = {}
    for _ in range(count * _SAME_AGAIN):
        if len(drawn) == count:
            break
        opening = _draw_opening(rng, year, rng.weighted(_ROLES), skills)
        drawn.setdefault((opening.role, opening.level), opening)
    return tuple(drawn.values())


def _draw_opening(rng: Rng, year: float, role: str, skills: float) -> Opening:
    level = "manager" if role == "management" else rng.weighted(_LEVELS)
    if level == "intern" and role not in ("software", "data", "ml", "design", "research"):
        level = ""
    found = draw_skills(rng, role, year, mean=skills)
    return Opening(role, _title(rng, role, level), level, found)


def _title(rng: Rng, role: str, level: str) -> str:
    plain = rng.choice(phrases.TITLES[role])
    if rng.chance(0.4):
        plain = f"{plain} ({rng.choice(phrases.TEAMS)})"
    if level == "intern":
        return f"{plain} Intern" if rng.chance(0.5) else f"{plain} (Internship)"
    prefixes = {
        "senior": ("Senior", "Sr.", "Lead"), "entry": ("Junior", "Entry-level", "New Grad"),
        "mid": ("Mid-level",), "staff": ("Staff", "Principal", "Founding"),
    }.get(level)  # fmt: skip
    return f"{rng.choice(prefixes)} {plain}" if prefixes else plain


def _draw_salary(rng: Rng, year: float, country: str, level: str) -> Salary | None:
    share = 0.04 + 0.4 * max(0.0, min(1.0, (year - 2014.0) / 9.0))
    if not rng.chance(share):
        return None
    currency = COUNTRIES[country][1]
    inflation = 100 + int(max(0.0, year - 2011.0) * 3.0)
    middle = _YEARLY[currency] * _RAISE[level] * inflation // 10_000
    period = rng.weighted((("year", 0.9), ("hour", 0.05), ("month", 0.04), ("day", 0.01)))
    middle //= {"year": 1, "month": 12, "day": 220, "hour": 1_800}[period]
    step = {"year": 5_000, "month": 100, "day": 10, "hour": 5}[period]
    step = step * 20 if currency in ("INR", "JPY", "SEK") and period == "year" else step
    low = max(step, middle * rng.between(80, 100) // 100 // step * step)
    high = low if rng.chance(0.15) else low + step * rng.between(1, 8)
    return Salary(low, high, currency, period)
