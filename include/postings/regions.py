"""The parts of a posting that say which jobs are offered.

"Work with our designers" offers no designer's job. So roles and levels are read only in the
header, in lines that look like a job title, and in what follows "we are hiring".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

__all__ = ["offers"]

_TITLE_CHARS = 110
_LINE_CHARS = 400
_NOUN = re.compile(
    r"\b(?:engineers?|developers?|devs?|programmers?|scientists?|designers?|architects?|analysts?|"
    r"managers?|directors?|researchers?|interns?|leads?|hackers?|administrators?|sysadmins?|"
    r"devops|sres?|swes?|sdes?|sdets?|mles?|cto|ceo|coo|cpo|cmo|cro|vp|head of|founders?|cofounders?|"
    r"specialists?|consultants?|technicians?|writers?|editors?|recruiters?|marketers?|marketing|"
    r"sales|design|executives?|account execs?|representatives?|advocates?|evangelists?|"
    r"coordinators?|associates?|full-?\s?stack|front-?\s?end|back-?\s?end|pms?|fdes?|aes?|qa|testers?|"
    r"quants?|traders?|chief of staff|engineering|product|"
    r"operations|ios|android|mobile|infrastructure|infra|security|support)\b",
    re.IGNORECASE,
)
_BULLET = re.compile(r"^(?:[-–—*•·+>→➡▪◦●‣✅#\[]+|\(?\d{1,2}[.)/:]|\d{1,2}x\b|role:|position:|title:)\s*", re.IGNORECASE)  # noqa: RUF001
_PROSE = re.compile(
    r"\b(?:you|your|you'll|we|we're|we've|our|us|is|are|was|will|have|has|i'm|i|they|who|that|should|must|can|"
    r"years?|experience|knowledge|ability|familiar\w*|understanding|skills?|degree|strong|"
    r"email|apply|contact|interview|chat|call|process|founded|backed|team of|background|proficien\w+|built|ex-\w+)\b",
    re.IGNORECASE,
)
_HEAD_END = re.compile(r"\s[-–—:]{1,2}\s|:\s|:$|\s?→|https?://|\.\s|;\s|\s\|\s|\s=\s")  # noqa: RUF001
_CUE = re.compile(
    r"\b(?:hiring|looking (?:for|to (?:hire|add|bring on|grow))|seeking|searching for|search for|recruiting|"
    r"(?:open|available|following|current|new|multiple|several|many|these|key|active) (?:\w+ )?(?:roles?|positions?|openings?|jobs?)(?: are| include\w*| for| in)?|openings? (?:for|in)|"
    r"(?:roles?|positions?|openings?)(?: available| open)?:|(?:roles?|positions?) (?:as|for|in)|"
    r"join (?:us|our team|the team|\w+) as|we need|in need of|need (?:an?|more)|want to hire|bring on|"
    r"come work as|as an?|(?:you are|you're) an?|for an?|this is an?)\b\W{0,4}([^.!?\n]{3,180})",
    re.IGNORECASE,
)
_OFFER_END = re.compile(
    r"\b(?:who|to (?:help|join|build|work|lead|own|take|design|develop|drive|be|create|scale|make|solve|improve|support)|that|reporting|you'll|"
    r"with (?:experience|a |strong|at least|\d|deep|an |expertise|solid|good)|experienced? (?:in|with)|passionate|working (?:with|closely)|"
    r"where|because|so that|and you|our customers|interested|alongside|whose|capable|excited|able to|in the world)\b",
    re.IGNORECASE,
)


def offers(header: Sequence[str], body: Sequence[str]) -> list[str]:
    """Return the snippets, header first, that name the jobs offered."""
    return [*header, *_from_lines(body)]


def _from_lines(lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        if title := _title_line(line):
            yield title
        elif len(line) > 12:
            yield from _sentences(line)


def _title_line(line: str) -> str | None:
    """Return a line's job title if it is one: a bullet's head, or a short line without prose."""
    if len(line) > _LINE_CHARS:
        return None
    bullet = _BULLET.match(line)
    rest = line[bullet.end() :] if bullet else line
    end = _HEAD_END.search(rest)
    head = rest[: end.start()] if end else rest
    if len(head) > _TITLE_CHARS or _PROSE.search(head) or not _NOUN.search(head):
        return None
    if not bullet and not end and len(head.split()) > 12:
        return None
    return head if head[:1].isupper() or head[:1] in "([\"" or head[:1].isdigit() else None


def _sentences(line: str) -> Iterator[str]:
    for match in _CUE.finditer(line):
        offer = match.group(1)
        end = _OFFER_END.search(offer)
        offer = offer[: end.start()] if end else offer
        if _NOUN.search(offer):
            yield offer
