"""The posting contract, version 1.0.0: the ingestion query and the posting.

Additive changes raise the minor version; a removal or a rename raises the major version.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

__all__ = [
    "SCHEMA_VERSION",
    "IngestionQuery",
    "JobPosting",
    "Level",
    "LevelBucket",
    "QueryLevel",
    "Role",
    "RoleBucket",
    "posting_id",
]

SCHEMA_VERSION = "1.0.0"

RoleBucket = Literal["any", "frontend", "backend", "fullstack"]
QueryLevel = Literal["any", "entry", "junior_mid"]
LevelBucket = Literal["any", "entry", "junior_mid", "senior_excluded"]
Role = Literal[
    "fullstack", "backend", "frontend", "mobile", "data", "ml", "devops", "security", "embedded",
    "qa", "design", "product", "management", "research", "sales", "other", "software",
]  # fmt: skip
Level = Literal["intern", "entry", "mid", "senior", "staff", "manager"]
NonEmptyText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


def posting_id(source: str, canonical_url: str) -> str:
    """Return a posting's primary key: the first 32 hex digits of sha256(``source:canonical_url``).

    ``canonical_url`` is the link that names the job (include/sources/links.py).
    """
    return hashlib.sha256(f"{source}:{canonical_url}".encode()).hexdigest()[:32]


class IngestionQuery(BaseModel):
    """The postings that a run asks a source for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    location: NonEmptyText
    role_bucket: RoleBucket = "any"
    level_bucket: QueryLevel = "any"
    days: int = Field(default=30, ge=1, description="Age of the oldest posting, in days.")
    max_results: int = Field(default=250, ge=1)


class JobPosting(BaseModel):
    """One posting of one source, in the shape that everything downstream reads."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[0-9a-f]{32}$")
    source: NonEmptyText
    url: NonEmptyText
    title: str
    company: str
    location: str | None = None
    date_posted: AwareDatetime | None = None
    retrieved_at: AwareDatetime
    role_bucket: RoleBucket = "any"
    level_bucket: LevelBucket = "any"
    description_raw: str
    raw: dict[str, Any]
