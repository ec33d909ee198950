"""Find the company's name in a posting's sentences, links and addresses."""

from __future__ import annotations

import re

from include.postings import words
from include.postings.company_names import PRONOUNS, clean, is_named, is_no_name
from include.postings.header import Header
from include.postings.opening import name_key
from include.postings.places import is_only_places
from include.postings.prefilter import PrefilteredPattern

__all__ = ["FIRST_HOST", "from_host", "from_sentences", "hosts", "introduced"]

# The employer introduces itself early; later sentences name customers and investors.
_START_CHARS = 500
# Capitalised words joined by small ones: "Bakers of Acme & Sons, Inc". The first may start in
# lower case, as in "eAcme".
_WORD = r"[A-Z0-9][\w&'+/-]*(?:\.\w+)*"
_NAME = (
    r"((?:[A-Z]|[a-z]*\d*[A-Z])[\w&'+/-]*(?:\.\w+)*"
    rf"(?: (?:{_WORD}|of|the|and|for|&))*(?:, (?:Inc|LLC|Ltd)\b\.?)?)"
)
# Most reliable first, because the first match that passes is_named wins.
_SENTENCES = (
    # "Acme (tills) is hiring".
    PrefilteredPattern(
        rf"(?:^|\n|[.!,] ){_NAME},?(?: \([^)]*\))? (?:is|are|has)(?: \w+)? (?:hiring|looking|"
        r"seeking|recruiting|growing|more open|several|multiple)\b",
        literals=(
            " hiring",
            " looking",
            " seeking",
            " recruiting",
            " growing",
            " more open",
            " several",
            " multiple",
        ),
    ),
    # "I'm Jo, the founder of Acme".
    PrefilteredPattern(
        rf"\b(?:I'm|I am|[Tt]his is) \w+,? (?:(?:the )?[\w-]+ )?(?:from|at|of|with) {_NAME}",
        literals=("I'm ", "I am ", "his is "),
    ),
    # A line that opens with a definition: "Acme is building tills".
    re.compile(
        rf"^{_NAME},?(?: \([^)]*\))? (?:is|are|has)(?: \w+)? (?:building|an?|the|on|open)\b", re.M
    ),
    # A cue and, within one sentence, "at": "join us as a baker at Acme". The gap is bounded to
    # keep the scan linear.
    re.compile(
        r"(?:hiring|developers|engineer|role|position|team|work|write|join us|founder|CTO|CEO|lead)"
        rf"[^.\n]{{0,60}}? (?:at|of|for|from) {_NAME}"
    ),
    # "At Acme ...", "About Acme".
    PrefilteredPattern(rf"\b(?:At|Join|About) {_NAME}", literals=("At ", "Join ", "About ")),
    # A line of the employer's own: "Acme, we sell tills".
    PrefilteredPattern(rf"(?:^|\n){_NAME}, we (?:are|have|build|make)\b", literals=(", we ",)),
    # "Our friends Acme are hiring": as the first, but anywhere in a sentence.
    PrefilteredPattern(
        rf"\b{_NAME} (?:is|are|has) (?:hiring|more|several|multiple|looking)\b",
        literals=(" hiring", " more", " several", " multiple", " looking"),
    ),
    # "We're Acme", "here at Acme".
    PrefilteredPattern(
        rf"\b(?:I'm|I am|[Ww]e're|[Ww]e are|[Hh]ere at|[Ww]e at) {_NAME}",
        literals=("I'm ", "I am ", "e're ", "e are ", "e at "),
    ),
    # A line about what is a name's: "Acme's tills".
    re.compile(rf"^{_NAME}'s \w+", re.M),
    # Weakest: any sentence that starts with a name and a common verb.
    re.compile(
        rf"(?:^|[.!\n] ?){_NAME} (?:is|are|has|helps|makes|builds|provides|offers|writes|develops|"
        r"creates|runs|powers|delivers)\b"
    ),
)
# Sentences of which the subject is an employer, whatever it is called.
_STRONG = (_SENTENCES[0], _SENTENCES[2])
_SMALL_WORDS = frozenset(("and", "of", "for", "the", "&"))
# The employer's own domain, past the usual subdomains: "https://jobs.acme.test/apply".
FIRST_HOST = re.compile(
    r"https?://(?:www\.|careers?\.|jobs?\.|apply\.)*([\w-]+)\.[a-z.]{2,6}(?=[/\s)]|$)"
)
# "acme.io" without a scheme. The lookbehind rules out e-mail addresses and subdomains.
_BARE_HOST = PrefilteredPattern(
    r"(?<![@\w.-])([a-z][\w-]{2,40})\.(?:com|io|ai|co|dev|org|net|so|app|xyz)\b",
    literals=(".com", ".io", ".ai", ".co", ".dev", ".org", ".net", ".so", ".app", ".xyz"),
)
# The domain of any link or address, and the company in the path of a board's link.
_ANY_HOST = re.compile(
    r"(?:https?://(?:[\w-]+\.)*?|www\.|@)([\w-]{2,40})\.[a-z]{2,10}(?:\.[a-z]{2})?(?![\w.-])"
    r"(?:/(?:companies/)?([\w-]{3,40}))?"
)
# A domain whose plain name was taken: "getacme.test", "tryacme.test".
_PREFIXED = re.compile(r"(?:get|try|use|join|hello|team|with|the)([a-z0-9]{4,})")
# These hosts name an applicant tracking system, a form or a social site, never the employer.
_JOB_SITES = frozenset((
    "ashbyhq", "lever", "greenhouse", "workable", "grnh", "forms", "docs", "bit", "linkedin",
    "github", "notion", "google", "breezy", "dover", "gem", "bamboohr", "recruitee",
    "smartrecruiters", "workatastartup", "ycombinator", "medium", "youtube", "youtu", "angel",
    "wellfound", "twitter", "x", "teamtailor", "personio", "jobvite", "icims", "myworkdayjobs",
    "tinyurl", "goo", "rippling", "join", "breezyhr", "applytojob", "jazz", "news", "gmail",
    "hotmail", "yahoo", "outlook", "techcrunch", "tcrn", "jobsco", "amzn", "wikipedia",
    "typeform", "facebook", "example",
    "resumator", "theresumator", "jobscore", "homerun", "stackoverflow", "glassdoor", "crunchbase",
    "calendly", "airtable", "taleo", "ultipro", "paylocity", "lnkd", "wsj", "nytimes", "forbes",
    "vimeo", "hnhiring", "keyvalues",
))  # fmt: skip


