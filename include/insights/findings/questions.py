"""The ten questions, by the key that the command line knows them by."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from include.insights.findings import market, technology, work
from include.insights.findings.finding import Finding
from include.insights.findings.history import History, TooFewError
from include.insights.store import Snapshot

__all__ = ["QUESTIONS", "findings"]

QUESTIONS: Mapping[str, Callable[[History], Finding]] = MappingProxyType(
    {
        "remote": work.remote,
        "frontend": technology.frontend,
        "pay": work.pay,
        "stated-pay": work.stated_pay,
        "seniority": work.seniority,
        "first-time": market.first_time,
        "new-skills": technology.new_skills,
        "ai": technology.ai,
        "volume": market.volume,
        "places": market.places,
    }
)


def findings(snapshot: Snapshot, keys: Sequence[str] = tuple(QUESTIONS)) -> list[Finding]:
    """Return the findings with these keys, in their order.

    A store that lacks the months of a question answers it by saying so. Raises ServingError for a
    store without a whole month.
    """
    history = History(snapshot)
    return [_answer(history, key) for key in keys]


def _answer(history: History, key: str) -> Finding:
    try:
        return QUESTIONS[key](history)
    except TooFewError as missing:
        return Finding(key, f"No answer: {missing}", history.counted())
