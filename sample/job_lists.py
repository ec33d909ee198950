"""Writes the several jobs that one posting offers: a list of bullets, or a line each."""

from __future__ import annotations

from collections.abc import Sequence

from sample.postings import Opening, Posting
from sample.rng import Rng
from sample.wording import escape, link, skill_words

__all__ = ["list_of_jobs", "titles"]

_LABELS = ("Open roles:", "We're hiring:", "Open positions:", "Current openings:")
_UNLISTED = ("Multiple roles", "Multiple positions", "Several jobs")
_SLASHED = 2
_MARKS = ("-", "*", "\u2022", "{}.", "{})")


def titles(openings: Sequence[Opening], rng: Rng) -> str:
    """Return the titles in one line, ``A, B and C``; words that name none if there are none.

    Between two of them is no slash: "Baker / Miller" may as well be one job.
    """
    between = rng.choice((", ", " / ", " and "))
    if not openings:
        return rng.choice(_UNLISTED)
    if between == " / " and len(openings) > _SLASHED:
        return between.join(opening.title for opening in openings)
    last_but_one = between if between == " and " else ", "
    *first, last = (opening.title for opening in openings)
    return f"{', '.join(first)}{last_but_one}{last}" if first else last


def list_of_jobs(posting: Posting, rng: Rng, with_skills: bool) -> list[str]:
    """Return paragraphs of HTML that list the jobs: one of many lines, or one a job.

    Each job may have its own technologies in brackets, and an address. Without marks the jobs
    have a label above them: a title alone is a line like any other.
    """
    mark = rng.choice(_MARKS) if rng.chance(0.6) else ""
    label = [escape(rng.choice(_LABELS))] if not mark or rng.chance(0.6) else []
    addressed = rng.chance(0.3)
    lines = [
        f"{mark.format(nth)} {_job(opening, with_skills, rng)}".strip()
        + (_address(posting, rng) if addressed else "")
        for nth, opening in enumerate(posting.openings, start=1)
    ]
    return [*label, *lines] if rng.chance(0.5) else ["\n".join([*label, *lines])]


def _job(opening: Opening, with_skills: bool, rng: Rng) -> str:
    words = skill_words(opening.skills, rng) if with_skills else ""
    return escape(f"{opening.title} ({words})" if words else opening.title)


def _address(posting: Posting, rng: Rng) -> str:
    page = f"https://{posting.domain}/jobs/{rng.between(1_000, 9_999)}"
    return rng.choice((": ", " - ", " ")) + link(page)
