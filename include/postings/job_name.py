"""Build the keys by which duplicate postings of one job are found."""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from collections.abc import Sequence

from include.postings.places import Place

__all__ = ["COMPANY_FORMS", "job_name", "job_place"]

# Letters and digits, with inner points and trailing "+" or "#".
_WORD = re.compile(r"\.?[^\W_](?:[^\W_]|[+#]|\.(?=[^\W_]))*")
"""A word with the marks that distinguish it: C, C++, C#, .NET, Node.js."""
COMPANY_FORMS = frozenset((
    "ab", "ag", "aps", "as", "bv", "co", "company", "corp", "corporation", "doo", "ehf", "gmbh",
    "inc", "incorporated", "kft", "kg", "kgaa", "kk", "limited", "llc", "llp", "lp", "ltd", "ltda",
    "mbh", "nv", "oy", "oyj", "ohg", "pbc", "plc", "pte", "pty", "pvt", "private", "sa", "sab",
    "sarl", "sas", "sasu", "se", "sl", "slu", "spa", "srl", "ug",
))  # fmt: skip
"""Legal forms at the end of a name, without points."""
# The Polish form is several words in many spellings: "Acme sp. z o.o.".
_SP_Z_OO = re.compile(r"\bsp\.?\s?z\s?o\.?\s?o\b\.?")
# Equality markers, by line: "(all genders)", "(gn*)", "(m/f/d)", "(mwd)", bare "m/w/d", French
# "h/f", bare "all genders". Bare forms must stand alone: "pdf/x" has none.
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
"""(m/f/d), (all genders) and the like: such a marker does not distinguish two jobs."""
# Words that leave the place open: "Remote, worldwide" compares equal to any place.
_ANYWHERE = frozenset((
    "and", "any", "anywhere", "first", "flexible", "from", "fully", "global", "globally", "home",
    "homeoffice", "hybrid", "in", "international", "location", "office", "on", "only", "onsite",
    "or", "remote", "site", "the", "work", "world", "worldwide",
))  # fmt: skip


def job_name(*, company: str, title: str, text: str, is_comment: bool) -> str | None:
    """Return the key that postings of the same job share; None if company or title is missing.

    For a board's posting the key is ``<company>|<title>``, both normalised. A comment offers
    several jobs and its first line may name only some, so its key is the hex md5 of its text.
    """
    if is_comment:
        return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
    company_words = _without_form(_words(_SP_Z_OO.sub("ltd", _plain(company))))
    title_words = _words(_EVERYBODY.sub(" ", _plain(title)))
    if not company_words or not title_words:
        return None
    return f"{' '.join(company_words)}|{' '.join(title_words)}"


def job_place(location: str | None, places: Sequence[Place]) -> str | None:
    """Return the key for comparing the places of one job: its cities, else the location's words.

    ``places`` are the places found in ``location``. Returns None if the location is empty or names
    only a country or a region: it may then be the same place as any other.
    """
    cities = {place.name for place in places if place.kind == "city"}
    if cities:
        return "; ".join(sorted(cities))
    words = [] if places else _words(_plain(location or ""))
    return None if _ANYWHERE.issuperset(words) else " ".join(words)


def _plain(text: str) -> str:
    """Normalise a text: lower case, no accents, no HTML entities."""
    plain = unicodedata.normalize("NFD", html.unescape(text).lower())
    return "".join(character for character in plain if not unicodedata.combining(character))


def _words(text: str) -> list[str]:
    return _WORD.findall(text)


def _without_form(words: list[str]) -> list[str]:
    """Drop legal forms at the end, but never a name's only word."""
    end = len(words)
    while end > 1 and words[end - 1].replace(".", "") in COMPANY_FORMS:
        end -= 1
    return words[:end]
