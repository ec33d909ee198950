"""Find the job title in a line: a bullet's head, or a short line without prose."""

from __future__ import annotations

import re
from functools import lru_cache

from include.postings.lexicon import title_labels
from include.postings.titles import BRACKETS, ROLES, names_job, split_titles

__all__ = ["begins_as_duty", "is_whole_title", "title_line"]

_FIELDS = ROLES | {"field"}

# Upper bounds of a job title with its place and detail; anything longer is a sentence.
_TITLE_CHARS = 110
_LINE_CHARS = 600
_DEPARTMENT_CHARS = 40
_SECOND_CHARS = 70  # of a title behind a company's name
_NOT_SECOND = frozenset(("prose", "leader"))
_DASHES = (" - ", " -- ", " – ", " — ")
_BEHIND = (": ", *_DASHES)
_TITLE_WORDS = 14

# The last word of a title that begins as a duty does: "Lead Rye Baker", "Design Engineer".
_TITLE_END = (
    r"(?:engineer|developer|designer|scientist|manager|intern|analyst|architect|programmer|"
    r"administrator|admin|writer|consultant|specialist|hacker|dev|lead|researcher|statistician|"
    r"bioinformatician|technician|tester|recruiter|marketer|associate|coordinator|representative|"
    r"strategist|artist|animator|editor|advocate|agent|director|officer|producer|swe|sre|sdet)s?"
)
# A line that describes work or a person: "Design our ovens", "Building ovens". The lookaheads keep
# titles that start with such a word: "Design Engineer", "Building Engineer", "Engineer (Ovens)".
_VERB_FIRST = re.compile(
    r"^(?:no\b|(?:architect|design|support|research|engineer)\b(?= \w)"
    r"(?! (?:i{1,3}|in|at|for|based|[a-z]?\d)\b)"
    rf"(?![ /-](?:[\w/&+.-]+ ){{0,3}}{_TITLE_END}\b(?:$|\W))"
    r"|(?:lead|junior|google|deep|some|and|or|with|for|the|an?|good|great|solid|excellent|prior|"
    r"previous|former|ideal\w*|passion\w*|interest\w*)\b"
    rf"(?![ /-](?:[\w/&+.-]+ ){{0,3}}(?:{_TITLE_END}|customer support|support|success)\b(?:$|\W))"
    r"|(?:build|work|help|own|collaborate|partner|develop|create|drive|manage|mentor|write|ship|scale|"
    r"implement|deploy|maintain|define|interview|talk|meet|join|reports?|coach|hire|hiring|run|take|"
    r"bring|include|mention|bonus|proven|bachelor\w*|bs|ms|phd|comfortable|not|to|as|from|how|why|what|where|when|come|"
    r"think|reach|feel|ping|send|apply|see|check|learn|read|visit|click|please|full support|"
    r"linkedin|ensure|assist|provide|perform|conduct|participate|contribute|deliver|identify|oversee|"
    r"troubleshoot|coordinate|communicate|improve|analy[sz]e|understand|optimi[sz]e|"
    r"(?:build|work|help|collaborat|develop|creat|driv|manag|mentor|writ|implement|deploy|"
    r"maintain|design|lead|own|improv|shap|ensur|mak|giv|keep|provid|deliver|scal|debugg|deploy|"
    r"analy[sz]|turn|tak|solv)ing|recruiting (?:for|across)|care|"
    # What somebody does: "keeps the ovens running".
    r"(?:(?:build|work|help|own|collaborate|create|drive|write|ship|maintain|improve|remove|solve|"
    r"share|keep|think|care|enjoy|love|know|use)s|has|is|can))\b"
    r"(?! (?:engineer|developer|manager)s?$))"
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
    "On ",
    "For ",
)
# What looks like a title and is none: "Hey, CEO of Acme here", "Acme helps bakers", an address, a
# person who signs: "Jo (CTO)".
_NO_TITLE = re.compile(
    r"(?:hey|hi|hello|thanks|cheers|best|regards|raised|dear|p\.?s|please|sorry|"
    r"[\w/]+(?: \w+)? here)\b"
    r"|[\w.'&-]+(?: [\w.'&-]+)? (?:helps?|provides?|gets?|makes?|builds?|offers?|saves?|lets|"
    r"gives?|uses?|works?|trains|connects|enables|empowers|runs|creates|delivers|sells|develops|"
    r"operates|turns|brings|teaches)\b"
    r"|\w+(?: \w+)?(?:, | \()(?:co-?founder|founder|c.o\b|vp\b|head of|recruit)"
    # "Acme's CTO", "I'm the head of baking", "co-founder Jo Miller".
    r"|[\w.-]+['’]s? (?:c.o\b|vp\b|co-?founder|founder|head of)|i['’]m\b|i am\b"
    r"|(?:co-?)?founder (?-i:[A-Z][a-z]+ [A-Z])"
    # What one does: "Listening critically to bakers", "Building the ovens".
    r"|(?!engineer|found|market)\w+ing (?:the|our|your|an?|to|that|\w+ly)\b",
    re.IGNORECASE,
)
# Each alternative begins with one of a set of characters, to which the search can skip.
_NO_TITLE_SIGN = re.compile(
    r"[@)\]]\w|\.(?<=\S\.)(?:dev|engineer|jobs?)\b",
    re.IGNORECASE,
)
# Where a listed title turns to its task or its holder: "baker to run our ovens".
_TASK = re.compile(r"\s(?:to|who|with|experienced|interested|for|that|familiar|proficient)\s")
# A line of several titles; a sentence has longer parts.
_LIST_TITLES = 3
_LISTED_WORDS = 7
# What titles of others follow: "Contact: Jo Miller, Head Baker", "Reports to: Head Baker".
_NO_DEPARTMENT = re.compile(
    r"\W*(?:contact|e-?mail|appl|key|report|team|founder|ask|write|nice|bonus|subject|for |you|see|"
    r"work)",
    re.IGNORECASE,
)
# What follows a title after a dash, up to the next separator: " - Ovens, Rust - https://...", or
# after a colon, if it is a name: ": Ovens: https://...".
_DETAIL = re.compile(
    r"\s-{1,2}\s(?!https?\b)([^-:.]{2,60}?)(?=\s[-:]|\s?\(|\s?https?:|:|$)"
    r"|: ?([A-Z][\w/+]*(?: (?:&|and|[A-Z\d][\w/+]*)){0,3})(?=:|\s[-–]\s|\s?\(|\s?https?:|$)"
)
# The end of a line's title: "Baker: you bake", "Baker | Oslo", "Baker (https://acme.test)".
# Each alternative begins with one of a set of characters, to which the search can skip.
_HEAD_END = re.compile(r"[:.; h](?:(?<=[:.;]) |(?<=h)ttp|(?<= )(?:(?:--?|[→>|=@•⬪]) |\[))")

