"""Settle the kinds of the jobs that a title names: a "hardware recruiter" builds no hardware."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from include.postings.lexicon import title_labels, vocabulary_section
from include.postings.titles import PLURAL, names_job

__all__ = ["KINDS", "jobs_in", "settled_kinds"]

KINDS = frozenset(vocabulary_section("roles"))
# What a full-stack job contains anyhow.
_IN_FULLSTACK = frozenset(("backend", "frontend", "design", "product", "data", "ml", "devops"))
# Of a job with such a word, in this order, only these kinds count, whatever its field is.
_DECIDING = {
    "leader": frozenset(("sales", "product")),
    "product_lead": frozenset(("product", "management")),
    "seller": frozenset(("sales", "management", "fullstack", "frontend", "backend")),
    "outsider": frozenset(("other", "sales")),
}
_FRONTEND = frozenset(("frontend",))
# Languages that, beside JavaScript, leave open which end a job is of.
_LANGUAGES = re.compile(
    r"\b(?:python|java|clojure|scala|golang|go|rust|haskell|erlang|elixir|kotlin|swift|perl|sql)\b"
    r"|c\+\+|c#|\.net\b"
)
_DESIGN = frozenset(("design",))
_NAMED_ENDS = ("front", "back", "fe and be", "fe or be", "fe & be", "fe/be")
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
# Each alternative begins with one of a set of characters, to which the search can skip.
_BETWEEN = re.compile(
    r"[,;|&+\n()/.\sao](?:(?<=[,;|&+\n()])|(?<=/)(?!\w{1,2}\b)|(?<=\ba)(?:nd|s well as)\b|"
    r"(?<=\bo)r\b|(?<=\s)-\s|(?<=\.)\s)\s*"
)
# What follows is a department or a detail: "Baker, Sales", "Baker - Ovens".
_COMMA = re.compile(r", |\s[-–—]\s")
# Kinds that are no engineer's, though an engineer may work for their departments.
_DEPARTMENTS = frozenset(("sales", "product", "design", "other"))
# Kinds that no department changes.
_ALONE = frozenset(("other", "design"))
# Labels of heads that are settled by a rule of their own.
_DECIDED = frozenset(_DECIDING) - {"outsider"}
# A long bracket describes the work.
_DETAIL = re.compile(r"\([^()]{25,}\)?")


def settled_kinds(snippet: str) -> frozenset[str]:
    """Return the kinds of a snippet's jobs, each job's words judged by its own noun."""
    kinds = title_labels(snippet) & KINDS
    # A single kind cannot contradict another, but it may be the department's alone; most snippets
    # have one.
    if len(kinds) < 2 and not (kinds & _DEPARTMENTS and _COMMA.search(snippet)):
        return frozenset() if kinds == _FRONTEND and _is_polyglot(snippet) else kinds
    return frozenset(kind for job in jobs_in(snippet) for kind in _settled(job))


def _is_polyglot(snippet: str) -> bool:
    """Return whether JavaScript is one language of several: "Engineers (Clojure, JavaScript)"."""
    lower = snippet.lower()
    return (
        "javascript" in lower
        and not any(map(lower.__contains__, ("front", "ui", "client", "web")))
        and bool(_LANGUAGES.search(lower))
    )


def jobs_in(snippet: str) -> Iterator[str]:
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
        # Blanks before a separator belong to it.
        end = start + len(snippet[start : separator.start()].rstrip())
        if end > start:
            yield start, end
        start = separator.end()
    if start < len(snippet):
        yield start, len(snippet)


def _settled(job: str) -> frozenset[str]:
    """Return the kinds of one job where several are named: a "hardware recruiter" recruits."""
    outside = _DETAIL.sub(" ", job)
    # "Scientist (models, plots, some front-end work)": what the job does, not what it is.
    if outside != job and title_labels(outside) & KINDS:
        job = outside
    if (only := _of_head(job)) is not None:
        return only
    # "Backend Developer with DevOps skills": what the person brings.
    before = job.partition(" with ")[0]
    if before != job and title_labels(before) & KINDS and "noun" in title_labels(before):
        job = before
    labels = title_labels(job)
    kinds, lower = labels & KINDS, job.lower()
    for label, kept in _DECIDING.items():
        if label in labels and not (label == "product_lead" and "product marketing" in lower):
            ends = {end for end in _ENDS if f"{end}_stack" in labels and end[:-3] not in lower}
            return (kinds & kept) - ends | ({"management"} if label == "leader" else set())
    # A "marketing analyst" analyses.
    if {"data", "sales"} <= kinds and "analyst" in lower:
        kinds -= {"sales"}
    listed = _listed(job)
    kinds = frozenset(kind for kind in kinds if kind in listed or not _is_less(kind, kinds, lower))
    if "design" in kinds:
        kinds -= _within(job, ("mobile", "sales"), _DESIGN)
    # The platform of an end is that end's: "Backend Platform Engineer".
    if "devops" in kinds and "platform" in lower and not _OPERATIONS.search(lower):
        kinds -= _within(job, ("devops",), _ON_PLATFORMS)
    if {"frontend", "backend"} <= kinds and not any(map(lower.__contains__, _NAMED_ENDS)):
        # "PHP/JavaScript developer" works on both ends.
        return (kinds - {"frontend", "backend"}) | {"fullstack"}
    # "Frontend engineer (Rails)" and "Full-stack JavaScript engineer" work on the end they name.
    dropped = {end for end in _ENDS if f"{end}_stack" in labels and not _is_end(end, kinds, lower)}
    if "fullstack" in kinds or {"data", "devops"} <= kinds:
        return _own_kinds(job) - dropped
    return kinds - dropped


def _of_head(job: str) -> frozenset[str] | None:
    """Return the kinds of a title that a department follows: "Recruiter, Sales" recruits.

    None if nothing follows, or if what follows may say what the job is: "Engineer, Backend".
    """
    end = _COMMA.search(job)
    head = job[: end.start()] if end else ""
    labels = title_labels(head)
    # "Engineers, Sales" may be two jobs.
    if "noun" not in labels or PLURAL.search(head) or not labels.isdisjoint(_DECIDED):
        return None
    kinds = labels & KINDS
    if kinds and kinds <= _ALONE:
        return kinds
    if not kinds and "engineer" not in labels:
        return None
    # An engineer of sales tools is an engineer: "Backend Engineer, Marketing".
    rest = settled_kinds(job[end.start() :].lstrip(" ,-–—")) if end else kinds
    return None if rest.isdisjoint(_DEPARTMENTS) else _settled(head) | (rest - _DEPARTMENTS)


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
        kinds |= labels & KINDS
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
    kinds, lower = title_labels(part) & KINDS, part.lower()
    if "fullstack" in kinds:
        kinds -= _IN_FULLSTACK
    if {"data", "devops"} <= kinds:
        kinds -= {"data" if "devops" in lower or "sre" in lower else "devops"}
    return kinds
