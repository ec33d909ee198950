"""Extract the hiring company's name, without tags or tagline."""

from __future__ import annotations

import re
from collections.abc import Sequence

from include.postings import words
from include.postings.company_names import (
    LEAD,
    PRONOUNS,
    TAG,
    clean,
    is_named,
    is_plausible,
    without_com,
)
from include.postings.company_text import FIRST_HOST, from_host, from_sentences, hosts, introduced
from include.postings.header import Header, Segment
from include.postings.lexicon import title_labels
from include.postings.opening import is_parted, is_subject, is_technology, name_key, opening_name
from include.postings.places import is_only_places
from include.postings.prefilter import PrefilteredPattern
from include.postings.technologies import default_matcher

__all__ = ["read_company"]

# The same for certain, not "Hiring: bakers".
_LABELLED = re.compile(r"(?:company(?: name)?|employer|organi[sz]ation|firm)\s?:", re.IGNORECASE)
# A job title ends in its noun: "Lead Oven Engineer".
_ROLE_LAST = re.compile(
    r"\b(?:engineers?|developers?|managers?|designers?|scientists?|wanted|consultants?|analysts?|"
    r"programmers?|researchers?|recruiters?|administrators?|architects?|interns?|directors?|"
    r"full[- ]?stack|front[- ]?end|back[- ]?end)$",
    re.IGNORECASE,
)
_ROLE_LAST_CHARS = len(" administrators") + 1
"""The longest such word, a line end and the character before the word."""
# Titles whose noun comes first: "Head of Ovens".
_ROLE_FIRST = re.compile(r"(?:head|director|vp|vice president) of\b", re.IGNORECASE)
# The employer withholds its name: "Stealth (tills)". Later segments must not be tried then.
_HIDDEN = re.compile(r"(?:stealth|confidential|undisclosed)\b", re.IGNORECASE)
# "Baker @ Acme". The capital rules out "at home".
_AT = PrefilteredPattern(r"(?:^|\s)@\s?(?=[A-Z])|\bat (?=[A-Z])", literals=("@", "at "))
_DOMAIN = re.compile(r"^\W*(?:www\.)?([\w-]+)\..*$")
_NAME_DASH = re.compile(r"\s(?:-{1,3}|[–—])\s")
_IN_TOWN = re.compile(r"\s+in\s+[A-Z].*$")
# Segments of a header with pipes that may name the company, if those before name none.
_CANDIDATES = 5
# An amount at the start: "$90k-100k".
_AMOUNT = re.compile(r"\W{0,2}[$€£]?\s?\d")


def read_company(header: Header, text: str) -> str | None:
    """Return the company's name; None when the posting names none."""
    if not header.piped:
        for line in (header.line, *header.body[:2]):
            if _LABELLED.match(line) and is_named(named := clean(line)):
                return named
    if header.before and (before := _named_before(header, text)):
        return before
    if not header.piped and is_parted(header.line):
        opened = opening_name((header.line, *header.body), hosts(text), text)
        if opened and not _HIDDEN.match(opened):
            return without_com(LEAD.sub("", opened))
        candidates = [s for s in header.segments[:4] if _AT.search(s.text)]
    else:
        candidates = list(_candidates(header))
    for segment in candidates:
        first = segment is header.segments[0]
        # A range of pay in first place is no name, and words for terms may be in one.
        if segment.kind in ("salary", "terms") and (not first or _AMOUNT.match(segment.text)):
            continue
        if segment.kind == "url" and first and (host := FIRST_HOST.match(segment.text + "/")):
            return host.group(1)
        # A bare domain in first place serves as the name; any other address does not.
        titled = segment is candidates[0] and header.piped
        if segment.kind == "url" and not ((first or titled) and "/" not in segment.text):
            continue
        if segment.kind == "url" and not first:
            return from_sentences(header, text) or _DOMAIN.sub(r"\1", segment.text)
        name = _at_company(segment.text) or _linked(segment.text, text) or clean(segment.text)
        # "Details (https://details.test)": its address makes a name of a word.
        if first and name in PRONOUNS and f"{name_key(name)}." in segment.text.lower():
            return name
        if first and _HIDDEN.match(name):
            return None
        late = header.piped and segment in header.segments[3:]
        # A name far behind is one only if the posting goes on with it.
        if is_plausible(name, header.piped, first) and not (late and text.count(name) < 2):
            return name
        if first and header.piped and is_only_places(name) and _is_called_so(name, header, text):
            return name
    return from_sentences(header, text) or from_host(text)


