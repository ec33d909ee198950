"""Classify whether visa sponsorship is offered or refused."""

from __future__ import annotations

import re
from collections.abc import Sequence

from include.postings.result import Visa

__all__ = ["read_visa"]

# Refusals and demands, one per alternative: "cannot sponsor visas", "visas not available", "must
# be a citizen", "authorized to work", "work permit required", "requires US citizenship", "US
# citizens only", bare "U.S. citizen". Gaps are bounded and stay within a sentence.
_NO = re.compile(
    r"\b(?:no|not|cannot|can't|can not|unable to|unfortunately|don't|do not|doesn't|won't|"
    r"aren't|isn't|without|nor)\b"
    r"[^.\n|;!]{0,50}\b(?:visas?|sponsor\w*|h-?1b)|"
    r"\b(?:visas?|sponsorship|h-?1b)\b[^.\n|;!]{0,30}\b(?:not|no|isn't|unavailable|unable|"
    r"cannot|can't)\b|"
    r"\bmust (?:already )?(?:be|have|hold|possess)\b[^.\n|]{0,60}\b(?:authori[sz]\w+|"
    r"citizens?(?:hip)?|eligible to work|right to work|work permit|permanent residen\w+)|"
    r"\b(?:legally |be |already |currently |are |is )?(?:authori[sz]ed|eligible|entitled|"
    r"permitted) to (?:legally )?work|"
    r"\b(?:work (?:authori[sz]ation|permit)|right to work|citizenship|clearance)\b[^.\n|"
    r"]{0,40}\b(?:is |are )?(?:required|needed|necessary|a must|only)\b|"
    r"\b(?:requires?|required|need|have|with|valid)\b[^.\n|]{0,40}\b(?:us|u\.s\.|eu|uk|"
    r"existing) (?:work (?:authori[sz]ation|permit)|citizen\w*)|"
    r"\b(?:us|u\.s\.|eu|uk) (?:citizens?|citizenship)\b[^.\n|]{0,30}\b(?:only|required|"
    r"or (?:permanent|green))|\b(?:us|u\.s\.) citizens?\b",
)
# An offer, or an unrefused mention: "visa", "sponsorship available", "we sponsor", "H-1B".
_YES = re.compile(
    r"\bvisas?\b(?!\s*(?:card|inc|,? master|,? amex))|\bsponsor(?:ship)?\b[^.\n|"
    r"]{0,30}\b(?:visa|available|provided|offered|possible|yes|welcome)|"
    r"\b(?:will|can|do|happy to|able to|we) sponsor\b|\bh-?1b\b",
)
# The payment network, not the document: "Visa/Mastercard", "Stripe and Visa".
_CARD = re.compile(
    r"\bvisa(?:,|/| and| &| or) ?(?:master|amex|american|paypal|mc\b)|(?:mastercard|amex|"
    r"stripe)(?:,|/| and| &) ?visa\b"
)


def read_visa(lines: Sequence[str]) -> Visa:
    """Return "no" if sponsorship is refused or work authorisation required, "yes" if offered.

    ``lines`` are the posting's lines on the topic. Returns "unspecified" if they settle nothing.
    """
    if not lines:
        return "unspecified"
    lower = [line.lower() for line in lines]
    # Refusals first: each contains a word that alone would read as an offer.
    if any(_NO.search(line) for line in lower):
        return "no"
    return "yes" if any(_YES.search(_CARD.sub("", line)) for line in lower) else "unspecified"
