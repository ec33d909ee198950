"""Which kinds of job and which seniorities are offered, and the contract's buckets of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from include.postings.model import LevelBucket, RoleBucket

__all__ = ["LEVELS", "ROLES", "level_bucket", "read_levels", "read_roles", "role_bucket"]

_ENGINEER = r"(?:engineer\w*|developers?|devs?\b|programmers?|hackers?|architects?|leads?|swes?\b|tech lead|team|consultants?|specialists?|interns?)"


def _pattern(expression: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{expression})", re.IGNORECASE)


_KINDS: dict[str, re.Pattern[str]] = {
    "fullstack": _pattern(r"full[- ]?-?\s?stacks?\b|rails (?:engineer|developer)|web (?:application )?(?:engineer|developer)|django (?:engineer|developer)|laravel (?:engineer|developer)|wordpress (?:engineer|developer)|mern\b"),
    "backend": _pattern(r"back[- ]?-?\s?ends?\b|server[- ]?side\b|api (?:engineer|developer)|(?:golang|go|java|scala|node(?:\.?js)?|php|elixir|ruby|kotlin|clojure|erlang|\.net|python/django|database|db|distributed systems) (?:\w+ )?(?:engineer|developer|programmer)"),
    "frontend": _pattern(r"front[- ]?-?\s?ends?\b|(?:ui|ux|react|angular|vue|javascript|typescript|js) (?:engineer|developer)|ui/ux (?:engineer|developer)|design technologist"),
    "mobile": _pattern(r"mobile (?:\w+ )?(?:engineer|developer|dev\b|lead|app|software|team|architect)|mobile\b(?=\s*(?:[,/&)|]|$|and\b))|ios\b|android\b|react native|flutter|swift (?:engineer|developer)"),
    "data": _pattern(r"data (?:platform |infrastructure |pipeline |warehouse |integration )?(?:engineer|analyst|architect|analytics|lead|ops|developer|entry|modeler|steward)\w*|data\b(?=\s*(?:[,/&)|]|$|and\b))|analytics? (?:engineer|lead|manager)|(?:business|product|bi|marketing) (?:intelligence|analyst|analytics)|etl (?:engineer|developer)|big data|database administrator|dba\b|(?:data|business|bi|product|reporting|insights) analysts?\b"),
    "ml": _pattern(r"machine[- ]?learning|ml\b|mles?\b|ai\b[/ ,&-]{0,3}(?:ml )?(?:\w+ )?(?:engineer|developer|scientist|research|architect|lead|specialist|intern|team)|ai/ml|data scien\w+|applied (?:ai|ml|scientist|research)|deep learning|nlp\b|computer vision|llm\w*|agents? (?:engineer|developer|architect)|(?:swe|software engineer|engineer)s?,? \(?(?:ai|ml)\b|artificial intelligence|genai|gen ai|perception|speech (?:engineer|scientist)|ml ?ops|research engineer|quant\w* research\w*"),
    "devops": _pattern(r"dev[- ]?ops|devsecops|sres?\b|site reliability|infra(?:structure)?\b|platform (?:\w+ )?(?:engineer|team|developer|architect|lead|software)|platform\b(?=\s*(?:[,/&)|]|$))|cloud (?:\w+ )?(?:engineer|architect|infrastructure|operations|developer|specialist|admin)|systems? (?:administrator|admin|reliability|operations)|sys-?admins?|network (?:\w+ )?(?:engineer|admin|architect)|production engineer|release engineer|kubernetes (?:engineer|admin)|reliability engineer|(?:it|tech) operations|build engineer|linux (?:engineer|admin)|observability|database reliability|dns\b"),
    "security": _pattern(r"security\b(?! clearance| guard)|cyber\s?security|appsec|infosec|pen(?:etration)?[- ]?test\w*|cryptograph\w+|red team\w*|threat|malware|vulnerability"),
    "embedded": _pattern(r"embedded|firmware|hardware|fpga|asic\b|robotics?|electrical engineer|electronics?|mechanical|mechatronics|rf engineer|controls? engineer|iot (?:engineer|developer)|silicon|avionics|autonomy|device driver|kernel (?:engineer|developer)|manufacturing engineer|pcb|aerospace engineer"),
    "qa": _pattern(r"qa\b|quality (?:assurance|engineer)|tests? (?:automation )?(?:engineer|lead|developer|analyst)|testers?\b|sdets?\b|automation (?:test|qa)|software engineer in test|in test\b|test automation"),
    "design": _pattern(r"(?<!game )designers?\b|(?:ux|ui)(?:\s?[/&]\s?(?:ux|ui))?\b(?! engineer| developer|-focused)|design (?:lead|director|manager|intern|system lead)|product design\b|design\b(?=\s*(?:[,/&)|]|$|and\b))|head of design|creative director|graphic designer|design (?:engineer|roles?)|illustrators?\b|art director|artists?\b|animators?\b"),
    "product": _pattern(r"product (?:marketing )?(?:managers?|management|owners?|lead|leader|director|marketing manager)|^\W*product\W*$|\bengineering,? (?:&|and|\+|/) product\b|\bproduct,? (?:&|and|\+|/|,) ?(?:design|engineering)\b|(?:technical )?(?:program|project) managers?|pms?\b|tpms?\b|head of product|vp,? (?:of )?product|cpo\b|director of product"),
    "management": _pattern(r"(?:engineering|development|software|infrastructure|data|security|design|platform|technical|qa|it|devops|dev) managers?|engineering management|managers?,? (?:of )?(?:software |data |platform )?engineering|engineering leaders?\b|head of|vps?\b|vice president|ctos?\b|cpo\b|coo\b|ceo\b|ciso\b|cio\b|cmo\b|directors?\b|chief \w+ officers?|team leads?\b|team leaders?\b|em\b|ems\b|management\b|manager of|people manage\w+"),
    "research": _pattern(r"research(?:ers?| scientist| engineer| associate| fellow| intern\w*| lead| software| programmer|$)\b|research\b(?=\s*(?:[,/&)|]|$))|(?<!data )(?<!applied )(?<!ml )(?<!decision )scientists?\b|bioinformatic\w*|computational (?:biolog|chem|scien)\w*|postdoc\w*|ph\.?d\.? (?:student|intern)|mathematicians?|physicists?|scientific (?:analyst|programmer|software)|quantitative researcher"),
    "sales": _pattern(r"sales\b|account (?:exec\w*|managers?|directors?)|aes?\b|sdrs?\b|bdrs?\b|marketing|marketers?|seo\b|(?:customer|client|user|technical|product|it|developer|tech) (?:support|success|service|care|experience|engineer|relations|advoca\w+|evangel\w+)|support (?:engineer|specialist|lead|manager|agent)|support\b(?=\s*(?:[,/&)|]|$|and\b))|solutions? (?:\w+ )?(?:engineer|architect|consultant|developer)|forward[- ]deployed|fdes?\b|developer (?:advocate|relations|evangelist|marketing|content|experience advocate)|dev\s?rel|advocates?\b|evangelists?\b|gtm\b|go[- ]to[- ]market|growth (?:lead|marketer|manager|hacker|marketing|partner|associate|product)|growth\b(?=\s*(?:[,/&)|]|$))|business development|partnerships?|partner (?:sales|manager|success)|implementation (?:engineer|consultant|specialist|manager)|deployment (?:engineer|strategist)|field (?:application |applications )?engineer|community manager|delivery engineer|customer success|content (?:market|strateg)\w+|revenue"),
    "other": _pattern(r"writers?\b|editors?\b|recruiters?|recruiting|talent|people (?:ops|operations|partner)|\bhr\b|human resources|finance|accountants?|accounting|legal counsel|lawyers?|attorneys?|counsel\b|paralegal|chief of staff|operations (?:manager|associate|lead|specialist|analyst)|office manager|executive assistant|teachers?|instructors?|tutors?|traders?\b|game designers?|linguists?|mechanics?\b|nurses?|business operations|biz\s?ops|co-?\s?founders?\b"),
}
_SOFTWARE = re.compile(
    r"\b(?:software|engineers?|developers?|devs?|programmers?|swes?|sdes?|coders?|hackers?|architects?|engineering|tech lead)\b",
    re.IGNORECASE,
)
_SOFTWARE_PLAIN = re.compile(
    r"\b(?:software (?:\w+ )?(?:engineer\w*|develop\w+|architect\w*)|swes?|sdes?|product engineers?|engineers|developers|programmers|founding engineers?)\b",
    re.IGNORECASE,
)
_BODY_FULLSTACK = re.compile(r"\bfull[- ]?stack\b|\b(?:entire|whole|full) (?:\w+ )?stack\b|\bfront[- ]?end and back[- ]?end\b|\bback[- ]?end and front[- ]?end\b", re.IGNORECASE)
_BODY_BACKEND = re.compile(r"\bback[- ]?end\b", re.IGNORECASE)
_BODY_FRONTEND = re.compile(r"\bfront[- ]?end\b", re.IGNORECASE)

ROLES = (*_KINDS, "software")

_LEVELS: dict[str, re.Pattern[str]] = {
    "intern": _pattern(r"interns?\b|internships?\b|co-op\b|werkstudent|working student"),
    "entry": _pattern(r"junior|jr\b|new(?:ly)?[- ]?grad\w*|entry[- ]?level|graduates?\b|associate (?:software|engineer|developer|product)|early[- ]career|recent grad\w*|apprentice\w*|(?:engineer|developer|swe) i\b"),
    "mid": _pattern(r"mid\b|mid[- ]?(?:level|senior|career|weight)|intermediate|medior|(?:engineer|developer|swe|sde)[ -]ii\b"),
    "senior": _pattern(r"senior|snr\b|sr\b|(?:tech(?:nical)?|team|lead(?:ing)?|design|qa|data|security|devops|mobile|platform|software|backend|frontend|product|engineering|ml|ai|infrastructure) leads?\b|leads?\b(?= [a-z/+.#-]+)|leads?$|\blead,|seasoned|veteran"),
    "staff": _pattern(r"staff\b(?! (?:augmentation|members?|of))|principals?\b|founding|architects?\b|co-?\s?founders?\b|cofounders?\b|distinguished|technical fellow"),
    "manager": _pattern(r"(?:engineering|development|software|infrastructure|design|technical|qa|it|devops|dev|security|data|platform|general) managers?|engineering management|managers?,? (?:of )?(?:software |data |platform )?engineering|head of|heads of|vps?\b|vice president|ctos?\b|cpo\b|coo\b|ceo\b|ciso\b|cmo\b|cro\b|directors?\b|chief \w+ officer|management\b|manager of|ems?\b|engineering leaders?|people manage\w+|team leads?\b(?=/|s)"),
}
LEVELS = tuple(_LEVELS)
_YEARS = re.compile(
    r"\b(\d{1,2})\s?(?:\+|plus|or more)?\s?(?:(?:-|–|to)\s?(\d{1,2})\+?\s?)?(?:years?|yrs?\.?|yoe)\b(?:'| of| in| prof| exp| work| soft| build| writ| as | hands| ship|\W{0,3}(?:exp|prof|\(|with|develop|indust|build|$))?",  # noqa: RUF001
    re.IGNORECASE,
)


def read_roles(snippets: Sequence[str], text: str) -> tuple[str, ...]:
    """Return the kinds offered in these snippets; ``text`` tells what a plain engineer does."""
    found = {kind for snippet in snippets for kind in _kinds_of(snippet)}
    technical = found - {"sales", "product", "design", "management", "other", "research", "qa"}
    if not technical and any(_SOFTWARE.search(snippet) for snippet in snippets):
        found.add(_engineer_kind(text))
    elif "software" not in found and any(_is_plain(snippet) for snippet in snippets):
        found.add("software")
    return tuple(role for role in ROLES if role in found)


def _kinds_of(snippet: str) -> set[str]:
    found = {kind for kind, pattern in _KINDS.items() if pattern.search(snippet)}
    if "fullstack" in found:
        found -= {"frontend"} if re.search(r"\b(?:react|ui|angular|vue|js)\b", snippet, re.I) and not re.search(r"front", snippet, re.I) else set()
    return found


def _is_plain(snippet: str) -> bool:
    return bool(_SOFTWARE_PLAIN.search(snippet)) and not (_kinds_of(snippet) - {"management", "sales"})


def _engineer_kind(text: str) -> str:
    """Return what kind of engineer a plain "Software Engineer" is, by the body."""
    if _BODY_FULLSTACK.search(text):
        return "fullstack"
    backend, frontend = _BODY_BACKEND.search(text), _BODY_FRONTEND.search(text)
    if backend and frontend:
        return "fullstack"
    if backend:
        return "backend"
    return "frontend" if frontend else "software"


def read_levels(snippets: Sequence[str], text: str) -> tuple[str, ...]:
    """Return the seniorities named for the jobs; years of experience count where no word does."""
    found = {level for snippet in snippets for level in _levels_of(snippet)}
    if not found - {"intern"}:
        found |= set(_levels_of_years(text))
    return tuple(level for level in LEVELS if level in found)


def _levels_of(snippet: str) -> Iterable[str]:
    return (level for level, pattern in _LEVELS.items() if pattern.search(snippet))


def _levels_of_years(text: str) -> Iterable[str]:
    for match in _YEARS.finditer(text):
        around = text[max(0, match.start() - 30) : match.end() + 40].lower()
        if "experience" not in around and "yoe" not in around and "+" not in match.group():
            continue
        years = int(match.group(1))
        if years <= 20:
            yield "senior" if years >= 5 else "mid" if years >= 2 else "entry"


def role_bucket(roles: Iterable[str]) -> RoleBucket:
    """Return the contract's one bucket: full-stack work, or both ends, is fullstack."""
    found = set(roles)
    if "fullstack" in found or {"frontend", "backend"} <= found:
        return "fullstack"
    if "frontend" in found:
        return "frontend"
    return "backend" if "backend" in found else "any"


def level_bucket(levels: Iterable[str]) -> LevelBucket:
    """Return the contract's one bucket: the lowest seniority that is open decides."""
    found = set(levels)
    if found & {"intern", "entry"}:
        return "entry"
    if "mid" in found:
        return "junior_mid"
    return "senior_excluded" if found else "any"
