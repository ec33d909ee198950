"""Words as people and the API write them: HN's HTML, links, pay, technologies."""

from __future__ import annotations

from collections.abc import Sequence

from sample.rng import Rng
from sample.technologies import Technology
from sample.truth import Salary

__all__ = ["escape", "link", "salary_text", "skill_words"]

_SYMBOLS = {"USD": "$", "EUR": "\u20ac", "GBP": "\u00a3"}
_PERIODS = {
    "hour": ("/hr", "/hour", " per hour"), "day": ("/day", " per day"),
    "month": ("/month", " per month"), "year": ("", "", "", "/yr", " per year"),
}  # fmt: skip
_ESCAPES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;", "/": "&#x2F;"}
)


def escape(text: str) -> str:
    """Return the text with HN's own entities."""
    return text.translate(_ESCAPES)


def link(url: str) -> str:
    """Return HN's link: no follow, the shown text cut after 60 characters."""
    shown = url if len(url) <= 63 else url[:60] + "..."
    return f'<a href="{escape(url)}" rel="nofollow">{escape(shown)}</a>'


def salary_text(salary: Salary, rng: Rng) -> str:
    """Return a salary the way people write it."""
    low, high, currency = salary.min, salary.max, salary.currency
    symbol = _SYMBOLS.get(currency, "")
    dash = rng.choice(("-", " - ", "\u2013", " \u2013 "))
    if low % 1000 == 0 and high % 1000 == 0 and rng.chance(0.75):
        k = rng.choice(("k", "K"))
        amounts = [f"{low // 1000}{k}", f"{high // 1000}{k}"]
        if not symbol and rng.chance(0.5):
            amounts[0] = amounts[0][:-1]  # 220-260k PLN
    else:
        amounts = [f"{low:,}", f"{high:,}"]
    amounts = amounts[1:] if low == high else amounts
    written = dash.join(symbol + amount for amount in amounts)
    written = written if symbol else f"{written} {currency}"
    return written + rng.choice(_PERIODS[salary.period])


def skill_words(skills: Sequence[Technology], rng: Rng, last: str = ", ") -> str:
    """Return the skills in one of their spellings each, such as ``Go, Postgres and k8s``."""
    words = [s.spellings[0] if rng.chance(0.65) else rng.choice(s.spellings) for s in skills]
    return ", ".join(words[:-1]) + last + words[-1] if len(words) > 1 else "".join(words)
