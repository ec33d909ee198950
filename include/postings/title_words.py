"""Tell a title's words from those around it: fillers before, the place or the task after it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from include.postings.letters import lower_in_place
from include.postings.lexicon import title_labels
from include.postings.nouns import ROLE_WORDS, ROLES, says_role
from include.postings.prefilter import PrefilteredPattern

__all__ = [
    "BRACKETS",
    "EDGES",
    "filler_of",
    "names_job",
    "names_title",
    "noun_first",
    "tail_of",
    "unbracketed",
    "without_empty",
]

_FIELDS = frozenset(("field", "engineer"))
# What is in brackets describes the title before it: "Baker (rye, wheat)" is one job.
BRACKETS = re.compile(r"\([^()]*\)?|\[[^\[\]]*\]?")
_ADDRESS = re.compile(r"\(?https?://\S+")
# The words between "we need" and the title: "a few very talented".
_FILLER = re.compile(
    r"(?:(?:an?|the|our|some|several|more|few|one|two|three|for|another|also|other|all|of|and|or|"
    r"very|highly|great|good|strong|smart|talented|experienced?|skilled|motivated|exceptional\w*|"
    r"excellent|passionate|awesome|amazing|bright|creative|ambitious|dedicated|additional|multiple|"
    r"various|including|namely|we(?:['’]re| are)|as well|\d+x?|hands-on|full[- ]time|"
    r"hiring|looking|seeking|wanted|us|both)\b[\s,:]*)+"
)
# Where a title in running text turns to its place or its task: "baker to run the night shift".
_TAIL = re.compile(
    r"\s(?:to(?! (?:mid|senior|sr|staff|principal)\b)|in|at|for|with|on(?! rails)|who|based|"
    r"located|across|from|as|of the|of our|using)\s"
    r"|\s[-–]+\s",
    re.IGNORECASE,
)
# The words of which _TAIL needs one.
_TAIL_WORDS = frozenset((
    "to", "in", "at", "for", "with", "on", "who", "based", "located", "across", "from", "as", "of",
    "using",
))  # fmt: skip
# The first two characters of every match of _FILLER that is no number: most titles have others.
_FILLER_STARTS = frozenset((
    "an", "th", "ou", "so", "se", "mo", "fe", "on", "tw", "fo", "al", "ot", "of", "or", "ve", "hi",
    "gr", "go", "st", "sm", "ta", "ex", "sk", "pa", "aw", "am", "br", "cr", "de", "ad", "mu", "va",
    "ha", "fu", "lo", "wa", "us", "bo", "in", "na", "we", "as",
))  # fmt: skip
# People by what they know: "front end people", "logistics experts". The vocabulary's nouns do not
# have these words, which any sentence may use.
_PEOPLE = PrefilteredPattern(
    r"\b(?:people|(?<!in )(?<!in-)persons?|folks?|experts?|ninjas?|gurus?|reps?|controllers?|"
    r"curators?|coordinators?|auditors?|technicians?|operators?|generalists?|traders?|quants?)\b",
    literals=(
        "people", "person", "folk", "expert", "ninja", "guru", "rep", "controller", "curator",
        "coordinator", "auditor", "technician", "operator", "generalist", "trader", "quant",
    ),
)  # fmt: skip
# Who is sought, without what: "bakers and people who like rye".
_ANYONE = frozenset(("people", "person", "persons", "folk", "folks"))
# A developer whom one works for: "Baker, Developer Tools" is one job.
_FOR_DEVELOPERS = re.compile(
    r"\bdevelopers? (?:experience|productivity|platforms?|tool\w*|acceleration|infrastructure|"
    r"velocity|workflows?|efficiency|enablement|services|products?)\b",
    re.IGNORECASE,
)
EDGES = " ,;:.-–*#>+|/\"'{}"


@lru_cache(maxsize=8192)
def names_job(text: str) -> bool:
    """Return whether a text names a job by a noun, other than "role" and its like."""
    words = ROLE_WORDS.sub("", text) if says_role(text) else text
    return "noun" in title_labels(words) or bool(_PEOPLE.search(words.lower()))


def tail_of(text: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
    """Return where a title turns to its place or its task; None if it does not."""
    if " -" not in text and " –" not in text and _TAIL_WORDS.isdisjoint(text.lower().split()):
        return None
    return _TAIL.search(text, start, len(text) if end is None else end)


def filler_of(text: str, start: int = 0) -> re.Match[str] | None:
    """Return the words before a title, from ``start``: "a few very talented"; None if none."""
    first = text[start : start + 2].lower()
    if first not in _FILLER_STARTS and first.isalpha():
        return None
    return _FILLER.match(lower_in_place(text), start)


def without_empty(titles: Sequence[str]) -> tuple[str, ...]:
    """Return the titles without the words around them, once each, and without empty ones."""
    clean = dict.fromkeys(map(_clean, titles))
    return tuple(title for title in clean if title and not _is_anyone(title))


def _is_anyone(title: str) -> bool:
    """Return whether a title says nothing of a trade: "folks with and without ovens"."""
    first = title.partition(" ")
    return first[0].lower() in _ANYONE and (not first[2] or first[2].startswith(("with", "who ")))


def _clean(title: str) -> str:
    title = max(_ADDRESS.split(title), key=len) if "://" in title else title
    title = title.strip(EDGES)
    filler = filler_of(title)
    title = (title[filler.end() :] if filler else title).strip(EDGES).rstrip("([ ")
    # "(Also hiring bakers)" leaves a bracket.
    return title[:-1] if title.endswith(")") and "(" not in title else title


def noun_first(text: str) -> bool:
    """Return whether a job's noun is in the words before the first preposition.

    "Acme saves time for real estate developers" offers none of them a job.
    """
    text = unbracketed(text)
    tail = tail_of(text)
    head = text[: tail.start()] if tail else text
    return names_job(_FOR_DEVELOPERS.sub("", head) if "eveloper" in head else head)


def unbracketed(text: str) -> str:
    """Return a text without a bracket at its start: "[Junior - Senior] Baker"."""
    return BRACKETS.sub("", text, count=1) or text if text[:1] in ("(", "[") else text


def names_title(text: str) -> bool:
    """Return whether a text names a job or, without any noun, a field: "Sales in Oslo"."""
    text = unbracketed(text)
    tail = tail_of(text)
    head = text[: tail.start()] if tail else text
    return names_job(head) or not title_labels(head).isdisjoint(ROLES | _FIELDS)
