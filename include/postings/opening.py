"""Find the company in an opening without pipes, the habit of 2011 to 2016.

"Bergen, NO - Acme (tills for bakeries) - Engineer", "Acme: Bergen", "Bergen" and "Acme" on lines of
their own: the opening's lines are cut at every separator, places, jobs and terms are set aside, and
of what is left the part counts that the posting's own links or sentences confirm.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from include.postings import words
from include.postings.lexicon import title_labels, vocabulary_section
from include.postings.places import is_only_places
from include.postings.places.tree import fold
from include.postings.technologies import default_matcher

__all__ = ["is_parted", "is_subject", "is_technology", "name_key", "opening_name"]

_LINES = 3
_FIRST_LINE_CHARS = 200
# A later line is a header's only if short; longer ones are prose.
_LINE_CHARS = 90
_FIRST_PART_CHARS = 90
_PARTED_CHARS = 100
_MOST_WORDS = 5
_NAME_CHARS = 40
_NAME_MARKS = frozenset(("-", "--", "–", "—", ":"))
_LEAST_KEY_CHARS = 4
# Between the parts of an opening; a point ends a part unless it abbreviates ("St. Acme").
# Each alternative begins with one of a set of characters, to which the search can skip.
_SEPARATOR = re.compile(
    r"[|•·;>(){}\[\]*~:/,@!hw.-](?:(?<=[|•·;>(){}\[\]])[|•·;>(){}\[\]]*|(?<=\s[-*~])[-*~]*(?=\s)|"
    r"(?<=\s-)(?=[A-Z])|(?<=:)(?=\s)|(?<=\s/)/?(?=\s)|(?<=,)\s(?!Inc|LLC|Ltd|GmbH|Corp)|"
    r"(?<=\s@)(?=\s)|(?<=!)!*|(?<=h)ttps?://\S+|(?<=w)ww\.\S+|"
    # "Acme, Inc. Oslo": the legal form ends the name.
    r"(?<=\bInc\.)(?=\s[A-Z])|(?<=\bLtd\.)(?=\s[A-Z])|"
    r"(?<=\.)(?<!\bSt\.)(?<!\bDr\.)(?<!\bMt\.)(?<!\bFt\.)(?<!\bProf\.)(?<!\bInc\.)(?<!\bLtd\.)"
    r"(?=\s|$))"
)
_ADDRESS = re.compile(r"\S*https?://\S+|\bwww\.\S+|\S+@\S+")
_NO_KEY = re.compile(r"[^a-z0-9]+")
_DOMAIN = re.compile(
    r"(?:www\.)?([\w-]+)\.(?:com|io|ai|co|org|net|ly|me|fm|im|so|tv|us|it|app|dev)"
)
# The end of a name: "Acme is hiring", "Acme in Bergen", "Acme, the bakers".
_NAME_END = re.compile(
    r"\s+(?:is|are|was|has|have|builds?|seeks?|wants?|needs?|makes?|helps?|provides?|we|we're|"
    r"our|who|that|"
    r"in (?=[A-Z])|located|based|hiring|looking|seeking|http\S*|www\S*)\b.*$|'s\s+\w.*$|"
    r"(?<=\w)\s+[\w-]+\.(?:com|io|net|org)\b.*$|"
    r"\s+(?:[Ff]ull[- ]?[Tt]ime|FULL[- ]?TIME|[Oo]n-?[Ss]ite|ON-?SITE|REMOTE|INTERNS?|H1B)\b.*$"
)
_NAME_START = re.compile(r"^(?:At|Join|About|Here at|Hi from)\s+(?=\S)")
# A whole part that is a legal form or an accelerator's batch: "LLC", "YC S99".
_NO_PART = re.compile(r"(?:Inc|LLC|Ltd|GmbH|Corp|Co)\.?|(?:YC|Y Combinator|Techstars)\b.*", re.I)
_STATE = re.compile(r"(?:[A-Z]{2}|Ca|Va|Ma|Ny)(?:\s\d{5})?\b\.?")
# Products of these kinds carry their maker's name.
_ENDS = frozenset(("backend", "frontend", "fullstack", "mobile"))
_OF_VENDORS = frozenset(
    ("business", "office", "tool", "embedded", "blockchain", "security", "observability")
)
_STATE_AFTER = re.compile(rf"(?!(?:YC|SF|UK|EU)\b){_STATE.pattern}(?:$|\s+(?:or|and|USA?)\b)")
_STATE_BEFORE = re.compile(
    r"(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|"
    r"S[CD]|T[NX]|UT|V[AT]|W[AIVY])\s+(?=[A-Z][a-z])"
)
# What a name with a word of terms must not have: a job, levels, prose.
_LEVELS = frozenset(vocabulary_section("levels"))
_NO_WORDS = frozenset(("noun", "field", "prose")) | _LEVELS
_JOINED = re.compile(r" (?:and|&|\+) ")
_SMALL_WORDS = frozenset(
    ("la", "le", "du", "del", "of", "and", "the", "for", "&", "+", "de", "at", "in", "by")
)
_GREETING = re.compile(r"(?:hi|hey|hello|greetings|hiya|howdy|dear|i'm|i am|my name)\b", re.I)
# A bracket qualifies: "(YC S99)", "(Harbour District)".
_ASIDE = re.compile(r"\([^()]*\)?|\[[^\[\]]*\]?")
_WORDS_OF_PROSE = frozenset((
    "a", "about", "after", "all", "also", "an", "and", "any", "apply", "are", "as", "at", "backed",
    "background", "before", "but", "by", "careers", "come", "contact", "description", "details",
    "downtown", "each", "email", "equity", "every", "firm", "for", "founding", "from", "full",
    "fully",
    "great", "h1b", "headquarters", "hello", "here", "hey", "hi", "hiring", "how", "hq", "i",
    "i'm", "if", "in", "industry", "intern", "interns", "is", "it", "it's", "its", "job", "jobs",
    "join", "last", "local", "locals", "location", "looking", "metro", "midtown", "most",
    "multiple", "my", "near", "new-grad", "no", "now", "office", "offices", "on", "one", "or",
    "our", "part", "position", "preferred", "relocation", "requirements", "responsibilities",
    "role", "roles", "salary", "see", "seeking", "several", "since", "so", "some", "start-up",
    "startup", "stealth", "summary", "team", "that", "the", "then", "there", "these", "they",
    "this", "those", "time", "title", "to", "today", "uptown", "various", "visa", "want", "wanted",
    "we", "what", "when", "who", "why", "with", "yes", "you", "young", "your",
))  # fmt: skip


_MOST_MENTIONS = 20
_SENTENCE_STARTS = ("\n", ". ", "! ", "? ", ".", "!", "?", "At ", "at ", "Join ", "join ")
_AT_BEFORE = re.compile(r"\b(?:[Aa]t|[Jj]oin|[Aa]bout) $")
_VERB_AFTER = re.compile(r"(?:'s)?,? (?:is|was|are|has|builds|helps|makes|provides|we)\b")


# A line of what an employer gives: "Equity, an oven for each baker, dental".
_PERKS = re.compile(
    r"\b(?:401k|dental|equity|benefits|perks|stock options|(?:un)?paid (?:vacation|leave))\b", re.I
)
# What a line says that a company is, and no name: "Mobile Baking Startup".
_TAGLINE_END = re.compile(r"\bstart-?up$", re.I)


class _Part(NamedTuple):
    text: str
    line: int
    number: int
    label: bool
    """Ends with a colon below the first line: "Stack: Rust"."""


def opening_name(lines: Collection[str], hosts: Collection[str], body: str) -> str | None:
    """Return the company that the first lines name; None if no part of them can be a name.

    ``hosts`` are the keys (see ``name_key``) of the posting's own links, ``body`` its whole text.
    """
    best, most = None, 0
    for part in _parts(list(lines)):
        if not (name := _name(part, hosts, body)):
            continue
        weight = _weight(name, part, hosts, body)
        # "Acme Tills" above stays whole where the text goes on with "Acme".
        if weight > most and not (best and name_key(best).startswith(name_key(name))):
            best, most = name, weight
    return best


def is_parted(line: str) -> bool:
    """Return whether a line is a header of parts ("Acme, Bergen, full-time") and no sentence."""
    parts = [part for part, _ in _cut(line)]
    if not parts or len(parts[0]) > _FIRST_PART_CHARS or _GREETING.match(line):
        return False
    return len(line) < _PARTED_CHARS or any(
        "terms" in title_labels(part) or words.is_place(_in_mixed_case(part)) for part in parts[:4]
    )


def name_key(name: str) -> str:
    """Return a name's letters and digits, lower case, no accents: "Ácme.io" is acmeio."""
    return _NO_KEY.sub("", name.lower() if name.isascii() else fold(name))


