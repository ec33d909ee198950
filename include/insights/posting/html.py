"""A posting's HTML as a flat list of blocks: nothing in them is markup.

nh3 (ammonia: https://github.com/rust-ammonia/ammonia) keeps an allow-list of tags and the http(s)
addresses of links. What it returns is cut into blocks of plain runs, so that a page builds its
elements from text and no value of a sender can become one.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

import nh3

from include.insights.models import BlockKind, RunStyle
from include.insights.posting.contacts import contacts_in
from include.postings.markup import MAX_TEXT_CHARS

__all__ = ["Block", "Run", "blocks_of", "lines_of"]

_MAX_TAGS: Final = 4_000
"""The longest posting seen has 550. An HTML5 parser's time grows with the square of the depth,
which is at most this: 0.1 s. Beyond it, the page shows plain text."""
_MAX_DEPTH: Final = 6

_STYLES: Mapping[str, RunStyle] = MappingProxyType(
    {
        "b": "strong", "strong": "strong", "i": "em", "em": "em", "u": "em",
        "code": "code", "tt": "code",
    }
)  # fmt: skip
_HEADINGS = frozenset(f"h{number}" for number in range(1, 7))
_LISTS = frozenset(("ul", "ol"))
_KINDS: Mapping[str, BlockKind] = MappingProxyType(
    {
        "li": "item", "pre": "code", "blockquote": "quote",
        **dict.fromkeys(_HEADINGS, "heading"),
    }
)  # fmt: skip
# What plain_text() ends a line at, and so must be seen here.
_BLOCKS = (_LISTS | frozenset(_KINDS)) | {"p", "div", "table", "tr", "section", "article", "hr"}
_WITHIN_ITEMS = _BLOCKS - _LISTS - {"li"}
_HIDDEN = frozenset(("script", "style"))
_KEPT = _BLOCKS | frozenset(_STYLES) | {"a", "br", "td", "th"}
_LINES = re.compile(r"<(?:p|br|div|[uo]l|li|h[1-6]|table|tr)\b", re.IGNORECASE)
_BLANKS = re.compile(r"\s+")
_WEB = re.compile(r"https?://", re.IGNORECASE)
# Any tag but a link's, with its attributes: "<b onclick=x>", "<!-- x -->". Attributes are dropped
# before the parser sees them, since elements that differ in one are each reopened in every
# paragraph; so is a tag that would not be kept, since a parser moves text out of "<select>" or
# "<svg>". As in plain_text(), the first ">" ends a tag, also in a quoted value.
_TAG = re.compile(r"<(?!/?a[\s/>])(?:(/?)([a-z][^\s/<>]*)|!)[^<>]*>", re.IGNORECASE)
# A tag as nh3 writes it: <p>, </p>, <a href="https://acme.example/?a=1&amp;b=2">.
_WRITTEN = re.compile(r'<(/?)([a-z][a-z0-9]*)(?: href="([^"]*)")?>')


class Run(NamedTuple):
    """Words of one style."""

    text: str
    styles: frozenset[RunStyle] = frozenset()
    href: str | None = None


class Block(NamedTuple):
    """A paragraph, a heading, an item of a list ...; ``depth`` is that of the list, or 0."""

    kind: BlockKind
    depth: int
    is_ordered: bool
    runs: list[Run]


def lines_of(text: str) -> list[Block]:
    """Return plain text as blocks, one a line."""
    return [Block("paragraph", 0, False, [Run(line)]) for line in text.split("\n") if line]


def blocks_of(markup: str) -> list[Block] | None:
    """Return the blocks of a posting's HTML, or None where it has more tags than any posting."""
    # As much as plain_text() reads.
    markup = markup[: 4 * MAX_TEXT_CHARS]
    if markup.count("<") > _MAX_TAGS:
        return None
    bare = _TAG.sub(_bare, markup)
    clean = nh3.clean(
        bare,
        tags=set(_KEPT),
        clean_content_tags=set(_HIDDEN),
        attributes={"a": {"href"}},
        url_schemes={"http", "https"},
        link_rel=None,
    )
    # A text without a tag of a line has lines of its own, as plain_text() reads them.
    return _Builder(breaks_lines=not _LINES.search(bare)).read(clean)