# How many are sought: "2 bakers".
_COUNT = re.compile(r"^(?:\d{1,2}|an?|one|two|three) ")
# What follows a title's last word: "Baker (rye)", "Baker, Nights", "Baker - Oslo".
_TITLE_DETAIL = re.compile(r"\s?[(\[,:/|]|\s-")


def title_line(line: str, bullet: re.Match[str] | None, listing: bool) -> str | None:
    """Return the job title in a line: a bullet's head or a short line without prose; else None.

    Under a heading such as "Open roles:" a field is enough ("- Marketing").
    """
    if len(line) > _LINE_CHARS or line.lstrip("([").startswith(_PROSE_STARTS):
        return None
    # Without a bullet only a capital ("Baker", "iOS Engineer") or a mark suggests a title.
    plain = not bullet and line[:2] == line[:2].lower() and line[:1] not in ("(", "[", '"')
    # Below a heading "2 rye bakers" is one, too.
    if plain and not (listing and is_whole_title(_COUNT.sub("", line).capitalize())):
        return None
    rest = (line[bullet.end() :] if bullet else line).rstrip("=~# ")
    # A search past the title's bound is useless; the margin admits the separator itself.
    # What is in a bracket at its start is part of it: "[Junior - Senior] Baker".
    level = BRACKETS.match(rest) if rest[:1] in ("[", "(") else None
    end = _HEAD_END.search(rest, level.end() if level else 0, _TITLE_CHARS + 9)
    head = rest[: end.start()] if end else rest.removesuffix(":")
    if "|" in rest:
        # Another header, "Acme | Oslo | Baker", or titles alone, "Baker | Miller".
        # An address repeats its title: "Baker | Oslo | https://acme.test/jobs/baker".
        parts = [p.strip().removeprefix("Hiring ") for p in rest.split("|") if "://" not in p]
        head = " | ".join(part for part in parts if _is_title(title_labels(part))) or head
    elif bullet and (task := _TASK.search(head)) and "noun" in title_labels(head[: task.start()]):
        head = line = head[: task.start()]
    if end and end.group() in _BEHIND and _is_department(head, listing):
        # "Baking: Head Baker, Apprentice", "Featured role: Head Baker": the titles follow. That of
        # "Baking - Engineer" is both.
        second = rest[end.end() :].partition("http")[0]
        if _names_all(second) and (
            title_labels(head).isdisjoint(ROLES) or title_labels(second) & ROLES
        ):
            return second
    if _VERB_FIRST.match(head.lower()) or _is_long(head):
        return _title_list(line)
    labels = title_labels(head)
    named = listing and labels & _FIELDS
    if "noun" not in labels and not named and end and end.group() in _DASHES:
        # "Acme - Baker", "Baker guild – Acme": the title may follow the name.
        second = _HEAD_END.split(rest[end.end() :], maxsplit=1)[0]
        found = title_labels(second)
        # "Jo Baker - CTO" signs.
        if (
            len(second) <= _SECOND_CHARS
            and names_job(second)
            and found.isdisjoint(_NOT_SECOND)
            and not _NO_TITLE.match(head)
        ):
            head, labels = second, found
    if "noun" not in labels and not (listing and (labels & _FIELDS or names_job(head))):
        return None
    # What is in brackets may be a sentence.
    if "prose" in labels and "prose" in title_labels(BRACKETS.sub(" ", head)):
        return None
    if _NO_TITLE.match(head) or _NO_TITLE_SIGN.search(head):
        return None
    return head + _detail(rest[len(head) :] if rest.startswith(head) else "")


