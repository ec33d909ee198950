"""The vocabulary that several rules share."""

from __future__ import annotations

import re
from functools import lru_cache

from include.postings.places import find_places

__all__ = ["JOB_NOUN", "MONEY", "TERMS", "is_place"]

MONEY = re.compile(r"[$€£₹¥]\s?~?\d|\b\d{2,3}(?:,000|k|K)\b|\b(?:USD|EUR|GBP|CAD|AUD|CHF|INR|SGD)\b")

JOB_NOUN = re.compile(
    r"\b(?:engineer(?:s|ing)?|developers?|dev|devs|programmers?|scientists?|designers?|architects?|"
    r"analysts?|managers?|management|directors?|researchers?|interns?|internships?|leads?|hackers?|"
    r"administrators?|sysadmins?|devops|sres?|swes?|sdes?|sdets?|mles?|cto|ceo|coo|cpo|vp|heads?|"
    r"founders?|co-?founders?|cofounders?|specialists?|consultants?|technicians?|"
    r"writers?|editors?|recruiters?|marketers?|marketing|sales|support|executives?|account execs?|"
    r"representatives?|advocates?|evangelists?|coordinators?|associates?|operations|"
    r"full-?\s?stack|front-?\s?end|back-?\s?end|roles?|positions?|pms?|fdes?|aes?|eng|qa|product|"
    r"design|testers?|quants?|traders?|instructors?|teachers?|tutors?|mentors?|artists?|"
    r"mathematicians?|physicists?|linguists?|chief of staff|growth|generalists?|"
    r"ios|android|mobile|data science|machine learning|infrastructure|security)\b",
    re.IGNORECASE,
)

TERMS = re.compile(
    r"\b(?:full[- ]?time|fulltime|part[- ]?time|contract(?:or|ors)?|freelance|permanent|perm|"
    r"remote(?:ly)?|on-?\s?site|in-?\s?(?:office|person)|hybrid|visas?|relocation|wfh|"
    r"work from home|interns?|equity|series [a-f]|seed|salary|flexible|ft|f/t|funded|"
    r"benefits|bootstrapped|profitable|h1b|sponsorship|anywhere|worldwide|global)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def is_place(part: str) -> bool:
    """Tell whether a header segment names places."""
    return len(part) < 120 and bool(find_places(part))
