"""Which parts of a posting say where the job is: the header, else lines and sentences below."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import TYPE_CHECKING

from include.postings.places.place import Place, is_only_places, resolve
from include.postings.places.relations import Said, said
from include.postings.places.tree import is_within
from include.postings.prefilter import PrefilteredPattern

if TYPE_CHECKING:
    from include.postings.header import Header

__all__ = ["read_places"]

# Longer header segments and lines are prose: only a cue makes a name in it the job's place.
_PROSE_CHARS = 110
# The most between two places of one list, and before its first: "Remote, eligible to work in".
_LIST_GAP_CHARS = 40
_LIST_LEAD_CHARS = 70
# Lines of the body that may be a header of their own, and lines of prose that are read.
_TOP_LINES = 14
_BODY_LINES = 60
_SIGNED_LINES = 2
_NAME = re.compile(r"\W*[A-Z][a-z]+\W*")
_LINE_CHARS = 400
_REMOTE = PrefilteredPattern(
    r"\b(?:remote|anywhere|wfh\b|distributed|telecommut)",
    literals=("remote", "anywhere", "wfh", "distributed", "telecommut"),
)
# A labelled line, the label's line or the line below it: "Location: Oslo", ">>LOCATION<<".
_LABEL = re.compile(
    r"^\W{0,4}(?:(?:job|work|office|our|current|primary|possible|preferred|company|team|role|"
    r"remote)"
    r" )?(?:locations?|based(?: in)?|where|offices?|place|hq|headquarters|city|cities|countr(?:y|"
    r"ies)|"
    r"region)\b(?: ?\([^)]{0,30}\))?\W{0,4}(?:[:\-–—]|$)\s*(.*)",
    re.IGNORECASE,
)
# What stands before the places of a line that names little else: "- ", "FULLTIME in", "Onsite /".
_LEAD = re.compile(
    r"(?:\W|\b(?:full[- ]?time|part[- ]?time|permanent|contract|intern(?:ship)?s?|remote|"
    r"on-?site|hybrid|in|"
    r"or|and|at|location|office|visa|ok|the|either|downtown|based|we are|we're)\b)*",
    re.IGNORECASE,
)
# What links a job to the place behind it: "based in", "our office in sunny", "engineers in".
_CUE_LEFT = re.compile(
    r"\b(?:based|located|headquartered|offices?|hq|headquarters?|on-?site|in[- ]person|in-office|"
    r"hybrid|"
    r"roles?|positions?|jobs?|team|hiring|recruiting|engineers?|developers?|programmers?|"
    r"designers?|"
    r"scientists?|people|someone|candidates?|here|relocat\w+|move|live|lives|living|work|working|"
    r"studio|lab|"
    r"space|join us|full[- ]?time|startup|company|presence|openings?|us|opportunity|hire|"
    r"internships?|"
    r"reside|residing|located|only|remotely|remote|commut\w+|distance)\b"
    r"(?:\W{1,2}\w+){0,3}?\W{1,2}(?:in|at|near|from|to|of|within)\W{1,2}"
    r"(?:(?:the|our|both|either|beautiful|sunny|downtown|central|lovely|greater|heart of|area of|"
    r"middle of|center of|and|or)\W{1,2}){0,3}$|\b(?:we(?:'re| are)|i'm) (?:in|at)\W+$|"
    r"\b(?:locations?|where|hq|headquarters|offices?)\s?[:–-]\s?$",
    re.IGNORECASE,
)
# The same behind the place: "Oslo-based", "our Bergen office", "NYC HQ".
_CUE_RIGHT = re.compile(
    r"[-\s](?:based|offices?|hq|headquarters|team|location|area based|candidates|residents)\b", re.I
)
# A place that begins a sentence and ends a phrase: "Oslo or remote.", "Bergen, onsite".
_OPENS_RIGHT = re.compile(r"\s*(?:[,.;(|>/–—-]|$|(?:or|and|are the|preferred) )", re.IGNORECASE)
# A company's name before its place at the start of a line: "Acme, ", "Acme (YC S13) - ".
_BESIDE_LEFT = re.compile(r"(?:[^.!?,(]|\.(?=\w)){2,40}(?:\([^()]{1,30}\)\s?)?[,(–—-]\s?")
_COMPANY_CHARS = 90
_OTHERS = re.compile(
    r"\b(?:customers?|clients?|investors?|users?|vcs?|students|graduates|previously|"
    r"formerly|conference|universit\w+|school|raised|born|grew|expand\w*|launch\w*|market\w*|"
    r"stores?|"
    r"countries|served?|cities|citizens?)\b[^,.]{0,40}$",
    re.IGNORECASE,
)
# An offer to work from a place, and a sentence on where the team sits.
_OFFER = re.compile(
    r"\bremote|\bwork from|\bhir(?:e|ing)\b|\bopen to|\banywhere in|\beligible", re.I
)
_TEAM = re.compile(
    r"\b(?:we are|we're|team (?:of|is|members)|working remotely|distributed|spread|people (?:in|"
    r"from)|anytime)\b",
    re.IGNORECASE,
)
_LISTED = re.compile(r"\s*(?:[,/&+;(]|,? ?(?:or|and|and/or))\s*(?:the |in |our )*", re.I)


def read_places(header: Header, remote_lines: Sequence[str]) -> tuple[Place, ...]:
    """Return the places that a posting offers or refuses, in text order, without repeats.

    ``remote_lines`` are the lines of the body that speak of the way of work.
    """
    found = _in_header(header)
    is_remote = bool(_REMOTE.search(header.line.lower()))
    if not any(s.relation != "excluded" for s in found):
        line = () if header.piped else (header.line,)
        found = _in_body((*header.before, *line, *header.body)) or found
    elif is_remote and not any(_is_wide(s) for s in found):
        found += _open_from(remote_lines)
    places = resolve(found)
    if is_remote:
        places = [_open_to(place) for place in places]
    return tuple(dict.fromkeys(_without_containers(places)))


def _in_header(header: Header) -> list[Said]:
    segments = list(header.segments)
    first = segments[0] if segments else None
    found: list[Said] = []
    for segment in segments[1:]:
        if segment.kind != "url":
            found += (
                said(segment.text) if len(segment.text) <= _PROSE_CHARS else _list(segment.text)
            )
    if first is None:
        return found
    if is_only_places(first.text):
        # A list of places, one a line, opens some postings.
        below = () if found else takewhile(is_only_places, header.body[:_TOP_LINES])
        return [*said(first.text), *found, *(s for line in below for s in said(line))]
    # The first segment is the company, which may have a place in its name.
    if not header.piped or not found:
        found = [*_beside_company(first.text, piped=header.piped), *found]
    return found


def _list(text: str) -> Iterator[Said]:
    """Yield the places of a long segment: the list that opens it, then those with a cue."""
    listed_to = 0
    found = said(text)
    for item in found:
        gap = text[listed_to : item.mention.start]
        if len(gap) > (_LIST_GAP_CHARS if listed_to else _LIST_LEAD_CHARS) or ". " in gap:
            break
        listed_to = item.mention.end
        yield item
    yield from (item for item in _by_cue(text) if item.mention.start >= listed_to)


def _beside_company(text: str, *, piped: bool) -> list[Said]:
    """Return the places behind a company's name: "Acme, Oslo", "Acme (YC S13) - Boston, MA"."""
    if len(text) > _PROSE_CHARS:
        return list(_by_cue(text))
    found = [s for s in said(text) if s.mention.strong]
    return [s for s in found if s.mention.start > 0] if piped else found


