"""A technology that a text names, and where."""

from __future__ import annotations

from typing import NamedTuple

from include.postings.taxonomy import Technology

__all__ = ["Find"]


class Find(NamedTuple):
    """A technology named at ``text[start:end]``; ``certain`` is False for a weak spelling."""

    technology: Technology
    start: int
    end: int
    certain: bool
