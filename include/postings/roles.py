"""Classify the roles and seniority levels offered, and map them to the contract's buckets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from include.postings.lexicon import Lexicon, title_labels, vocabulary_section
from include.postings.model import LevelBucket, RoleBucket
from include.postings.titles import names_job

__all__ = ["LEVELS", "ROLES", "level_bucket", "read_levels", "read_roles", "role_bucket"]


_KINDS = frozenset(vocabulary_section("roles"))
_ENGINEERS = Lexicon({"engineer": vocabulary_section("titles")["engineer"]})
# With one of these kinds, a plain "engineer" beside it stays "software".
_TECHNICAL = _KINDS - {"sales", "product", "design", "management", "other", "research", "qa"}
# What a full-stack job contains anyhow.
_IN_FULLSTACK = frozenset(("backend", "frontend", "design", "product", "data", "ml", "devops"))
# Of a job with such a word, in this order, only these kinds count, whatever its field is.
_DECIDING = {
    "leader": frozenset(("sales", "product")),
    "product_lead": frozenset(("product", "management")),
    "seller": frozenset(("sales", "management", "fullstack", "frontend", "backend")),
    "outsider": frozenset(("other", "sales")),
}
_DESIGN = frozenset(("design",))
_ENDS = frozenset(("backend", "frontend", "fullstack"))
# A kind, the kinds that it qualifies in one job, and the word that makes it one of its own.
_QUALIFIERS: dict[str, tuple[frozenset[str], str]] = {
    "devops": (frozenset(("security", "data", "embedded")), "ops"),
    "mobile": (frozenset(("qa", "security")), ""),
    "backend": (frozenset(("qa",)), ""),
    "frontend": (frozenset(("qa", "mobile")), "front"),
    "qa": (frozenset(("security",)), "qa"),
    "design": (frozenset(("embedded",)), ""),
    "other": (frozenset(("data", "ml", "devops", "frontend", "backend", "mobile")), "founder"),
}
_ON_PLATFORMS = frozenset(("backend", "frontend", "fullstack", "mobile", "security", "data"))
_OPERATIONS = re.compile(r"ops\b|infra|sres?\b|reliab|cloud|admin|network|operation")
# Between the jobs of a snippet ("bakers, millers and a cook") and before a job's detail.
_BETWEEN = re.compile(
    r"\s*(?:[,;|&+\n()]|/(?!\w{1,2}\b)|\band\b|\bor\b|\bas well as\b|\s-\s|\.\s)\s*"
)
# A long bracket describes the work.
_DETAIL = re.compile(r"\([^()]{25,}\)?")
# How a body says what its plain "Software Engineer" builds: "the whole stack", "back-end".
_BODY_FULLSTACK = re.compile(
    r"full[- ]?stack (?:\w+ )?(?:engineer|developer|role|web|work|development|software|"
    r"experience|product)|"
    r"(?:across|on|own|of|up and down|throughout) (?:the|our) (?:entire|whole|full) (?:\w+ )?stack"
)
_BODY_BACKEND = re.compile(r"back[- ]?end\b")
_BODY_FRONTEND = re.compile(r"front[- ]?end\b")
# A web framework of the server alone makes it backend work; beside another stack it says nothing.
_SERVER_STACK = re.compile(r"\b(?:rails|django|laravel|symfony|lamp|codeigniter)\b")
_FRONTEND_STACK = re.compile(r"\b(?:react|angular|vue|ember|backbone|svelte|redux)(?:\.?js)?\b")
_OTHER_STACKS = re.compile(
    r"\b(?:react|angular|vue|ember|backbone|svelte|redux)(?:\.?js)?\b|"
    r"\b(?:javascript|typescript|jquery|html|css|node|phonegap|flutter|ios|android|swift|java|"
    r"scala|golang|rust|haskell|clojure|perl|erlang|spark|hadoop)\b|c\+\+|c#|\.net\b"
)

ROLES = (*vocabulary_section("roles"), "software")

LEVELS = tuple(vocabulary_section("levels"))
_LEVELS = frozenset(LEVELS)
_INTERN = {"intern"}
_WORD_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBERS = {word: number for number, word in enumerate(_WORD_NUMBERS, start=1)}
_NUMBER = rf"\d{{1,2}}|{'|'.join(_WORD_NUMBERS)}"
# "3+ years", "3 or more years", "2-4 yrs", "5 YOE", "five (5) years", "three to four years",
# "five-plus years", "18 months".
_YEARS = re.compile(
    rf"(?<![\w.,])(?P<low>{_NUMBER})(?:\s?\(\d{{1,2}}\))?(?P<more>\s?\+|[ -]plus| or more)?\s?"
    rf"(?:(?:-|to|or)\s?(?P<high>{_NUMBER})\s?(?P<more2>\+)?)?[\s-]{{0,2}}"
    r"(?P<unit>years?'?|yrs?\.?|yoe|months)(?![a-z])"
)
# What is counted must be work: "5 years of experience", "7+ years building", "3+ yrs with". Up to
# the end of the clause.
_OF_WORK = re.compile(
    r"[^.;\n]{0,45}\b(?:experience|exp\b|expertise)|"
    r"\s*(?:of |in |as |with |using )?(?:\w+ ){0,3}?(?:building|working|developing|writing|doing|"
    r"programming|designing|managing|leading|running|shipping|coding|in industry|in the industry|"
    r"work\b|"
    r"development|engineering|professional|hands[- ]on|relevant)|"
    r"\s*(?:of|in|with|using|as)\b"
)
_ITEM_END = re.compile(r"\s*(?:$|[.,;:)/|•\n&-]|and\b|or\b|required|preferred|minimum)")
_EXPERIENCE_BEFORE = re.compile(r"(?:experience|exp\b|yoe)[^.;\n\d]{0,20}$")
# The age of the company, its code or its options, and years added up over a team.
_OTHER_YEARS = re.compile(
    r"\s*(?:old\b|ago\b|in business|in a row|of (?:runway|funding|history|growth|operat|research|"
    r"service|"
    r"combined|data|profitab|collective|history)|running\b|straight|anniversar|contract|"
    r"combined|collective|program|cliff|vest|warranty|from now|later|since|now\b|after\b)"
)
_OTHER_BEFORE = re.compile(
    r"(?:founded|profitable|team|long[- ]term|vest\w*|business|been|around|over the (?:last|past|"
    r"next)|last|past|"
    r"next|for the|"
    r"runway|every|within|combined|first|company|since|ago|growing|old|in the)\b[^.;\n\d]{0,14}$"
)
_UNIT = re.compile(r"years?|yrs?\b|yoe|months")
_COUNT_CHARS = 40
_YEARS_BEFORE_CHARS = 30
_YEARS_AFTER_CHARS = 60
# Past the opening, "engineer" mostly means a colleague.
_FALLBACK_CHARS = 1_500
# More is the age of a company or its team's years added up.
_MOST_YEARS = 20
_WIDEST_YEARS = 7
_MID_YEARS = 2
_SENIOR_YEARS = 5


def read_roles(snippets: Sequence[str], text: str) -> tuple[str, ...]:
    """Return the roles offered in the snippets, in the order of ROLES.

    ``text`` is the whole posting; it decides what kind a plain "Software Engineer" is.
    """
    read = [_snippet(snippet) for snippet in snippets]
    found = set().union(*(snippet.kinds for snippet in read))
    if any(snippet.scientist for snippet in read) and not found & {"ml", "research"}:
        found.add("research")
    if any(snippet.plain for snippet in read):
        found.add("software" if found & _TECHNICAL else _engineer_kind(text))
    if not found and _ENGINEERS.labels(text[:_FALLBACK_CHARS].lower()):
        found.add(_engineer_kind(text))
    return _in_order(found, ROLES)


def _in_order(found: set[str], order: Sequence[str]) -> tuple[str, ...]:
    # Most postings have one or none.
    return tuple(name for name in order if name in found) if len(found) > 1 else tuple(found)


class _Snippet(NamedTuple):
    """What a snippet offers."""

    kinds: frozenset[str]
    scientist: bool
    """A scientist of no stated field."""
    plain: bool
    """An engineering job of no stated kind."""
    levels: frozenset[str]


@lru_cache(maxsize=8192)
def _snippet(snippet: str) -> _Snippet:
    """Read a snippet once for roles and levels, of a posting and of its jobs."""
    labels = title_labels(snippet)
    kinds = _kinds_of(snippet)
    plain = "engineer" in labels and not kinds
    return _Snippet(kinds, "scientist" in labels, plain, _levels_of(snippet))


def _kinds_of(snippet: str) -> frozenset[str]:
    """Return the kinds of a snippet's jobs, each job's words judged by its own noun."""
    kinds = title_labels(snippet) & _KINDS
    # A single kind cannot contradict another; most snippets have one.
    if len(kinds) < 2:
        return kinds
    return frozenset(kind for job in _jobs(snippet) for kind in _settled(job))


def _jobs(snippet: str) -> Iterator[str]:
    """Yield the parts of a snippet that name a job each, with what qualifies it.

    "Frontend/backend engineers, Oslo and a designer" has two: what stands before the first noun
    and after a noun belongs to it.
    """
    start, end, has_noun = 0, 0, False
    for part_start, part_end in _parts(snippet):
        part = snippet[part_start:part_end]
        noun = "noun" in title_labels(part) or names_job(part)
        if noun and has_noun:
            yield snippet[start:end]
            start = part_start
        has_noun, end = has_noun or noun, part_end
    yield snippet[start:]


def _parts(snippet: str) -> Iterator[tuple[int, int]]:
    start = 0
    for separator in _BETWEEN.finditer(snippet):
        if separator.start() > start:
            yield start, separator.start()
        start = separator.end()
    if start < len(snippet):
        yield start, len(snippet)


def _settled(job: str) -> frozenset[str]:
    """Return the kinds of one job where several are named: a "hardware recruiter" recruits."""
    outside = _DETAIL.sub(" ", job)
    # "Scientist (models, plots, some front-end work)": what the job does, not what it is.
    if outside != job and title_labels(outside) & _KINDS:
        job = outside
    labels = title_labels(job)
    kinds, lower = labels & _KINDS, job.lower()
    for label, kept in _DECIDING.items():
        if label in labels and not (label == "product_lead" and "product marketing" in lower):
            ends = {end for end in _ENDS if f"{end}_stack" in labels and end[:-3] not in lower}
            return (kinds & kept) - ends | ({"management"} if label == "leader" else set())
    listed = _listed(job)
    kinds = frozenset(kind for kind in kinds if kind in listed or not _is_less(kind, kinds, lower))
    if "design" in kinds:
        kinds -= _within(job, ("mobile", "sales"), _DESIGN)
    # The platform of an end is that end's: "Backend Platform Engineer".
    if "devops" in kinds and "platform" in lower and not _OPERATIONS.search(lower):
        kinds -= _within(job, ("devops",), _ON_PLATFORMS)
    if {"frontend", "backend"} <= kinds and "front" not in lower and "back" not in lower:
        # "PHP/JavaScript developer" works on both ends.
        return (kinds - {"frontend", "backend"}) | {"fullstack"}
    # "Frontend engineer (Rails)" and "Full-stack JavaScript engineer" work on the end they name.
    dropped = {end for end in _ENDS if f"{end}_stack" in labels and not _is_end(end, kinds, lower)}
    if "fullstack" in kinds or {"data", "devops"} <= kinds:
        return _own_kinds(job) - dropped
    return kinds - dropped


def _is_less(kind: str, kinds: frozenset[str], lower: str) -> bool:
    """Return whether a kind only says what another works on: a "cloud security engineer"."""
    over, unless = _QUALIFIERS.get(kind, (frozenset(), ""))
    return not kinds.isdisjoint(over) and not (unless and unless in lower)


def _is_end(end: str, kinds: frozenset[str], lower: str) -> bool:
    """Return whether a job is of an end that a technology suggests: no other end is named."""
    return kinds.isdisjoint(_ENDS - {end}) or end[:-3] in lower


def _listed(job: str) -> set[str]:
    """Return the kinds listed before a job's noun: each is one of its own, "iOS, QA engineers"."""
    kinds: set[str] = set()
    for start, end in _parts(job):
        labels = title_labels(job[start:end])
        if "noun" in labels:
            break
        kinds |= labels & _KINDS
    return kinds


