"""Convert HTML to plain text in linear time, without recursion; the result is never rendered.

A posting's HTML is only read, so tags are dropped and no tree is built: the sender chooses a
tree's depth (a million nested tags), but not the cost of a scan.
"""

from __future__ import annotations

import html
import re
import unicodedata

from include.postings.letters import lower_in_place

__all__ = ["MAX_TEXT_CHARS", "plain_text"]

MAX_TEXT_CHARS = 100_000
"""Text beyond this is not read. The longest posting seen has 20,000 characters."""

# Elements whose content a browser does not show.
_HIDDEN = ("script", "style")
# Tags that end a line: "<p>", "<br/>". "<" is excluded inside, so an unclosed tag cannot make the
# scan quadratic.
_BLOCK = re.compile(
    r"</?(?:p|br|li|ul|ol|div|h[1-6]|tr|table|pre|section|article|blockquote|hr)\b[^<>]*>",
    re.IGNORECASE,
)
# Any other tag or comment. A letter must follow, so "a < b" stays text.
_TAG = re.compile(r"</?[a-zA-Z!][^<>]*>")
# A text whose first tag was escaped: "&lt;p&gt;Bakers wanted". Bounded by the next entity.
_ESCAPED = re.compile(
    r"\s*&lt;(?:p|div|br|ul|ol|li|h[1-6]|strong|b|em|i|u|span|section|article|table|a)\b"
    r"(?:(?!&[lg]t;)[^<>])*&gt;",
    re.IGNORECASE,
)
_SPACES = re.compile("  +")
# A tab between two words separates a table's cells: "Acme\\tEngineer\\tOslo".
_TABLE = re.compile(r"(?<=\w)\t(?=\w)")
_ENTITIES = (
    ("&#x27;", "'"), ("&#x2F;", "/"), ("&quot;", '"'), ("&gt;", ">"), ("&lt;", "<"),
)  # fmt: skip
# Typographic characters and their ASCII equivalents, so that each rule needs one spelling.
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
    "\u00a6": "|",
    "\u2758": "|",
    "\u01c0": "|",
    "\u2223": "|",
    "\u23d0": "|",
    **dict.fromkeys(map(chr, (*range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000)), " "),
    **dict.fromkeys(map(chr, (0x200D, 0x2060, 0xFE0F, 0xFEFF)), ""),
}
# Letters of another width or style: full-width "Ｒｅｍｏｔｅ", mathematical "𝗥𝘂𝘀𝘁".
_STYLED = re.compile("[\uff01-\uff5e\U0001d400-\U0001d7ff]+")
_STYLED_BYTES = (b"\xef\xbc", b"\xef\xbd", b"\xf0\x9d")
"""The bytes with which such letters begin in UTF-8."""


def plain_text(markup: str) -> str:
    """Return the text of HTML or of plain text, one block per line, without empty lines.

    Quotes, dashes and blanks become their ASCII equivalents.
    """
    # Markup may take several times the room of its text; beyond that the input is cut unread.
    markup = _unescaped(markup[: 4 * MAX_TEXT_CHARS])
    if "<" in markup:
        # Few texts have a script or style; looking for them costs a lower-case copy.
        if "<s" in markup or "<S" in markup:
            for name in _HIDDEN:
                markup = _without_element(markup, name)
        # The tag that Hacker News writes most; replacing it costs a tenth of the expression.
        markup = _BLOCK.sub("\n", markup.replace("<p>", "\n"))
        markup = _TAG.sub("", markup)
    # The entities that Hacker News writes: html.unescape costs as much as a whole rule. "&amp;" is
    # not one of them: replaced here, it would turn the literal text "&amp;lt;" into "<".
    for entity, plain in _ENTITIES:
        markup = markup.replace(entity, plain)
    text = (html.unescape(markup) if "&" in markup else markup)[:MAX_TEXT_CHARS]
    if not text.isascii():
        for written, plain in _PLAIN.items():
            if written in text:
                text = text.replace(written, plain)
        encoded = text.encode("utf-8", "surrogatepass")
        # Bytes are searched ten times as fast as a text for a class of characters.
        if any(map(encoded.__contains__, _STYLED_BYTES)):
            text = _STYLED.sub(_unstyled, text)
    if "\t" in text:
        text = _TABLE.sub(" | ", text).replace("\t", " ")
    if "  " in text:
        text = _SPACES.sub(" ", text)
    return "\n".join([line for written in text.splitlines() if (line := written.strip())])


def _unescaped(markup: str) -> str:
    """Unescape HTML that was escaped once too often ("&lt;p&gt;Bakers wanted").

    Arbeitnow and Greenhouse send such texts. A text with a real tag, or one that does not begin
    with an escaped tag, is returned unchanged: there "&lt;p&gt;" is text.
    """
    return html.unescape(markup) if "<" not in markup and _ESCAPED.match(markup) else markup


def _unstyled(match: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", match.group())


def _without_element(markup: str, name: str) -> str:
    """Drop each ``<name ...>...</name>``; an unclosed one drops the rest, as in a browser."""
    lower = lower_in_place(markup)
    kept, position = [], 0
    while (start := lower.find(f"<{name}", position)) >= 0:
        kept.append(markup[position:start])
        end = lower.find(f"</{name}", start)
        if end < 0:
            return "".join(kept)
        position = end
    return "".join([*kept, markup[position:]])
