"""Find the boards of applicant tracking systems that a text links to, by their addresses alone.

No redirect is followed, and no board is guessed from a company's name: a short link (grnh.se) and a
company's own domain name no board.
"""

from __future__ import annotations

import html
import re
import string
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

__all__ = ["SYSTEMS", "SYSTEM_DOMAINS", "Board", "board_of", "boards_in"]

# A slug as the systems allow it. Ashby's may have spaces and points ("Acme Labs", "acme.io").
_SLUG = re.compile(r"[A-Za-z0-9](?:[\w. &+-]{0,78}[\w+])?", re.ASCII)
# A job's number, as at the end of "https://www.smartrecruiters.com/Acme/7001".
_NUMBER = re.compile(r"\d+")
# A language before the slug: "https://ats.rippling.com/en-GB/acme/jobs".
_LANGUAGE = re.compile(r"[a-z]{2}-[A-Z]{2}")

_HOST_CHARACTERS = string.ascii_letters + string.digits + ".-"
_MAX_HOST_CHARS = 120
# The rest of an address, to the end of a link's target or of a word. Bounded, as a host may be
# repeated without end.
_ADDRESS = re.compile(r"[^\s<>\"'|]{0,300}")
# What ends a sentence or closes a bracket belongs to the text: "(see https://acme.test/jobs)."
_CLOSING = ".,;:!?)]}*_"


class Board(NamedTuple):
    """A company's board on an applicant tracking system."""

    system: str
    slug: str
    """As written in a path, since some systems distinguish case; lower case in a host name."""

    @property
    def key(self) -> tuple[str, str]:
        """Equal for all links to one board."""
        return self.system, self.slug.lower()


def boards_in(markup: str) -> tuple[Board, ...]:
    """Return the boards that HTML or plain text links to, each once, in the order of the text."""
    urls = (_address_around(markup, at.start()) for at in _NAMES_SYSTEM.finditer(markup))
    return tuple({board.key: board for url in urls if (board := board_of(url))}.values())


def board_of(url: str) -> Board | None:
    """Return the board of an address, with or without its scheme; None if it names none.

    ``lever://acme/<id>`` is the canonical address of a board's job.
    """
    if canonical := _CANONICAL.match(url):
        return Board(canonical[1], canonical[2])
    match = _NAMES_SYSTEM.search(url)
    if match is None or url.endswith("..."):  # the link's text, cut short: so may be the slug
        return None
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        host = (parts.hostname or "").removesuffix(".")
    except ValueError:
        return None
    system = _NAMED[match.group(1).lower()]
    slug = next(filter(None, SYSTEMS[system](host, parts)), "")
    return Board(system, slug) if _SLUG.fullmatch(slug) else None


def _address_around(markup: str, at: int) -> str:
    """Return the decoded address that has its host at ``at``: a link's target or plain text."""
    before = markup[max(0, at - _MAX_HOST_CHARS) : at]
    start = at - len(before) + len(before.rstrip(_HOST_CHARACTERS))
    path = _ADDRESS.match(markup, at)
    address = html.unescape(markup[start : path.end() if path else at])
    return address if address.endswith("...") else address.rstrip(_CLOSING)


def _segments(parts: SplitResult) -> list[str]:
    return [unquote(segment).strip() for segment in parts.path.split("/") if segment]


def _after(path: list[str], *start: str) -> str:
    """Return the segment that follows ``start``; "" if the path begins otherwise."""
    at = len(start)
    return path[at] if tuple(path[:at]) == start and len(path) > at else ""


def _parameter(parts: SplitResult, name: str) -> str:
    return parse_qs(parts.query).get(name, [""])[0]


def _tenant(host: str, *domains: str, not_one: frozenset[str]) -> str:
    """Return acme of ``acme.<domain>``, unless the system uses that host itself."""
    for domain in domains:
        tenant = host.removesuffix(f".{domain}")
        if tenant != host and "." not in tenant and tenant not in not_one:
            return tenant
    return ""


def _greenhouse(host: str, parts: SplitResult) -> Iterator[str]:
    path = _segments(parts)
    if host in ("boards-api.greenhouse.io", "api.greenhouse.io"):
        yield _after(path, "v1", "boards")
    elif re.fullmatch(r"(?:job-)?boards(?:\.eu)?\.greenhouse\.io", host) and path:
        # "https://boards.greenhouse.io/embed/job_app?for=acme&token=7001"
        yield _parameter(parts, "for") if path[0] == "embed" else path[0]


def _lever(host: str, parts: SplitResult) -> Iterator[str]:
    path = _segments(parts)
    if host in ("jobs.lever.co", "jobs.eu.lever.co"):
        yield path[0] if path else ""
    elif host in ("api.lever.co", "api.eu.lever.co"):
        yield _after(path, "v0", "postings")


