"""Split a snippet that offers jobs into the titles of the jobs.

"Senior Backend Engineer, Designer" are two jobs; "Senior Engineer, Backend" is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from include.postings.lexicon import title_labels
from include.postings.nouns import (
    LEVELS,
    NO_ENGINEERS,
    PLURAL,
    ROLES,
    Part,
    beside_software,
    common_level,
    rest_of,
    says_role,
    sharing,
    with_levels,
)
from include.postings.title_words import (
    BRACKETS,
    EDGES,
    filler_of,
    names_job,
    names_title,
    noun_first,
    tail_of,
    without_empty,
)

__all__ = ["BRACKETS", "LEVELS", "PLURAL", "ROLES", "names_job", "split_titles"]

# Kinds of work that are nouns, too: "Engineer - DevOps" is one job.
_DETAILS = frozenset(("devops", "sre", "sdet"))
# What stands between two titles: "Baker, Miller", "bakers and millers", "- Baker - Miller". A slash
# without spaces joins the names of one job: "Baker/Miller".
# Each alternative begins with one of a set of characters, to which the search can skip.
_JOINT = re.compile(
    r"[;|•·►▪●,&\s](?:"
    r"(?<=[;|•·►▪●])(?P<hard>)"
    r"|(?<=,)(?P<comma>)(?:\s*(?:[Aa]nd|or|&)\s)?"
    r"|(?<=&)(?P<amp>)"
    r"|(?<=\s)(?:(?:(?P<and>[Aa]nd|AND|plus|as well as)|(?P<plus>\+)|(?P<slash>//?)|or|OR)(?=\s)"
    r"|(?P<dash>[-–—*→]{1,3})(?=\s*[A-Z])))"
)
# A snippet with none of these is a single title; most are.
_MARKS = re.compile(r"[;|•·►▪●,&:+/(\[–—*→.!?-]")
_JOINING_WORDS = (" and ", " or ", " plus ", " as ", " AND ", " OR ", " And ")
# Up to the first title: "several open positions including a".
_LEAD_IN = re.compile(
    r"[^,;]{0,40}?\b(?:roles?|positions?|openings?|vacanc(?:y|ies)|people(?= in\b))\s*"
    r"(?:for|as(?= an?\s)|of|in|across|:|[-–—]|like|such as|"
    r"(?:are |, )?includ(?:e|es|ing):?|are:?)\s+"
    r"(?:an?\s|the\s)?",
    re.IGNORECASE,
)
_SEEKING = re.compile(r"(?:now |currently )?(?:seeking|hiring|looking for)\b", re.IGNORECASE)
# "Front and back-end bakers" leaves an end out.
_FRONT = re.compile(r"\b([Ff]ront)(?=(?: and | or | & |\s?/\s?)[Bb]ack)")
_ROLES_NOUN = re.compile(r"\b(?:roles|positions|openings|jobs)\b", re.IGNORECASE)
# What goes on with a title: "folks with and without ovens".
_PREPOSITION = re.compile(
    r"(?:without|with|within|outside|between|after|before|during|under|over)\b"
)
# A title with a bracket of its own: "Baker (rye)".
_BRACKET_END = re.compile(r"\)\s*$")
# A bracket of three words or more: "(we could use bakers)", not "(SRE)", "(s)".
_EXPLAINED = re.compile(r"(?<=\S)\s?\([^()\s]+ [^()\s]+ [^()]*\)?")
_SENTENCE_END = re.compile(r"[.!?]\s+(?=[A-Z])")
# The end of a list: "Baker, Miller and many more".
_MORE = re.compile(r"(?:and |many |much |lots |several )*(?:more|others?|etc)\b", re.IGNORECASE)
# From so many titles on a slash parts jobs: "Baker / Miller / Cook".
_LIST_TITLES = 3


@lru_cache(maxsize=16384)
def split_titles(text: str) -> tuple[str, ...]:
    """Return the titles of the jobs that a snippet offers, as written, in text order.

    A title that shares its noun with the next has the noun added: "iOS and data engineers" are "iOS
    engineers" and "data engineers". Empty if the snippet names no job ("Open roles").
    """
    if "ront " in text or "ront/" in text:
        text = _FRONT.sub("\\1-end", text)
    if not _MARKS.search(text) and not any(map(text.__contains__, _JOINING_WORDS)):
        # "Looking for a baker": the words up to the title have the first preposition.
        found = filler_of(text)
        return without_empty([text] if names_title(text[found.end() if found else 0 :]) else [])
    masked = text
    if "(" in text or "[" in text:
        masked = BRACKETS.sub(lambda match: "_" * len(match.group()), text)
    start = 0
    if (says_role(text) or "people " in text) and (found := _LEAD_IN.match(masked)):
        start = found.end()
    start += len(masked) - start - len(masked[start:].lstrip(EDGES))
    start = found.end() if (found := filler_of(masked, start)) else start
    end = len(text)
    while found := _SENTENCE_END.search(masked, start):
        # "Ovens for all. Seeking bakers", "Acme, Oslo. Baker": the first sentence offers none.
        if names_title(masked[start : found.start()]) or not (
            _SEEKING.match(text, found.end()) or _offers_next(masked[found.end() :])
        ):
            end = found.start()
            break
        start = found.end()
    return without_empty(_split(text[start:end], masked[start:end]))


def _split(text: str, masked: str) -> list[str]:
    head, colon, _ = masked.partition(":")
    # "Talent of all kinds: frontend, mobile, security"
    if colon and not names_job(head):
        several = _of_parts(text, masked, len(head) + 1)
        if len(several) > 1:
            return several
    # "Roles (Baker, Miller)": nothing but the brackets names the jobs.
    if masked != text and not names_title(masked) and (found := BRACKETS.search(text)):
        text = masked = found.group().strip("()[]")
    return _of_parts(text, masked, 0)


def _of_parts(text: str, masked: str, start: int) -> list[str]:
    parts = [part for part in _parts(text, masked, start) if not _MORE.match(part.text)]
    # "Backend, DevOps, Design" are fields.
    by_noun = any(part.noun and part.text.lower() not in _DETAILS for part in parts)
    if by_noun:
        return list(_of_nouns(text, masked, parts))
    fields = list(_of_fields(text, parts))
    level = common_level(parts) if len(fields) > 1 else ""
    return [fields[0], *(f"{level} {other.strip()}" for other in fields[1:])] if level else fields


def _parts(text: str, masked: str, start: int) -> Iterator[Part]:
    joint = "or"
    for match in (*_JOINT.finditer(masked, start), None):
        end = match.start() if match else len(masked)
        if words := text[start:end].strip():
            labels = title_labels(words)
            # "Baking (we could use more bakers)": what a bracket explains is no noun of the title.
            noun = noun_first(_EXPLAINED.sub(" ", words) if "(" in words[1:] else words)
            yield Part(words, start, end, joint, noun, labels & ROLES, labels & LEVELS)
        if match:
            start, joint = match.end(), match.lastgroup or "or"


def _offers_next(text: str) -> bool:
    """Return whether a text begins with a sentence that names a job and is no prose."""
    end = _SENTENCE_END.search(text)
    sentence = text[: end.start()] if end else text
    return names_job(sentence) and "prose" not in title_labels(sentence)


def _of_fields(text: str, parts: Sequence[Part]) -> Iterator[str]:
    """Yield the titles of a snippet without a job's noun: "Engineering, Sales"."""
    title: list[Part] = []
    # "Ovens and mobile positions" are two, too.
    listed = len(parts) > 2 or bool(_ROLES_NOUN.search(text))
    for part in parts:
        tight = part.joint not in ("hard", "comma", "slash", "plus") and not (
            # "Ovens, Mobile and Design" are three jobs, "Mobile and Design" may be one.
            title
            and (
                (part.joint == "and" and listed and _differ(title[-1], part))
                or (part.joint in ("and", "amp") and beside_software(title[-1], part))
            )
        )
        # "Mobile, React Native": the second says more about the first; "iOS, Android" are two.
        systems = title and part.joint != "and" and _are_systems(title[-1], part)
        if title and not systems and (tight or (part.kinds and part.kinds <= title[0].kinds)):
            title.append(part)
            continue
        yield from _field(text, title)
        title = [part]
    yield from _field(text, title)