def _within(job: str, kinds: Sequence[str], over: frozenset[str]) -> frozenset[str]:
    """Return the kinds that stand only beside one of ``over``: "iOS Designer" designs."""
    parts = [title_labels(job[start:end]) for start, end in _parts(job)]
    return frozenset(
        kind
        for kind in kinds
        if all(not over.isdisjoint(labels) for labels in parts if kind in labels)
    )


def _own_kinds(job: str) -> frozenset[str]:
    return frozenset(kind for start, end in _parts(job) for kind in _own(job[start:end]))


def _own(part: str) -> frozenset[str]:
    """Return the kinds of a part without those that a wider one contains."""
    kinds, lower = title_labels(part) & _KINDS, part.lower()
    if "fullstack" in kinds:
        kinds -= _IN_FULLSTACK
    if {"data", "devops"} <= kinds:
        kinds -= {"data" if "devops" in lower or "sre" in lower else "devops"}
    return kinds


@lru_cache(maxsize=8)
def _engineer_kind(text: str) -> str:
    """Return the kind of a plain "Software Engineer", judged by the text.

    Cached, because a posting and its only job ask for the same text.
    """
    lower = text.lower()
    if "stack" in lower and _BODY_FULLSTACK.search(lower):
        return "fullstack"
    backend, frontend = _BODY_BACKEND.search(lower), _BODY_FRONTEND.search(lower)
    serves = _SERVER_STACK.search(lower)
    if (backend or serves) and (frontend or (backend and _FRONTEND_STACK.search(lower))):
        return "fullstack"
    if backend or (serves and not _OTHER_STACKS.search(lower)):
        return "backend"
    return "frontend" if frontend else "software"


