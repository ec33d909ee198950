"""Find the web addresses of a text: the targets of its links, and addresses that stand in it."""

from __future__ import annotations

import html
import re

from include.postings.markup import plain_text

__all__ = ["addresses"]

# The target of a link: <a href="https:&#x2F;&#x2F;acme.test">.
_TARGET = re.compile(r"""<a\s[^<>]*?href\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)')""", re.IGNORECASE)
# Plain text, with or without a scheme: "https://acme.test/jobs", "jobs.acme.test/7". A last label
# of letters rules out "3.5"; "Node.js" passes. The lookbehind rules out e-mail addresses, and
# starts within a word that an earlier match has left. All is bounded, so the scan is linear.
_BARE = re.compile(
    r"(?<![\w@.:/-])(?:https?://[^\s<>\"'|]+|"
    r"[\w-]{1,63}(?:\.[\w-]{1,63}){0,5}\.[a-zA-Z]{2,24}(?![\w@-])(?:/[^\s<>\"'|]*)?)"
)
# What ends a sentence or closes a bracket belongs to the text: "(see https://acme.test/jobs)."
_CLOSING = ".,;:!?)]}*_"


def addresses(markup: str, plain: str | None = None) -> tuple[str, ...]:
    """Return the addresses in HTML or plain text, each once: links first, then those in the text.

    ``plain`` is ``plain_text(markup)`` where the caller has it. An address in the text may lack its
    scheme, and one that Hacker News has cut short ends in "...".
    """
    text = plain_text(markup) if plain is None else plain
    if "<" not in markup and "&lt;" in markup:  # escaped once too often, see markup.py
        markup = html.unescape(markup)
    found = [html.unescape(double or single) for double, single in _TARGET.findall(markup)]
    if "." in text:
        found += map(_without_closing, _BARE.findall(text))
    return tuple(dict.fromkeys(filter(None, map(str.strip, found))))


def _without_closing(address: str) -> str:
    return address if address.endswith("...") else address.rstrip(_CLOSING)
