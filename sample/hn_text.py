"""Writes a posting the way people write in "Who is hiring?" threads, in the HTML that HN serves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sample import phrases
from sample.postings import Opening, Posting
from sample.prose import paragraphs
from sample.rng import Rng
from sample.technologies import TECHNOLOGIES, Technology
from sample.truth import Salary, Truth

__all__ = ["STYLES", "escape", "link", "salary_text", "skill_words", "write"]

STYLES = ("header", "brackets", "prose", "bare", "several", "stealth")
_SEPARATORS = (
    (" | ", 60.0), ("|", 5.0), (" - ", 12.0), (" \u2013 ", 6.0), (" \u00b7 ", 4.0), (" / ", 3.0),
    (" // ", 2.0), (" \u2022 ", 2.0), ("; ", 2.0), (" || ", 1.0),
)  # fmt: skip
_BETWEEN_PLACES = ((" or ", 50.0), (", ", 20.0), (" / ", 12.0), (" and ", 10.0), (" & ", 8.0))
_REMOTE_WORDS = {
    "remote": ("REMOTE", "Remote", "Fully remote", "100% remote", "remote"),
    "hybrid": ("Hybrid", "HYBRID", "Hybrid (2 days in the office)", "hybrid, 3 days/week on site"),
    "onsite": ("ONSITE", "Onsite", "On-site", "in person", "ONSITE only"),
    "mixed": ("REMOTE or ONSITE", "Onsite or remote", "Remote/Onsite", "ONSITE / REMOTE"),
    "unspecified": ("",),
}
_VISA_WORDS = {
    "yes": ("VISA", "Visa sponsorship", "visa sponsorship available", "H1B welcome"),
    "no": ("No visa sponsorship", "no visa", "must be authorized to work here"),
    "unspecified": ("",),
}
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


def write(posting: Posting, rng: Rng, year: float, style: str = "") -> tuple[str, Truth]:
    """Return the text of a posting and its labels; without a style, one that fits the year."""
    style = style or _draw_style(rng, year)
    lines = {
        "header": _header, "brackets": _brackets, "prose": _prose, "bare": _bare,
        "several": _several, "stealth": _stealth,
    }[style](posting, rng)  # fmt: skip
    more = paragraphs(rng, sum(map(len, lines)))
    at = rng.between(min(2, len(lines)), len(lines))
    lines[at:at] = more
    truth = posting.truth()
    return "<p>".join(lines), replace(truth, company=None) if style == "stealth" else truth


def _draw_style(rng: Rng, year: float) -> str:
    modern = max(0.0, min(1.0, (year - 2011.0) / 5.0))
    return rng.weighted((
        ("header", 6 + 60 * modern), ("brackets", 4 + 14 * modern), ("prose", 70 - 62 * modern),
        ("bare", 16 - 10 * modern), ("stealth", 3.0 - modern),
    ))  # fmt: skip


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


def _url(posting: Posting, rng: Rng) -> str:
    page = rng.choice(("", "/careers", "/jobs", "/jobs/open-positions?ref=hn&team=all"))
    return f"https://{rng.choice(('www.', ''))}{posting.domain}{page}"


def _place(posting: Posting, rng: Rng) -> str:
    return rng.weighted(_BETWEEN_PLACES).join(written for written, _, _ in posting.places)


def _remote(posting: Posting, rng: Rng) -> str:
    word = rng.choice(_REMOTE_WORDS[posting.remote])
    if not posting.region:
        return word
    return f"{word} ({posting.region})" if rng.chance(0.7) else f"{word}, {posting.region}"


def _titles(openings: Sequence[Opening], rng: Rng) -> str:
    return rng.choice((", ", " / ", " and ")).join(opening.title for opening in openings)


def _visa(posting: Posting, rng: Rng) -> str:
    return rng.choice(_VISA_WORDS[posting.visa])


def _header(posting: Posting, rng: Rng) -> list[str]:
    separator = rng.weighted(_SEPARATORS)
    pay = salary_text(posting.salary, rng) if posting.salary else ""
    middle = [_place(posting, rng), _remote(posting, rng)]
    middle.insert(rng.below(3), _titles(posting.openings, rng))
    tail = [rng.choice(("Full-time", "Full time", "FULL-TIME", "")), pay, _visa(posting, rng)]
    rng.shuffle(tail)
    company = escape(posting.company)
    parts = [escape(part) for part in middle + tail if part]
    if rng.chance(0.25):
        company = f"{company} ({link(_url(posting, rng))})"
    elif rng.chance(0.7):
        parts.append(link(_url(posting, rng)))
    return [escape(separator).join([company, *parts]), *_body(posting, rng)]


def _brackets(posting: Posting, rng: Rng) -> list[str]:
    facts = [_place(posting, rng), _remote(posting, rng), _visa(posting, rng)]
    inside = escape(", ".join(fact for fact in facts if fact))
    head = f"<i>{escape(posting.company)}</i> [{inside}]" if inside else escape(posting.company)
    opening = f"We&#x27;re hiring: {escape(_titles(posting.openings, rng))}"
    pay = f"\nPay: {escape(salary_text(posting.salary, rng))}" if posting.salary else ""
    return [head, opening + pay, *_body(posting, rng)]


def _sentences(posting: Posting, rng: Rng) -> list[str]:
    """Return what prose has to say about place, pay and papers."""
    said = []
    if posting.remote != "unspecified":
        said.append(f"This is {_remote(posting, rng)}.")
    if posting.salary:
        said.append(f"We pay {salary_text(posting.salary, rng)}.")
    if posting.visa == "yes":
        said.append("We sponsor visas.")
    elif posting.visa == "no":
        said.append("We cannot sponsor visas, sorry.")
    return said


def _prose(posting: Posting, rng: Rng) -> list[str]:
    place, titles = _place(posting, rng), _titles(posting.openings, rng)
    lead = f"{place}. {posting.company}" if place and rng.chance(0.5) else posting.company
    where = f" in {place}" if place and lead == posting.company else ""
    wants = rng.choice(("is hiring:", "is looking for a", "is looking for:", "is hiring a"))
    first = f"{lead} {wants} {titles}{where}."
    rest = " ".join([rng.choice(phrases.MISSIONS), *_sentences(posting, rng)])
    return [f"{escape(first)} {link(_url(posting, rng))}", escape(rest), *_stack(posting, rng)]


def _bare(posting: Posting, rng: Rng) -> list[str]:
    place = _place(posting, rng)
    based = f", based in {place}" if place else ""
    hello = rng.choice(("Hi HN!", "Hello everybody,", "Hey all \u2013"))
    first = f"{hello} I'm {rng.choice(phrases.NAMES).title()} from {posting.company}{based}."
    need = rng.choice(("We're hiring:", "We are looking for a", "Now hiring:", "We need:"))
    need = f"{need} {_titles(posting.openings, rng)}."
    return [escape(" ".join([first, rng.choice(phrases.MISSIONS)])),
            escape(" ".join([need, *_sentences(posting, rng)])), *_stack(posting, rng),
            link(_url(posting, rng))]  # fmt: skip


def _stealth(posting: Posting, rng: Rng) -> list[str]:
    place = _place(posting, rng) or "no office"
    titles = _titles(posting.openings, rng)
    first = f"Young company ({place}), still without a name, needs: {titles}."
    return [escape(" ".join([first, *_sentences(posting, rng)])), *_stack(posting, rng),
            f"Write to {rng.choice(phrases.NAMES)} at post.example"]  # fmt: skip


def _several(posting: Posting, rng: Rng) -> list[str]:
    facts = [posting.company, _place(posting, rng), _remote(posting, rng), _visa(posting, rng)]
    mark = rng.choice(("-", "*", "\u2022", "1)"))
    pay = [f"Pay: {escape(salary_text(posting.salary, rng))}"] if posting.salary else []
    lines = []
    for opening in posting.openings:
        words = skill_words(opening.skills, rng)
        lines.append(escape(f"{mark} {opening.title}{f' ({words})' if words else ''}"))
    listed = ["\n".join(lines)] if rng.chance(0.4) else lines
    head = escape(" | ".join(fact for fact in facts if fact))
    mission = escape(rng.choice(phrases.MISSIONS))
    return [head, mission, *listed, *pay, link(_url(posting, rng))]


def _body(posting: Posting, rng: Rng) -> list[str]:
    perks = ", ".join(dict.fromkeys(rng.choice(phrases.PERKS) for _ in range(3)))
    lines = [escape(rng.choice(phrases.MISSIONS)), *_stack(posting, rng)]
    if rng.chance(0.6):
        lines.insert(1, escape(rng.choice(phrases.BENEFITS)))
    if rng.chance(0.3):
        lines.append(escape(f"We offer {perks}."))
    if rng.chance(0.5):
        lines.append(f"Apply: {escape(rng.choice(phrases.NAMES))} (at) {escape(posting.domain)}")
    return lines


def _stack(posting: Posting, rng: Rng) -> list[str]:
    skills = dict.fromkeys(skill for opening in posting.openings for skill in opening.skills)
    lines = []
    if skills:
        words = escape(skill_words(tuple(skills), rng, rng.choice((", ", " and ", " & "))))
        lines.append(rng.choice((
            f"Stack: {words}", f"<i>Our stack:</i> {words}.", f"We work with {words}.",
            f"You know your way around {words}.", f"Tech: {words}",
            f"<pre><code>  stack: {words}\n</code></pre>",
        )))  # fmt: skip
    if rng.chance(0.02):
        lines.append(_avoided(skills, rng))
    return lines


def _avoided(skills: dict[Technology, None], rng: Rng) -> str:
    """Name a technology that is not used: it is no skill of this posting."""
    taken = {skill.name for skill in skills}
    others = [tech.name for tech in TECHNOLOGIES if tech.name not in taken and len(tech.name) > 3]
    return escape(f"There is no {rng.choice(others)} here, and there won't be any.")
