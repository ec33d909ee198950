"""Extract the base salary: the widest range named, its currency and period."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from include.postings import words
from include.postings.lexicon import title_labels
from include.postings.result import Period, Salary

__all__ = ["PLAUSIBLE", "read_salary"]

_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "₹": "INR", "¥": "JPY", "₽": "RUB", "₩": "KRW",
          "₪": "ILS", "₺": "TRY", "₴": "UAH", "฿": "THB"}  # fmt: skip
_DOLLARS = {"US": "USD", "CA": "CAD", "C": "CAD", "AU": "AUD", "A": "AUD", "NZ": "NZD", "S": "SGD",
            "SG": "SGD", "HK": "HKD", "R": "BRL", "MX": "MXN", "NT": "TWD"}  # fmt: skip
# Written in any case. Later ones count in capitals only: "try", "all" and "mad" are words too.
_CODES = "USD|EUR|GBP|CAD|AUD|CHF|INR|SGD|NZD|SEK|NOK|DKK|PLN|JPY|BRL|ILS|CZK|HKD|ZAR"
_MORE_CODES = (
    "MXN|PKR|MYR|ARS|CLP|COP|PEN|UYU|HUF|RON|BGN|UAH|RUB|TRY|AED|SAR|EGP|NGN|KES|GHS|IDR|PHP|THB|"
    "VND|"
    "KRW|TWD|CNY|RMB|BDT|LKR|NPR|ISK|GEL|KZT|RSD|QAR|MAD|CRC|DOP"
)
_CODE = rf"(?:(?i:{_CODES})|{_MORE_CODES})"
_MARK = r"[$€£₹¥₽₩₪₺₴฿]"
# "$", "US$", "EUR", "CAD $", "R$", "Rs.". A letter before "$" must not end a word: "is $9".
_SIGN = (
    rf"(?:(?<![A-Za-z])(?:{'|'.join(sorted(_DOLLARS, key=len, reverse=True))})\$|"
    rf"(?<![A-Za-z])US \$|"
    rf"{_MARK}|\b{_CODE}\s?{_MARK}?|(?<![A-Za-z])Rs\.?)"
)
# The sign at the end of the text before a number: "pays $ ~".
_SIGN_BEFORE = re.compile(rf"({_SIGN})\s?~?\s?$")
_SIGN_CHARS = 8
# A cheap necessary condition for _SIGN_BEFORE, tested first.
_SIGN_ENDS = (
    *_SIGNS,
    *_CODES.split("|"),
    *_CODES.lower().split("|"),
    *_MORE_CODES.split("|"),
    "Rs",
    "Rs.",
)
_UNITS = ("unit1", "unit2", "sign1", "sign2", "code")
# A number with thousands or decimals and its unit: "90,000", "90.5k", "12 LPA", "9M", "25,00,000".
# Digits are bounded: a run of them (a phone number, an id) is not pay and must not backtrack.
_NUMBER = (
    r"(?P<%s>\d(?:\d{0,2}(?:[,.' ]\d{3})+(?!\d)|\d?(?:,\d\d)+,\d{3}(?!\d)|"
    r"\d{0,6}(?:[.,]\d{1,2})?))\s?"
    r"(?P<%s>[kK]\b|[kK](?=[€£-])|[lL]\b|(?i:LPA|lakhs?|lacs?)\b|(?i:mio|mil)\b|[mM]\b)?"
)
_BEHIND = rf"(?:[€£]|{_CODE}\b(?! ?\d)|(?i:euros?|pounds)\b)"
# "90k", "90k - $110k", "90 to 110k EUR", "60k€ - 100k€". Starts with a digit, so the search skips
# from number to number; _SIGN_BEFORE looks back for the sign.
_RANGE = re.compile(
    (_NUMBER % ("low", "unit1"))
    + rf"\s?(?P<sign1>{_BEHIND})?"
    + r"(?:\+)?(?:\s?(?:-{1,2}|~|(?i:to|and)|/yr -)\s?~?"
    + rf"(?:(?P<sign2>{_SIGN})\s?~?\s?)?"
    + (_NUMBER % ("high", "unit2"))
    + r")?\s?\+?\s?"
    + rf"(?P<code>(?:in )?{_BEHIND})?"
)
# The period shortly after the amount: "$60/h", "$60 gross per hour", "£550 pd". Shortest first:
# "$60/hour, paid monthly" is by the hour.
_NOT_HOURS = r"(?<!h)(?<!h )(?<!hours)(?<!hours )(?<!hrs )(?<!days)(?<!days )"
_UNITS_OF_TIME: tuple[tuple[Period, str], ...] = (
    ("hour", r"/\s?h(?:ou)?r?\b|per hour|an hour|\bhourly|\b(?:p\.?h|hr)\b|p/h\b"),
    ("day", r"/\s?d(?:ay)?\b|per day|a day|\bdaily|p/d\b|\bp\.?d\b"),
    # Not "$120k, four days a week", nor "40h/week".
    ("week", rf"{_NOT_HOURS}(?:/\s?w(?:ee)?k\b|per week|a week|\bweekly|p/w\b|\bp\.?w\b)"),
    ("month", r"/\s?m(?:o(?:nth)?)?\b|per month|a month|\bmonthly|p/m\b|\bp\.?m\b"),
    ("year", r"/\s?ye?a?r\b|per year|a year|per annum|\bannual|\byearly|\bp\.?a\b"),
)
_PERIODS = tuple(
    (period, re.compile(rf"^[^.,\n|;]{{0,14}}?(?:{unit})", re.I)) for period, unit in _UNITS_OF_TIME
)
# The period before it: "Hourly rate: $90", "gross monthly salary of EUR 5,200".
_NAMED_BEFORE: tuple[tuple[Period, str], ...] = (
    ("hour", "hour(?:ly)?"),
    ("day", "day|daily"),
    ("week", "weekly"),
    ("month", "monthly"),
)
_PERIODS_BEFORE = tuple(
    (
        period,
        re.compile(
            rf"\b(?:{name})[- ](?:\w+ ){{0,2}}?(?:rates?|pay|salary|salaries|wages?|compensation|"
            r"gross|net|fee|income)\b[^.\n|;\d]{0,24}$",
            re.I,
        ),
    )
    for period, name in _NAMED_BEFORE
)
_BEFORE_CHARS = 60
_AFTER_CHARS = 28
PLAUSIBLE: dict[Period, tuple[int, int]] = {
    "year": (10_000, 20_000_000),
    "month": (500, 500_000),
    "week": (150, 25_000),
    "day": (50, 5_000),
    "hour": (8, 1_000),
}
"""Plausible bounds (least, most) of a base salary in any currency, by period."""
_EURO = "AT BE CY DE EE ES FI FR GR HR IE IT LT LU LV MT NL PT SI SK"
# The money of countries whose postings leave the sign out.
_LOCAL = {
    **dict.fromkeys(_EURO.split(), "EUR"), "GB": "GBP", "IN": "INR", "CH": "CHF", "CA": "CAD",
    "AU": "AUD", "NZ": "NZD", "SG": "SGD", "SE": "SEK", "NO": "NOK", "DK": "DKK", "PL": "PLN",
    "JP": "JPY", "BR": "BRL", "MX": "MXN", "ZA": "ZAR", "IL": "ILS", "CZ": "CZK", "HK": "HKD",
}  # fmt: skip
# Currencies in which a year's pay runs to a million; elsewhere a million is funding.
_IN_MILLIONS = frozenset(
    (
        "JPY",
        "KRW",
        "SEK",
        "NOK",
        "DKK",
        "CZK",
        "ZAR",
        "INR",
        "HUF",
        "ISK",
        "RUB",
        "IDR",
        "PHP",
        "PKR",
        "CLP",
        "COP",
        "ARS",
        "TWD",
    )
)
# An amount that the next word makes something else: "$5M raised", "$90k bonus", "$20k plan". A plus
# makes it one more: "$90k + bonus".
_NOT_PAY_AFTER = re.compile(
    # "$120k (OTE $200k)": the OTE is the amount that follows, not this one
    r"^\s?(?:(?:(?!plus )\w+ )?bonus|\(?(?:ote\b|"
    r"on[- ]target)(?!\W{0,3}(?:earnings?\W{1,3})?(?:of )?[$€£₹¥\d])|"
    r"\(?(?:m\b|mm\b|mln|million|b\b|bn\b|billion|%|arr\b|"
    r"in (?:funding|revenue|arr|seed|annual|equity|stock|sales|credits?)|(?:was )?raised|users|"
    r"customers|"
    r"funding|series|valuation|seed|ote\b|sign|referral|stipend|equity|options|stock|a seat|each\b|"
    r"budget|homes|companies|req|people|employees|developers|engineers|years?|yoe|mrr|round|"
    r"grant|deals?|"
    r"contract(?! role)|bounty|of equity|worth|per (?:gpu|seat|user|unit|customer)|savings|"
    r"in savings|"
    r"market|prize|laptop|loan|mortgage|plan\b|subscription|invoice|ticket|donat|learning|"
    r"education|"
    r"(?:annual|yearly) (?:\w+ )?(?:budget|stipend|revenue|allowance|bonus)))",
    re.IGNORECASE,
)
# What a plus adds to the base: "$90k + bonus".
_EXTRA = re.compile(r"\s?(?:\w+ )?(?:bonus|equity|options|stock|sign|ote|commission)", re.I)
# The same from the words before: "raised $5,000", "a budget of about $90k".
_NOT_PAY_BEFORE = re.compile(
    r"(?:raised|raising|funding|revenue|arr|bonus(?: of)?|sign-?on|valuation|valued at|budget|"
    r"stipend|series \w|seed|backed|manage|managing|managed|save[sd]?|over|processed|processing|"
    r"referral|"
    r"bounty|allowance|worth|up to \d+% of|market|401|spend|deals?|tickets?|plan|loans?|mortgages?|"
    r"grants?|invest\w*|sells?|sold|costs?|priced?|prices?|fees?|contracts|vendors?|customers?|"
    r"clients?|prizes?|donat\w+|orders?|equipment|credits?|charges?|charged)[^\w|"
    r"]{0,3}(?:\w{1,9} ){0,2}$",
    re.IGNORECASE,
)
# "OTE: $180k - $220k", "total compensation of $250k": includes commission, equity or a bonus.
_TOTAL_BEFORE = re.compile(
    r"\b(?:OTE|on[- ]target(?: earnings?)?|total (?:annual |yearly |target |cash )*(?:comp\w*|"
    r"package|"
    r"pay|earnings|rewards?|remuneration)|TC|all[- ]in|package)\b\W{0,3}"
    r"(?:(?:of|is|up to|from|range|ranges|between|around|about|for this role)\W{1,2}){0,3}$",
    re.IGNORECASE,
)
# The same behind the amount: "$200k total", "$200k TC", "$200k all-in". With another amount behind
# the word, it belongs to that one: "$160k, total comp $220k".
_TOTAL = re.compile(
    r"^\s?[(]?(?:annual |yearly |in )?(?:total(?: (?:comp\w*|package|cash))?|tc|all[- ]in|ote)\b"
    r"(?!\W{0,3}(?:of |is |up to )?[$€£₹¥\d])",
    re.IGNORECASE,
)
# Lower-case words that make a number pay: "salary 90-110k". "base plan" and "pay vendors" are not
# among them.
_PAY_WORD = re.compile(
    r"salar|compensation|\bcomp\b|\b(?:pay|pays|paying|paid)\b(?! (?:vendors|customers|suppliers|"
    r"for|our|"
    r"\w+s \$))|"
    r"\bbase\b(?! (?:plan|model|price|fee|case))|\bote\b|\brates?\b(?! card)|\bc?tc\b|"
    r"remunerat|"
    r"\bwages?\b|\bearn(?:ings?)?\b|\bgehalt|\bdoe\b|depending on|based on exp|"
    r"\bequity\b|\boptions\b|\bbonus|401k|pension|\b(?:we|to) offer\b|you get\b|package"
)
_WORD = re.compile(r"[A-Za-z]{2,}")
_BARE_WORDS = 4
_MOST_AMOUNTS = 200
"""Bounds the work on a line of nothing but amounts."""
_HEADING_CHARS = 120
"""A line this short that names a job and an amount is a title with its pay."""
_OF_A_JOB = frozenset(("terms", "intern", "entry", "mid", "senior", "staff"))
"""Labels of such a line without a job: "- Mid-level: $90k-$110k (Oslo)"."""


class _Amount(NamedTuple):
    low: float
    high: float
    currency: str
    period: Period


def read_salary(header: str, body: Sequence[str], *, country: str | None = None) -> Salary | None:
    """Return the widest range in the currency and period named first; None if no pay is named.

    ``header`` is the header line, ``body`` the lines that may name pay. ``country``, an ISO
    3166-1 code, gives the currency of amounts without a sign ("50-60k" in London); US dollars
    otherwise.
    """
    local = _LOCAL.get(country or "", "USD")
    amounts = list(_amounts(header, local, in_header=True))
    for line in body:
        amounts += _amounts(line, local, in_header=False)
    if not amounts:
        return None
    first = amounts[0]
    # Amounts in other units ("or EUR 80k") are conversions; mixing them would fake a range.
    same = [a for a in amounts if (a.currency, a.period) == (first.currency, first.period)]
    return Salary(
        min=round(min(a.low for a in same)),
        max=round(max(a.high for a in same)),
        currency=first.currency,
        period=first.period,
    )


class _Mention(NamedTuple):
    """A number that may be pay, with what stands around it."""

    match: re.Match[str]
    sign: str
    before: str
    after: str

    @property
    def ranged(self) -> bool:
        return self.match["high"] is not None

    @property
    def unit(self) -> str:
        return (self.match["unit2"] or self.match["unit1"] or "").lower()


def _amounts(line: str, local: str, *, in_header: bool) -> Iterator[_Amount]:
    about_pay: bool | None = None
    found = (mention for match in _RANGE.finditer(line) if (mention := _mention(match, line)))
    for mention in islice(found, _MOST_AMOUNTS):
        if not _may_be_pay(mention, in_header=in_header):
            continue
        if not (in_header or _pay_is_beside(mention)):
            # Once a line: a line of many amounts must not take the square of its length.
            about_pay = _is_about_pay(line) if about_pay is None else about_pay
            title = len(line) < _HEADING_CHARS and words.names_job(mention.before)
            if not (about_pay and (mention.ranged or title)):
                continue
        if amount := _amount(mention, local):
            yield amount


def _mention(match: re.Match[str], text: str) -> _Mention | None:
    """Return the number with its surroundings; None without a sign, a code or a unit."""
    before = text[max(0, match.start() - _BEFORE_CHARS) : match.start()]
    # Most numbers have neither sign nor unit and stop here, before any regular expression.
    if not (before.rstrip(" ~").endswith(_SIGN_ENDS) or any(match.group(*_UNITS))):
        return None
    sign = _sign_before(before)
    # The middle of a word or a version: "v2.90k".
    if not sign and (before[-1:].isalnum() or before[-1:] == "."):
        return None
    after = text[match.end() : match.end() + _AFTER_CHARS]
    return _Mention(match, sign, before.removesuffix(sign), after)


def _may_be_pay(mention: _Mention, *, in_header: bool) -> bool:
    """Return whether no word beside the number makes it funding, a bonus, a price or a total."""
    match, sign, before, after = mention
    written = sign or any(match.group("sign1", "sign2", "code")) or _in_lakhs(mention)
    # Without a currency only a range in thousands counts, where pay is the topic.
    if not (written or (mention.ranged and match["unit2"] and (in_header or _names_pay(mention)))):
        return False
    # Of a header's list, "$90k-$110k USD equity, pension", the range is the base.
    plus = "+" in match.group()[-2:] or (in_header and mention.ranged)
    other = _NOT_PAY_AFTER.match(after) and not (plus and _EXTRA.match(after))
    if other or _TOTAL.match(after) or _TOTAL_BEFORE.search(before):
        return False
    # A range in the header is pay whatever precedes it: "Series A | $90k-110k".
    return (in_header and mention.ranged) or not _NOT_PAY_BEFORE.search(before)


def _amount(mention: _Mention, local: str) -> _Amount | None:
    """Return the amount; None where it is implausible as pay."""
    # LPA is lakhs a year, whatever follows: "10-15 LPA and hourly pay of ...".
    period = "year" if mention.unit == "lpa" else _period(mention.before, mention.after)
    currency = _currency(mention) or ("INR" if _in_lakhs(mention) else local)
    if mention.unit in _MILLION and currency not in _IN_MILLIONS:
        return None
    low, high = _bounds(mention.match)
    smallest, largest = PLAUSIBLE[period]
    return _Amount(low, high, currency, period) if smallest <= low <= high <= largest else None


def _names_pay(mention: _Mention) -> bool:
    return bool(_PAY_WORD.search((mention.before + mention.after).lower()))


def _pay_is_beside(mention: _Mention) -> bool:
    """Return whether pay is named beside an amount of the body, or a job before a range."""
    return _names_pay(mention) or (mention.ranged and words.names_job(mention.before))


def _is_about_pay(line: str) -> bool:
    """Return whether a line names pay, or is a title or hardly more than the amount."""
    if _PAY_WORD.search(line.lower()):
        return True
    return len(line) < _HEADING_CHARS and (
        words.names_job(line) or not title_labels(line).isdisjoint(_OF_A_JOB) or _is_bare(line)
    )


def _is_bare(line: str) -> bool:
    """Return whether a line is an amount and hardly a word besides: "$90k - $120k, Oslo"."""
    return len(_WORD.findall(line)) <= _BARE_WORDS


def _period(before: str, after: str) -> Period:
    for period, pattern in _PERIODS:
        if pattern.search(after):
            return period
    for period, pattern in _PERIODS_BEFORE:
        if pattern.search(before):
            return period
    return "year"


def _sign_before(before: str) -> str:
    match = _SIGN_BEFORE.search(before[-_SIGN_CHARS:])
    return match.group(1) if match else ""


_LAKHS = frozenset(("l", "lpa", "lakh", "lakhs", "lac", "lacs"))
_MILLION = frozenset(("m", "mio", "mil"))
_FACTORS = {
    "k": 1_000.0,
    **dict.fromkeys(_LAKHS, 100_000.0),
    **dict.fromkeys(_MILLION, 1_000_000.0),
}


def _in_lakhs(mention: _Mention) -> bool:
    """Return whether the amount is in Indian units: "25 LPA"; a bare "L" may be a size."""
    return mention.unit in _LAKHS - {"l"}


def _bounds(match: re.Match[str]) -> tuple[float, float]:
    low = _number(match["low"], match["unit1"])
    if match["high"] is None:
        return low, low
    high = _number(match["high"], match["unit2"] or match["unit1"])
    # "£90,000 and 25 days of holiday" is no range.
    if high < low and not any(match.group("sign2", "unit2")):
        return low, low
    # "90 - 110k": the unit of the upper bound applies to both.
    if not match["unit1"] and low < 1_000 <= high and match["unit2"]:
        low = _number(match["low"], match["unit2"])
    return low, high


def _number(digits: str, unit: str | None) -> float:
    # "90,000", "90.000" and "25,00,000" group digits; "90,5" and "90.5" have a decimal mark.
    if re.fullmatch(r"\d{1,3}(?:[,.' ]\d{3})+|\d{1,2}(?:,\d\d)+,\d{3}", digits):
        value = float(re.sub(r"\D", "", digits))
    else:
        value = float(digits.replace(",", "."))
    return value * _FACTORS.get((unit or "").lower(), 1.0)


# A code behind punctuation or the period: "$90k (CAD)", "$9k/month CAD".
_CODE_AFTER = re.compile(rf"^\W{{0,3}}(?:(?:/|per |an? )\w{{1,6}}\W{{1,3}})?({_CODE})\b")


def _currency(mention: _Mention) -> str | None:
    """Return the ISO 4217 code as written; None without a sign or a code."""
    match, after = mention.match, mention.after
    sign = (mention.sign or match["sign2"] or "").strip(" ~")
    behind = [(match[name] or "").removeprefix("in ").strip() for name in ("code", "sign1")]
    for written in (*behind, sign, sign.rstrip("".join(_SIGNS)).strip()):
        if re.fullmatch(_CODE, written):
            return written.upper().replace("RMB", "CNY")
    # "$90k (CAD)"; only a dollar leaves the country open.
    if sign.endswith("$") and (named := _CODE_AFTER.match(after)):
        return named.group(1).upper()
    if dollars := _DOLLARS.get(sign.removesuffix("$").strip()):
        return dollars
    if sign.startswith("Rs"):
        return "INR"
    for mark in (*behind, sign):
        if mark:
            return _SIGNS.get(mark[0]) or ("GBP" if mark[0] in "pP" else "EUR")
    return None
