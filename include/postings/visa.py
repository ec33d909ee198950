"""Classify whether visa sponsorship is offered or refused."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from include.postings.result import Visa

__all__ = ["read_visa"]

# What is sponsored: "visa", "H-1Bs", "H1B1", "work permit", "EU Blue Card".
_PERMIT = r"(?:(?:work )?visas?|h-?1-?b\d?s?|e-?3|work(?:ing)? permits?|blue cards?|green cards?)"
# A cheap necessary condition for every rule but the demands.
_PERMITS = re.compile(r"visa|sponsor|h-?1|permit|card|e-?3|immigr")
# One clause: a refusal in one says nothing of the next ("H1B OK, no remote").
_CLAUSE = re.compile(r"[.!;|\n•]|,(?= (?:no|and|but|we|or)\b)|\?")
# What may stand between a "not" and what it refuses. These words end its reach: "no need to worry
# about visas", "we can't wait", "no degree needed", "don't care where you are from".
_REACH = (
    r"(?:(?!\b(?:need(?!(?:s|ing)? (?:for )?(?:an? |any )?(?:visa|sponsor|h-?1|employ|us |work))|"
    r"worr|problem|issue|care|wait|matter|degree|mind|because|remote|only|limit|"
    r"agenc|recruit)|[.,;|!]).){0,45}?(?:,[^,.]{0,25},)?(?:(?!\b(?:worr|wait|care))[^.,;|!]){0,20}?"
)
# "cannot sponsor visas", "no visa", "unable to offer H-1B", "don't provide sponsorship".
_REFUSED = re.compile(
    r"\b(?:no|non|not|cannot|can't|can not|unable to|don't|doesn't|won't|wouldn't|aren't|isn't|"
    r"without|"
    r"nor|neither)\b[ -]" + _REACH + rf"\b(?:{_PERMIT}|sponsor\w*)\b|"
    # "Visa: no", "sponsorship is unfortunately not available", but "visa, no problem".
    rf"\b(?:{_PERMIT}|sponsorships?|sponsor)(?: (?!or\b|and\b)[\w/]+){{0,4}}?"
    r"\s?(?:[:=?/-]{1,2}\s?|\()?(?:is |are |will be |can |at this time )?(?:currently |"
    r"unfortunately |"
    r"sadly |also )?(?:not|n/a|unavailable|cannot|can't|isn't|aren't|"
    r"no(?!\s*(?:problem|issue|prob\b|brainer|remote|agenc|recruit|matter|worr)))\b"
)
# The last of a list that is refused: "no agencies, graduates, or visa candidates".
_REFUSED_LAST = re.compile(rf"\bno (?:[\w ]{{2,25}}, ){{1,3}}(?:or|and|nor) (?:{_PERMIT}|sponsor)")
# The object of "we sponsor": a permit, a person or nothing, never "the meetup" or "your gym".
_SPONSORED = (
    rf"(?=\s?(?:[/,&]\s?[\w/]+ )?(?:\w+ ){{0,3}}?(?:{_PERMIT}|immigrat\w*|relocat\w*)\b|"
    r" (?:every|any)(?:one|body)\b| (?:you\b|people|applicants|employees)|"
    r" (?:\w+ )?(?:candidates?|talent|engineers?|hires?)\b|"
    r" (?:if|for|in|and|but|where|when|as|or|on|at|from|through)\b|\s?(?:[,:)(]|$))"
)
# An offer in so many words: "happy to sponsor", "visa support", "H1B OK", "we file H-1Bs".
_OFFERED = re.compile(
    r"\b(?:can|will|do|does|to|we|we'll|also|and|may|could|ready to|company|gladly|"
    r"relocate &) (?:also |"
    r"even |gladly |happily |help (?:to )?|usually |consider )*sponsor(?:ing)?\b" + _SPONSORED + "|"
    rf"\bsponsor(?:s|ing|ed|ship)?\b (?:\w+ ){{0,3}}?{_PERMIT}\b|"
    r"\b(?:relocation|relo|visa|h-?1b)\s?(?:and|&|\+|/|,) ?sponsorship\b|"
    r"\bsponsorship (?:\w+ ){0,3}?(?:available|provided|offered|possible|yes|welcome|considered|"
    r"ok)\b|"
    r"\b(?:offer|provide|provid\w+|with|have) (?:\w+ ){0,3}?sponsorship\b|"
    rf"\b{_PERMIT}(?: or [\w-]+)?(?:[ /-]+(?:\(?(?:and|&|\+) )?(?:sponsor\w*|support\w*|"
    rf"assist\w*|help|relocation|process|costs?|fees?|"
    r"transfers?|candidates?|applicants?|holders?))?[\s:,(=-]{0,3}(?:(?:\w+ ){0,2}|is |are |"
    r"can be |will be |"
    r"if )(?:ok(?:ay)?|welcomed?|available|possible|provided|offered|yes|fine|considered|covered|"
    r"paid|"
    r"arranged|supported|sponsored|accepted|maybe|friendly|eligible|no problem|needed|necessary|"
    r"sorted|included)\b|"
    rf"\b{_PERMIT}[ /-](?:\w+ )?(?:sponsor\w*|support|assistance|help|transfers?|sponsorships?|"
    rf"relocation)\b|"
    rf"\b(?:help(?:ing)?|assist\w*|support|handle|manage|navigate|offer|provide|supply|get|"
    rf"arrange|cover|file|do|did|"
    r"transfer|pay for|take care of|need|needing|open to|deal with|welcome|organi[sz]e|consider|"
    r"obtain|"
    r"secure|process|issue|facilitate)(?: (?:you|candidates|people|folks|with|out|in|"
    rf"getting|obtaining|the|your|a|an|their|any|all|necessary|required|us|eu|new|existing|"
    rf"relocation|"
    rf"and|or|of|for|to))* (?:{_PERMIT}|immigration)\b|"
    rf"\b(?:can|will) apply for (?:an? |your )?{_PERMIT}|"
    r"\bopen (?:for|to) (?:\w+ )?sponsorship\b|"
    r"\bimmigration (?:support|help|assistance|sponsorship)\b|"
    rf"\bh-?1-?bs? (?:is|are|and|or|too)\b"
)
# A demand: the candidate brings the right to work. One alternative a line.
_DEMANDED = re.compile(
    r"\b(?:must|need to|have to|should|only)\b[^|]{0,60}\b(?:authori[sz]\w+|citizens?(?:hip)?|"
    r"eligible|"
    r"eligibility|right to work|work(?:ing)? (?:permit|rights)|permanent residen\w+|us persons?|"
    r"clearance)\b|"
    r"\b(?:legally |already |currently |be |are |is )?(?:authori[sz]ed|eligible|entitled|permitted|"
    r"authori[sz]ation|eligibility|allowed|"
    r"legal) (?:for employment|to (?:legally )?(?:live and )?work|"
    r"to be employed)|"
    r"\b(?:work(?:ing)? (?:authori[sz]ation|permit|rights)|right to work|citizenship|clearance|"
    r"clearable|"
    r"eligibility)\b[^|]{0,40}\b(?:required|needed|necessary|a must|only|mandatory|requirement)\b|"
    r"\b(?:requires?|required|valid|existing|active|current)\b[^|"
    r"]{0,40}\b(?:work (?:authori[sz]ation|"
    r"permit)|citizen\w*|clearance)\b|"
    r"\b(?:you|have|hold|with|possess|has) (?:\w+ ){0,4}?(?:work(?:ing)? (?:permit|rights)|"
    r"right to work|work authori[sz]ation)\b|"
    r"\b(?:us|eu|uk|american|canadian|australian|british) (?:citizens?(?:hip)?|nationals?|"
    r"persons?|passport|work authori[sz]\w+|authori[sz]ed)\b(?! status)|"
    r"\b(?:able|ability|eligible) to (?:get|obtain|hold|maintain|achieve|acquire)[^|"
    r"]{0,30}clearance|"
    r"\b(?:ts/sci|top secret|secret|ts|security|dod|sc|dv)(?: level)? clearance\b|\bts/sci\b|"
    r"\bitar\b|"
    r"\b(?:valid|have) (?:\w+ ){0,2}visas?\b(?! sponsor)|"
    r"\bcitizens? (?:or (?:permanent|green)|only)"
)
# What takes a demand back or makes it a wish: "not required", "a plus", "no clearance needed".
_WITHDRAWN = re.compile(
    r"n't\b|\b(?:not|no|never|without|regardless|irrespective|nor|non)\b|prefer|\bplus\b|bonus|"
    r"nice to|"
    r"advantage|encourag|\b(?:are|do|is|whether|will) you(?:r)?\b|\bstatus\b|desir|ideal"
)
# A mention that offers: the tag "VISA" of a header, or the word in a list of terms.
_TAG = re.compile(
    rf"(?:^|[,/&+(\-:]|\b(?:and|or|with)\b)\s*{_PERMIT}\s*(?:$|[,/&+)\-:]|\b(?:and|or)\b)|"
    rf"^(?=.{{0,60}}$).*\b{_PERMIT}\b"
)
_TAG_CHARS = 160
# The payment network, customers and products: "Visa/Mastercard", "apps to apply for a visa".
_OTHER_TOPIC = re.compile(
    r"master ?card|amex|american express|paypal|stripe|"
    r"\bcards?\b(?<!green card)(?<!blue card)(?<!green cards)|"
    r"payments?|customers?|clients?|investors?|partners?|\b(?<!you )(?<!'d )like\b|includ|"
    r"such as|brands|"
    r"(?<!can )(?<!will )\bapply for\b|"
    r"\bapps?\b|(?:software|platform|product|tool) (?:for|that|to|which)|accepted (?:at|"
    r"anywhere)|network|travell?er|cashback|bank"
)

_NO_TAG = re.compile(rf"{_OTHER_TOPIC.pattern}|\\b(?:no|not|without|need|if you|status)\\b")
_AROUND_CHARS = 40


def read_visa(lines: Sequence[str]) -> Visa:
    """Return "no" if sponsorship is refused or work authorisation required, "yes" if offered.

    ``lines`` are the posting's lines on the topic. Returns "unspecified" if they settle nothing.
    An offer outweighs a demand ("happy to sponsor, but you must be authorised to work"), a refusal
    outweighs both.
    """
    if not lines:
        return "unspecified"
    clauses = list(_clauses(lines))
    of_permits = [clause for clause in clauses if _PERMITS.search(clause)]
    if any(_REFUSED.search(clause) for clause in of_permits):
        return "no"
    if any(_REFUSED_LAST.search(line.lower()) for line in lines):
        return "no"
    if any(_names(_OFFERED, clause, unless=_OTHER_TOPIC) for clause in of_permits):
        return "yes"
    if any(_names(_DEMANDED, clause, unless=_WITHDRAWN) for clause in clauses):
        return "no"
    tags = (clause for clause in of_permits if len(clause) < _TAG_CHARS)
    return "yes" if any(_names(_TAG, tag, unless=_NO_TAG) for tag in tags) else "unspecified"


def _clauses(lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        lower = (
            line.lower()
            .replace("u.s.a.", "us")
            .replace("u.s.", "us")
            .replace("united states", "us")
        )
        yield from (part.strip() for part in _CLAUSE.split(lower) if len(part) > 1)


def _names(pattern: re.Pattern[str], clause: str, *, unless: re.Pattern[str]) -> bool:
    """Return whether the clause matches the pattern without a word of ``unless`` close by."""
    return any(
        "sponsor" in match.group()
        or not unless.search(
            clause, max(0, match.start() - _AROUND_CHARS), match.end() + _AROUND_CHARS
        )
        for match in pattern.finditer(clause)
    )
