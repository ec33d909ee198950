"""Find the snippets of a posting that offer jobs.

"Work with our designers" offers no design job. Roles and levels are therefore read only from the
header, from lines that look like a job title, and from the text after "we are hiring".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from include.postings.keywords import KeywordIndex
from include.postings.lexicon import title_labels
from include.postings.prefilter import PrefilteredPattern

__all__ = ["job_offer_snippets"]

# Upper bounds of a job title with its place and detail; anything longer is a sentence.
_TITLE_CHARS = 110
_LINE_CHARS = 600
_TITLE_WORDS = 14

# A line that describes work or a person: "Design our ovens", "Proven baker". The lookahead keeps
# titles that start with such a word: "Design Engineer", "Lead Oven Scientist".
_VERB_FIRST = re.compile(
    r"^(?:architect|lead|design|support|research|build|work|help|own|collaborate|partner|develop|"
    r"create|drive|manage|mentor|write|ship|scale|implement|deploy|maintain|define|interview|"
    r"talk|meet|join|engineer|report|reports|coach|hire|hiring|run|take|bring|bonus|prior|previous|"
    r"deep|proven|excellent|solid|good|great|bachelor\w*|bs|ms|phd|comfortable|passion\w*|ideal\w*|"
    r"interest\w*|no|not|some|and|or|with|for|to|the|a|an|as|from|how|why|what|where|when|"
    r"google|linkedin|former)\b(?![ -](?:[\w/&+.-]+ ){0,3}(?:engineer|developer|designer|"
    r"scientist|manager|intern)s?\b(?:$|\W))",
    re.IGNORECASE,
)
_PROSE_STARTS = (
    "We ",
    "We're",
    "Our ",
    "You ",
    "Your ",
    "I ",
    "I'm",
    "The ",
    "This ",
    "If ",
    "At ",
    "In ",
    "As ",
)
# The mark before a list item: "- Baker", "[NEW] Baker", "2) Baker", "3 x Baker", "Role: Baker".
_BULLET = re.compile(
    r"^(?:[-*•·+>→➡▪◦●‣✅#]+|\[[^\]]{1,14}\]|\(?\d{1,2}[.)/:x]|\d{1,2} x\b|(?:role|position|"
    r"title):)\s*",
    re.IGNORECASE,
)
# What follows a title after a dash, up to the next separator: " - Ovens, Rust - https://...".
_DETAIL = re.compile(r"\s-{1,2}\s([^-:.]{2,60}?)(?=\s[-:]|\s?\(|\s?https?:|:|$)")
# The end of a line's title: "Baker: you bake", "Baker | Oslo", "Baker (https://acme.test)".
_HEAD_END = re.compile(r": |http|\. |; | (?:--?|[→>|=@•⬪]) | \[")
# The heading of a list of jobs, if a colon ends it: "Open roles:".
_LIST_HEADING = re.compile(
    r"\b(?:hiring|roles?|positions?|openings?|opportunit\w+|looking for|seeking|jobs?|"
    r"vacanc\w+|hear from|we need)\b",
    re.IGNORECASE,
)
# A list of jobs on one line: "Open positions: Baker, Miller".
_LIST_IN_LINE = PrefilteredPattern(
    r"\W*(?:open |current |available )?(?:roles|positions|openings|"
    r"hiring)\b[^:.]{0,30}: (.{4,300})",
    literals=(": ",),
    flags=re.IGNORECASE,
)
# A heading of another section; its bullets are not jobs: "Requirements", "2. What you bring".
_OTHER_HEADING = re.compile(
    r"^[\W\d]{0,4}(?:the |our |your |tech(?:nical|nology)? )?(?:requirements|qualifications|"
    r"(?:tech )?stack|technolog\w+|"
    r"what (?:you|we)|responsibilities|you(?:'ll| will| have| are|r)\b|benefits|perks|about|"
    r"why|how|"
    r"interview|must[- ]haves?|nice[- ]to[- ]haves?|skills|who you are|profile|bonus|what's|"
    r"compensation|experience|we offer|key)",
    re.IGNORECASE,
)
# Words that announce an offer, then the offer up to the end of its sentence: "we need a baker".
# Matched at the offsets that KeywordIndex found, so each start here needs a stem in
# vocabulary.toml.
_CUE = re.compile(
    r"(?:hiring(?: for| of)?|looking (?:for|to (?:hire|add|bring on|grow|fill|expand))|seeking|"
    r"searching for|search for|recruiting|"
    r"(?:open|available|following|current|new|multiple|several|many|active) (?:\w+ )?"
    r"(?:roles?|positions?|openings?|jobs?)(?: are| include\w*| for| in)?|openings? (?:for|in)|"
    r"(?:roles?|positions?|openings?)(?: available| open)?:|(?:roles?|positions?) (?:as|for|in)|"
    r"join (?:us|our team|the team|\w+) as|we need|in need of|need (?:an?|more)|want to hire|"
    r"bring on|open to|hear from|come work as|(?:currently|now|also) (?:have|need)|role is|"
    r"we want|accepting|welcom(?:e|ing))"
    r"\b\W{0,4}([^!?\n]{3,240})",
    re.IGNORECASE,
)
# Where the offer turns to the person or the work: "a baker who loves rye", "with 3 years". "to
# senior" continues a range of levels: "junior to senior".
_OFFER_END = re.compile(
    r"\. |\.$|\b(?:who|to (?!senior|staff|mid|principal|lead\b)[a-z]+|that|reporting|you'll|"
    r"with (?:experience|a |strong|at least|\d|deep|an |expertise|solid|good|ai)|"
    r"experienced? (?:in|with|level)|passionate|working (?:with|closely)|"
    r"where|because|so that|and you|our customers|interested|alongside|whose|capable|excited|"
    r"able to|in the world|from (?:those|people))\b",
    re.IGNORECASE,
)


def job_offer_snippets(header: Sequence[str], body: KeywordIndex) -> list[str]:
    """Return the snippets that name the jobs offered: the header's, then the body's.

    ``header`` has the snippets of line 0 of ``body``, so that line is skipped.
    """
    return [*header, *_from_lines(body)]


def _from_lines(body: KeywordIndex) -> Iterator[str]:
    # listing: under a heading of jobs. closed: under another heading, where bullets are duties.
    listing = closed = False
    for number, line in enumerate(body.lines_read[1:], start=1):
        # Longer lines are sentences that happen to start like a heading.
        if len(line) < 90 and _OTHER_HEADING.match(line):
            listing, closed = False, True
            continue
        if line.endswith(":") and _LIST_HEADING.search(line):
            listing, closed = True, False
        # A link beside a title marks an offer even under another heading.
        may_be_title = not closed or "http" in line
        if listed := _LIST_IN_LINE.match(line):
            yield listed.group(1)
        elif may_be_title and (title := _title_line(line, listing)):
            yield title
        # A short line neither offers a job nor ends the list; a paragraph ends it.
        elif len(line) > 12:
            listing = listing and len(line) < 250
            if cues := body.positions("offer", number):
                yield from _sentences(line, cues)


def _title_line(line: str, listing: bool) -> str | None:
    """Return the job title in a line: a bullet's head or a short line without prose; else None.

    Under a heading such as "Open roles:" a field is enough ("- Marketing").
    """
    if len(line) > _LINE_CHARS or line.startswith(_PROSE_STARTS):
        return None
    bullet = _BULLET.match(line)
    rest = line[bullet.end() :] if bullet else line
    # A search past the title's bound is useless; the margin admits the separator itself.
    end = _HEAD_END.search(rest, 0, _TITLE_CHARS + 9)
    head = rest[: end.start()] if end else rest.removesuffix(":")
    if len(head) > _TITLE_CHARS or _VERB_FIRST.match(head):
        return None
    # Without a bullet only a capital or an opening mark suggests a title.
    if not head[:1].isupper() and head[:1] not in ("(", "[", '"') and not bullet:
        return None
    if len(head.split()) > _TITLE_WORDS:
        return None
    labels = title_labels(head)
    if "prose" in labels or not ("noun" in labels or (listing and "field" in labels)):
        return None
    return head + _detail(rest[len(head) :])


def _detail(rest: str) -> str:
    """Return the detail after a title: ", Backend" of ``Engineer - Backend - https:``; else ""."""
    match = _DETAIL.match(rest)
    if not match or _VERB_FIRST.match(match.group(1)):
        return ""
    return "" if "prose" in title_labels(match.group(1)) else f", {match.group(1)}"


def _sentences(line: str, cues: Sequence[int]) -> Iterator[str]:
    """Yield the offer after each cue such as "hiring", up to a change of subject."""
    free_from = 0
    for at in cues:
        # A cue inside an offer already read ("hiring, seeking a baker") would yield it twice.
        if at < free_from or line[at - 1 : at].isalnum() or not (match := _CUE.match(line, at)):
            continue
        offer = match.group(1)
        end = _OFFER_END.search(offer)
        offer = offer[: end.start()] if end else offer
        free_from = match.start(1) + len(offer)
        if "noun" in title_labels(offer):
            yield offer
