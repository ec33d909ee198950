"""Read the years of experience that a posting asks for, as levels: "2-4 years" is "mid"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

__all__ = ["levels_of_years"]

_WORD_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBERS = {word: number for number, word in enumerate(_WORD_NUMBERS, start=1)}
_NUMBERS |= {"couple of": 2, "couple": 2, "few": 3}
_NUMBER = rf"\d{{1,2}}|{'|'.join(_NUMBERS)}"
# "3+ years", "3 or more years", "2-4 yrs", "5 YOE", "five (5) years", "three to four years",
# "five-plus years", "18 months", "a couple of years".
_YEARS = re.compile(
    rf"(?<![\w.,])(?P<low>{_NUMBER})(?:\s?\(\d{{1,2}}\))?(?P<more>\s?\+|[ -]plus| or more)?\s?"
    rf"(?:(?:-|to|or)\s?(?P<high>{_NUMBER})\s?(?P<more2>\+)?)?[\s-]{{0,2}}"
    r"(?P<unit>years?'?|yrs?\.?|yoe|months)(?![a-z])"
)
# What is counted must be work: "5 years of experience", "7+ years building", "3+ yrs with". Up to
# the end of the clause.
_OF_WORK = re.compile(
    r"[^.;\n]{0,45}\b(?:experience|exp\b|expertise)|"
    r"\s*(?:of |in |as |with |using )?(?:\w+ ){0,3}?(?:building|working|developing|writing|doing|"
    r"programming|designing|managing|leading|running|shipping|coding|in industry|in the industry|"
    r"work\b|"
    r"development|engineering|professional|hands[- ]on|relevant)|"
    r"\s*(?:of|in|with|using|as)\b"
)
# What one did all those years, if a plus or "at least" shows that they are asked for: "5+ years
# closing deals", "3+ years full-cycle baking".
_DOING = re.compile(r"\s(?:[\w-]+ ){0,2}\w{2,}ing\b")
_AT_LEAST = re.compile(r"(?:at least|minimum(?: of)?|min\.?|over|more than) $")
# "5 Jahre Berufserfahrung", "3-5 ans d'expérience", "3 años de experiencia".
_EXPERIENCE_ABROAD = (
    "erfahrung", "expér", "experiencia", "experiência", "erfarenhet", "erfaring", "ervaring",
    "esperienza", "doświadcz",
)  # fmt: skip
_YEARS_ABROAD = re.compile(
    rf"(\d{{1,2}})(?:\s?\+|\s?(?:-|–|bis|à|a)\s?(\d{{1,2}}))?\s(?:jahren?|ans|années|años|anos|års?|"
    rf"jaar|anni|lat)\b[^.;\n]{{0,40}}(?:{'|'.join(_EXPERIENCE_ABROAD)})"
)
_ITEM_END = re.compile(r"\s*(?:$|[.,;:)/|•\n&-]|and\b|or\b|required|preferred|minimum)")
_REQUIRED = re.compile(r"\s*\((?:required|preferred)\)")
_EXPERIENCE_BEFORE = re.compile(r"(?:experience|exp\b|yoe)[^.;\n\d]{0,20}$")
# The age of the company, its code or its options, and years added up over a team.
_OTHER_YEARS = re.compile(
    r"\s*(?:old\b|ago\b|in business|in a row|of (?:runway|funding|history|growth|operat|research|"
    r"service|"
    r"combined|data|profitab|collective|history)|running\b|straight|anniversar|contract|"
    r"combined|collective|program|cliff|vest|warranty|from now|later|since|now\b|after\b)"
)
_OTHER_BEFORE = re.compile(
    r"(?:founded|profitable|team|long[- ]term|vest\w*|business|been|around|over the (?:last|past|"
    r"next)|last|past|"
    r"next|for the|team of \w+(?: \w+)?, with|"
    r"runway|every|within|combined|first|company|since|ago|growing|old|in the)\b[^.;\n\d]{0,14}$"
)
# The level that begins a line: "- Medior/Senior profile", "Entry level: $20".
_LEVELS_BEFORE = re.compile(
    r"(?:^|\n|- )\W{0,4}((?:entry|junior|mid|medior|senior)"
    r"(?:\s?[-/ ]\s?(?:mid|medior|senior|level)){0,3})$"
)
_LEVELS_CHARS = 40
_OF_WORD = {"entry": "entry", "junior": "entry", "mid": "mid", "medior": "mid", "senior": "senior"}
_UNIT = re.compile(r"years?|yrs?\b|yoe|months")
_COUNT_CHARS = 40
_YEARS_BEFORE_CHARS = 30
_YEARS_AFTER_CHARS = 60
# More is the age of a company or its team's years added up.
_MOST_YEARS = 20
_WIDEST_YEARS = 7
_MID_YEARS = 2
_SENIOR_YEARS = 5


@lru_cache(maxsize=8)
def levels_of_years(text: str) -> frozenset[str]:
    """Return the levels that the years of experience amount to: "2-4 years" is "mid".

    The highest demand counts: "8 years of Java, 2 years of Kafka" asks for a senior. Cached as
    ``engineer_kind`` is.
    """
    lower = text.lower()
    return _of_years(lower) or _of_lines(lower)


def _of_lines(lower: str) -> frozenset[str]:
    """Return the levels that begin a line; a substring is found faster than the pattern."""
    found: set[str] = set()
    for behind in (" profile", " experience", "level:"):
        at = lower.find(behind)
        while at >= 0:
            end = at + len(behind) - 1 if behind == "level:" else at
            if before := _LEVELS_BEFORE.search(lower, max(0, end - _LEVELS_CHARS), end):
                found.update(_OF_WORD[word] for word in _OF_WORD if word in before.group(1))
            at = lower.find(behind, at + 1)
    return frozenset(found)


def _of_years(lower: str) -> frozenset[str]:
    least, most = max(_demands(lower), default=(None, 0))
    if least is None:
        return frozenset()
    if least >= _SENIOR_YEARS:
        return frozenset(("senior",))
    found = {"entry"} if least < _MID_YEARS else {"mid"}
    # "3-7 years" reaches well into the seniors, "3-6 years" does not.
    senior = {"senior"} if (least + most) / 2 >= _SENIOR_YEARS else set()
    return frozenset(found | senior | ({"mid"} if most >= _MID_YEARS else set()))


def _demands(lower: str) -> Iterator[tuple[float, float]]:
    if "year" in lower or any(map(lower.__contains__, ("yrs", "yoe", "months"))):
        yield from _years_asked(lower)
    if any(map(lower.__contains__, _EXPERIENCE_ABROAD)):
        for least, most in _YEARS_ABROAD.findall(lower):
            yield int(least), int(most or least)


def _years_asked(lower: str) -> Iterator[tuple[float, float]]:
    """Yield (least, most) years of experience of each demand."""
    free_from = 0
    for unit in _UNIT.finditer(lower):
        # Looking back from each unit is far cheaper than trying every number of a text.
        window = max(free_from, unit.start() - _COUNT_CHARS)
        if not (match := _YEARS.search(lower, window, unit.end() + 2)):
            continue
        start, end = match.span()
        free_from = end
        before = lower[max(0, start - _YEARS_BEFORE_CHARS) : start]
        after = lower[end : end + _YEARS_AFTER_CHARS]
        if _OTHER_YEARS.match(after) or _OTHER_BEFORE.search(before):
            continue
        stated = match["unit"] == "yoe" or _EXPERIENCE_BEFORE.search(before)
        if not (stated or _asks_for_work(match, before, after)):
            continue
        part = 12 if match["unit"] == "months" else 1
        least = _count(match["low"]) / part
        most = max(least, _count(match["high"] or match["low"]) / part)
        # "0 to 10 years" asks for nothing.
        if least <= _MOST_YEARS and most - least <= _WIDEST_YEARS:
            yield least, most


def _asks_for_work(match: re.Match[str], before: str, after: str) -> bool:
    """Return whether the years are of work: said so, or with a plus, or at the end of an item."""
    more = match["more"] or match["more2"] or _AT_LEAST.search(before)
    if more and _DOING.match(after):
        return True
    # "Sales: 1 year (Required)" is a field of a form.
    if _REQUIRED.match(after):
        return True
    work = _OF_WORK.match(after)
    if not work:
        # "5+ years, Rust" ends an item; "7+ years runway" counts something else.
        return bool(more) and bool(_ITEM_END.match(after))
    # "7-10 years in baking" asks as "7+ years" do.
    return bool(more or match["high"]) or "exp" in work.group()


def _count(number: str) -> int:
    return _NUMBERS.get(number) or int(number)