def _is_called_so(name: str, header: Header, text: str) -> bool:
    """Return whether a header's first segment, a town's name, is the company's.

    Its links carry it, or the header has its place besides and the text says "At Alma, we".
    """
    if name_key(name) in hosts(text):
        return True
    first, *others = header.segments
    placed = any(words.is_place(segment.text) for segment in others)
    return placed and TAG.sub("", first.text).strip() == name and is_subject(name, text)


def _linked(segment: str, text: str) -> str | None:
    """Return Y of "X / Y" if the posting's links carry it and not X; else None."""
    if " / " not in segment:
        return None
    first, *others = [clean(part) for part in segment.split(" / ")]
    keys = hosts(text)
    if name_key(first) in keys:
        return None
    return next((name for name in others if name and name_key(name) in keys), None)


def _named_before(header: Header, text: str) -> str | None:
    """Return the name on the lines before a piped header: "Acme" or "Acme https://acme.test"."""
    for line in header.before:
        if (name := introduced(line)) and is_named(name):
            return clean(name)
    if header.segments and header.segments[0].kind == "text" and len(header.segments[0].text) < 30:
        first = clean(header.segments[0].text)
        if not default_matcher().named(first) and is_plausible(first, True, True):
            return None
    return opening_name(header.before, hosts(text), text)


def _candidates(header: Header) -> Sequence[Segment]:
    """Return the segments that may name the company: the first, unless it is a job title."""
    if not header.segments:
        return ()
    if header.piped and (named := _behind_title(header)):
        return (named,)
    if _is_role(LEAD.sub("", TAG.sub("", header.segments[0].text)).strip()):
        # "Acme - Baker | Oslo": the title follows the name in its segment.
        name, *rest = _NAME_DASH.split(header.segments[0].text, maxsplit=1)
        title = rest[0] if rest else ""
        apart = words.names_job(title) and not (words.names_job(name) or is_technology(name))
        if header.piped and apart:
            return (Segment(name, "text"), *header.segments[1:4])
        # Title first: the company follows as plain text or after an "@".
        return [s for s in header.segments[:4] if _may_name(s) or _AT.search(s.text)]
    return header.segments[:_CANDIDATES] if header.piped else header.segments[:1]


def _behind_title(header: Header) -> Segment | None:
    """Return the name in "Baker - Acme | Oslo", if no other segment may be one."""
    title, *rest = _NAME_DASH.split(header.segments[0].text, maxsplit=1)
    name = clean(rest[0]) if rest else ""
    if not name or "noun" not in title_labels(title) or not is_named(name):
        return None
    others = any(_may_name(segment) for segment in header.segments[1:4])
    # "Acme Engineers - ovens" begins with a name.
    return None if others or not _is_role(title) else Segment(name, "text")


def _may_name(segment: Segment) -> bool:
    """Return whether a segment behind a job's title may be a name: "Acme (Oslo)", "acme.test"."""
    if segment.kind == "place":
        name, bracket, _ = segment.text.partition(" (")
        return bool(bracket) and not words.is_place(name)
    return segment.kind == "text" or (segment.kind == "url" and "/" not in segment.text)


def _is_role(segment: str) -> bool:
    """Return whether a segment is a job title, judged by its first or last words."""
    return bool(_ROLE_FIRST.match(segment) or _ROLE_LAST.search(segment[-_ROLE_LAST_CHARS:]))


def _at_company(segment: str) -> str | None:
    """Return X of ``Data Scientist @ X``; None unless a job precedes the ``@``."""
    match = _AT.search(segment)
    if match and words.names_job(segment[: match.start()]):
        return clean(_IN_TOWN.sub("", segment[match.end() :]))
    return None
