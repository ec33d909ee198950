"""Companies' names: the one in a job's text, and whether two names may be one company's.

Some systems send no name with a record. A board's name in links is never the company's: "acme2" may
be Acme or Apex. It is only a witness: of the names in the text, the one that it spells wins.
"""

from __future__ import annotations

import re
from collections import Counter

from include.postings.markup import plain_text

__all__ = ["company_in_text", "names_agree"]

_READ_CHARS = 12_000
# Up to four words in capitals: "Acme", "Blue Harbor Labs", "Peach.io", "de Vries & Zoon" without
# its first. Words are bounded, so that the search is linear.
_WORD = r"[A-Z0-9][\w.&'+-]{0,30}"
_NAME = rf"{_WORD}(?: (?:{_WORD}|&|of|and the)){{0,3}}"
# What a company says of itself: "About Acme", "At Acme, we", "Join Acme", "Life at Acme", "Acme's
# mission", "Acme is a", "Acme builds".
_INTRODUCED = re.compile(
    rf"^(?:About|Who is|Why|Life at|Working at|Welcome to|Join) (?P<heading>{_NAME})[?:!.]?$"
    rf"|\b(?:At|Join|[Jj]oin|[Ll]ife at|[Ww]orking (?:at|for)|[Jj]oining|[Rr]oles? at|[Ww]ork at) "
    rf"(?P<at>{_NAME})(?=[,.!?;:)\n]| (?:we|as|is|and|to|you|our|means|a|the)\b|$)"
    rf"|(?:^|(?<=[.!?] ))(?P<subject>{_NAME})®?(?: \([^)\n]{{1,60}}\))?,? (?:is (?:a|an|the|one|on|"
    rf"building|dedicated|transforming|revolution\w+|where|proud)|builds|helps|makes|provides|"
    rf"was (?:born|founded)|offers|has (?:been|built))\b"
    rf"|(?P<owner>{_WORD}(?: {_WORD}){{0,2}})'s "
    r"(?:mission|vision|values|culture|headquarters|team)\b",
    re.MULTILINE,
)
# The least that a text says: "every product at Acme.io". Read only if nothing else is there, since
# it may be a former employer's name.
_MENTIONED = re.compile(
    rf"\b(?:products?|teams?|engineering|people|everyone|engineers?|colleagues|platform) at "
    rf"(?P<name>{_WORD}(?: {_WORD}){{0,2}})"
)
# Words in capitals that begin a sentence or a heading and name no company.
_NO_NAME = frozenset((
    "a", "about", "all", "an", "and", "any", "as", "at", "candidates", "company", "department",
    "each", "every", "everyone", "he", "here", "how", "i", "if", "in", "it", "its", "job", "life",
    "my", "no", "opportunity", "our", "overview", "position", "responsibilities", "role", "she",
    "someone", "team", "that", "the", "their", "there", "these", "they", "this", "those", "us",
    "we", "what", "when", "where", "who", "why", "work", "working", "you", "your",
))  # fmt: skip
# A recruiter's text: the employer is somebody else, and not named.
_CLIENT = re.compile(r"\b[Oo]ur client(?:'s|,| is| are|\b)")
_CLIENT_CHARS = 400
_WORDS = re.compile(r"[^\W_]{3,}")
# Words of many names, which make no two companies one.
_COMMON = frozenset((
    "and", "bank", "capital", "com", "company", "consulting", "corp", "data", "digital", "gmbh",
    "global", "group", "health", "holding", "inc", "international", "labs", "limited", "llc", "ltd",
    "media", "solutions", "software", "systems", "tech", "technologies", "technology", "the",
))  # fmt: skip
_NOT_LETTERS = re.compile(r"[^a-z0-9]+")


def company_in_text(markup: str, board: str) -> str | None:
    """Return the name that a job's text introduces as its company; None if it introduces none.

    ``board`` is the board's name in links. A recruiter's text about a client names no company.
    """
    text = plain_text(markup)[:_READ_CHARS]
    if _CLIENT.search(text, 0, _CLIENT_CHARS):
        return None
    found = Counter[str]()
    for match in _INTRODUCED.finditer(text):
        name = _trimmed(match[match.lastgroup or 0])
        if name:
            found[name] += 2 if match.lastgroup in ("heading", "at") else 1
    if not found:
        found.update(n for m in _MENTIONED.finditer(text) if (n := _trimmed(m["name"])))
    if not found:
        return None
    spelled = [name for name in found if _spells(board, name)]
    names = spelled or list(found)
    return max(names, key=lambda name: (found[name], -len(name)))


def names_agree(first: str, second: str) -> bool:
    """Return whether two names may be of one company: "Acme", "Acme Labs GmbH", "ACME.io".

    In doubt they do: a subsidiary's board is the company's, too.
    """
    one, other = _letters(first), _letters(second)
    if not one or not other:
        return True
    if one.startswith(other) or other.startswith(one):
        return True
    words = [set(_WORDS.findall(name.casefold())) - _COMMON for name in (first, second)]
    return bool(words[0] & words[1])


def _trimmed(name: str) -> str:
    """Return a name without what is none: its first word may only begin a sentence."""
    words = name.strip(" .&-").split()
    if not words or words[0].casefold().rstrip(".,'") in _NO_NAME:
        return ""
    return " ".join(words)


def _spells(board: str, name: str) -> bool:
    """Return whether a board's name is that of the company: "blueharbor" of "Blue Harbor"."""
    short, whole = _letters(name), _letters(board)
    return bool(short) and (whole == short or (len(short) > 3 and whole.startswith(short)))


def _letters(text: str) -> str:
    return _NOT_LETTERS.sub("", text.casefold())
