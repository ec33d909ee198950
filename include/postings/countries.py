"""Countries by every usual name: ISO 3166-1, with Kosovo.

``countries.csv`` is data, one row a country: its code, the short form that is shown, its other
names, and which of its names mean something else as well in a text (Georgia, Jersey, Chad). Names:
the English ones of Unicode CLDR 47 (https://cldr.unicode.org, Unicode-3.0), the short names of
ISO 3166-1, former names and the usual spellings without accents.
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
_NOT_A_WORD = re.compile(r"[^\w]+")


class Country(NamedTuple):
    """A country: ISO 3166-1 alpha-2 code, short form, and all of its names."""

    code: str
    name: str
    names: tuple[str, ...]
    """The short form among them."""
    certain: tuple[str, ...]
    """Those names that mean nothing else in a text."""


@cache
def countries() -> tuple[Country, ...]:
    """Return all countries, by code."""
    with _PATH.open(encoding="utf-8", newline="") as file:
        return tuple(_country(row) for row in csv.DictReader(file))


def country_called(name: str) -> Country | None:
    """Return the country that a whole text names, however it writes it; None for any other text.

    For fields that hold the name of a country: in running text "Georgia" may be the state.
    """
    return _by_name().get(_plain(name))


def country_code(text: str) -> str | None:
    """Return the ISO 3166-1 alpha-2 code that a text is, in capitals; None for any other text."""
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
    """Return the words of a name in lower case, without accents and article."""
    letters = unicodedata.normalize("NFKD", name.casefold().replace("&", " and "))
    kept = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return _NOT_A_WORD.sub(" ", kept).strip().removeprefix("the ")
