"""E-mail addresses and phone numbers in a text: the link to the source leads to them."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["LEFT_OUT", "contacts_in", "without_contacts"]

LEFT_OUT: Final = "[contact at the source]"

# "kim", "kim.berg", "kim (dot) berg"
_NAME = r"(?:[\w+-]{1,64} ?(?:[\[({<] ?dot ?[\])}>]|\bdot\b) ?)?[\w.+-]{1,64}"
_HOST = r"[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}"
_DOT = r" ?[\[({<]? ?(?:dot|\.) ?[\])}>]? ?"
# Parts are bounded, so that a row of letters without an @ costs no more than its length.
_CONTACTS = re.compile(
    "|".join(
        (
            # "jobs@acme.example", "jobs+hn @ acme.example"
            rf"\b{_NAME} ?@ ?{_HOST}",
            # "jobs [at] acme [dot] example", "jobs (at) acme.example"
            rf"\b{_NAME} ?[\[({{<] ?at ?[\])}}>] ?[\w-]{{1,63}}(?:{_DOT}[\w-]{{1,63}}){{1,3}}",
            # "jobs at acme dot example"
            rf"\b{_NAME} at [\w-]{{1,63}} dot [\w-]{{1,63}}(?: dot [\w-]{{1,63}})?",
            # "+47 22 33 44 55", "+1 (555) 010-9999"
            r"\+\d[\d ().-]{6,18}\d\b",
            # "(555) 010-9999", "555-010-9999"; "2019-2020" and "100 000" are none
            r"(?<![\w./=-])\(?\d{3}\)?[ .-]\d{3}[.-]\d{4}\b",
        )
    ),
    re.IGNORECASE,
)  # fmt: skip


def contacts_in(text: str) -> list[tuple[int, int]]:
    """Return the half-open spans of the addresses and numbers, in the order of the text."""
    return [found.span() for found in _CONTACTS.finditer(text)]


def without_contacts(text: str) -> str:
    """Return the text with each of them replaced."""
    return _CONTACTS.sub(LEFT_OUT, text)