def _parts(lines: list[str]) -> Iterator[_Part]:
    for number, line in enumerate(lines[:_LINES]):
        if number and _PERKS.search(line):
            continue
        # Of prose only the start can be a name.
        prose = number > 0 and len(line) > _LINE_CHARS
        found = _cut(line[: _NAME_CHARS + 3] if prose else line)
        if prose:
            # "Acme - we're looking for bakers who ...": prose behind a name.
            if not found or found[0][1] not in _NAME_MARKS or len(found[0][0]) > _NAME_CHARS:
                return
            found = found[:1]
        for at, (part, separator) in enumerate(found):
            after = found[at + 1][0] if at + 1 < len(found) else ""
            if at and found[at - 1][1] == ",":
                # "Evansville, MA Acme (tills)": the name follows the state without a mark.
                part = _STATE_BEFORE.sub("", part)
            # "Acme in Evansville, MA": what is located is the town.
            named, located, town = part.partition(" in ")
            if located and _is_located(town, after):
                part, after = named, ""
            # The town of "Evansville, ZZ" is known by its state alone.
            if not (separator == "," and after and _is_located(part, after)):
                yield _Part(part, number, at, label=separator == ":" and number > 0)


def _is_located(part: str, after: str) -> bool:
    return bool(_STATE_AFTER.match(after)) or is_only_places(f"{part}, {after}")


