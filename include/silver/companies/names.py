"""Compare companies' names with each other and with the labels of domains and boards."""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from include.postings.job_name import COMPANY_FORMS

__all__ = ["Fit", "Name", "fit", "read_name"]

Fit = Literal["whole", "start", "within"]
"""How a label carries a name: ``whole`` (acme, getacme, acme-labs), ``start`` (acmeovens), or
``within`` (bestacme; acmeovens, too, if the name is short)."""

# Letters that no accent makes: NFKD leaves them.
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})
# "Ben & Jerry" is "Ben and Jerry"; "AT&T" is att.com.
_AND = re.compile(r"(?<=\s)[&+](?=\s)")
# The Polish form is several words in many spellings: "Acme sp. z o.o.".
_SP_Z_OO = re.compile(r"\bsp\.?\s?z\s?o\.?\s?o\b\.?")
# Letters and digits with inner points: "L.L.C", "acme.io".
_WORD = re.compile(r"[^\W_]+(?:\.[^\W_]+)*")
_DOMAIN = re.compile(r"(?:www\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,24})")

# What a company adds to its name or leaves out: "Acme", "Acme Technologies". Words that name a
# trade (Health, Capital, Robotics) distinguish companies, and are not among them.
_GENERIC = frozenset((
    "ai", "app", "apps", "careers", "digital", "engineering", "global", "group", "holding",
    "holdings", "hq", "international", "io", "jobs", "lab", "labs", "online", "project",
    "solutions", "software", "studio", "studios", "systems", "team", "tech", "technologies",
    "technology", "web",
))  # fmt: skip
# What is put around a name in a domain or a slug: "getacme.com", "acmehq.com", "acme-jobs".
_BEFORE = frozenset((
    "", "at", "be", "get", "go", "hello", "hey", "hi", "join", "meet", "my", "on", "team", "the",
    "try", "use", "we", "with", "work",
))  # fmt: skip
_AFTER = _GENERIC | {"", "career", "company", "corp", "gmbh", "hiring", "inc", "job", "llc", "ltd"}
# A slug that was taken: "acme1", "acme-2".
_DIGITS = "0123456789"
_LEAST_CHARS = 3
"""A name of fewer letters is what is left of "go" + "at" as easily."""
_LEAST_START_CHARS = 5
"""A shorter name begins too many labels: "Data" that of datadog.test."""


@dataclass(frozen=True, slots=True, eq=False)  # compared by identity: the caches hash it often
class Name:
    """A company's name, apart from case, accents, punctuation and legal form."""

    key: str
    """Its letters and digits: "Acme Ovens, Inc." is acmeovens. Equal keys are equal names."""
    forms: frozenset[str]
    """The key, and what is left of it without generic words and "the"."""
    initials: str
    """Of three words or more, else the key: ibm of "International Business Machines"."""
    domain: str | None
    """The domain, where the name is one: "acme.io"."""


@lru_cache(maxsize=200_000)
def read_name(written: str) -> Name | None:
    """Return a name as it is compared; None if it has no letter or digit."""
    lower = html.unescape(written).casefold().strip()
    words = _words(lower)
    if not words:
        return None
    is_domain = _DOMAIN.fullmatch(lower)
    short = words
    while len(short) > 1 and short[-1] in _GENERIC:
        short = short[:-1]
    if len(short) > 1 and short[0] == "the":
        short = short[1:]
    key, domain = "".join(words), is_domain.group(1) if is_domain else None
    forms = {key, "".join(short)}
    if domain and not domain.endswith(".com"):
        # "Acme.io" is Acme only where a domain or a board says so: it is in both names' postings.
        key = domain
        forms.add(domain.rpartition(".")[0].rpartition(".")[2])
    initials = "".join(word[0] for word in words) if len(words) >= _LEAST_CHARS else key
    return Name(key, frozenset(forms), initials, domain)


def fit(name: Name, label: str) -> Fit | None:
    """Return how the label of a domain or board carries a name; None if it does not."""
    plain = label if label.isalnum() else "".join(_WORD.findall(label)).replace(".", "")
    if plain in (name.key, name.initials) or any(
        _is_put_around(form, plain) for form in name.forms
    ):
        return "whole"
    if len(name.key) >= _LEAST_START_CHARS and plain.startswith(name.key):
        return "start"
    return "within" if len(name.key) >= _LEAST_CHARS and name.key in plain else None


def _is_put_around(form: str, label: str) -> bool:
    before, found, after = label.partition(form)
    return (
        bool(found)
        and len(form) >= _LEAST_CHARS
        and before in _BEFORE
        and after.rstrip(_DIGITS) in _AFTER
    )


def _words(lower: str) -> list[str]:
    plain = lower
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain).translate(_LETTERS)
        plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    if "sp" in plain:
        plain = _SP_Z_OO.sub("ltd", plain)
    words = _WORD.findall(_AND.sub("and", plain).replace("'s", "s"))
    # "acme.com" is Acme; another ending is part of the name.
    words = [word.removesuffix(".com").replace(".", "") for word in words]
    while len(words) > 1 and words[-1] in COMPANY_FORMS:
        words.pop()
    return words
