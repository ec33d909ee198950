"""Whether visa sponsorship is offered or refused."""

from __future__ import annotations

import re

from include.postings.reading import Visa

__all__ = ["read_visa"]

_CUES = ("visa", "sponsor", "authori", "citizen", "eligible to work", "right to work", "work permit", "clearance", "h1b", "h-1b", "permanent resident", "green card")
_NO = re.compile(
    r"\b(?:no|not|cannot|can't|can not|unable to|unfortunately|don't|do not|doesn't|won't|aren't|isn't|without|nor)\b"
    r"[^.\n|;!]{0,50}\b(?:visas?|sponsor\w*|h-?1b)|"
    r"\b(?:visas?|sponsorship|h-?1b)\b[^.\n|;!]{0,30}\b(?:not|no|isn't|unavailable|unable|cannot|can't)\b|"
    r"\bmust (?:already )?(?:be|have|hold|possess)\b[^.\n|]{0,60}\b(?:authori[sz]\w+|citizens?(?:hip)?|eligible to work|right to work|work permit|permanent residen\w+)|"
    r"\b(?:legally |be |already |currently |are |is )?(?:authori[sz]ed|eligible|entitled|permitted) to (?:legally )?work|"
    r"\b(?:work (?:authori[sz]ation|permit)|right to work|citizenship|clearance)\b[^.\n|]{0,40}\b(?:is |are )?(?:required|needed|necessary|a must|only)\b|"
    r"\b(?:requires?|required|need|have|with|valid)\b[^.\n|]{0,40}\b(?:us|u\.s\.|eu|uk|existing) (?:work (?:authori[sz]ation|permit)|citizen\w*)|"
    r"\b(?:us|u\.s\.|eu|uk) (?:citizens?|citizenship)\b[^.\n|]{0,30}\b(?:only|required|or (?:permanent|green))|\b(?:us|u\.s\.) citizens?\b",
    re.IGNORECASE,
)
_YES = re.compile(
    r"\bvisas?\b(?!\s*(?:card|inc|,? master|,? amex))|\bsponsor(?:ship)?\b[^.\n|]{0,30}\b(?:visa|available|provided|offered|possible|yes|welcome)|"
    r"\b(?:will|can|do|happy to|able to|we) sponsor\b|\bh-?1b\b",
    re.IGNORECASE,
)
_CARD = re.compile(r"\bvisa(?:,|/| and| &| or) ?(?:master|amex|american|paypal|mc\b)|(?:mastercard|amex|stripe)(?:,|/| and| &) ?visa\b", re.I)


def read_visa(text: str) -> Visa:
    """Return "no" where sponsorship is refused or work authorisation demanded, "yes" where offered."""
    lower = text.lower()
    if not any(cue in lower for cue in _CUES):
        return "unspecified"
    if _NO.search(text):
        return "no"
    return "yes" if _YES.search(_CARD.sub("", text)) else "unspecified"