@lru_cache(maxsize=16)
def _cut(line: str) -> tuple[tuple[str, str], ...]:
    """Return (part, the separator behind it) of a line without its brackets."""
    line = _ASIDE.sub(" - ", line[:_FIRST_LINE_CHARS])
    found, start = [], 0
    for match in _SEPARATOR.finditer(line):
        found.append((line[start : match.start()].strip(), match.group().strip()))
        start = match.end()
    found.append((line[start:].strip(), ""))
    return tuple((part, separator) for part, separator in found if part)


def _name(part: _Part, hosts: Collection[str], body: str) -> str | None:
    """Return the name in a part; None if it is a place, a job, terms, a technology or prose."""
    if (domain := _DOMAIN.fullmatch(part.text)) and not part.text.lower().startswith("www."):
        return part.text
    name = _NAME_END.sub("", _ADDRESS.sub("", _NAME_START.sub("", part.text)))
    name = name.strip(" *_-:,.|\"'`#=~<>")
    if not any(map(str.isalpha, name)) or _STATE.fullmatch(name) or _NO_PART.fullmatch(name):
        return domain[1] if domain and name_key(domain[1]) in hosts else None
    own = _is_own(name, hosts)
    # "oven bakers", whose link is ovenbakers.test, writes its name in lower case.
    small = own and (len(name.split()) == 1 or (name[0].isalnum() and name_key(name) in hosts))
    if not (_is_written_as_name(name, part) or small):
        return None
    if not own and (
        part.label or _TAGLINE_END.search(name) or (part.line and default_matcher().named(name))
    ):
        return None
    if is_only_places(_in_mixed_case(name)):
        return None
    # "Oslo Lamps" has a place in its name if the posting says what it is, else it is a place.
    if words.is_place(name) and not own and not (" " in name and is_subject(name, body)):
        return None
    if not _means_else(name) or (name_key(name) in hosts and not is_technology(name)):
        return name
    # "Acme Global Bakers", whose link is acme.test: a word of terms in a longer name.
    labels = title_labels(name)
    several = len(name.split()) > 1 and "/" not in name
    return name if own and several and labels.isdisjoint(_NO_WORDS) else None


