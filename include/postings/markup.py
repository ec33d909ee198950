"""HTML to plain text: linear in the input, no recursion, never trusted with rendering.

A posting's HTML is only read, so this drops tags rather than building a tree: a tree's depth is
the sender's choice (a million nested tags), a scan's cost is not.
"""

from __future__ import annotations

import html
import re

from include.postings.letters import lower_in_place

__all__ = ["MAX_TEXT_CHARS", "plain_text"]

MAX_TEXT_CHARS = 100_000
"""No posting seen is longer than 20,000 characters; what lies beyond this is not read."""

_HIDDEN = ("script", "style")
_BLOCK = re.compile(
    r"</?(?:p|br|li|ul|ol|div|h[1-6]|tr|table|pre|section|article|blockquote|hr)\b[^<>]*>",
    re.IGNORECASE,
)
_TAG = re.compile(r"</?[a-zA-Z!][^<>]*>")
_ESCAPED = re.compile(
    r"\s*&lt;(?:p|div|br|ul|ol|li|h[1-6]|strong|b|em|i|u|span|section|article|table|a)\b"
    r"(?:(?!&[lg]t;)[^<>])*&gt;",
    re.IGNORECASE,
)
_SPACES = re.compile("  +")
_ENTITIES = (
    ("&#x27;", "'"), ("&#x2F;", "/"), ("&quot;", '"'), ("&gt;", ">"), ("&lt;", "<"),
)  # fmt: skip
_PLAIN = {
    "\u00a0": " ",
    "\u00ad": "",
    "\u200b": "",
    "\u2010": "-",
    "\u2011": "-",
    "\u2012": "-",
    "\u2013": "-",
    "\u2014": " - ",
    "\u2212": "-",
    "\u2502": "|",
    "\uff5c": "|",
    "\u2018": "'",
    "\u2019": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u2028": "\n",
}


def plain_text(markup: str) -> str:
    """Return the text of HTML (or of plain text), one block a line.

    Quotes, dashes and blanks are the ASCII ones, so that no rule need know the others.
    """
    markup = _unescaped(markup[: 4 * MAX_TEXT_CHARS])
    if "<" in markup:
        if "<s" in markup or "<S" in markup:
            for name in _HIDDEN:
                markup = _without_element(markup, name)
        markup = _TAG.sub("", _BLOCK.sub("\n", markup))
    # What Hacker News writes, one by one; html.unescape costs as much as a whole rule. Not
    # "&amp;": unescaped first it would make an entity of what was meant as text.
    for entity, plain in _ENTITIES:
        markup = markup.replace(entity, plain)
    text = (html.unescape(markup) if "&" in markup else markup)[:MAX_TEXT_CHARS]
    if not text.isascii():
        for written, plain in _PLAIN.items():
            text = text.replace(written, plain)
    if "  " in text or "\t" in text:
        text = _SPACES.sub(" ", text.replace("\t", " "))
    return "\n".join([line for written in text.splitlines() if (line := written.strip())])


def _unescaped(markup: str) -> str:
    """Return HTML whose markup was escaped once too often ("&lt;p&gt;We are ...") as HTML.

    Arbeitnow and Greenhouse send such texts. One that has a tag of its own, or that does not begin
    with an escaped one, is as it should be: there "&lt;p&gt;" is text.
    """
    return html.unescape(markup) if "<" not in markup and _ESCAPED.match(markup) else markup


def _without_element(markup: str, name: str) -> str:
    """Drop each ``<name ...>...</name>``; an unclosed one swallows the rest, as in a browser."""
    lower = lower_in_place(markup)
    kept, position = [], 0
    while (start := lower.find(f"<{name}", position)) >= 0:
        kept.append(markup[position:start])
        end = lower.find(f"</{name}", start)
        if end < 0:
            return "".join(kept)
        position = end
    return "".join([*kept, markup[position:]])
