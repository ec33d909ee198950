"""Country names and ISO 3166-1 codes, including Kosovo.

``countries.csv`` has one row per country: code, short display name, aliases, and the names that
are ambiguous in running text (Georgia, Jersey, Chad). Sources: the English names of Unicode CLDR 47
(https://cldr.unicode.org, Unicode-3.0), the short names of ISO 3166-1, former names and the usual
unaccented spellings.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import NamedTuple

__all__ = ["Country", "countries", "country_called", "country_code"]

_PATH = Path(__file__).with_name("countries.csv")
# Punctuation compares as a blank: "Timor-Leste" and "Timor Leste" are one name.
_NOT_A_WORD = re.compile(r"[^\w]+")


class Country(NamedTuple):
    """A country: ISO 3166-1 alpha-2 code, short name and all names."""

    code: str
    name: str
    names: tuple[str, ...]
    """All names, including the short one."""
    certain: tuple[str, ...]
    """The names that are unambiguous in running text."""


@cache
def countries() -> tuple[Country, ...]:
    """Return all countries, in order of code."""
    with _PATH.open(encoding="utf-8", newline="") as file:
        return tuple(_country(row) for row in csv.DictReader(file))


def country_called(name: str) -> Country | None:
    """Return the country whose name is the whole text, in any case or accents; else None.

    Use it for fields that hold a country's name: in running text "Georgia" may be the state.
    """
    return _by_name().get(_plain(name))


def country_code(text: str) -> str | None:
    """Return the text as an upper-case ISO 3166-1 alpha-2 code; None if it is not one."""
    code = text.strip().upper()
    return code if code in {country.code for country in countries()} else None


def _country(row: dict[str, str]) -> Country:
    names = (row["name"], *filter(None, row["aliases"].split("|")))
    other = set(row["also_else"].split("|"))
    return Country(row["code"], row["name"], names, tuple(n for n in names if n not in other))


@cache
def _by_name() -> dict[str, Country]:
    return {_plain(name): country for country in countries() for name in country.names}


def _plain(name: str) -> str:
    """Normalise a name: lower case, no accents, no leading article."""
    # NFKD splits "ô" into a letter and a combining mark; the mark is dropped below.
    letters = unicodedata.normalize("NFKD", name.casefold().replace("&", " and "))
    kept = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return _NOT_A_WORD.sub(" ", kept).strip().removeprefix("the ")
