"""Extract the hiring company's name, without tags or tagline."""

from __future__ import annotations

import re
from collections.abc import Sequence

from include.postings import words
from include.postings.header import Header, Segment
from include.postings.lexicon import title_labels
from include.postings.opening import is_parted, is_technology, name_key, opening_name
from include.postings.places import is_only_places
from include.postings.prefilter import PrefilteredPattern
from include.postings.technologies import default_matcher

__all__ = ["read_company"]

# Longer text is a sentence or a tagline.
_LONGEST_NAME = 60
# The employer introduces itself early; later sentences name customers and investors.
_START_CHARS = 500
# A bracket after the name, even an unclosed one: "Acme (payments)".
_TAG = PrefilteredPattern(r"\s*[(\[{<][^)\]}>]*[)\]}>]?", literals=("(", "[", "{", "<"))
# An address beside the name: "Acme https://acme.test".
_URL = PrefilteredPattern(r"\s*\b(?:https?://\S+|www\.\S+)", literals=("http", "www."))
# An accelerator's batch: "Acme, YC W99".
_BATCH = re.compile(r"[,\s]+\(?(?:YC|Y ?Combinator|Techstars)\b.*$", re.IGNORECASE)
# Signs around a name: emoji at its ends, trademarks anywhere.
_DECORATION = re.compile(r"[®™©]|^[^\w(&'\"$.#@]+|[^\w).!+&'\"#*]+$")
# Everything after the name: "Acme - tills for bakeries", "Acme builds tills"; "Acme, Inc" stays
# whole.
_TAGLINE = re.compile(
    r"(?:\s+[-:/]+\s+|:\s|\s+(?:is|are|was|we're|we are|has|have|builds|seeks|wants|needs)\b|"
    r",\s+(?!Inc|LLC|Ltd|GmbH)|!\s|"
    # The point of "Dr. Acme" ends no sentence.
    r"(?<!\bDr)(?<!\bSt)(?<!\bMt)(?<!\bFt)(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bProf)(?<!\bNo)\.\s).*$",
    re.IGNORECASE,
)
# A label before the name: "Company: Acme", "Hiring @ Acme", "Oslo-based Acme".
_LEAD = PrefilteredPattern(
    r"^(?:company(?: name)?|employer|organi[sz]ation|firm|(?:now |we're )?hiring|join)\s*[:@]\s*|"
    r"^we(?: are|'re) (?=[\w.]+!)|^(?:[\w.]+[ -]){1,2}based (?=\w)",
    literals=(":", "@", "e are", "'re", "E ARE", "e Are", "based "),
    flags=re.IGNORECASE,
)
# The same for certain, not "Hiring: bakers".
_LABELLED = re.compile(r"(?:company(?: name)?|employer|organi[sz]ation|firm)\s?:", re.IGNORECASE)
# A job title ends in its noun: "Lead Oven Engineer".
_ROLE_LAST = re.compile(
    r"\b(?:engineers?|developers?|managers?|designers?|scientists?|wanted|consultants?|analysts?|"
    r"programmers?|researchers?|recruiters?|administrators?|architects?|interns?|directors?|"
    r"full[- ]?stack|front[- ]?end|back[- ]?end)$",
    re.IGNORECASE,
)
_ROLE_LAST_CHARS = len(" administrators") + 1
"""The longest such word, a line end and the character before the word."""
# Titles whose noun comes first: "Head of Ovens".
_ROLE_FIRST = re.compile(r"(?:head|director|vp|vice president) of\b", re.IGNORECASE)
# A whole segment that gives terms or a description: "Remote", "an early start-up".
_NO_NAME = re.compile(
    r"onsite|on-site|remote|full[- ]time|contract|hybrid|(?:\w+[- ]){0,3}(?:company|start-?up|"
    r"firm|client|agency|team)|"
    r"stealth(?: mode)?|confidential|family office|(?:seeking|looking for|wanted|needed)\b.*|"
    r".*\b(?:wanted|needed)|(?:we are |we're |now )?hiring(?:\s.*)?|"
    # Nothing but levels and terms: "Full Time & Internships", "Junior".
    r"(?:(?:(?:full|part)[- ]?time|fte?|internships?|interns?|junior|senior|mid|jr|sr|lead|contract"
    r"(?:or|ors)?|permanent|freelance|remote|on-?site|and|or)\b[\W_]*)+",
    re.IGNORECASE,
)
# The employer withholds its name: "Stealth (tills)". Later segments must not be tried then.
_HIDDEN = re.compile(r"(?:stealth|confidential|undisclosed)\b", re.IGNORECASE)
# "Baker @ Acme". The capital rules out "at home".
_AT = PrefilteredPattern(r"(?:^|\s)@\s?(?=[A-Z])|\bat (?=[A-Z])", literals=("@", "at "))
# Capitalised words joined by small ones: "Bakers of Acme & Sons, Inc". The first may start in
# lower case, as in "eAcme".
_WORD = r"[A-Z0-9][\w&'+/-]*(?:\.\w+)*"
_NAME = (
    r"((?:[A-Z]|[a-z]*\d*[A-Z])[\w&'+/-]*(?:\.\w+)*"
    rf"(?: (?:{_WORD}|of|the|and|for|&))*(?:, (?:Inc|LLC|Ltd)\b\.?)?)"
)
# Most reliable first, because the first match that passes _is_named wins.
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
# The employer's own domain, past the usual subdomains: "https://jobs.acme.test/apply".
_HOST = re.compile(
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
_SMALL_WORDS = frozenset(("and", "of", "for", "the", "&"))
_DOMAIN = re.compile(r"^\W*(?:www\.)?([\w-]+)\..*$")
_NAME_DASH = re.compile(r"\s(?:-{1,3}|[–—])\s")
_IN_TOWN = re.compile(r"\s+in\s+[A-Z].*$")
# Segments of a header with pipes that may name the company, if those before name none.
_CANDIDATES = 5
# An amount at the start: "$90k-100k".
_AMOUNT = re.compile(r"\W{0,2}[$€£]?\s?\d")
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
# Capitalised sentence openers that _NAME would take for a company.
_PRONOUNS = frozenset((
    "I", "We", "Our", "The", "This", "It", "They", "You", "My", "If", "Hi", "Hey", "Hello",
    "There", "What", "Remote", "Onsite", "Hiring", "Full", "About", "Location", "Here", "In", "As",
    "For", "Fully", "Who", "Why", "How", "At", "Looking", "Multiple", "Several", "No", "Yes",
    "Not", "Also", "Please", "Email", "Contact", "Apply", "Seeking", "Wanted", "Come", "Join",
    "Want", "Do", "Are", "Is", "To", "Various", "All", "Senior", "Lead", "Junior", "Full-time",
    "Part", "Based", "Now", "Currently",
))  # fmt: skip


def read_company(header: Header, text: str) -> str | None:
    """Return the company's name; None when the posting names none."""
    if not header.piped:
        for line in (header.line, *header.body[:2]):
            if _LABELLED.match(line) and _is_named(named := _clean(line)):
                return named
    if header.before and (before := _named_before(header, text)):
        return before
    if not header.piped and is_parted(header.line):
        opened = opening_name((header.line, *header.body), _hosts(text), text)
        if opened and not _HIDDEN.match(opened):
            return _without_com(_LEAD.sub("", opened))
        candidates = [s for s in header.segments[:4] if _AT.search(s.text)]
    else:
        candidates = list(_candidates(header))
    for segment in candidates:
        first = segment is header.segments[0]
        # A range of pay in first place is no name, and words for terms may be in one.
        if segment.kind in ("salary", "terms") and (not first or _AMOUNT.match(segment.text)):
            continue
        if segment.kind == "url" and first and (host := _HOST.match(segment.text + "/")):
            return host.group(1)
        # A bare domain in first place serves as the name; any other address does not.
        titled = segment is candidates[0] and header.piped
        if segment.kind == "url" and not ((first or titled) and "/" not in segment.text):
            continue
        if segment.kind == "url" and not first:
            return _from_sentences(header, text) or _DOMAIN.sub(r"\1", segment.text)
        name = _at_company(segment.text) or _clean(segment.text)
        # "Details (https://details.test)": its address makes a name of a word.
        if first and name in _PRONOUNS and f"{name_key(name)}." in segment.text.lower():
            return name
        if first and _HIDDEN.match(name):
            return None
        late = header.piped and segment in header.segments[3:]
        # A name far behind is one only if the posting goes on with it.
        if _plausible(name, header.piped, first) and not (late and text.count(name) < 2):
            return name
        # A town's name is a company's where the posting's own links carry it.
        if first and header.piped and is_only_places(name) and name_key(name) in _hosts(text):
            return name
    return _from_sentences(header, text) or _from_host(text)


def _named_before(header: Header, text: str) -> str | None:
    """Return the name on the lines before a piped header: "Acme" or "Acme https://acme.test"."""
    for line in header.before:
        if (match := _SENTENCES[0].search(line[:_START_CHARS])) and _is_named(match.group(1)):
            return _clean(match.group(1))
    if header.segments and header.segments[0].kind == "text" and len(header.segments[0].text) < 30:
        first = _clean(header.segments[0].text)
        if not default_matcher().named(first) and _plausible(first, True, True):
            return None
    return opening_name(header.before, _hosts(text), text)


def _hosts(text: str) -> frozenset[str]:
    """Return the keys of the domains in a posting's links and e-mail addresses."""
    return (
        frozenset(
            name_key(host) for match in _ANY_HOST.finditer(text) for host in match.groups() if host
        )
        - _JOB_SITES
    )


def _candidates(header: Header) -> Sequence[Segment]:
    """Return the segments that may name the company: the first, unless it is a job title."""
    if not header.segments:
        return ()
    if header.piped and (named := _behind_title(header)):
        return (named,)
    if _is_role(_LEAD.sub("", _TAG.sub("", header.segments[0].text)).strip()):
        # "Acme - Baker | Oslo": the title follows the name in its segment.
        name, *rest = _NAME_DASH.split(header.segments[0].text, maxsplit=1)
        title = rest[0] if rest else ""
        apart = words.names_job(title) and not (words.names_job(name) or is_technology(name))
        if header.piped and apart:
            return (Segment(name, "text"), *header.segments[1:4])
        # Title first: the company follows as plain text or after an "@".
        return [s for s in header.segments[:4] if _may_name(s) or _AT.search(s.text)]
    return header.segments[:_CANDIDATES] if header.piped else header.segments[:1]


def _behind_title(header: Header) -> Segment | None:
    """Return the name in "Baker - Acme | Oslo", if no other segment may be one."""
    title, *rest = _NAME_DASH.split(header.segments[0].text, maxsplit=1)
    name = _clean(rest[0]) if rest else ""
    if not name or "noun" not in title_labels(title) or not _is_named(name):
        return None
    others = any(_may_name(segment) for segment in header.segments[1:4])
    # "Acme Engineers - ovens" begins with a name.
    return None if others or not _is_role(title) else Segment(name, "text")


def _may_name(segment: Segment) -> bool:
    """Return whether a segment behind a job's title may be a name: "Acme (Oslo)", "acme.test"."""
    if segment.kind == "place":
        name, bracket, _ = segment.text.partition(" (")
        return bool(bracket) and not words.is_place(name)
    return segment.kind == "text" or (segment.kind == "url" and "/" not in segment.text)


def _is_role(segment: str) -> bool:
    """Return whether a segment is a job title, judged by its first or last words."""
    return bool(_ROLE_FIRST.match(segment) or _ROLE_LAST.search(segment[-_ROLE_LAST_CHARS:]))


def _at_company(segment: str) -> str | None:
    """Return X of ``Data Scientist @ X``; None unless a job precedes the ``@``."""
    match = _AT.search(segment)
    if match and words.names_job(segment[: match.start()]):
        return _clean(_IN_TOWN.sub("", segment[match.end() :]))
    return None


def _clean(segment: str) -> str:
    # Tags and addresses go first: a tagline may hide behind either.
    name = _BATCH.sub("", _URL.sub("", _TAG.sub("", _LEAD.sub("", segment)))).strip()
    name = _TAGLINE.sub("", _DECORATION.sub("", name)).strip(" *_-:,|\"'`#>")
    return _without_com(name)


def _without_com(name: str) -> str:
    """Return a domain's name; "You.com" stays whole, since "You" would be no name."""
    bare = name[:-4] if name.lower().endswith(".com") and " " not in name else name
    return name if bare in _PRONOUNS or _NO_NAME.fullmatch(bare) else bare


def _plausible(name: str | None, piped: bool, first: bool) -> bool:
    if not name or len(name) > _LONGEST_NAME or name in _PRONOUNS or _NO_NAME.fullmatch(name):
        return False
    if not piped and (" or " in name or "'re" in name):
        return False
    if not first and (words.names_job(name) or "terms" in title_labels(name)):
        return False
    # A first segment may contain a place ("Berlin Bakers"); a later one with a place is a
    # location.
    if is_only_places(name) if first else words.is_place(name):
        return False
    # A piped header is deliberate, so a long name is credible; a first sentence is not.
    count = len(name.split())
    if piped:
        return count <= 8
    return count <= 5 and name.split()[0] not in _PRONOUNS and "'" not in name.split()[0]


def _from_sentences(header: Header, text: str) -> str | None:
    start = "\n".join((*header.before, text))[:_START_CHARS]
    for pattern in _SENTENCES:
        for match in pattern.finditer(start):
            name = _clean(match.group(1)).removesuffix("'s").rstrip(".")
            if name and (_is_named(name) or (pattern in _STRONG and _is_own_name(name, text))):
                return name
    return None


def _is_named(name: str) -> bool:
    """Return whether a subject can be a company: not a pronoun, place, job or technology."""
    return not (
        not name
        or name.split()[0] in _PRONOUNS
        or _NO_NAME.fullmatch(name)
        or words.is_place(name)
        or _is_job(name)
        or "terms" in title_labels(name)
        or is_technology(name)
    )


def _is_job(name: str) -> bool:
    """Return whether a name is a job or a field of work: "Solutions", not "Fern Solutions"."""
    return words.names_job(name) and (
        "noun" in title_labels(name) or all(map(words.names_job, name.split()))
    )


def _is_own_name(name: str, text: str) -> bool:
    """Return whether who hires may be called like a place or a technology: its link says so.

    "Aruba Bakers is hiring", "Twig is a bakery" with a link to twig-bakes.test.
    """
    if name in _PRONOUNS or words.names_job(name) or _NO_NAME.fullmatch(name):
        return False
    found = name.split()
    several = len(found) > 1 and not is_only_places(name) and found[-1] not in _SMALL_WORDS
    return several or any(host.startswith(name_key(name)) for host in _hosts(text))


def _from_host(text: str) -> str | None:
    for pattern in (_HOST, _BARE_HOST):
        for match in pattern.finditer(text):
            if (name := match.group(1).lower()) not in _JOB_SITES:
                return name.capitalize()
    return None
