"""Read what somebody who looks for work says: where, how, with what, at which level.

For comments below "Who wants to be hired?" and "Freelancer? Seeking freelancer?", whose form is

    Location: Oslo, Norway
    Remote: Yes
    Willing to relocate: No
    Technologies: Python, SQL

or, of freelancers, a header: "SEEKING WORK | Oslo, Norway | Remote only". No person is read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, NamedTuple

from include.postings.markup import plain_text
from include.postings.places import Place, find_places
from include.postings.roles import read_levels
from include.postings.technologies import default_matcher
from include.postings.words import names_job

__all__ = ["Relocates", "Seeker", "Side", "WorksRemotely", "read_seeker"]

Side = Literal["seeker", "offer", "other"]
"""Who writes: one who looks for work, one who offers it, neither."""
WorksRemotely = Literal["only", "yes", "no", "unspecified"]
Relocates = Literal["yes", "maybe", "no", "unspecified"]


class Seeker(NamedTuple):
    """What a comment says; ``places`` are where the writer is, ``skills`` ids of technologies."""

    side: Side
    remote: WorksRemotely = "unspecified"
    relocate: Relocates = "unspecified"
    places: tuple[Place, ...] = ()
    skills: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()


# Labels of the form, in any order, one a line or all in one line: "- Location : Oslo".
_LABELS: Mapping[str, str] = {
    "location": r"(?:current |my )?locations?|located(?: in)?|based(?: in)?|city|country",
    "remote": r"remote(?: work| ok)?|open to remote|work remotely",
    "relocate": r"(?:willing|open|able)(?: or able)? to (?:relocate|move)|relocation|relocate|"
    r"willing to relocated?",
    # What they end: the values before, nothing that is read by label.
    "other": r"tech(?:nolog(?:y|ies)|nical skills|s|[ -]?stack)?|stack|skills?|languages?|"
    r"r[eé]sum[eé](?: ?/ ?cv)?|cv|e-?mail|contact|website|portfolio|linkedin|github|rate|"
    r"availability|roles?|positions?|about(?: me)?|experience|education|interests?|visa",
}
_LABEL = re.compile(
    "(?<![\\w-])(?:"
    + "|".join(f"(?P<{name}>{words})" for name, words in _LABELS.items())
    + r")(?: ?\([^()\n]{0,40}\))? ?(?::|=| -(?= ))",
    re.IGNORECASE,
)
_VALUE_CHARS = 300
_WORDS = re.compile(r"[^\W\d_]{3}")
# What stands beside a town and hides it: "near Seattle, WA", "Chicago Suburbs".
_ABOUT = re.compile(
    r"\b(?:near|outside(?: of)?|around|just|greater|the|suburbs?|area|metro|currently|based|living|"
    r"in)\b",
    re.IGNORECASE,
)
_HEADER_CHARS = 300

# A freelancer's header: "SEEKING WORK", "Seeking freelance work", "FOR HIRE", "Available for work".
_SEEKS_WORK = re.compile(
    r"\b(?:seek\w*|looking for|available for|open to|want\w*)\W{1,3}(?:\w+[ ,/&-]{1,3}){0,3}?"
    r"(?:work|gigs?|contracts?|projects?|clients?|opportunit\w+|employment|jobs?|roles?|positions?|"
    r"internships?|consulting)\b|\bfor hire\b",
    re.IGNORECASE,
)
# One who offers it: "SEEKING FREELANCER", "Seeking a developer", "We are hiring".
_SEEKS_PEOPLE = re.compile(
    r"\b(?:seek\w*|looking for|need\w*|wanted|hiring)\W{1,3}(?:an? |\w+[ ,/&-]{1,3}){0,4}?"
    r"(?:freelancers?|developers?|engineers?|contractors?|designers?|programmers?|consultants?|"
    r"help|someone|somebody|people|writers?|devs?)\b|\bwe(?:'re| are) (?:hiring|looking for)\b",
    re.IGNORECASE,
)
_FIRST_PERSON = re.compile(r"\b(?:i|i'm|i've|my|me|we|our)\b", re.IGNORECASE)

# "No", "Nope", "Not now", "N/A", "Onsite": at the start of a value; "No preference" is a yes.
_NO = re.compile(
    r"\W{0,3}(?:no(?:pe)?\b(?! (?:preference|problem|issue))|not\b|never\b|n/a|negative|unlikely|"
    r"prefer(?:ably)? not|rather not|(?:on-?site|in[- ]office|office)\b(?! (?:or|and|/)))",
    re.IGNORECASE,
)
_ONLY = re.compile(
    r"\b(?:only|exclusively|strictly|required|must|100 ?%|fully[- ]remote|full[- ]remote)(?!\w)",
    re.IGNORECASE,
)
# Another way beside: "Remote only or hybrid" is no "only".
_OR_OFFICE = re.compile(r"\b(?:hybrid|on-?site|in[- ]person|office|not only)\b", re.IGNORECASE)
# A condition: "Maybe", "No, but later", "Depends on the offer", "For the right role".
_MAYBE = re.compile(
    r"\b(?:maybe|may be|possibl[ey]|perhaps|depend\w*|negotiable|potentially|consider\w*|"
    r"for the right|in the future|eventually|later|temporar\w+|right now|at present|currently|"
    r"at the moment|at this time|yet|but|unless|except|under|if)\b",
    re.IGNORECASE,
)


def read_seeker(markup: str, thread: str) -> Seeker:
    """Return what a comment says; ``thread`` is wants or freelancer, the kind of its thread.

    ``markup`` is HTML. Only a seeker has more than a side.
    """
    text = plain_text(markup)
    lines = text.split("\n")
    values = _values(lines)
    skills = tuple(key for key, _ in default_matcher().count(text))
    side = _side(text, values, skills, thread)
    if side != "seeker":
        return Seeker(side)
    # Rules of signs, "=====", stand above some headers.
    header = next(filter(_WORDS.search, lines), "")[:_HEADER_CHARS]
    where = values.get("location", header)
    return Seeker(
        side,
        remote=_remote(values["remote"])
        if "remote" in values
        else _remote_of_header(f"{header} {where}"),
        relocate=_relocate(values.get("relocate", "")),
        places=tuple(find_places(where) or find_places(_ABOUT.sub(" ", where).strip())),
        skills=skills,
        levels=read_levels([line for line in lines if len(line) < 80 and names_job(line)], text),
    )


def _values(lines: list[str]) -> dict[str, str]:
    """Return the first value of each label: to the next label, "|" or the end of the line.

    A label that ends its line has the next line as its value.
    """
    found: dict[str, str] = {}
    for number, line in enumerate(lines):
        labels = list(_LABEL.finditer(line))
        for at, label in enumerate(labels):
            following = next(iter(labels[at + 1 : at + 2]), None)
            end = following.start() if following else len(line)
            value = line[label.end() : end][:_VALUE_CHARS]
            # Marks of contacts end it: "Remote: Yes [email]. I may ...".
            value = value.partition("[")[0]
            # Of places, "|" sets apart several: "Location: Oslo | Bergen".
            if label.lastgroup != "location":
                value = value.partition("|")[0]
            value = value.strip(" ,;|*\u2022-")
            if not value and not following and number + 1 < len(lines):
                value = "" if _LABEL.search(lines[number + 1]) else lines[number + 1]
            found.setdefault(str(label.lastgroup), value[:_VALUE_CHARS])
    return found


def _side(text: str, values: Mapping[str, str], skills: tuple[str, ...], thread: str) -> Side:
    has_form = len({"location", "remote", "relocate"} & values.keys()) > 1
    header = text[:_HEADER_CHARS]
    work, people = _SEEKS_WORK.search(header), _SEEKS_PEOPLE.search(header)
    # Whatever is said first: "SEEKING WORK | I help teams that need developers".
    if people and not has_form and (not work or people.start() < work.start()):
        return "offer"
    if work or has_form:
        return "seeker"
    # Answers without their labels, or plain prose: "Ithaca, NY. Yes. C++ and Swift".
    says_much = bool(skills) and (bool(_FIRST_PERSON.search(text)) or "\n" in text)
    return "seeker" if says_much or (thread == "wants" and values) else "other"


def _remote(value: str) -> WorksRemotely:
    if not value:
        return "unspecified"
    if _NO.match(value):
        return "no"
    return "only" if _ONLY.search(value) and not _OR_OFFICE.search(value) else "yes"


def _remote_of_header(header: str) -> WorksRemotely:
    if "remote" not in header.lower():
        return "unspecified"
    if re.search(r"\b(?:no|not) remote", header, re.IGNORECASE):
        return "no"
    return "only" if re.search(r"\bremote[- ]only|only remote|100% remote", header, re.I) else "yes"


def _relocate(value: str) -> Relocates:
    if not value:
        return "unspecified"
    if _MAYBE.search(value):
        return "maybe"
    return "no" if _NO.match(value) else "yes"
