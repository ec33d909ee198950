"""A snippet of a posting that offers jobs."""

from __future__ import annotations

from typing import Literal, NamedTuple

from include.postings.titles import split_titles

__all__ = ["Offer"]


class Offer(NamedTuple):
    """A snippet that offers jobs, and where it was found."""

    text: str
    line: int
    """Its index in the lines of the KeywordIndex; 0 is the header's line."""
    where: Literal["header", "title", "sentence"]
    """A segment of the header, a line that is a job's title, or the words after "hiring"."""
    more: bool = False
    """Offered beside the jobs named before it: "we also need a baker"."""

    def names_job(self) -> bool:
        """Return whether the snippet names a job; a header's may name what all of them share."""
        return self.where == "header" or bool(split_titles(self.text))
