"""The fields extracted from a posting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from include.postings.family import Family
from include.postings.model import LevelBucket, RoleBucket
from include.postings.places import Place
from include.postings.taxonomy import load_taxonomy

__all__ = ["Job", "Period", "PostingFields", "Remote", "Salary", "Terms", "Visa"]

Remote = Literal["remote", "hybrid", "onsite", "mixed", "unspecified"]
Visa = Literal["yes", "no", "unspecified"]
Period = Literal["year", "month", "week", "day", "hour"]


@dataclass(frozen=True, slots=True)
class Salary:
    """The widest base range, in whole currency units; for a single figure min equals max."""

    min: int
    max: int
    currency: str
    """ISO 4217 code."""
    period: Period

    def to_dict(self) -> dict[str, Any]:
        """Return the four fields as a JSON object."""
        return {
            "min": self.min,
            "max": self.max,
            "currency": self.currency,
            "period": self.period,
        }


class Terms(NamedTuple):
    """Where and for how much the work is done; None and empty where nothing says so."""

    remote: Remote | None
    locations: tuple[str, ...]
    salary: Salary | None
    places: tuple[Place, ...] = ()
    """The places of ``locations``."""


@dataclass(frozen=True, slots=True)
class Job:
    """One of the jobs that a posting offers."""

    title: str
    """As written; empty if the text names none. At most 100 characters, a board's excepted."""
    roles: tuple[str, ...]
    levels: tuple[str, ...]
    family: Family
    remote: Remote | None = None
    """The working mode of this job alone; None if the text gives it for all its jobs, or not."""
    locations: tuple[str, ...] = ()
    """The places of this job alone."""
    salary: Salary | None = None
    """The pay of this job alone."""
    places: tuple[Place, ...] = ()
    """The places of ``locations``, with their ids."""

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object that ``classify`` prints."""
        return {
            "title": self.title,
            "roles": list(self.roles),
            "levels": list(self.levels),
            "family": self.family,
            "remote": self.remote,
            "locations": list(self.locations),
            "salary": self.salary.to_dict() if self.salary else None,
        }


@dataclass(frozen=True, slots=True)
class PostingFields:
    """The fields of one posting; docs/classification.md explains how each is found."""

    is_job: bool
    company: str | None = None
    title: str = ""
    remote: Remote = "unspecified"
    locations: tuple[str, ...] = ()
    """The places where one works or may apply from, as written."""
    country: str | None = None
    """ISO 3166-1 alpha-2; set only if all of these places are in this country."""
    countries: tuple[str, ...] = ()
    """The countries of these places; none of a region that spans several."""
    places: tuple[Place, ...] = ()
    """The places with their ids and what the posting says of each."""
    roles: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    role_bucket: RoleBucket = "any"
    level_bucket: LevelBucket = "any"
    salary: Salary | None = None
    visa: Visa = "unspecified"
    jobs: tuple[Job, ...] = ()
    """At least one if ``is_job``."""
    skills: tuple[tuple[str, int], ...] = ()
    """(technology_id, times named), most named first, then by id."""

    @property
    def family(self) -> Family | None:
        """The family of every job; None if they differ or there is none."""
        families = {job.family for job in self.jobs}
        return families.pop() if len(families) == 1 else None

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object that ``classify`` prints; skills by display name."""
        taxonomy = load_taxonomy()
        return {
            "is_job": self.is_job,
            "company": self.company,
            "title": self.title,
            "remote": self.remote,
            "locations": list(self.locations),
            "country": self.country,
            "countries": list(self.countries),
            "places": [
                {"place_id": place.place_id, "name": place.name, "relation": place.relation}
                for place in self.places
            ],
            "roles": list(self.roles),
            "levels": list(self.levels),
            "role_bucket": self.role_bucket,
            "level_bucket": self.level_bucket,
            "skills": [taxonomy.by_id[key].name for key, _ in self.skills],
            "salary": self.salary.to_dict() if self.salary else None,
            "visa": self.visa,
            "family": self.family,
            "jobs": [job.to_dict() for job in self.jobs],
        }