def _bare(tag: re.Match[str]) -> str:
    """Return a tag without attributes; nothing for one that is not kept."""
    name = (tag[2] or "").lower()
    return f"<{tag[1]}{name}>" if name in _KEPT | _HIDDEN else ""


class _Builder:
    """Reads sanitised HTML from left to right; its depth is a number, not a recursion."""

    def __init__(self, *, breaks_lines: bool) -> None:
        self._breaks_lines = breaks_lines
        self._blocks: list[Block] = []
        self._lists: list[bool] = []
        self._open: dict[RunStyle, int] = dict.fromkeys(("strong", "em", "code"), 0)
        self._href: str | None = None
        self._kind: BlockKind = "paragraph"
        self._runs: list[Run] = []

    def read(self, markup: str) -> list[Block]:
        """Return the blocks of what nh3 returned."""
        at = 0
        for tag in _WRITTEN.finditer(markup):
            self._add(html.unescape(markup[at : tag.start()]))
            self._tag(tag[2], tag[3], is_end=bool(tag[1]))
            at = tag.end()
        self._add(html.unescape(markup[at:]))
        self._end_block()
        return self._blocks

    def _add(self, text: str) -> None:
        if not text:
            return
        if self._kind != "code":
            text = _BLANKS.sub(self._blank, text)
        styles = frozenset(style for style, count in self._open.items() if count)
        self._runs.append(Run(text, styles, self._href))

    def _blank(self, blank: re.Match[str]) -> str:
        return "\n" if self._breaks_lines and "\n" in blank[0] else " "

    def _tag(self, name: str, href: str | None, *, is_end: bool) -> None:
        if style := _STYLES.get(name):
            self._open[style] = max(0, self._open[style] + (-1 if is_end else 1))
        elif name == "a":
            self._href = None if is_end else _address(href)
        elif name == "br" or (self._kind == "item" and name in _WITHIN_ITEMS):
            self._runs.append(Run("\n"))
        elif name in _BLOCKS:
            self._end_block()
            self._begin(name, is_end=is_end)
        else:
            self._runs.append(Run(" "))  # a cell of a table

    def _begin(self, name: str, *, is_end: bool) -> None:
        """Take note of the list that begins or ends, and of the kind of the block that follows."""
        if name in _LISTS and is_end:
            self._lists[-1:] = []
        elif name in _LISTS:
            self._lists.append(name == "ol")
        begun = None if is_end else _KINDS.get(name)
        # What stands in a list but in no item is one.
        self._kind = begun or ("item" if self._lists and name in _LISTS else "paragraph")

    def _end_block(self) -> None:
        is_item = self._kind == "item"
        if runs := list(_joined(self._runs, is_code=self._kind == "code")):
            depth = min(len(self._lists), _MAX_DEPTH) if is_item else 0
            ordered = is_item and bool(self._lists and self._lists[-1])
            self._blocks.append(Block(self._kind, max(depth, int(is_item)), ordered, runs))
        self._runs = []


def _address(href: str | None) -> str | None:
    """Return a link's address if it is one on the web, and of nobody's mailbox."""
    address = html.unescape(href or "")
    # nh3 keeps addresses relative to the page, too, which would be addresses of ours.
    return address if _WEB.match(address) and not contacts_in(address) else None


def _joined(runs: Iterable[Run], *, is_code: bool) -> list[Run]:
    """Return the runs, those of one style joined, without blanks in rows and at the ends."""
    kept: list[Run] = []
    before = "\n"
    for run in runs:
        text = run.text if is_code else run.text.lstrip(None if before == "\n" else before)
        if not text:
            continue
        before = text[-1] if text[-1].isspace() else ""
        if kept and kept[-1][1:] == run[1:]:
            kept[-1] = run._replace(text=kept[-1].text + text)
        else:
            kept.append(run._replace(text=text))
    while kept and not kept[-1].text.rstrip():
        kept.pop()
    return [*kept[:-1], kept[-1]._replace(text=kept[-1].text.rstrip())] if kept else []
