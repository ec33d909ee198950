"""What two postings of one job have in common."""

from __future__ import annotations

import hashlib
import re
import unicodedata

__all__ = ["job_name"]

_NO_WORDS = re.compile(r"[\W_]+")
_COMPANY_FORM = re.compile(r"(?: (?:inc|llc|ltd|limited|gmbh|ag|se|bv|sa|sas|corp|co|plc))+$")
_EVERYBODY = re.compile(r"(?: [mwfdxi]){2,}$")
"""(m/f/d) and the like."""


def job_name(*, company: str, title: str, text: str, is_comment: bool) -> str | None:
    """Return the name by which postings of the same job are found; None where nothing names it.

    A board's posting goes by company and title. A comment offers several jobs and its first line
    names some of them: there the whole text is the name, as the hex of its md5.
    """
    if is_comment:
        return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
    company, title = _words(company), _words(title)
    if not company or not title:
        return None
    return f"{_COMPANY_FORM.sub('', company)}|{_EVERYBODY.sub('', title)}"


def _words(text: str) -> str:
    """Return a text's words in lower case without accents, one space between."""
    plain = unicodedata.normalize("NFD", text.lower())
    letters = (character for character in plain if not unicodedata.combining(character))
    return _NO_WORDS.sub(" ", "".join(letters)).strip()
