"""What a search for the words of an answer returns."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from include.postings.explained.spans import Span

__all__ = ["Field", "Found"]

Field = Literal[
    "is_job", "company", "title", "family", "remote", "places", "country", "roles", "role_bucket",
    "levels", "level_bucket", "salary", "visa", "skills",
]  # fmt: skip


class Found(NamedTuple):
    """The span of the text read that gave a field's value; see ``posting.Evidence``."""

    field: Field
    value: Any
    span: Span
    rule: str | None = None
