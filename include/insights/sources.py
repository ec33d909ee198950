"""Whom to name for a posting. Remotive's terms ask for the name and a link wherever it is shown."""

from __future__ import annotations

from include.insights.models import Attribution

__all__ = ["attribution"]

_ATTRIBUTIONS = {
    "hacker_news": Attribution(name="Hacker News", url="https://news.ycombinator.com/"),
    "remotive": Attribution(name="Remotive", url="https://remotive.com/"),
    "theirstack": Attribution(name="TheirStack", url="https://theirstack.com/"),
}


def attribution(source: str) -> Attribution:
    """Return a source's name and address; an unknown one goes by its own name, unlinked."""
    return _ATTRIBUTIONS.get(source) or Attribution(name=source, url="")
