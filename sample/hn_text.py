"""Writes a posting the way people write in "Who is hiring?" threads, in the HTML that HN serves."""

from __future__ import annotations

from dataclasses import replace

from sample import phrases
from sample.job_lists import list_of_jobs, titles
from sample.postings import Posting
from sample.prose import paragraphs
from sample.rng import Rng
from sample.technologies import TECHNOLOGIES, Technology
from sample.truth import Truth
from sample.wording import escape, link, salary_text, skill_words

__all__ = ["STYLES", "write"]

STYLES = ("header", "brackets", "prose", "bare", "stealth")
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


def write(posting: Posting, rng: Rng, year: float, style: str = "") -> tuple[str, Truth]:
    """Return the text of a posting and its labels; without a style, one that fits the year.

    Of several jobs most are listed, by so many more as there are; the others stand in one line.
    """
    style = style or _draw_style(rng, year)
    count = len(posting.openings)
    listed = count > 1 and rng.chance(1 - 1 / count)
    # What writes the rest names no job that is listed, and no technology of it.
    rest = replace(posting, openings=()) if listed else posting
    lines = {
        "header": _header, "brackets": _brackets, "prose": _prose, "bare": _bare,
        "stealth": _stealth,
    }[style](rest, rng)  # fmt: skip
    jobs = _listed(posting, rng) if listed else []
    more = paragraphs(rng, sum(map(len, lines + jobs)))
    at = rng.between(min(2, len(lines)), len(lines))
    lines[at:at] = more
    at = rng.between(min(2, len(lines)), len(lines))
    lines[at:at] = jobs
    truth = posting.truth()
    return "<p>".join(lines), replace(truth, company=None) if style == "stealth" else truth


def _listed(posting: Posting, rng: Rng) -> list[str]:
    """Return the jobs' lines; the technologies are each job's own, or in a line for all."""
    if rng.chance(0.5):
        return list_of_jobs(posting, rng, with_skills=True)
    return [*list_of_jobs(posting, rng, with_skills=False), *_stack(posting, rng)]


def _draw_style(rng: Rng, year: float) -> str:
    modern = max(0.0, min(1.0, (year - 2011.0) / 5.0))
    return rng.weighted((
        ("header", 6 + 60 * modern), ("brackets", 4 + 14 * modern), ("prose", 70 - 62 * modern),
        ("bare", 16 - 10 * modern), ("stealth", 3.0 - modern),
    ))  # fmt: skip


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


def _visa(posting: Posting, rng: Rng) -> str:
    return rng.choice(_VISA_WORDS[posting.visa])


def _header(posting: Posting, rng: Rng) -> list[str]:
    separator = rng.weighted(_SEPARATORS)
    pay = salary_text(posting.salary, rng) if posting.salary else ""
    middle = [_place(posting, rng), _remote(posting, rng)]
    middle.insert(rng.below(3), titles(posting.openings, rng))
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
    opening = f"We&#x27;re hiring: {escape(titles(posting.openings, rng))}"
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
    place, jobs = _place(posting, rng), titles(posting.openings, rng)
    lead = f"{place}. {posting.company}" if place and rng.chance(0.5) else posting.company
    where = f" in {place}" if place and lead == posting.company else ""
    wants = rng.choice(("is hiring:", "is looking for a", "is looking for:", "is hiring a"))
    wants = wants if posting.openings else "is hiring:"
    first = f"{lead} {wants} {jobs}{where}."
    rest = " ".join([rng.choice(phrases.MISSIONS), *_sentences(posting, rng)])
    return [f"{escape(first)} {link(_url(posting, rng))}", escape(rest), *_stack(posting, rng)]


def _bare(posting: Posting, rng: Rng) -> list[str]:
    place = _place(posting, rng)
    based = f", based in {place}" if place else ""
    hello = rng.choice(("Hi HN!", "Hello everybody,", "Hey all \u2013"))
    first = f"{hello} I'm {rng.choice(phrases.NAMES).title()} from {posting.company}{based}."
    need = rng.choice(("We're hiring:", "We are looking for a", "Now hiring:", "We need:"))
    need = f"{need} {titles(posting.openings, rng)}."
    return [escape(" ".join([first, rng.choice(phrases.MISSIONS)])),
            escape(" ".join([need, *_sentences(posting, rng)])), *_stack(posting, rng),
            link(_url(posting, rng))]  # fmt: skip


def _stealth(posting: Posting, rng: Rng) -> list[str]:
    place = _place(posting, rng) or "no office"
    needs = titles(posting.openings, rng)
    first = f"Young company ({place}), still without a name, needs: {needs}."
    return [escape(" ".join([first, *_sentences(posting, rng)])), *_stack(posting, rng),
            f"Write to {rng.choice(phrases.NAMES)} at post.example"]  # fmt: skip


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
    if not posting.openings:
        return []
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
