"""Decide whether a thread's comment is a job posting."""

from __future__ import annotations

import re
from typing import NamedTuple

from include.postings import words
from include.postings.header import Header
from include.postings.letters import lower_in_place
from include.postings.lexicon import title_labels
from include.postings.prefilter import PrefilteredPattern

__all__ = ["Verdict", "is_header", "is_job", "verdict"]

# Shorter comments are replies ("Thanks!").
_SHORTEST_CHARS = 20
_LINE_CHARS = 200
# words.is_place refuses longer texts.
_PLACE_CHARS = 119
# A job seeker says so at once; later "looking for work" is about the candidate.
_OPENING_CHARS = 250
_START_CHARS = 600
_FORM_CHARS = 1_200
_HEADER_SEGMENTS = 4
# Bounds the scan; a posting shows that it hires well before this.
_EVIDENCE_CHARS = 3_000
# An obfuscated e-mail address: "jobs [at] acme.test".
_AT = re.compile(r"[\[(<{ ]at[\])>} ]")

# A candidate, not an employer: "Looking for work", "Resume: ...", "Willing to relocate: yes".
_SEEKER = PrefilteredPattern(
    r"\b(?:seeking (?:work|partner|a partner|remote work|employment)|"
    r"willing to relocate:|looking for (?:work|a job|an? (?:new )?(?:role|position|job|"
    r"opportunit\w+))|resum[eé](?:/cv)?:|"
    r"not a job\b(?!, but)|i(?:'m| am) exploring|available for hire|i(?:'m| am) (?:a|"
    r"an) [^.\n]{0,60}(?:looking for (?:remote |new |full-time )?(?:work|opportunit|roles|"
    r"positions|a (?:new )?(?:role|job|position|opportunit))|available))|"
    # The form of "Who wants to be hired?"; alone, "Technologies:" is an employer's stack.
    r"technologies:[^\0]{0,200}(?:resum[eé]|willing to relocate)|"
    r"(?:resum[eé]|willing to relocate|location:[^\0]{0,60}remote:)[^\0]{0,150}technologies:|"
    r"willing to relocate :|looking for remote (?:jobs|roles|work)\b|"
    # "I am looking for new job opportunities", "seeking out for a job".
    r"\bi(?:'m| am) looking for (?:(?:an?|any|new|ft|full[- ]time|remote|summer|job) ){0,4}"
    r"(?:jobs?|positions?|opportunit\w+|internships?)\b|seeking (?:out )?for an? job\b",
    literals=(
        "seeking ",
        "willing to ",
        "looking for ",
        "resum",
        "not a job",
        " exploring",
        "available",
        "technologies:",
        "location:",
    ),
)
# Overrides even a piped header: "SEEKING WORK | Oslo", or a second line "Not a job".
_NO_OFFER = re.compile(
    r"\W*(?:seeking (?:work|a? ?partner|employment|remote|opportunit)|(?:for hire|"
    r"looking for (?:work|a job))\b|"
    r"[^|]{0,40}\|[^\n]{0,200}\nnot a job\b(?!, but))"
)
# Two lines of that form, further down or with a blank before the colon: "Remote : Yes", then
# "Résumé/CV: https://jo.test".
_FORM = PrefilteredPattern(
    r"\n(?:remote|technologies) ?:[^\0]{0,600}\nr[eé]sum[eé](?: ?/ ?cv)? ?:",
    literals=("\nresum", "\nrésum"),
)
# Words of an offer; they count only with a contact or a job beside them.
_HIRING = re.compile(
    r"\b(?:hiring|recruiting|we(?:'re| are) (?:\w+ )?(?:looking|seeking|building|growing)|"
    r"looking for|lookout for|in need of|seeking|join (?:us|our)|(?:several|many|multiple) jobs|"
    r"apply|open (?:roles?|positions?)|positions?|roles open|needs?:|needs? (?:an?|great|"
    r"someone)|available (?:for|senior)|openings?|job (?:description|listing)|"
    r"send (?:your|a|us)|resume|cv\b|full[- ]?time|careers?\b)",
)
# The same in so many words, which no reply to a posting says.
_OFFER = re.compile(
    r"\b(?:we're|we are|i'm|i am|(?!you\b)[\w.]+ (?:is|are)) (?:\w+ )?(?:hiring|recruiting|"
    r"looking for (?:an? )?(?:\w+ ){0,3}"
    r"(?:engineer|developer|designer|programmer|scientist|manager|hacker)s?)\b"
)
# How replies and questions open: "> quoted", "Is this remote?", "I applied last week".
_REPLY = re.compile(
    r"^(?:>|@|hi[,!]? (?:i |do|is|are|would|can)|i (?:applied|just applied|sent|emailed|tried|"
    r"would|have|am|think|can't|could)|is (?:this|it|the)|"
    r"are you|do you|does|can you|could you|would|what|why|how|when|where|thanks|thank you|"
    r"just (?:a|applied)|fyi|"
    r"careful|beware|note|this (?:post|is|looks|company)|request|please (?:note|lead|post|"
    r"state|only)|same here|any (?!of)|link|the link|your|"
    r"great (?:post|idea|thread)|nice|interesting|wow|lol|yes|no,|not sure|good luck|"
    r"in addition|for (?:those|anyone)|many|if you (?!like|love|enjoy|want))(?!\w)",
)
# The moderator's rules, and tools that search the thread: "browse all jobs on this page".
_RULES = PrefilteredPattern(
    r"please (?:state the location|only post|do not|don't|lead with)|who wants to be hired|"
    r"who is hiring posts|hnhiring|"
    r"search(?:ing|able)? (?:tools?|(?:through )?(?:these|the|this|all) (?:\w+ )?(?:posts|jobs|"
    r"thread|comments|"
    r"listings|page|results|job))|to search these\b|browse (?:all|the|these)|(?:chat|"
    r"posts|jobs) (?:with|on|in) (?:this|the) (?:page|thread|posts)|"
    r"readers: please",
    literals=(
        "please ",
        "who wants to be hired",
        "who is hiring posts",
        "hnhiring",
        "search t",
        "search a",
        "searching t",
        "searching a",
        "searchable t",
        "searchable a",
        "browse ",
        " page",
        " thread",
        " posts",
        "readers: please",
    ),
)