def hosts(text: str) -> frozenset[str]:
    """Return the keys of the domains in a posting's links and e-mail addresses.

    That of "getacme.test" is in it as "acme", too.
    """
    found = {
        name_key(host) for match in _ANY_HOST.finditer(text) for host in match.groups() if host
    }
    bare = {match[1] for host in found if (match := _PREFIXED.fullmatch(host))}
    return frozenset(found | bare) - _JOB_SITES


def introduced(line: str) -> str | None:
    """Return who says in a line that it is hiring: "Acme (tills) is hiring"."""
    match = _SENTENCES[0].search(line[:_START_CHARS])
    return match.group(1) if match else None


def from_sentences(header: Header, text: str) -> str | None:
    """Return the company that the first sentences are about; None if there is none."""
    start = "\n".join((*header.before, text))[:_START_CHARS]
    for pattern in _SENTENCES:
        for match in pattern.finditer(start):
            name = clean(match.group(1)).removesuffix("'s").rstrip(".")
            if name and (is_named(name) or (pattern in _STRONG and _is_own_name(name, text))):
                return name
    return None


def from_host(text: str) -> str | None:
    """Return the name of the first link's own domain; None if there is no such link."""
    for pattern in (FIRST_HOST, _BARE_HOST):
        for match in pattern.finditer(text):
            if (name := match.group(1).lower()) not in _JOB_SITES:
                return name.capitalize()
    return None


def _is_own_name(name: str, text: str) -> bool:
    """Return whether who hires may be called like a place or a technology: its link says so.

    "Aruba Bakers is hiring", "Twig is a bakery" with a link to twig-bakes.test.
    """
    if name in PRONOUNS or words.names_job(name) or is_no_name(name):
        return False
    found = name.split()
    several = len(found) > 1 and not is_only_places(name) and found[-1] not in _SMALL_WORDS
    return several or any(host.startswith(name_key(name)) for host in hosts(text))