def _are_systems(part: Part, other: Part) -> bool:
    """Return whether two parts are the two systems of phones, each a field of its own."""
    return {part.text.lower(), other.text.lower()} == {"ios", "android"}


def _differ(part: Part, other: Part) -> bool:
    return bool(part.kinds and other.kinds) and part.kinds.isdisjoint(other.kinds)


def _field(text: str, parts: Sequence[Part]) -> Iterator[str]:
    title = text[parts[0].start : parts[-1].end] if parts else ""
    if not names_title(title):
        return
    sides = title.split("/")
    # "Roles for backend/frontend/security": where each side is a kind, each is a job.
    if len(sides) > 2 and all(title_labels(side) & ROLES for side in sides):
        yield from sides
    else:
        yield title


def _of_nouns(text: str, masked: str, parts: Sequence[Part]) -> Iterator[str]:
    """Yield the titles of a snippet with at least one job's noun."""
    nouns = sum(part.noun for part in parts)
    title: list[Part] = []  # the parts of the title being read
    waiting: list[Part] = []  # parts that may share the next noun
    for part in parts:
        if title and not _begins_title(title, part, nouns, masked):
            title.append(part)
            continue
        if title:
            yield text[title[0].start : title[-1].end]
            title = []
        if not part.noun:
            waiting.append(part)
            continue
        waiting = with_levels(text, waiting) if len(waiting) > 1 else waiting
        shared = sharing(waiting, part)
        level = common_level([*shared, part]) if shared else ""
        for other in shared:
            ranked = f"{level} " if level and not other.levels else ""
            yield f"{ranked}{other.text} {rest_of(other, part)}".rstrip()
        alone = text[waiting[0].start : waiting[-1].end] if waiting and not shared else ""
        listed = part.joint == "comma" and sum(bool(other.kinds) for other in waiting) > 1
        if (part.joint == "hard" or listed) and names_title(alone):
            # "Operations and Networks | Baker", "Design, Sales, Baker": fields and a title, each a
            # job.
            yield from _of_fields(text, waiting)
            waiting = []
        if level:
            yield f"{level} {part.text}"
            title = []
        else:
            title = [part] if shared else [*waiting, part]
        waiting = []
    if title:
        yield text[title[0].start : title[-1].end]
    yield from (part.text for part in waiting if part.kinds)


