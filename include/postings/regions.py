"""The parts of a posting that say which jobs are offered.

"Work with our designers" offers no designer's job. So roles and levels are read only in the
header, in lines that look like a job title, and in what follows "we are hiring".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

__all__ = ["offers"]

_TITLE_CHARS = 110
_LINE_CHARS = 600
_DETAIL_CHARS = 60

_HEAD_NOUN = (
    r"engineers?|developers?|devs|programmers?|coders?|scientists?|designers?|architects?|analysts?|"
    r"managers?|directors?|researchers?|interns?|internships?|hackers?|administrators?|sysadmins?|"
    r"devops|dev ops|sres?|swes?|sdes?|sdets?|mles?|cto|ceo|coo|cpo|cmo|cro|ciso|vp|vps|head of|founders?|"
    r"cofounders?|specialists?|consultants?|technicians?|writers?|editors?|recruiters?|marketers?|"
    r"executives?|account execs?|representatives?|advocates?|evangelists?|coordinators?|"
    r"associates?|testers?|quants?|traders?|leads?|pms|tpm|fdes?|aes?|officers?|generalists?|"
    r"biologists?|chemists?|physicists?|mathematicians?|statisticians?|artists?|animators?|"
    r"accountants?|counsel|dba|dbas|seo|bioinformaticians?|strategists?|chief of staff|engineering roles"
)
_FIELD = (
    r"full-?\s?stack|front-?\s?end|back-?\s?end|design|product|marketing|sales|support|research|"
    r"engineering|operations|ios|android|mobile|infrastructure|infra|platform|security|data|"
    r"machine learning|ml|ai|qa|embedded|firmware|hardware|robotics|growth|finance|legal|gtm|solutions"
)
_NOUN = re.compile(rf"\b(?:{_HEAD_NOUN})\b", re.IGNORECASE)
_NOUN_OR_FIELD = re.compile(rf"\b(?:{_HEAD_NOUN}|{_FIELD})\b", re.IGNORECASE)
_VERB_FIRST = re.compile(
    r"^(?:architect|lead|design|support|research|build|work|help|own|collaborate|partner|develop|"
    r"create|drive|manage|mentor|write|ship|scale|implement|deploy|maintain|define|interview|"
    r"talk|meet|join|engineer|report|reports|coach|hire|hiring|run|take|bring|bonus|prior|previous|"
    r"deep|proven|excellent|solid|good|great|bachelor\w*|bs|ms|phd|comfortable|passion\w*|ideal\w*|"
    r"interest\w*|no|not|some|and|or|with|for|to|the|a|an|as|from|how|why|what|where|when|"
    r"google|linkedin|former)\b(?![ -](?:\w+ ){0,3}(?:engineer|developer|designer|scientist|manager|intern)s?\b(?:$|\W))",
    re.IGNORECASE,
)
_BULLET = re.compile(
    r"^(?:[-–—*•·+>→➡▪◦●‣✅#]+|\[[^\]]{1,14}\]|\(?\d{1,2}[.)/:x]|\d{1,2} x\b|(?:open )?(?:role|position|title|hiring)s?:)\s*",  # noqa: RUF001
    re.IGNORECASE,
)
_PROSE = re.compile(
    r"\b(?:you|your|you'll|we|we're|we've|our|us|is|are|was|will|have|has|i'm|i|they|who|that|should|"
    r"must|can|years?|yoe|experience|knowledge|ability|familiar\w*|understanding|skills?|degree|strong|"
    r"email|apply|contact|chat|call|process|founded|backed|team of|background|proficien\w+|built|"
    r"ex-\w+|their|its|equity|stack:)\b",
    re.IGNORECASE,
)
_HEAD_END = re.compile(r"\s[-–—]{1,2}\s|:\s|:$|\s?[→>]\s|https?://|\.\s|;\s|\s\|\s|\s=\s|\s?@\s")  # noqa: RUF001
_LIST_HEADING = re.compile(
    r"\b(?:hiring|roles?|positions?|openings?|opportunit\w+|looking for|seeking|jobs?|vacanc\w+|hear from|we need)\b",
    re.IGNORECASE,
)
_OTHER_HEADING = re.compile(
    r"^[\W\d]{0,4}(?:the |our |your |tech(?:nical|nology)? )?(?:requirements|qualifications|(?:tech )?stack|technolog\w+|"
    r"what (?:you|we)|responsibilities|you(?:'ll| will| have| are|r)\b|benefits|perks|about|why|how|"
    r"interview|must[- ]haves?|nice[- ]to[- ]haves?|skills|who you are|profile|bonus|what's|"
    r"compensation|experience|we offer|key)",
    re.IGNORECASE,
)
_CUE = re.compile(
    r"\b(?:hiring(?: for| of)?|looking (?:for|to (?:hire|add|bring on|grow|fill|expand))|seeking|searching for|search for|recruiting|"
    r"(?:open|available|following|current|new|multiple|several|many|active) (?:\w+ )?(?:roles?|positions?|openings?|jobs?)(?: are| include\w*| for| in)?|openings? (?:for|in)|"
    r"(?:roles?|positions?|openings?)(?: available| open)?:|(?:roles?|positions?) (?:as|for|in)|"
    r"join (?:us|our team|the team|\w+) as|we need|in need of|need (?:an?|more)|want to hire|bring on|open to|hear from|"
    r"come work as|(?:currently|now|also) (?:have|need)|role is|we want)\b\W{0,4}([^!?\n]{3,240})",
    re.IGNORECASE,
)
_OFFER_END = re.compile(
    r"\. |\.$|\b(?:who|to (?:help|join|build|work|lead|own|take|design|develop|drive|be|create|scale|make|solve|improve|support|expand|grow|manage|partner|serve)|that|reporting|you'll|"
    r"with (?:experience|a |strong|at least|\d|deep|an |expertise|solid|good|ai)|experienced? (?:in|with|level)|passionate|working (?:with|closely)|"
    r"where|because|so that|and you|our customers|interested|alongside|whose|capable|excited|able to|in the world|from (?:those|people))\b",
    re.IGNORECASE,
)


def offers(header: Sequence[str], body: Sequence[str]) -> list[str]:
    """Return the snippets, header first, that name the jobs offered."""
    return [*header, *_from_lines(body)]


def _from_lines(lines: Sequence[str]) -> Iterator[str]:
    listing = closed = False
    for line in lines:
        if len(line) < 90 and _OTHER_HEADING.match(line):
            listing, closed = False, True
            continue
        if line.endswith(":") and _LIST_HEADING.search(line):
            listing, closed = True, False
        title = None if closed and "http" not in line else _title_line(line, listing)
        if title:
            yield title
        elif len(line) > 12:
            listing = listing and len(line) < 250
            yield from _sentences(line)


def _title_line(line: str, listing: bool) -> str | None:
    """Return a line's job title if it is one: a bullet's head, or a short line without prose.

    Under a heading such as "Open roles:" the field alone is enough ("- Marketing").
    """
    if len(line) > _LINE_CHARS:
        return None
    bullet = _BULLET.match(line)
    rest = line[bullet.end() :] if bullet else line
    end = _HEAD_END.search(rest)
    head = rest[: end.start()] if end else rest
    noun = _NOUN_OR_FIELD if listing else _NOUN
    if len(head) > _TITLE_CHARS or not noun.search(head) or _PROSE.search(head):
        return None
    if not head[:1].isupper() and head[:1] not in "([\"" and not (bullet and listing):
        return None
    if _VERB_FIRST.match(head) or (not bullet and not end and len(head.split()) > 12):
        return None
    return head + _detail(rest[end.start() :] if end else "")


def _detail(rest: str) -> str:
    """Return what specifies the title after it: ``Software Engineer - Backend, Rust - https:``."""
    detail = re.match(r"\s[-–—]{1,2}\s([^-–—:.]{2,60}?)(?=\s[-–—:]|\s?\(|\s?https?:|:|$)", rest)  # noqa: RUF001
    if not detail or len(detail.group(1)) > _DETAIL_CHARS or _PROSE.search(detail.group(1)):
        return ""
    return "" if _VERB_FIRST.match(detail.group(1)) else f", {detail.group(1)}"


def _sentences(line: str) -> Iterator[str]:
    for match in _CUE.finditer(line):
        offer = match.group(1)
        end = _OFFER_END.search(offer)
        offer = offer[: end.start()] if end else offer
        if _NOUN.search(offer):
            yield offer
