"""Tell a technology asked for from one refused, likened to, or meant as a company."""

from __future__ import annotations

import re
from functools import cache

from include.postings.find import Find
from include.postings.lexicon import Lexicon

__all__ = ["heads_a_name", "named_otherwise"]

# Before a find: a clause, and the longest match of _NOT_USED.
_CONTEXT_CHARS = 90
_NOT_USED_CHARS = 24
# A technology that is named as not used, or as what others use: "instead of Java", "moving off
# PHP", "without a line of SQL", "(think tax Excel)".
_NOT_USED = re.compile(
    r"(?:instead of|rather than|do(?:n't| not) use|not using|no longer use|away from|moving off|"
    r"\bnot|\bno|alternative to|competitors? (?:to|like)|replacement (?:to|for)|reliance on|"
    r"line of|in their|\(think:?(?: \w+)?)\s(?:just )?$"
)
_NOT_USED_ENDS = frozenset((
    "of ", "an ", "se ", "ng ", "om ", "ff ", "ot ", "no ", "to ", "ke ", "st ", "or ", "on ",
    "ir ",
))  # fmt: skip
"""The last three characters of every match of ``_NOT_USED``: a cheap test before it."""
# The second word of a project of the Apache foundation.
_PROJECT = re.compile(r" (?!HTTP|Web|Server|and\b|or\b)[A-Z]\w")
_AS_COMPANY = (
    r"ex[ .-]", "backed by", "scale of", "formerly", r"customers?\b", r"clients\b", "used by",
    "trusted by", r"investors?\b", "alum", "former", "previously", "founder", "cofounder",
    r"founded\b", r"cto\b", r"ceo\b", "teams?, including", "funded by", r"partners\b", "partnered",
    "companies (?:like|such)", r"compan\w{1,3} including", "teams (?:at|like)",
    r"(?<!models )from\b", "acquired", "competitor", r"brands\b", "invested", "led by", "veterans",
    "engineers at", "worked at", "people at", r"think\b",
    "(?:users|creators|makers|team|authors|likes) of",
)  # fmt: skip
"""Words earlier in the sentence after which a name means the company, not its technology."""
# Where the context before a find begins: after the last of these.
_SENTENCE_ENDS = (".", "!", "?", "\n")
# Products that others are likened to, and the words before them: "like Excel for bakers".
_PRODUCTS = frozenset(("office", "business", "design", "tool"))
_LIKENING = ("like ", "the ", "a ", "an ", '"', "'", "think ")


def named_otherwise(text: str, find: Find) -> bool:
    """Return whether the text says it is not used, or means the company of that name."""
    start = find.start
    before = text[max(0, start - _NOT_USED_CHARS) : start].lower()
    if (before[-3:] in _NOT_USED_ENDS or "(think" in before) and _NOT_USED.search(before):
        return True
    if find.technology.category in _PRODUCTS and _is_likened(text, find, before):
        return True
    if not find.technology.company:
        return False
    # The point of "ex. Acme" ends no sentence.
    context = text[max(0, start - _CONTEXT_CHARS) : start].replace("ex. ", "ex- ")
    sentence = context[max(map(context.rfind, _SENTENCE_ENDS)) + 1 :]
    return bool(_company_lexicon().labels(sentence.lower()))


def _is_likened(text: str, find: Find, before: str) -> bool:
    """Return whether a product is named for comparison: "like Excel for bakers"."""
    if before.endswith(("products like ", "product like ")):
        return True
    return before.endswith(_LIKENING) and text.startswith(" for ", find.end)


def heads_a_name(text: str, find: Find) -> bool:
    """Return whether "Apache" is a project's first name ("Apache Calcite") and no web server."""
    return text[find.start : find.end] == "Apache" and bool(_PROJECT.match(text, find.end))


@cache
def _company_lexicon() -> Lexicon:
    return Lexicon({"company": _AS_COMPANY})