def read_levels(snippets: Sequence[str], text: str) -> tuple[str, ...]:
    """Return the levels named in the snippets, in the order of LEVELS.

    Years of experience in ``text`` count only if the snippets name no level but "intern".
    """
    found = set().union(*[_snippet(snippet).levels for snippet in snippets])
    if not found or found == _INTERN:
        found |= _levels_of_years(text)
    return _in_order(found, LEVELS)


def _levels_of(snippet: str) -> frozenset[str]:
    levels = title_labels(snippet) & _LEVELS
    if "manager" not in levels or "senior" not in levels:
        return levels
    # A "senior director" is a manager and no senior engineer; each job is judged by itself.
    return frozenset(
        level
        for job in _jobs(snippet)
        for found in [title_labels(job) & _LEVELS]
        for level in (found - {"senior"} if "manager" in found else found)
    )


@lru_cache(maxsize=8)
def _levels_of_years(text: str) -> frozenset[str]:
    """Return the levels that the years of experience amount to: "2-4 years" is "mid".

    The highest demand counts: "8 years of Java, 2 years of Kafka" asks for a senior. Cached as
    ``_engineer_kind`` is.
    """
    lower = text.lower()
    if "year" not in lower and not any(map(lower.__contains__, ("yrs", "yoe", "months"))):
        return frozenset()
    least, most = max(_years_asked(lower), default=(None, 0))
    if least is None:
        return frozenset()
    if least >= _SENIOR_YEARS:
        return frozenset(("senior",))
    found = {"entry"} if least < _MID_YEARS else {"mid"}
    # "3-7 years" reaches well into the seniors, "3-6 years" does not.
    senior = {"senior"} if (least + most) / 2 >= _SENIOR_YEARS else set()
    return frozenset(found | senior | ({"mid"} if most >= _MID_YEARS else set()))


