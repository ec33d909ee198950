"""Extract the base salary: the widest range named, its currency and period."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from include.postings.result import Period, Salary

__all__ = ["PLAUSIBLE", "read_salary"]

_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "₹": "INR", "¥": "JPY"}
_CODES = "USD|EUR|GBP|CAD|AUD|CHF|INR|SGD|NZD|SEK|NOK|DKK|PLN|JPY|BRL|ILS|CZK|HKD|ZAR"
# "$", "US$", "EUR", "CAD $".
_SIGN = rf"(?:(?:US|CA|C|AU|A|NZ|S|HK)\s?\$|[$€£₹¥]|\b(?:{_CODES})\s?[$€£]?)"
# The sign at the end of the text before a number: "pays $ ~".
_SIGN_BEFORE = re.compile(rf"({_SIGN})\s?~?\s?$", re.IGNORECASE)
_SIGN_CHARS = 8
# A cheap necessary condition for _SIGN_BEFORE, tested first.
_SIGN_ENDS = (*_SIGNS, *_CODES.split("|"), *_CODES.lower().split("|"))
_UNITS = ("unit1", "unit2", "sign2", "code")
# A number with thousands or decimals and its unit: "90,000", "90.5k", "12 LPA". Digits are
# bounded: a run of them (a phone number, an id) is not pay and must not backtrack.
_NUMBER = (
    r"(?P<%s>\d(?:\d{0,2}(?:[,.' ]\d{3})+(?!\d)|\d{0,6}(?:[.,]\d{1,2})?))\s?"
    r"(?P<%s>[kK]\b|[lL]\b|LPA\b|lakhs?\b|[mM]\b)?"
)
# "90k", "90k - $110k", "90 to 110k EUR". Starts with a digit, so the search skips from number to
# number; _SIGN_BEFORE looks back for the sign.
_RANGE = re.compile(
    (_NUMBER % ("low", "unit1"))
    + r"(?:\+)?(?:\s?(?:-{1,2}|~|to|/yr -)\s?~?"
    + rf"(?:(?P<sign2>{_SIGN})\s?~?\s?)?"
    + (_NUMBER % ("high", "unit2"))
    + r")?\s?\+?\s?"
    + rf"(?P<code>(?:in )?(?:{_CODES})\b|€|£|euros?\b|pounds\b)?",
    re.IGNORECASE,
)
# The period shortly after the amount: "$60/h", "$60 gross per hour". Shortest first: "$60/hour,
# paid monthly" is by the hour.
_PERIODS: tuple[tuple[Period, re.Pattern[str]], ...] = (
    (
        "hour",
        re.compile(r"^[^.\n|;]{0,14}?(?:/\s?h(?:ou)?r?\b|per hour|an hour|hourly|/h\b|p/h)", re.I),
    ),
    ("day", re.compile(r"^[^.\n|;]{0,14}?(?:/\s?day|per day|a day|daily|p/d)", re.I)),
    (
        "week",  # not "$120k, four days a week", nor "40h/week"
        re.compile(
            r"^[^.,\n|;]{0,14}?(?<!h)(?<!h )(?<!hours)(?<!hours )(?<!hrs )(?<!days)(?<!days )"
            r"(?:/\s?w(?:ee)?k\b|per week|a week|weekly|p/w\b)",
            re.I,
        ),
    ),
    (
        "month",
        re.compile(r"^[^.\n|;]{0,14}?(?:/\s?mo(?:nth)?\b|per month|a month|monthly|p/m\b)", re.I),
    ),
    (
        "year",
        re.compile(
            r"^[^.\n|;]{0,14}?(?:/\s?ye?a?r\b|per year|a year|per annum|annual|yearly|p\.?a\.?\b)",
            re.I,
        ),
    ),
)
_BEFORE_CHARS = 40
_AFTER_CHARS = 24
PLAUSIBLE: dict[Period, tuple[int, int]] = {
    "year": (10_000, 20_000_000),
    "month": (500, 500_000),
    "week": (150, 25_000),
    "day": (50, 5_000),
    "hour": (8, 1_000),
}
"""Plausible bounds (least, most) of a base salary in any currency, by period."""
# An amount that the next word makes something else: "$5M raised", "$90k bonus".
_NOT_PAY_AFTER = re.compile(
    # "$120k (OTE $200k)": the OTE is the amount that follows, not this one
    r"^\s?(?:bonus|\(?(?:ote\b|on[- ]target)(?!\W{0,3}(?:earnings?\W{1,3})?(?:of )?[$€£₹¥\d])|"
    r"\+?\s?(?:m\b|mm\b|mln|million|b\b|bn\b|billion|%|arr\b|"
    r"in (?:funding|revenue|arr|seed|"
    r"annual)|raised|users|customers|funding|series|valuation|seed|ote\b|sign|referral|stipend|"
    r"budget|homes|companies|req|people|employees|developers|engineers|years?|yoe|mrr|round|grant|"
    r"contract|bounty|of equity|worth|per gpu|savings|in savings|market))",
    re.IGNORECASE,
)
# The same from the words before: "raised $5,000", "a budget of about $90k".
_NOT_PAY_BEFORE = re.compile(
    r"(?:raised|raising|funding|revenue|arr|bonus(?: of)?|sign-?on|valuation|valued at|budget|"
    r"stipend|series \w|"
    r"seed|backed|manage|managing|managed|save[sd]?|over|processed|processing|referral|bounty|"
    r"allowance|worth|up to \d+% of|market|401|spend)\W{0,3}(?:\w{1,9} ){0,2}$",
    re.IGNORECASE,
)
# "OTE: $180k - $220k" includes commission; the base is less.
_ON_TARGET_BEFORE = re.compile(
    r"\b(?:OTE|on[- ]target(?: earnings?)?)\b\W{0,3}(?:(?:of|is|up to|from|range)\W{1,2}){0,2}$",
    re.IGNORECASE,
)
# Total compensation: "$200k total", "$200k TC".
_TOTAL = re.compile(r"^\W{0,3}(?:annual |yearly )?(?:total|tc\b)", re.IGNORECASE)
# Words that make a bare number pay: "salary 90-110k".
_PAY_WORD = re.compile(
    r"salar|compensation|\bcomp\b|\bpay\b|\bbase\b|\bOTE\b|\brate\b|\bTC\b|\bCTC\b", re.I
)


class _Amount(NamedTuple):
    low: float
    high: float
    currency: str
    period: Period
    total: bool
    """Total compensation; counts only if no base salary is named."""


def read_salary(header: str, body: Sequence[str]) -> Salary | None:
    """Return the widest range in the currency and period named first; None if no pay is named.

    ``header`` is the header line, ``body`` the lines that may name pay.
    """
    amounts = list(_amounts(header, in_header=True))
    for line in body:
        amounts += _amounts(line, in_header=False)
    if not amounts:
        return None
    base = [amount for amount in amounts if not amount.total] or amounts
    first = base[0]
    # Amounts in other units ("or EUR 80k") are conversions; mixing them would fake a range.
    same = [a for a in base if (a.currency, a.period) == (first.currency, first.period)]
    return Salary(
        min=round(min(a.low for a in same)),
        max=round(max(a.high for a in same)),
        currency=first.currency,
        period=first.period,
    )


def _amounts(line: str, *, in_header: bool) -> Iterator[_Amount]:
    for match in _RANGE.finditer(line):
        if amount := _amount(match, line, in_header=in_header):
            yield amount


def _amount(match: re.Match[str], text: str, *, in_header: bool) -> _Amount | None:
    before = text[max(0, match.start() - _BEFORE_CHARS) : match.start()]
    # Most numbers have neither sign nor unit and stop here, before any regular expression.
    if not (before.rstrip(" ~").endswith(_SIGN_ENDS) or any(match.group(*_UNITS))):
        return None
    sign = _sign_before(before)
    # The middle of a word or a version: "v2.90k".
    if not sign and (before[-1:].isalnum() or before[-1:] == "."):
        return None
    written = sign or match["sign2"] or match["code"]
    after = text[match.end() : match.end() + _AFTER_CHARS]
    ranged = match["high"] is not None
    # Without a currency only a range in thousands counts, where pay is the topic.
    if not written and not (
        ranged and match["unit2"] and (in_header or _PAY_WORD.search(before + after))
    ):
        return None
    if _NOT_PAY_AFTER.match(after) or (match["unit2"] or match["unit1"] or "").lower() == "m":
        return None
    if _ON_TARGET_BEFORE.search(before.removesuffix(sign)):
        return None
    # A range in the header is pay whatever precedes it: "Series A | $90k-110k".
    if _NOT_PAY_BEFORE.search(before.removesuffix(sign)) and not (in_header and ranged):
        return None
    period: Period = next((name for name, p in _PERIODS if p.search(after)), "year")
    low, high = _bounds(match)
    smallest, largest = PLAUSIBLE[period]
    if not smallest <= low <= high <= largest:
        return None
    # A single amount in the body may be anything ("a $500 laptop"), so pay must be named.
    if not ranged and not in_header and not _PAY_WORD.search(before + after):
        return None
    return _Amount(low, high, _currency(match, sign, after), period, bool(_TOTAL.match(after)))


def _sign_before(before: str) -> str:
    match = _SIGN_BEFORE.search(before[-_SIGN_CHARS:])
    return match.group(1) if match else ""


def _bounds(match: re.Match[str]) -> tuple[float, float]:
    unit2 = match["unit2"] or match["unit1"]
    low = _number(match["low"], match["unit1"])
    if match["high"] is None:
        return low, low
    high = _number(match["high"], unit2)
    # "90 - 110k": the unit of the upper bound applies to both.
    if not match["unit1"] and low < 1_000 <= high and match["unit2"]:
        low = _number(match["low"], match["unit2"])
    return low, high


def _number(digits: str, unit: str | None) -> float:
    # "90,000" and "90.000" group thousands; "90,5" and "90.5" have a decimal mark.
    if re.fullmatch(r"\d{1,3}(?:[,.' ]\d{3})+", digits):
        value = float(re.sub(r"\D", "", digits))
    else:
        value = float(digits.replace(",", "."))
    match (unit or "").lower():
        case "k":
            return value * 1_000
        case "l" | "lpa" | "lakh" | "lakhs":
            return value * 100_000
        case _:
            return value


def _currency(match: re.Match[str], sign: str, after: str) -> str:
    sign = (sign or match["sign2"] or "").strip(" ~").upper()
    code = (match["code"] or "").upper().removeprefix("IN ").strip()
    for written in (code, sign):
        if written in _CODES.split("|"):
            return written
    # The code may follow after punctuation: "$90k (CAD)".
    named = re.match(rf"^\W{{0,3}}({_CODES})\b", after)
    if named:
        return named.group(1)
    dollars = {
        "C$": "CAD",
        "CA$": "CAD",
        "CAD$": "CAD",
        "A$": "AUD",
        "AU$": "AUD",
        "NZ$": "NZD",
        "S$": "SGD",
        "HK$": "HKD",
    }
    # "CA $" and "CA$" are the same sign.
    compact = sign.replace(" ", "")
    if compact in dollars:
        return dollars[compact]
    if code.startswith(("€", "EURO")):
        return "EUR"
    if code.startswith(("£", "POUND")):
        return "GBP"
    # Nothing but a range in thousands: most such postings pay US dollars.
    return _SIGNS.get(sign[-1:] or "$", compact[:3] if compact[:3] in _CODES else "USD")
