"""Roles that only the titles of boards name: boards list every trade, in many languages.

The vocabulary of titles (``vocabulary.toml``) is that of technical jobs, read in prose as well. A
board's title stands alone, so that here a word such as "store" or "Buchhalter" names a job. The
patterns apply where the vocabulary finds no role, or one that a word of another trade explains.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from include.postings.board_languages import ROLES_ABROAD, leads_abroad
from include.postings.lexicon import title_labels
from include.postings.roles import ROLES, in_order

__all__ = ["board_roles"]

# Another trade's words around a technical one: "Data Entry Clerk", "Medical Coder".
_OTHER_TRADE = re.compile(
    r"\b(?:data entry|medical (?:coder|coding)|instructional designer|"
    r"(?:curriculum|course) (?:developer|designer)|building engineer|soft services|"
    r"(?:security|loss prevention) (?:guard|officer)|real estate developer|"
    r"(?:physiotherap|massage|speech|occupational)\w* therap\w+)\b",
    re.IGNORECASE,
)
_BY_TITLE: tuple[tuple[str, re.Pattern[str]], ...] = (
    # Leads work and no product: "Enterprise Project Manager", "Projektleiter (m/w/d)".
    (
        "management",
        re.compile(
            r"\b(?:(?:project|program(?:me)?|delivery|general|plant|site) "
            r"(?:manager|lead(?:er)?)|projekt(?:manager|leiter|ledare|leder)\w*|"
            r"chef(?:fe)? de projets?|jef[ea] de proyectos?|"
            r"gerente (?:de )?(?:proyectos?|projetos?|general|geral)|"
            r"project ?leider|team ?leiter\w*|kierownik projektu|team manager)\b"
            # A bare "Sr. Manager".
            r"|^\W*(?:sr\.?|senior)? ?manager\W*$",
            re.IGNORECASE,
        ),
    ),
    # Works on data without "analyst" of a known kind: "Team Lead - Data Operations".
    (
        "data",
        re.compile(
            r"\bdata (?:operations|ops|management|governance|quality|collection|curat\w+|"
            r"steward\w*|"
            r"specialist|associate|coordinator|manager)\b|"
            r"\b(?:research|pricing|insights?|market research|web|crm|digital) analysts?\b|"
            r"\bactuar\w+|\banalista de (?:dados|datos|bi)\b|\bdatenanalyst\w*",
            re.IGNORECASE,
        ),
    ),
    # Sells, markets, or serves customers; the languages after the English words.
    (
        "sales",
        re.compile(
            r"\b(?:pre-?sales|(?:call|contact) cent(?:er|re)|service ?desk|help ?desk|"
            r"desktop support|application support|it (?:support|specialist)|gtm|cro|crm|"
            r"client (?:partner|manager|services?|advis[eo]r|relations?)|"
            r"customer (?:agent|representative|advis[eo]r|manager|support)|"
            r"store (?:manager|associate|lead|assistant)|retail (?:associate|assistant|advisor)|"
            r"media (?:buyer|planner)|ads (?:specialist|manager|strategist)|"
            r"pr (?:manager|specialist|executive|lead|intern)|"
            r"public relations|events? (?:manager|lead|specialist|marketer|producer)|"
            r"merchandis(?:er|ing)|marketplaces? (?:manager|specialist|lead)|"
            r"influencer\w*|ambassador|telesales|telemarket\w+|cashier|barista|"
            r"(?:bid|proposal|pricing|territory|category|vendor) (?:manager|writer|specialist)|"
            r"salesforce consultant|growth (?:specialist|strategist)|fundraising \w+|"
            r"outreach (?:specialist|coordinator)|(?:loyalty|lifecycle|retention) \w+|"
            r"(?:technical|integrations?|merchant success) (?:consultant|associate|manager)|"
            r"(?:community|merchant success|guest services?) (?:lead|specialist|associate))\b|"
            r"プリセールス",
            re.IGNORECASE,
        ),
    ),
    ("software", re.compile(r"\b(?:members? of (?:the )?technical staff|mts)\b", re.IGNORECASE)),
    ("product", re.compile(r"\bproduct operations\b", re.IGNORECASE)),
)
_LEADERS = frozenset(("management", "sales"))
_WEAK = frozenset(("other",))
# What a word of another language says more exactly: "Développeur PHP/Symfony".
_PLAIN = _WEAK | {"software"}


def board_roles(title: str, roles: tuple[str, ...]) -> tuple[str, ...]:
    """Return the roles of a board's title; ``roles`` are those that the vocabulary names."""
    if roles and _OTHER_TRADE.search(title):
        return ("other",)
    if leads_abroad(title):
        return in_order({"management", *roles, *_abroad(title)} & _LEADERS, ROLES)
    # "Recruiter, Sales" is of another trade, whatever the department.
    head = title.partition(",")[0]
    named = head if "outsider" in title_labels(head) else title
    if _WEAK.issuperset(roles) and (found := _first(named, _BY_TITLE)):
        return found
    return (_abroad(title) or roles) if _PLAIN.issuperset(roles) else roles


def _abroad(title: str) -> tuple[str, ...]:
    return _first(title, ROLES_ABROAD)


def _first(title: str, table: Iterable[tuple[str, re.Pattern[str]]]) -> tuple[str, ...]:
    return next(((role,) for role, words in table if words.search(title)), ())
