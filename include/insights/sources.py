"""Whom to name for a posting. Boards' terms ask for the name and a link wherever it is shown."""

from __future__ import annotations

from functools import cache

from include.insights.models import Attribution
from include.sources.registry import attribution_of

__all__ = ["attribution"]


@cache
def attribution(source: str) -> Attribution:
    """Return a source's name and address; an unknown one goes by its own name, unlinked."""
    named = attribution_of(source)
    return Attribution(name=named.name, url=named.url)