def _in_body(lines: Sequence[str]) -> list[Said]:
    """Return what labelled lines say, else lines of places, else sentences."""
    for number, line in enumerate(lines[:_BODY_LINES]):
        if label := _LABEL.match(line[:_LINE_CHARS]):
            below = lines[number + 1] if number + 1 < len(lines) else ""
            if found := said((label.group(1) or below)[:_LINE_CHARS]):
                return list(found)
    # The last word is a signature: "Florence".
    signed = len(lines) > _SIGNED_LINES and _NAME.fullmatch(lines[-1])
    unsigned = lines[:-1] if signed else lines
    top = [s for line in unsigned[:_TOP_LINES] for s in _place_line(line)]
    if top:
        return top
    for line in lines[:_BODY_LINES]:
        if found := tuple(_by_cue(line[:_LINE_CHARS])):
            return list(found)
    return []


def _place_line(line: str) -> tuple[Said, ...]:
    """Return the places of a line that begins with one and is no sentence."""
    if len(line) > _PROSE_CHARS or not line:
        return ()
    lead = _LEAD.match(line)
    found = said(line)
    if not found or not lead or found[0].mention.start > lead.end():
        return ()
    # "New York is a city of ovens" begins with a place, too.
    rest = line[found[-1].mention.end :]
    is_prose = len(rest) > _PROSE_CHARS // 2 and not re.match(r"\s*(?:[-–—|,;(]|\.)", rest)
    return () if is_prose else found


