"""Tell a company's name from jobs, places, terms and technologies; strip its tags and tagline."""

from __future__ import annotations

import re

from include.postings import words
from include.postings.letters import lower_in_place
from include.postings.lexicon import title_labels
from include.postings.opening import is_technology
from include.postings.places import is_only_places
from include.postings.prefilter import PrefilteredPattern

__all__ = [
    "LEAD",
    "PRONOUNS",
    "TAG",
    "clean",
    "is_named",
    "is_no_name",
    "is_plausible",
    "without_com",
]

# Longer text is a sentence or a tagline.
_LONGEST_NAME = 60
# A bracket after the name, even an unclosed one: "Acme (payments)".
TAG = PrefilteredPattern(r"\s*[(\[{<][^)\]}>]*[)\]}>]?", literals=("(", "[", "{", "<"))
# An address beside the name: "Acme https://acme.test".
_URL = PrefilteredPattern(r"\s*\b(?:https?://\S+|www\.\S+)", literals=("http", "www."))
# An accelerator's batch: "Acme, YC W99".
_BATCH = re.compile(r"[,\s]+\(?(?:YC|Y ?Combinator|Techstars)\b.*$", re.IGNORECASE)
# Signs around a name: emoji at its ends, trademarks anywhere.
_DECORATION = re.compile(r"[®™©]|^[^\w(&'\"$.#@]+|[^\w).!+&'\"#*]+$")
# Where the name ends, in lower case: "acme - tills for bakeries", "acme builds tills"; "acme, inc"
# stays whole.
_TAGLINE = re.compile(
    r"(?:\s+[-:/]+\s+|:\s|\s+(?:is|are|was|we're|we are|has|have|builds|seeks|wants|needs)\b|"
    r",\s+(?!inc|llc|ltd|gmbh)|!\s|\s+#(?=[a-z])|"
    # The point of "Dr. Acme" ends no sentence.
    r"(?<!\bdr)(?<!\bst)(?<!\bmt)(?<!\bft)(?<!\bmr)(?<!\bms)(?<!\bmrs)(?<!\bprof)(?<!\bno)\.\s)"
)
# A label before the name: "Company: Acme", "Hiring @ Acme", "Oslo-based Acme".
LEAD = PrefilteredPattern(
    r"^(?:company(?: name)?|employer|organi[sz]ation|firm|(?:now |we're )?hiring|join)\s*[:@]\s*|"
    r"^we(?: are|'re) (?=[\w.]+!)|^(?:[\w.]+[ -]){1,2}based (?=\w)",
    literals=(":", "@", "e are", "'re", "E ARE", "e Are", "based "),
    flags=re.IGNORECASE,
)
# A whole segment, in lower case, that gives terms or a description: "remote", "an early start-up".
_NO_NAME = re.compile(
    r"onsite|on-site|remote|full[- ]time|contract|hybrid|(?:\w+[- ]){0,3}(?:company|start-?up|"
    r"firm|client|agency|team)|"
    r"stealth(?: mode)?|confidential|family office|(?:seeking|looking for|wanted|needed)\b.*|"
    r".*\b(?:wanted|needed)|(?:we are |we're |now )?hiring(?:\s.*)?|"
    # What a sentence or a section is about: "Goal is to bake", "Work environment: small".
    r"goals?|salary|work(?:ing)? environment|requirements?|responsibilities|compensation|benefits|"
    r"our stack|tech stack|"
    # Nothing but levels and terms: "Full Time & Internships", "Junior".
    r"(?:(?:(?:full|part)[- ]?time|fte?|internships?|interns?|junior|senior|mid|jr|sr|lead|contract"
    r"(?:or|ors)?|permanent|freelance|remote|on-?site|and|or)\b[\W_]*)+"
)
# Capitalised sentence openers that _NAME would take for a company.
PRONOUNS = frozenset((
    "I", "We", "Our", "The", "This", "It", "They", "You", "My", "If", "Hi", "Hey", "Hello",
    "There", "What", "Remote", "Onsite", "Hiring", "Full", "About", "Location", "Here", "In", "As",
    "For", "Fully", "Who", "Why", "How", "At", "Looking", "Multiple", "Several", "No", "Yes",
    "Not", "Also", "Please", "Email", "Contact", "Apply", "Seeking", "Wanted", "Come", "Join",
    "Want", "Do", "Are", "Is", "To", "Various", "All", "Senior", "Lead", "Junior", "Full-time",
    "Part", "Based", "Now", "Currently",
))  # fmt: skip


def clean(segment: str) -> str:
    """Return the name in a segment: "Acme" of "Acme (YC W99) - tills for bakeries"."""
    # Tags and addresses go first: a tagline may hide behind either.
    name = _BATCH.sub("", _URL.sub("", TAG.sub("", LEAD.sub("", segment)))).strip()
    name = _DECORATION.sub("", name)
    end = _TAGLINE.search(lower_in_place(name)) if " " in name else None
    return without_com((name[: end.start()] if end else name).strip(" *_-:,|\"'`#>"))


def is_no_name(text: str) -> bool:
    """Return whether a text gives terms or says what a company is: "Remote", "a start-up"."""
    return bool(_NO_NAME.fullmatch(text.lower()))


def without_com(name: str) -> str:
    """Return a domain's name; "You.com" stays whole, since "You" would be no name."""
    bare = name[:-4] if name.lower().endswith(".com") and " " not in name else name
    return name if bare in PRONOUNS or is_no_name(bare) else bare


def is_plausible(name: str | None, piped: bool, first: bool) -> bool:
    """Return whether a segment of a header, with pipes or its first one, may be the name."""
    if not name or len(name) > _LONGEST_NAME or name in PRONOUNS or is_no_name(name):
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
    return count <= 5 and name.split()[0] not in PRONOUNS and "'" not in name.split()[0]


def is_named(name: str) -> bool:
    """Return whether a subject can be a company: not a pronoun, place, job or technology."""
    return not (
        not name
        or name.split()[0] in PRONOUNS
        or is_no_name(name)
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
