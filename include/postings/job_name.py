"""What two postings of one job have in common."""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from collections.abc import Sequence

from include.postings.places import Place

__all__ = ["job_name", "job_place"]

_WORD = re.compile(r"\.?[^\W_](?:[^\W_]|[+#]|\.(?=[^\W_]))*")
"""A word with the marks that make another of it: C, C++, C#, .NET, Node.js."""
_COMPANY_FORMS = frozenset((
    "ab", "ag", "aps", "as", "bv", "co", "company", "corp", "corporation", "doo", "ehf", "gmbh",
    "inc", "incorporated", "kft", "kg", "kgaa", "kk", "limited", "llc", "llp", "lp", "ltd", "ltda",
    "mbh", "nv", "oy", "oyj", "ohg", "pbc", "plc", "pte", "pty", "pvt", "private", "sa", "sab",
    "sarl", "sas", "sasu", "se", "sl", "slu", "spa", "srl", "ug",
))  # fmt: skip
"""Legal forms as the last words of a name, their points left out."""
_SP_Z_OO = re.compile(r"\bsp\.?\s?z\s?o\.?\s?o\b\.?")
_EVERYBODY = re.compile(
    r"""
    [(\[] \s* (?:
        (?: all | any | alle | jedes? ) \s+ (?: genders? | geschlechter? )
        | gn\*? | gender[ -]?neutral | mensch | human
        | (?: [mwfdxihn] | div\.? ) (?: \s?[/|,*:;·-]\s? (?: [mwfdxihn] | div\.? | gn ) )+
        | [mwfdx]{3}
    ) \s* [)\]]
    | (?<![\w/]) [mwfdx] (?: [/|] (?: [mwfdxi] | div\.? ) )+ (?![\w/])
    | (?<!\w) [hf]/[hf] (?: /[xn] )? (?![\w/])
    | (?<!\w) (?: all\ genders? | alle\ geschlechter ) (?!\w)
    """,
    re.VERBOSE,
)
"""(m/f/d), (all genders) and the like: whoever it is that is asked for, the job is the same."""
_ANYWHERE = frozenset((
    "and", "any", "anywhere", "first", "flexible", "from", "fully", "global", "globally", "home",
    "homeoffice", "hybrid", "in", "international", "location", "office", "on", "only", "onsite",
    "or", "remote", "site", "the", "work", "world", "worldwide",
))  # fmt: skip


def job_name(*, company: str, title: str, text: str, is_comment: bool) -> str | None:
    """Return the name by which postings of the same job are found; None where nothing names it.

    A board's posting goes by company and title. A comment offers several jobs and its first line
    names some of them: there the whole text is the name, as the hex of its md5.
    """
    if is_comment:
        return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
    company_words = _without_form(_words(_SP_Z_OO.sub("ltd", _plain(company))))
    title_words = _words(_EVERYBODY.sub(" ", _plain(title)))
    if not company_words or not title_words:
        return None
    return f"{' '.join(company_words)}|{' '.join(title_words)}"


def job_place(location: str | None, places: Sequence[Place]) -> str | None:
    """Return what two places of one job are compared by: the cities named, else the words.

    ``places`` are those of the location. None where no more than a country or a region is named,
    or nothing: such a place may be any.
    """
    cities = {place.name for place in places if place.kind == "city"}
    if cities:
        return "; ".join(sorted(cities))
    words = [] if places else _words(_plain(location or ""))
    return None if _ANYWHERE.issuperset(words) else " ".join(words)


def _plain(text: str) -> str:
    """Return a text in lower case without accents and entities."""
    plain = unicodedata.normalize("NFD", html.unescape(text).lower())
    return "".join(character for character in plain if not unicodedata.combining(character))


def _words(text: str) -> list[str]:
    return _WORD.findall(text)


def _without_form(words: list[str]) -> list[str]:
    """Drop the legal form at the end; a company that is called nothing else keeps it."""
    end = len(words)
    while end > 1 and words[end - 1].replace(".", "") in _COMPANY_FORMS:
        end -= 1
    return words[:end]
