"""Tell what stands below a line: a list of jobs, what is asked for one job, or something else."""

from __future__ import annotations

import re

from include.postings.titles import PLURAL, names_job

__all__ = ["is_list_heading", "is_other_heading", "offers_one"]

# The heading of a list of jobs, if a colon ends it: "Open roles:".
_LIST_HEADING = re.compile(
    r"\b(?:hiring|roles?|positions?|openings?|opportunit\w+|looking for|seeking|jobs?|"
    r"vacanc\w+|hear from|we need)\b",
    re.IGNORECASE,
)
# A heading that offers one job: "We need a baker with:"; what it lists is asked of the baker.
_ONE_JOB = re.compile(
    r"\b(?:looking for|hir(?:e|ing)(?: for)?|seeking|recruiting|need|searching for|want) "
    r"(?:an?|another)\s(?!(?:few|number|couple|variety|range|lot|bunch|handful|team)\b)"
    r"([^:.,;]{3,60})"
)
# "On the job you get tasks such as:", "Things we are looking for:" head no jobs.
_OF_TASKS = re.compile(r"\b(?:tasks|duties|things|qualities|traits)\b", re.IGNORECASE)
_ASKS = re.compile(
    r"\b(?:looking for|seeking|need|want|value) (?:[\w-]+ ){0,2}(?:experience|skills?|knowledge)\b",
    re.IGNORECASE,
)
# A heading of another section; its bullets are not jobs: "Requirements", "2. What you bring".
_OTHER_HEADING = re.compile(
    r"^[\W\d]{0,4}(?:the |our |your |tech(?:nical|nology)? )?(?:requirements|qualifications|"
    r"(?:tech )?stack|technolog\w+|"
    r"what (?:you|we)|responsibilities|you(?:'ll| will| have| are|r)\b|benefits|perks|about|"
    r"why|how|"
    r"interview|must[- ]haves?|nice[- ]to[- ]haves?|skills|who (?:you are|we)\b|"
    r"profile|bonus|what's|"
    r"compensation|experience|we offer|key (?!account))\b"
)
_HEADING_CHARS = 80
"""Longer than any match of ``_OTHER_HEADING``."""
# Any such heading that begins with a letter begins with one of these.
_HEADING_STARTS = frozenset((
    "the", "our", "you", "tec", "req", "qua", "sta", "wha", "res", "ben", "per", "abo", "why",
    "how", "int", "mus", "nic", "ski", "who", "pro", "bon", "com", "exp", "we ", "key",
))  # fmt: skip
_SENTENCE_WORDS = 5


def is_list_heading(line: str) -> bool:
    """Return whether a line that ends in a colon heads a list of jobs: "Open roles:"."""
    return bool(_LIST_HEADING.search(line)) and not _OF_TASKS.search(line)


def offers_one(heading: str) -> bool:
    """Return whether what a heading lists is asked for one job: "We need a baker with:"."""
    # "Looking for rye experience plus one of these:" asks something of a person.
    if _ASKS.search(heading) and not names_job(heading):
        return True
    one = _ONE_JOB.search(heading)
    return one is not None and names_job(one.group(1)) and not PLURAL.search(one.group(1))


def is_other_heading(line: str) -> bool:
    """Return whether a line heads another section than the jobs: "Requirements"."""
    lower = line[:_HEADING_CHARS].lower()
    may_be = lower[:3] in _HEADING_STARTS or not lower[:1].isalpha()
    if not may_be or not _OTHER_HEADING.match(lower):
        return False
    # "What we look for is somebody who likes rye." is a sentence.
    return not line.endswith((".", "!")) or line.count(" ") < _SENTENCE_WORDS