def _in_mixed_case(name: str) -> str:
    """Return "OSLO" as "Oslo", the spelling of the gazetteer."""
    return name.title() if name.isupper() else name


def _is_written_as_name(name: str, part: _Part) -> bool:
    """Return whether a text is a few capitalised words and opens with none of prose."""
    found = name.split()
    first = found[0].lower()
    if len(found) > _MOST_WORDS or "'" in first or (first in _WORDS_OF_PROSE and first != "the"):
        return False
    start = found[0][0].isupper() or any(c.isupper() for c in found[0])
    # "7acme" may open the posting.
    start = start or (found[0][0].isdigit() and part.line == part.number == 0)
    return start and all(w in _SMALL_WORDS or not w[0].islower() for w in found[1:])


def _means_else(name: str) -> bool:
    """Return whether a name is a job, a field of work, terms, money or a technology."""
    labels = title_labels(name)
    # "Acme Solutions" has a field of work in its name; "Solutions", "QA/Support", "Senior QA" are
    # some.
    alone = len(name.split()) == 1 or not labels.isdisjoint(_LEVELS)
    field = "/" in name or ("field" in labels and alone)
    return bool(
        field
        or not labels.isdisjoint(("noun", "terms"))
        or words.names_money(name)
        or _is_stack(_JOINED.split(name))
    )


def _is_stack(parts: Sequence[str]) -> bool:
    """Return whether the parts are technologies, or one and ends: "Ruby + Front-End"."""
    return any(map(is_technology, parts)) and all(
        is_technology(part) or not title_labels(part).isdisjoint(_ENDS) for part in parts
    )


def is_technology(name: str) -> bool:
    """Return whether a name is a technology's and no company's: "Rust", not "GitHub"."""
    technology = default_matcher().named(name)
    return bool(technology and not technology.company and technology.category not in _OF_VENDORS)


def _is_own(name: str, hosts: Collection[str]) -> bool:
    """Return whether a link of the posting carries the name: "Acme Tills" and acmetills.test."""
    key = name_key(name)
    if len(key) < _LEAST_KEY_CHARS:
        return key in hosts
    return any(host.startswith(key) or key.startswith(host) for host in hosts if len(host) > 3)


def _weight(name: str, part: _Part, hosts: Collection[str], body: str) -> int:
    """Return how well the posting confirms the name; earlier parts win a tie."""
    weight = 4 if _is_own(name, hosts) else 0
    if is_subject(name, body):
        weight += 3
    if all(word[0].isupper() or word in _SMALL_WORDS for word in name.split()):
        weight += 1
    return weight + (part.line == 0)


def is_subject(name: str, body: str) -> bool:
    """Return whether a sentence is about the name ("Acme is", "at Acme")."""
    # Compiling a pattern for each name would cost as much as the rest of the reading.
    at = body.find(name)
    for _ in range(_MOST_MENTIONS):
        if at < 0:
            return False
        end = at + len(name)
        before = body[max(0, at - 7) : at]
        if _AT_BEFORE.search(before) and not body[end : end + 1].isalnum():
            return True
        if (not before or before.endswith(_SENTENCE_STARTS)) and _VERB_AFTER.match(body, end):
            return True
        at = body.find(name, end)
    return False
