"""What a generated text says: the known answer that a classifier is measured against."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["NOT_A_JOB", "Job", "Salary", "Truth"]


@dataclass(frozen=True, slots=True)
class Salary:
    """The widest base range named, in whole units of the currency."""

    min: int
    max: int
    currency: str  # ISO 4217
    period: str  # year, month, day, hour


@dataclass(frozen=True, slots=True)
class Job:
    """One of the jobs that a text offers; its title as written."""

    title: str
    roles: tuple[str, ...]
    levels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Truth:
    """The labels of one text, with the values that the classifier uses.

    remote: remote, hybrid, onsite, mixed, unspecified; visa: yes, no, unspecified;
    roles: backend, frontend, fullstack, mobile, data, ml, devops, security, embedded, qa, design,
    product, management, research, sales, software; levels: intern, entry, mid, senior, staff,
    manager; skills: display names, in the order of first mention; jobs: in the order of the text.
    """

    is_job: bool
    company: str | None = None
    remote: str | None = None
    locations: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    salary: Salary | None = None
    visa: str | None = None
    jobs: tuple[Job, ...] = ()

    def label(self, record_id: int | str) -> dict[str, Any]:
        """Return the labelling record of this text: ``skills`` are its ``technologies``."""
        fields = asdict(self)
        fields["technologies"] = list(fields.pop("skills"))
        for name in ("locations", "roles", "levels"):
            fields[name] = list(fields[name])
        fields["jobs"] = [
            {"title": job.title, "roles": list(job.roles), "levels": list(job.levels)}
            for job in self.jobs
        ]
        return {"id": record_id, **fields}


NOT_A_JOB = Truth(is_job=False)
