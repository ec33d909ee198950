"""Tell a separate word from a part of another: "C" in "C, D" from "C" in "C++"."""

from __future__ import annotations

import re

__all__ = ["is_word"]

# Neighbours that make a spelling part of another word: "C" in "C++", "Go" in "#Go". Spellings of
# one or two letters have more of them. The empty string at an edge of the text is in no set.
_JOINED_BEFORE = frozenset("_@#$")
_JOINED_AFTER = frozenset("_@")
_JOINED_BEFORE_SHORT = frozenset("-&'.")
_JOINED_AFTER_SHORT = frozenset("-+#&'")


# "PyTorch2", "Java17", "Angular17.1": a version without a blank, up to the end of the word.
_GLUED_VERSION = re.compile(r"\d{1,2}(?:\.(?:\d{1,2}|x))?(?![\w+#-])")
# With a number these are other things: "Web3", "Base64", "Level3".
_NUMBERED = frozenset(
    ("web", "base", "level", "neo", "log", "mega", "area", "play", "port", "zero")
)
_SHORT_CHARS = 2
_BEFORE_HASHTAG = frozenset(" \n,(/#")


def is_word(text: str, start: int, end: int) -> bool:
    """Return whether ``text[start:end]`` is a separate word: "C" is in "C, D", not in "C++"."""
    before = text[start - 1 : start]
    if before.isalnum() or (before in _JOINED_BEFORE and not _is_hashtag(text, start, end)):
        return False
    after = text[end : end + 1]
    if after.isalnum():
        return bool(
            after.isdigit() and _GLUED_VERSION.match(text, end) and _is_versioned(text[start:end])
        )
    if after in _JOINED_AFTER:
        return False
    short = end - start <= 2
    if short and (before in _JOINED_BEFORE_SHORT or after in _JOINED_AFTER_SHORT):
        return False
    # A part of a dotted name ("node.js" for "js"); ".NET" after a blank stands.
    if before == "." and text[start - 2 : start - 1].isalnum():
        return False
    # A point ends the sentence, unless a file name or an abbreviation continues ("go.mod").
    if after == ".":
        following = text[end + 1 : end + 2]
        return not (following.isdigit() or following.islower() or (short and following.isalpha()))
    return not (after == "-" and text.startswith("-like", end))


def _is_hashtag(text: str, start: int, end: int) -> bool:
    """Return whether a spelling of some length is a hashtag: "#golang", not "C#" or "#1"."""
    return (
        text[start - 1] == "#"
        and end - start > _SHORT_CHARS
        and (start < 2 or text[start - 2] in _BEFORE_HASHTAG)
    )


def _is_versioned(surface: str) -> bool:
    """Return whether a version may be glued to a spelling: "Java17", not "S3" or "Web3"."""
    return surface.isalpha() and len(surface) > _SHORT_CHARS and surface.lower() not in _NUMBERED