@lru_cache(maxsize=1024)
def is_whole_title(text: str) -> bool:
    """Return whether a text is one short title: "Head Baker (rye)", "Baker, Nights"."""
    text = text.strip()
    head = _TITLE_DETAIL.split(text, maxsplit=1)[0].split()
    return (
        text[:1].isupper()
        and bool(head)
        and len(text.split()) <= _LISTED_WORDS
        and names_job(head[-1])
        and "prose" not in title_labels(text)
        and not _VERB_FIRST.match(text.lower())
    )


def begins_as_duty(text: str) -> bool:
    """Return whether a text begins as a duty, a greeting or a signature does, and no title."""
    return bool(_VERB_FIRST.match(text.lower()) or _NO_TITLE.match(text))


def _is_long(head: str) -> bool:
    """Return whether a head is longer than titles are; a list of tools in brackets may be long."""
    if len(head) > _TITLE_CHARS and "(" in head:
        head = BRACKETS.sub("", head)
    return len(head) > _TITLE_CHARS or len(head.split()) > _TITLE_WORDS


def _is_title(labels: frozenset[str]) -> bool:
    return "noun" in labels and "prose" not in labels


def _is_department(head: str, listing: bool) -> bool:
    labels = title_labels(head) if len(head) <= _DEPARTMENT_CHARS else frozenset()
    named = listing or "noun" in labels or not labels.isdisjoint(_FIELDS)
    return named and not names_job(head) and not _NO_DEPARTMENT.match(head)


def _names_all(text: str) -> bool:
    """Return whether a text is nothing but short titles, each with a job's noun."""
    if "@" in text or "prose" in title_labels(text):
        return False
    titles = split_titles(text)
    return bool(titles) and all(
        "noun" in title_labels(title) and len(title.split()) <= _LISTED_WORDS for title in titles
    )


def _title_list(line: str) -> str | None:
    """Return a line that is nothing but titles: "+ Baker + Miller + Cook"; else None."""
    parts = 1 + line.count(",") + line.count("|") + line.count(" + ") + line.count(" - ")
    # Prose has longer parts, and this is the cheapest test.
    if parts < _LIST_TITLES or line.count(" ") > parts * _LISTED_WORDS:
        return None
    if "prose" in title_labels(line):
        return None
    titles = split_titles(line)
    if len(titles) < _LIST_TITLES or any(len(title.split()) > _LISTED_WORDS for title in titles):
        return None
    labels = [title_labels(title) for title in titles]
    return None if any("prose" in found or "noun" not in found for found in labels) else line


def _detail(rest: str) -> str:
    """Return the detail after a title: ", Backend" of ``Engineer - Backend - https:``; else ""."""
    match = _DETAIL.match(rest) if rest.startswith((" ", ":")) else None
    detail = match.group(1) or match.group(2) if match else ""
    if not detail or _VERB_FIRST.match(detail.lower()) or detail.startswith(_PROSE_STARTS):
        return ""
    return "" if "prose" in title_labels(detail) else f", {detail}"