def _begins_title(title: Sequence[Part], part: Part, nouns: int, masked: str) -> bool:
    """Return whether a part begins another title instead of describing this one."""
    if _PREPOSITION.match(part.text):
        return False
    if part.joint == "hard":
        return part.noun or bool(part.kinds)
    if part.joint == "dash":
        # "Engineer - Backend - Oslo" is one job, "- Engineer - Designer" are two.
        last = BRACKETS.sub(" ", part.text).rstrip(EDGES).rpartition(" ")[2]
        return part.noun and last.lower() not in _DETAILS and names_job(last)
    if part.noun:
        if part.joint == "or":
            # "Senior or Lead Baker" is one job, "Baker or Designer" are two.
            kinds = {kind for other in title for kind in other.kinds}
            return bool(kinds and part.kinds) and kinds.isdisjoint(part.kinds)
        if part.joint != "slash":
            return True
        # Two names of a job may share a slash, "Baker / Pastry Cook"; "Bakers / Millers" are two,
        # and so are "Baker (rye) / Miller (wheat)" and "Senior Baker / Junior Miller".
        both = (title[-1], part)
        return (
            nouns >= _LIST_TITLES
            or all(PLURAL.search(p.text) for p in both)
            or (all(p.levels for p in both) and _differ(title[-1], part))
            or (_BRACKET_END.search(title[-1].text) is not None and _differ(title[-1], part))
            or all(_BRACKET_END.search(p.text) for p in both)
        )
    known = [kind for other in title for kind in other.kinds]
    if not part.kinds or not part.kinds.isdisjoint(known):
        return False
    if says_role(part.text) and part.joint in ("comma", "and"):
        # "Baker, and product design roles": the roles are others.
        return True
    if part.joint == "comma":
        # "Engineer, Backend" is one job, "Product Manager, Designer, Mobile" are three, and so are
        # "Engineers, Designer, Sales".
        return nouns > 1 and (bool(known) or not part.kinds.isdisjoint(NO_ENGINEERS))
    return part.joint == "and" and not tail_of(masked, title[0].start, title[-1].end)
