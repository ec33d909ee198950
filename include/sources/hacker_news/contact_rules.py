"""What a way to reach a person looks like, kind by kind, and however it is disguised.

Patterns are for folded text (``redaction.py``): lower case, Latin look-alikes. All repeats are
bounded, so the time is linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from include.postings.technologies import default_matcher
from include.sources.hacker_news.contacts import (
    CONTACT_LABEL,
    FIELD_LABEL,
    NO_ACCOUNT,
    SERVICE,
    top_level_domains,
)

__all__ = ["MARKS", "RULES", "Rule"]

MARKS: Final = ("[link]", "[email]", "[phone]", "[handle]", "[code]", "[contact]", "[name]")
"""What stands where something was taken out."""

_LINK, _EMAIL, _PHONE, _HANDLE, _CODE, _CONTACT, _NAME = MARKS

_OPEN, _CLOSE = r"[(\[{<|*_~/'\"-]{1,3}", r"[)\]}>|*_~/'\"-]{1,3}"
# "@" as a word between signs or as an entity: "(at)", "[ at ]", "_at_", "-at-", "&#64;", "%40".
_AT_SIGN = (
    rf"(?:{_OPEN} ?(?:at|@|arroba|ta) ?{_CLOSE}|\((?:a|ä)\)|\[a\]|&(?:#0*64|#x0*40|commat);?|%40)"
)
# "." in the same ways: "(dot)", "[.]", "_dot_", "&#46;".
_DOT_SIGN = (
    rf"(?:{_OPEN} ?(?:dot|d0t|\.|punkt|punto|point|period) ?{_CLOSE}|"
    r"&(?:#0*46|#x0*2e|period);?|%2e)"
)
_DOT_WORD = rf"(?: ?{_DOT_SIGN} ?| (?:dot|d0t|punkt|punto) )"
_DOT = rf"(?:{_DOT_WORD}| ?\. ?(?=\w))"
_DOT_APART = rf"(?:{_DOT_WORD}| \. ?(?=\w))"  # "ada . l"; a full stop has no blank before it
_WORD = r"[\w+%-]{1,64}"
_START = r"(?<![\w+%-])"  # else each letter of a long word would be tried as its first
_PROVIDERS = (
    r"(?:g ?mail|google ?mail|hot ?mail|outlook|yahoo|ymail|proton ?mail|proton|pm|icloud|"
    r"fast ?mail|hey|msn|aol|gmx|zoho|yandex|tutanota|tuta|riseup|posteo|hushmail)"
)


def _any(_match: re.Match[str]) -> bool:
    return True


def _is_domain(match: re.Match[str]) -> bool:
    """Return whether a dotted word is an address: "ada.example", not "Node.js" or "ASP.NET"."""
    known = default_matcher().named(match["host"])
    return match["last"] in top_level_domains() and known is None


# Years and dates are no phone: "2015-2021", "2019, 2020", "12/2019 - 03/2021", "2021-10-01".
_YEARS = re.compile(
    r"(?:(?:0?[1-9]|1[0-2])[/.])?(?:19|20)\d\d"
    r"(?:[ ./–-]{1,3}(?:(?:0?[1-9]|1[0-2])[/.])?(?:19|20)\d\d)+|"
    r"(?:19|20)\d\d[-/.][01]?\d[-/.][0-3]?\d|[0-3]?\d[-/.][0-3]?\d[-/.](?:19|20)\d\d"
)
_PHONE_DIGITS = 7
_SPELLED_LETTERS = 5


def _is_phone(match: re.Match[str]) -> bool:
    found = match.group()
    digits = sum(char.isdigit() for char in found)
    return digits >= _PHONE_DIGITS and not _YEARS.fullmatch(found.strip(" ()"))


def _is_account(match: re.Match[str]) -> bool:
    return match["name"] not in NO_ACCOUNT


def _is_path(match: re.Match[str]) -> bool:
    """Return whether "github/ada" names an account; "GitHub/Jira" names two tools."""
    return default_matcher().named(match["name"]) is None


def _hides(match: re.Match[str]) -> bool:
    """Return whether a long word is a code: capitals, small letters and digits, or padded."""
    word: str = match.group()
    mixed = any(c.isupper() for c in word) and any(c.islower() for c in word)
    return word.endswith("=") or (mixed and any(c.isdigit() for c in word))


def _spells(match: re.Match[str]) -> bool:
    """Return whether single characters spell something: no line of dashes."""
    return sum(char.isalnum() for char in match.group()) >= _SPELLED_LETTERS


def _is_name(match: re.Match[str]) -> bool:
    """Return whether a writer introduces herself: "I'm Ada", not "I'm Python developer"."""
    first = next(filter(None, match.group("cut", "hi", "end"))).split()[0]
    return default_matcher().named(first) is None


class Rule(NamedTuple):
    """What to find, its mark, and when a match counts. ``needs``: one of these is in the text."""

    mark: str
    pattern: re.Pattern[str]
    counts: Callable[[re.Match[str]], bool] = _any
    needs: tuple[str, ...] = ()
    as_written: bool = False
    """Whether the pattern searches the text itself: case matters."""


_ACCOUNT = r"id|handle|user ?name|user|account|nick|name|as|under"
_DIGIT_WORD = r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple)"
_NAMED = r"[^\W\d_][\w'.-]{1,30}(?: [A-Z][\w'.-]{0,30}){0,2}"

RULES: Final = (
    # "a d a @ h o s t": letters one by one.
    Rule(_CODE, re.compile(r"(?<!\S)(?:\S ){5,200}\S(?!\S)"), _spells),
    # "https://ada.example/cv", "hxxp://...", "www.ada.example".
    Rule(
        _LINK,
        re.compile(r"[a-z][a-z0-9+.-]{1,20}: ?// ?\S+|\bwww\d?\.\S+"),
        needs=("//", "www"),
    ),
    # "Email: (anything)", "Résumé/CV - ...", up to the next field of the form. With its label, or
    # "Telegram" would be read as a technology.
    Rule(
        _CONTACT,
        re.compile(
            rf"(?<![\w@])(?:{CONTACT_LABEL})(?: ?(?:[/&,]|and|or) ?(?:{CONTACT_LABEL})){{0,4}}"
            rf"(?: ?\([^()\n]{{0,40}}\))? ?(?::|=|->|\u2192| - ) ?"
            rf"(?:(?!\b{FIELD_LABEL} ?:)[^\n|]){{0,120}}(?:(?<=\S)[^\s|]{{0,200}})?"
        ),
    ),
    # Whatever touches an "@": "ada@host.example", "ada . l @ host . com", "@ada", addresses
    # that are reversed.
    Rule(
        _EMAIL,
        re.compile(
            rf"(?:{_START}(?:{_WORD}{_DOT_APART}){{1,4}})?[^\s|,;]{{0,80}} ?@ ?"
            rf"[^\s|,;]{{0,120}}(?:{_DOT_APART}{_WORD}){{0,4}}"
        ),
        needs=("@",),
    ),
    # "ada (at) host", "ada.l [at] host [dot] example", "ada_at_host.example".
    Rule(
        _EMAIL,
        re.compile(
            rf"{_START}(?:{_WORD}{_DOT_APART}){{0,4}}[^\s|,;]{{0,80}} ?{_AT_SIGN} ?"
            rf"[^\s|,;]{{0,120}}(?:{_DOT}{_WORD}){{0,5}}"
        ),
    ),
    # "ada dot l at host dot example", "ada at gmail", "ada at host.example".
    Rule(
        _EMAIL,
        re.compile(
            rf"{_START}(?:{_WORD}{_DOT}){{0,4}}{_WORD} (?:at|arroba) "
            rf"{_WORD}(?:{_DOT}{_WORD}){{0,3}}{_DOT_WORD}{_WORD}"
        ),
        needs=(" at ", "arroba"),
    ),
    Rule(
        _EMAIL,
        re.compile(
            rf"{_START}(?:{_WORD}{_DOT}){{0,4}}{_WORD} at {_PROVIDERS}\b(?:{_DOT}{_WORD}){{0,3}}"
        ),
        needs=(" at ",),
    ),
    Rule(
        _EMAIL,
        re.compile(
            rf"{_START}(?:{_WORD}{_DOT}){{0,4}}{_WORD} at "
            rf"(?P<host>(?:{_WORD}\.){{1,4}}(?P<last>[a-z]{{2,24}}))\b"
        ),
        _is_domain,
        needs=(" at ",),
    ),
    # "host dot example", "host[.]example": no sentence writes its points so.
    Rule(
        _LINK,
        re.compile(rf"{_START}{_WORD}(?:{_DOT_WORD}[^\s|,;]{{1,64}}){{1,5}}"),
        needs=("dot", "d0t", "punkt", "punto", "point", "period", ".", "46", "2e"),
    ),
    # "ada.example", "ada.example/cv".
    Rule(
        _LINK,
        re.compile(
            r"(?<![\w.])(?P<host>(?:[\w-]{1,63}\.){1,5}(?P<last>[a-z]{2,24}))(?![\w-])(?:[/?#:]\S*)?"
        ),
        _is_domain,
        needs=(".",),
    ),
    # "+1 (555) 010-0123", "020 7946 0123", "5550100": seven digits or more. Also an "o" for a zero.
    Rule(
        _PHONE,
        re.compile(r"[+(]{0,2}\d(?:[ ().\-/–\u2022_]{0,3}(?:\d|o(?![a-z]))){5,24}"),
        _is_phone,
    ),
    # "five five five, oh one hundred ...".
    Rule(
        _PHONE, re.compile(rf"\b{_DIGIT_WORD}(?:[ ,.-]{{1,3}}{_DIGIT_WORD}){{5,}}\b"), needs=("e",)
    ),
    # "GitHub: ada", "my Skype is ada", "Twitter - ada".
    Rule(
        _HANDLE,
        re.compile(
            rf"\b{SERVICE}(?: (?:{_ACCOUNT}|profile|page|url))?"
            r" ?(?::|=|->|\u2192| - | is ) ?[^\s,;|)]{1,80}"
        ),
    ),
    Rule(
        _HANDLE,
        re.compile(
            rf"\b{SERVICE} (?:{_ACCOUNT}) [\w.-]{{2,64}}"
        ),
    ),
    # "github/ada", "linkedin/in/ada", "in/ada", "u/ada".
    Rule(
        _HANDLE,
        re.compile(rf"(?<![\w/])(?:{SERVICE}|in|u)/(?:in/)?(?P<name>[\w.-]{{2,64}})(?:/\S*)?"),
        _is_path,
        needs=("/",),
    ),
    # "ada on GitHub", "ada (Skype)".
    Rule(
        _HANDLE,
        re.compile(rf"(?<!\w)(?P<name>[\w.-]{{2,64}}) (?:on {SERVICE}\b|\({SERVICE}\))"),
        _is_account,
        needs=(" on ", "("),
    ),
    # "username: ada", "aka ada", "ada#1815" of Discord.
    Rule(
        _HANDLE,
        re.compile(
            r"\b(?:(?:user ?name|nick ?name|nick|handle|alias|user ?id|login) ?(?:is |:|=| - )|"
            r"(?:user ?name|nick ?name|aka|a\.k\.a\.?) ) ?[\"'`]?(?P<cut>[\w.-]{2,64})|"
            r"\b(?P<tag>[\w.]{2,32}#\d{4})(?!\d)"
        ),
    ),
    # Base64, keys and other codes: "YWRhQGhvc3Q=".
    Rule(
        _CODE,
        re.compile(r"(?<![\w=])[A-Za-z0-9_-]{8,400}={1,2}(?!\w)"),
        needs=("=",),
        as_written=True,
    ),
    Rule(_CODE, re.compile(r"(?<!\w)[A-Za-z0-9]{16,400}(?!\w)"), _hides, as_written=True),
    Rule(
        _CODE,
        re.compile(
            r"\b0x[0-9a-f]{6,128}|\b(?=[a-f]{0,12}\d)[0-9a-f]{12,128}\b|"
            r"\b(?:[0-9a-f]{4} {1,2}){3,15}[0-9a-f]{4}\b"
        ),
    ),
    # "WhatsApp [phone]": what is left of a contact.
    Rule(
        _CONTACT,
        re.compile(rf"\b{SERVICE}[ :=-]{{0,3}}\[(?:link|email|phone|handle|code)\]"),
        needs=("[",),
    ),
    # "Hi, I'm Ada Lovelace", "my name is Ada", a last line "- Ada".
    Rule(
        _NAME,
        re.compile(
            rf"(?i:\bmy name(?:'s| is)|\bname's|\bi go by|\bcall me) (?P<cut>{_NAMED})|"
            r"(?i:(?:^|\n|[.!?] )\W{0,3}(?:hi|hello|hey|greetings|howdy)\b[^\n.!?,:-]{0,20}"
            r"[,.!:-]{0,2} ?(?:i'm|i am|this is|it's)) "
            rf"(?P<hi>(?=[A-Z]){_NAMED})|"
            r"(?:\n[-~ ]{1,3}|\n(?i:thanks|cheers|best|regards|kind regards|thank you)[,!.]?[ \n])"
            rf"(?P<end>(?=[A-Z]){_NAMED})\s*$"
        ),
        _is_name,
        as_written=True,
    ),
)  # fmt: skip
"""In the order in which they are applied."""
