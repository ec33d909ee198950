"""Find the job of a posting that neither header, list nor words such as "hiring" name.

One in twenty postings is like that: "Ruby baker needed to help us", "As a baker at Acme you will",
or nothing but addresses, "https://acme.test/jobs/head-baker". Asked last, for less says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from include.postings.keywords import KeywordIndex
from include.postings.lexicon import title_labels
from include.postings.offer import Offer
from include.postings.title_lines import begins_as_duty
from include.postings.titles import names_job

__all__ = ["weak_offers"]

_TITLE_WORDS = 7
_LINE_CHARS = 90  # of a line's start, in which its title ends
# Where a title at the start of a line ends: "Baker needed to", "Bakers with rye, to work on".
_START_END = re.compile(
    r"\s(?:needed|wanted|required|sought|to|who|with|for|at|in|that|and)\b|[,.:;(!?]|\s[-–—]|$"
)
# Who reads is the one sought: "As a baker at Acme", "If you're a passionate baker", "eager to hire
# a great baker".
_ADDRESSED = re.compile(
    r"\b(?:[Aa]s (?:an?|our(?: new(?:est)?| first| next)?)|[Yy]ou(?:['’]re| are| will be) an?) "
    r"([^.,;:!?()\n]{3,60}?)(?= (?:at|who|with|to|in|on|for|and|you|that|or)\b|[.,;:!?()\n–—]|$)"
)
# The last part of a job's address: "/jobs/123-head-baker/".
_JOB_ADDRESS = re.compile(
    r"https?://(?=\S{0,200}(?:job|career|position|opening|apply|join|hiring|hire\b|greenhouse|lever|"
    r"workable|ashby|breezy))\S{0,200}/(?:\d+-)?([a-zA-Z]{1,20}(?:-[a-zA-Z]{1,20}){1,6})(?=[-\d.]*(?:[/?#\s]|$))"
)
_ENDS = re.compile(r"-(?:at|in|for|to|san|new|remote|full-time)-.*$")


def weak_offers(body: KeywordIndex) -> list[Offer]:
    """Return what may offer jobs: starts of lines, else who is addressed, else addresses."""
    lines = [(number, body.lines_read[number]) for number in sorted(body.cues("noun"))]
    starts = [Offer(title, number, "sentence") for number, title in _starts(lines)]
    return starts or list(_addressed(lines)) or list(_of_addresses(lines))


def _starts(lines: Sequence[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    for number, line in lines:
        head = line[:_LINE_CHARS]
        if not head[:1].isupper() or not (end := _START_END.search(head)):
            continue
        title = head[: end.start()].strip()
        # "CTO, Acme" signs.
        if _is_title(title) and "leader" not in title_labels(title) and not begins_as_duty(title):
            yield number, title


def _addressed(lines: Sequence[tuple[int, str]]) -> Iterator[Offer]:
    for number, line in lines:
        for found in _ADDRESSED.finditer(line):
            if _is_title(found.group(1)) and "engineer" in title_labels(found.group(1)):
                yield Offer(found.group(1), number, "sentence")


def _of_addresses(lines: Sequence[tuple[int, str]]) -> Iterator[Offer]:
    for number, line in lines:
        if "http" not in line:
            continue
        for found in _JOB_ADDRESS.finditer(line):
            title = _ENDS.sub("", found.group(1)).replace("-", " ")
            if _is_title(title):
                yield Offer(title, number, "title")


def _is_title(text: str) -> bool:
    words = text.split()
    return (
        0 < len(words) <= _TITLE_WORDS
        and names_job(words[-1])
        and "noun" in title_labels(text)
        and "prose" not in title_labels(text)
    )
