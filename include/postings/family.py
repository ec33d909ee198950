"""The family of a job, by its roles and its title: the coarsest kind, for boards of all trades."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Literal, get_args

__all__ = ["FAMILIES", "Family", "family_of"]

Family = Literal[
    "engineering", "data", "design", "product", "management", "go-to-market", "operations", "other"
]
FAMILIES: tuple[Family, ...] = get_args(Family)

# In this order: a "Head of Sales" manages, a "Sales Engineer" sells, a "Data Engineer" is of data.
_BY_ROLE: tuple[tuple[Family, frozenset[str]], ...] = (
    ("management", frozenset(("management",))),
    ("go-to-market", frozenset(("sales",))),
    ("product", frozenset(("product",))),
    ("data", frozenset(("data",))),
    (
        "engineering",
        frozenset(
            ("backend", "frontend", "fullstack", "mobile", "devops", "security", "embedded", "qa")
        ),
    ),
    ("design", frozenset(("design",))),
)
# Where the roles do not settle it the title's words do; the first that matches.
_BY_TITLE: tuple[tuple[Family, re.Pattern[str]], ...] = (
    # "Project Manager", "General Manager", a bare "Sr. Manager".
    (
        "management",
        re.compile(
            r"\b(?:project|program(?:me)?|general|delivery|plant|site) (?:manager|lead|director)\b"
            r"|\b(?:scrum master|agile coach)\b"
            r"|^\W*(?:sr\.?|senior)? ?manager\W*$",
            re.IGNORECASE,
        ),
    ),
    # No job in particular: "Talent Community", "Open Application".
    (
        "other",
        re.compile(
            r"\btalent (?:community|pool|network)\b|\b(?:open|general|spontaneous|speculative) "
            r"application\b|\binitiativbewerbung\b",
            re.IGNORECASE,
        ),
    ),
    # The sick and the pupils: "Medical Assistant", "Clinical Research Coordinator", "Math Tutor".
    (
        "other",
        re.compile(
            r"\b(?:paramedic|caregiver|cna|lpn|medical|clinical|nurs\w+|patient|physician|dental|dentist|pharmac\w+|"
            r"therap\w+|veterinar\w+|teach\w+|tutor\w*|lehrer\w*|instructor|instructional|"
            r"curriculum)\b"
            r"(?! (?:sales|support|claims|billing|care|recruit\w*|operations))",
            re.IGNORECASE,
        ),
    ),
    # Money, people, law: "Claims Handler", "Accounts Payable Analyst", "Talent Partner",
    # "Buchhalterin", "Comptable".
    (
        "operations",
        re.compile(
            r"\b(?:data protection|privacy|regulatory|compensation|credit|reclut\w+|recrut\w+|"
            r"rekryter\w+|contrôl\w+ de gestion|bilanz\w*|kaufm[aä]nn\w*|"
            r"financ\w*|finanz\w*|(?:finanz)?buchhalt\w*|buchführ\w*|personalreferent\w*|"
            r"personalsachbearbeit\w*|lohn\w*|steuer\w*|jurist\w*|einkäuf\w*|sachbearbeit\w*|"
            r"comptab\w+|juridique|ressources humaines|rh|achat\w*|contador\w*|contab\w+|"
            r"recursos humanos|jurídic\w+|compras|ekonomi\w*|redovisning\w*|inköp\w*|"
            r"lönespecialist|kontab\w+|boekhoud\w+|inkoper|contabil\w*|amministra\w+|księgow\w+|"
            r"administrative|data entry|risk|"
            r"contracts? (?:manager|specialist|admin\w*|analyst|officer)|"
            r"investments?|portfolio|raters?|"
            r"moderat\w+|account(?:s|ants?|ing)|account payable|payable|receivable|payroll|tax|"
            r"audit\w*|treasur\w*|controller|bookkeep\w*|buyer|procurement|purchasing|supply|"
            r"logistics?|warehouse|inventory|facilit\w+|hr|human resources|people|recruit\w*|"
            r"talent|legal|counsel|lawyer|attorney|paralegal|compliance|claims|underwrit\w*|fraud|"
            r"chief of staff|office|sourcers?|fp&a|policy|trust|workplace|training|trainer|"
            r"learning|collections?|loans?|billing|billers?|benefits)\b|人事|総務|経理|财务|인사",
            re.IGNORECASE,
        ),
    ),
    # "Video Editor", "Creative Lead".
    (
        "design",
        re.compile(r"\b(?:video|motion|creatives?|photo\w*|ux|ui|illustrat\w+)\b", re.IGNORECASE),
    ),
    # "Webmaster".
    ("engineering", re.compile(r"\bweb ?masters?\b", re.IGNORECASE)),
    # Analysis that no role stands for: "Data Steward", "Pricing Analyst".
    (
        "data",
        re.compile(r"\bdata\b|\banalytics\b|\banalyst\b|\bintelligence\b|statistic", re.IGNORECASE),
    ),
    # Customers and markets: "Patient Care Specialist", "Brand Lead".
    (
        "go-to-market",
        re.compile(
            r"\b(?:customers?|clients?|sales|marketing|support|partners?\w*|community|content|"
            r"brand|growth|care|retail|store|events?|communications?|copywriter|social media|"
            r"advertis\w+|revenue|service desk|help ?desk)\b",
            re.IGNORECASE,
        ),
    ),
    # What else keeps a company running: "Operations Associate", "Executive Assistant".
    (
        "operations",
        re.compile(
            r"\b(?:operations?|ops|admin\w*|assistant|secretary|receptionist|coordinator|planner|"
            r"driver|dispatch\w*|technician|operator|machinist|welder|packer|picker|cleaner|janitor|"
            r"guard|supervisor|assembl\w+|production|produktions\w*|lager\w*|\w*mitarbeiter\w*|strategy|risk|quality|safety|maintenance)\b",
            re.IGNORECASE,
        ),
    ),
)
# Research on people, for the product: "UX Researcher", "User Research Lead".
_USERS = re.compile(r"\b(?:ux|user|design)\b.{0,20}\bresearch", re.IGNORECASE)
_CLINICAL = re.compile(r"\bclinical\b(?!.*\b(?:data|software|engineer)\b)", re.IGNORECASE)
_DATA_SCIENCE = re.compile(
    r"\bdata\b|\banaly|statistic|bioinformat|データ|数据|데이터", re.IGNORECASE
)


def family_of(title: str, roles: Collection[str]) -> Family:
    """Return the family of a job; docs/classification.md has the rule as a table.

    ``roles`` are the job's. Where they name nothing but "other", the title's words decide.
    """
    # Few titles have the word, and a substring is found faster than the pattern.
    if "research" in title.lower() and _USERS.search(title):
        return "design"
    for family, kinds in _BY_ROLE:
        if not kinds.isdisjoint(roles):
            return family
    if not {"ml", "research"}.isdisjoint(roles):
        if _CLINICAL.search(title):
            return "other"
        return "data" if _DATA_SCIENCE.search(title) else "engineering"
    if "software" in roles:
        return "engineering"
    return next((family for family, words in _BY_TITLE if words.search(title)), "other")