class Verdict(NamedTuple):
    """Whether a comment offers a job and, if not, why."""

    is_job: bool
    rule: str | None = None
    """``short``, ``seeker``, ``reply``, ``rules`` (the thread's) or ``no_offer``."""
    words: tuple[int, int] = (0, 0)
    """The half-open offsets of the words that refused it; empty if none did."""


_JOB = Verdict(is_job=True)


def is_job(header: Header, text: str) -> bool:
    """Return whether a comment offers a job.

    Replies, questions, moderators' notes, job seekers and spam do not.
    """
    return verdict(header, text).is_job


def verdict(header: Header, text: str) -> Verdict:
    """Return whether a comment offers a job, and which words say that it does not."""
    if len(text) < _SHORTEST_CHARS:
        return Verdict(is_job=False, rule="short")
    lower = lower_in_place(text[:_EVIDENCE_CHARS])
    opening = lower[:_OPENING_CHARS]
    if found := _NO_OFFER.match(opening):
        return Verdict(False, "seeker", found.span())
    # A deliberate header settles it before the weaker rules, which misjudge unusual openings.
    if is_header(header, lower):
        return _JOB
    found = _SEEKER.search(opening)
    # An employer may play with the form: "Fernglow is hiring ... Resume: no, thanks".
    if not found and not _OFFER.search(opening):
        found = _FORM.search(lower[:_FORM_CHARS])
    if found:
        return Verdict(False, "seeker", found.span())
    contact = "http" in lower or "@" in lower or bool(_AT.search(lower))
    # "Do you love maps? We're hiring" opens like a question and offers a job.
    if (found := _REPLY.match(lower)) and not (contact and _OFFER.search(lower)):
        return Verdict(False, "reply", found.span())
    # An amount of money marks a real posting that links to a search page.
    found = _RULES.search(lower[:_START_CHARS])
    if found and not words.names_money(text[:_START_CHARS]):
        return Verdict(False, "rules", found.span())
    return _JOB if _offers(header, lower, contact=contact) else Verdict(False, "no_offer")


def is_header(header: Header, text: str) -> bool:
    """Return whether a header alone shows that a text which begins so offers a job."""
    deliberate = header.piped and not header.line.startswith(">") and len(header.segments) > 1
    return deliberate and len(text) >= _SHORTEST_CHARS


def _offers(header: Header, lower: str, *, contact: bool) -> bool:
    """Return whether a comment that nothing refuses offers a job."""
    if len(header.segments) >= _HEADER_SEGMENTS:
        return True
    if _HIRING.search(lower) and (contact or words.names_job(lower)):
        return True
    # Last resort: a short first line with a place, and a job somewhere in the text.
    parted = len(header.segments) > 2 and header.of_kind("role")
    if (contact or parted) and _is_title_line(header.line):
        return True
    # "Acme - Oslo - Growth Hacker" is a header without pipes.
    if header.of_kind("place") and header.of_kind("role") and len(header.segments) > 2:
        return True
    return len(header.line) < _LINE_CHARS and _is_placed(header) and words.names_job(lower)


def _is_placed(header: Header) -> bool:
    """Return whether a first line names a place, also one with a note: "Acme - Oslo (fjord)"."""
    if words.is_place(header.line[:_PLACE_CHARS]):
        return True
    parts = (segment.text.partition(" (")[0] for segment in header.segments)
    return len(header.segments) > 1 and any(words.is_place(part[:_PLACE_CHARS]) for part in parts)


def _is_title_line(line: str) -> bool:
    """Return whether a first line is a job with its terms: "Baker at Acme (Remote)"."""
    return (
        len(line) < _LINE_CHARS
        and not line.rstrip().endswith(("?", "."))
        and "noun" in title_labels(line)
        and "terms" in title_labels(line)
    )