def _by_cue(text: str) -> Iterator[Said]:
    """Yield the places of a sentence that it links to the job, and those listed with them."""
    linked_to = -1
    for item in said(text):
        mention = item.mention
        left = text[max(0, mention.start - 90) : mention.start]
        sentence = left[max(left.rfind(mark) for mark in (". ", "! ", "? ")) + 1 :]
        listed = linked_to >= 0 and _LISTED.fullmatch(text, linked_to, mention.start)
        cued = _CUE_LEFT.search(sentence) and not _OTHERS.search(sentence)
        opens = not sentence.strip(" .") and _OPENS_RIGHT.match(text, mention.end)
        beside = mention.end < _COMPANY_CHARS and _BESIDE_LEFT.fullmatch(text, 0, mention.start)
        right = _CUE_RIGHT.match(text, mention.end)
        if listed or cued or right or opens or beside or _lets_apply(text, item):
            linked_to = mention.end
            yield item
        else:
            linked_to = -1


def _is_wide(item: Said) -> bool:
    places = item.mention.places
    return bool(places) and places[0].kind in ("country", "region")


def _open_from(lines: Sequence[str]) -> list[Said]:
    """Return from where a sentence of the body lets one work: "remote within the US"."""
    for line in lines[:_BODY_LINES]:
        # Most lines name no such offer, and the search for places costs more than this one.
        if not _OFFER.search(line, 0, _LINE_CHARS):
            continue
        named = said(line[:_LINE_CHARS])
        if found := [s for s in named if _is_wide(s) and _lets_apply(line, s)]:
            return found
    return []


def _lets_apply(line: str, item: Said) -> bool:
    left = line[max(0, item.mention.start - 60) : item.mention.start]
    return item.relation == "hire_from" and bool(_OFFER.search(left)) and not _TEAM.search(left)


def _open_to(place: Place) -> Place:
    """Return a wide place of a remote job as where one may apply from: "Acme | Remote | US"."""
    wide = place.kind in ("country", "region") and place.relation == "site"
    return place._replace(relation="hire_from") if wide else place


def _without_containers(places: Sequence[Place]) -> Iterator[Place]:
    """Leave out a state or country that only locates the town before it: "Oslo | Norway"."""
    before: Place | None = None
    for place in places:
        wider = {"city": ("state", "country"), "metro": ("state", "country"), "state": ("country",)}
        within = before and place.kind in wider.get(before.kind, ()) and place.relation == "site"
        if not (within and before and _lies_in(before, place)):
            yield place
            before = place


def _lies_in(place: Place, wider: Place) -> bool:
    """Return whether a place lies in a state or country; one that is not known may."""
    if wider.kind == "state" and place.place_id and wider.place_id:
        return is_within(place.place_id, wider.place_id)
    return place.country == wider.country
