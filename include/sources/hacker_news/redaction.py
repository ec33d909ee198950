"""Take out of a text whatever reaches a person, before it is staged.

By kind, each replaced by a mark: links, e-mail addresses however they are disguised, phone numbers,
names of accounts, codes that may hide any of them, labelled lines such as "Email: ...", and names
by which a writer introduces herself. It errs towards taking out: silver reads places, ways of
working, technologies and years, and none of them looks like a contact.

Every pattern searches a *folded* copy of the same length: lower case, Cyrillic and Greek
look-alikes as Latin letters.
"""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterator

from include.postings.letters import lower_in_place
from include.postings.markup import plain_text
from include.sources.hacker_news.contact_rules import MARKS, RULES, Rule

__all__ = ["redacted_html", "redacted_text"]

# Letters of other scripts that look like these, and full stops of other scripts. Width and style
# are NFKC's.
_LOOK_ALIKES = str.maketrans(
    {
        alike: latin
        for latin, alikes in {
            "a": "\u0430\u03b1\u0251", "b": "\u0432", "c": "\u0441\u03c2", "d": "\u0501",
            "e": "\u0435\u0454", "g": "\u0261", "h": "\u04bb\u043d", "i": "\u0456\u03b9\u0131",
            "j": "\u0458", "k": "\u043a\u03ba", "l": "\u04cf\u01c0", "m": "\u043c", "n": "\u0578",
            "o": "\u043e\u03bf\u0585", "p": "\u0440\u03c1", "q": "\u051b", "s": "\u0455",
            "t": "\u0442\u03c4", "u": "\u03c5", "v": "\u03bd", "w": "\u051d", "x": "\u0445\u03c7",
            "y": "\u0443",
            ".": "\u3002\u2027\u2219\u22c5\u00b7\u066b\u06d4",
        }.items()
        for alike in alikes
    }
)  # fmt: skip

# Zero-width, direction and other format characters, private and half ones: they can only hide.
_HIDDEN = frozenset(("Cf", "Co", "Cs"))
_GROUPS = ("cut", "tag", "hi", "end")


def redacted_html(markup: str) -> str:
    """Return a comment's HTML with marks in place of contacts; its other tags are gone.

    Links keep neither text nor address. Applying it again changes nothing.
    """
    lines = (" ".join(line.split()) for line in redacted_text(plain_text(markup)).split("\n"))
    return "<p>".join(html.escape(line, quote=False) for line in lines if line)


def redacted_text(text: str) -> str:
    """Return a plain text with marks in place of contacts, in NFKC, nothing hidden in it."""
    written = unicodedata.normalize("NFKC", text)
    written = "".join(c for c in written if unicodedata.category(c) not in _HIDDEN)
    # Until nothing changes: a mark may part what was one word ("555555555Email: ada"). Each pass
    # leaves fewer characters that are in no mark, so that there is a last one.
    while (found := _passed(written)) != written:
        written = found
    return written


def _passed(text: str) -> str:
    for rule in RULES:
        text = _applied(rule, text)
    return text


def _applied(rule: Rule, text: str) -> str:
    folded = lower_in_place(text).translate(_LOOK_ALIKES)
    if rule.needs and not any(map(folded.__contains__, rule.needs)):
        return text
    kept, at = [], 0
    for start, end in _spans(rule, text if rule.as_written else folded):
        kept += [text[at:start], rule.mark]
        at = end
    return "".join([*kept, text[at:]])


def _spans(rule: Rule, text: str) -> Iterator[tuple[int, int]]:
    """Yield what to cut: the groups of a match that say so, else all of it."""
    for match in rule.pattern.finditer(text):
        if match.group().strip("[]") and rule.counts(match):
            groups = [name for name in _GROUPS if match.groupdict().get(name)]
            start, end = match.span(groups[0]) if groups else match.span()
            found = text[start:end].rstrip()
            if found.strip() not in ("", *MARKS):
                yield start, start + len(found)