def _ashby(host: str, parts: SplitResult) -> Iterator[str]:
    path = _segments(parts)
    if host == "jobs.ashbyhq.com":
        yield path[0] if path else ""
    elif host == "api.ashbyhq.com":
        yield _after(path, "posting-api", "job-board")


def _recruitee(host: str, _parts: SplitResult) -> Iterator[str]:
    yield _tenant(host, "recruitee.com", not_one=_OWN_HOSTS)


def _personio(host: str, _parts: SplitResult) -> Iterator[str]:
    domains = ("jobs.personio.de", "jobs.personio.com")
    yield _tenant(host, *domains, not_one=_OWN_HOSTS)
    # Until 2021 "acme-jobs.personio.de", which redirects. A tenant with a point would be a host: of
    # "intranet.test-jobs.personio.de", anyone's text would have "https://intranet.test" read.
    tenant = host.removesuffix("-jobs.personio.de")
    yield tenant if tenant != host and "." not in tenant else ""


def _teamtailor(host: str, _parts: SplitResult) -> Iterator[str]:
    # A board of another region is another board: "acme.na.teamtailor.com".
    for region in (".na", ".au"):
        if tenant := _tenant(host, f"{region[1:]}.teamtailor.com", not_one=_OWN_HOSTS):
            yield tenant + region
    yield _tenant(host, "teamtailor.com", not_one=_OWN_HOSTS)


def _workable(host: str, parts: SplitResult) -> Iterator[str]:
    path = _segments(parts)
    if host == "apply.workable.com":
        yield _after(path, "api", "v1", "widget", "accounts")
        yield _after(path, "api", "v3", "accounts")
        # "/j/0A1B2C" names the job alone.
        yield path[0] if path and path[0] not in ("api", "j") else ""
    yield _tenant(host, "workable.com", not_one=_OWN_HOSTS)


def _smartrecruiters(host: str, parts: SplitResult) -> Iterator[str]:
    path = _segments(parts)
    if host == "api.smartrecruiters.com":
        yield _after(path, "v1", "companies")
    elif host in ("jobs.smartrecruiters.com", "careers.smartrecruiters.com"):
        yield _parameter(parts, "company")
        yield _after(path, "oneclick-ui", "company")
        yield path[0] if path and path[0] not in ("oneclick-ui", "ni") else ""
    elif host == "www.smartrecruiters.com" and len(path) > 1 and _NUMBER.match(path[1]):
        yield path[0]  # only a job's page: the rest of that host is the system's own


def _bamboohr(host: str, _parts: SplitResult) -> Iterator[str]:
    yield _tenant(host, "bamboohr.com", "bamboohr.co.uk", not_one=_OWN_HOSTS)


def _rippling(host: str, parts: SplitResult) -> Iterator[str]:
    path = _segments(parts)
    if host == "api.rippling.com":
        yield _after(path, "platform", "api", "ats", "v1", "board")
        yield _after(path, "platform", "api", "ats", "v2", "board")
    elif host == "ats.rippling.com":
        path = path[1:] if path and _LANGUAGE.fullmatch(path[0]) else path
        yield path[0] if path else ""


# Hosts below a system's domain that are no tenant's.
_OWN_HOSTS: Final = frozenset((
    "www", "api", "app", "apply", "auth", "blog", "career", "careers", "dev", "developer",
    "developers", "docs", "go", "help", "info", "jobs", "login", "partners", "resources",
    "status", "support", "tt",
))  # fmt: skip

SYSTEMS: Final[dict[str, Callable[[str, SplitResult], Iterator[str]]]] = {
    "greenhouse": _greenhouse,
    "lever": _lever,
    "ashby": _ashby,
    "recruitee": _recruitee,
    "personio": _personio,
    "teamtailor": _teamtailor,
    "workable": _workable,
    "smartrecruiters": _smartrecruiters,
    "bamboohr": _bamboohr,
    "rippling": _rippling,
}
"""The slugs that an address may name, best first, by system. docs/sources.md lists the systems."""

SYSTEM_DOMAINS: Final = frozenset((
    "ashbyhq.com", "bamboohr.co.uk", "bamboohr.com", "greenhouse.io", "lever.co", "personio.com",
    "personio.de", "recruitee.com", "rippling.com", "smartrecruiters.com", "teamtailor.com",
    "workable.com",
))  # fmt: skip
"""A text that names none of these domains links to no board."""
_NAMED: Final = {"ashbyhq": "ashby"} | {name: name for name in SYSTEMS if name != "ashby"}
_NAMES_SYSTEM = re.compile(rf"(?<![\w-])({'|'.join(_NAMED)})\.(?:com?|io|de)\b", re.IGNORECASE)
_CANONICAL = re.compile(rf"({'|'.join(SYSTEMS)})://([^/]+)/")