def _years_asked(lower: str) -> Iterator[tuple[float, float]]:
    """Yield (least, most) years of experience of each demand."""
    free_from = 0
    for unit in _UNIT.finditer(lower):
        # Looking back from each unit is far cheaper than trying every number of a text.
        window = max(free_from, unit.start() - _COUNT_CHARS)
        if not (match := _YEARS.search(lower, window, unit.end() + 2)):
            continue
        start, end = match.span()
        free_from = end
        before = lower[max(0, start - _YEARS_BEFORE_CHARS) : start]
        after = lower[end : end + _YEARS_AFTER_CHARS]
        if _OTHER_YEARS.match(after) or _OTHER_BEFORE.search(before):
            continue
        stated = match["unit"] == "yoe" or _EXPERIENCE_BEFORE.search(before)
        if not (stated or _asks_for_work(match, after)):
            continue
        part = 12 if match["unit"] == "months" else 1
        least = _count(match["low"]) / part
        most = max(least, _count(match["high"] or match["low"]) / part)
        # "0 to 10 years" asks for nothing.
        if least <= _MOST_YEARS and most - least <= _WIDEST_YEARS:
            yield least, most


def _asks_for_work(match: re.Match[str], after: str) -> bool:
    """Return whether the years are of work: said so, or with a plus, or at the end of an item."""
    more = match["more"] or match["more2"]
    work = _OF_WORK.match(after)
    if not work:
        # "5+ years, Rust" ends an item; "7+ years runway" counts something else.
        return bool(more) and bool(_ITEM_END.match(after))
    return bool(more) or "exp" in work.group()


def _count(number: str) -> int:
    return _NUMBERS.get(number) or int(number)


def role_bucket(roles: Iterable[str]) -> RoleBucket:
    """Return the contract's bucket; full-stack work or both ends make "fullstack"."""
    found = set(roles)
    if "fullstack" in found or {"frontend", "backend"} <= found:
        return "fullstack"
    if "frontend" in found:
        return "frontend"
    return "backend" if "backend" in found else "any"


def level_bucket(levels: Iterable[str]) -> LevelBucket:
    """Return the contract's bucket of the lowest level offered."""
    found = set(levels)
    if found & {"intern", "entry"}:
        return "entry"
    if "mid" in found:
        return "junior_mid"
    return "senior_excluded" if found else "any"
