"""What a posting says of its company, and which of it counts as evidence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Final, Literal, NamedTuple

from include.silver.companies.names import Fit, Name, fit
from include.silver.companies.shared import SHARED_DOMAINS, SHARED_LABELS

__all__ = ["Claim", "Evidence", "Kind", "Node", "claim_of", "slug_of"]

Kind = Literal["domain", "board", "author", "site", "name"]

_FITS: Final[tuple[Fit, ...]] = ("whole", "start", "within")


class Evidence(NamedTuple):
    """What postings say of their company: equal for many of one company."""

    company: str
    domains: tuple[str, ...] = ()
    boards: tuple[str, ...] = ()
    """As ``system:slug``."""
    author: str | None = None
    first: dt.date = dt.date.max
    """The first month of such a posting."""


class Node(NamedTuple):
    """A name with one piece of evidence: the graph's node."""

    name: str
    """The name's key."""
    kind: Kind
    value: str


class Claim(NamedTuple):
    """A name and the evidence that counts for it."""

    name: Name
    domains: tuple[str, ...]
    """Those that carry the name, as well as any of them does."""
    boards: tuple[str, ...]
    fit: Fit | None
    """How the domains carry the name."""
    nodes: tuple[Node, ...]
    """What this evidence ties together, the best first; at least one. A ``site`` is another's
    domain, of a posting that has none of its own."""


def claim_of(name: Name, evidence: Evidence) -> Claim:
    """Return what of the evidence counts for the name; the rest names other companies."""
    fits = {domain: _domain_fit(name, domain) for domain in evidence.domains}
    if name.domain:
        fits[name.domain] = "whole"
    best = next((found for found in _FITS if found in fits.values()), None)
    domains = tuple(domain for domain, found in fits.items() if best and found == best)
    boards = evidence.boards
    if len(boards) > 1:  # a posting's only board is its company's, whatever its slug
        boards = tuple(board for board in boards if fit(name, slug_of(board)))
    return Claim(name, domains, boards, best, tuple(_nodes(name.key, domains, boards, evidence)))


def _nodes(
    key: str, domains: Iterable[str], boards: Iterable[str], evidence: Evidence
) -> Iterator[Node]:
    yield from (Node(key, "domain", domain) for domain in domains)
    yield from (Node(key, "board", board) for board in boards)
    if evidence.author:
        yield Node(key, "author", evidence.author)
    if not domains:
        sites = [domain for domain in evidence.domains if not _is_shared(domain)]
        yield from (Node(key, "site", site) for site in sites)
        if not (boards or evidence.author or sites):
            yield Node(key, "name", "")


def slug_of(board: str) -> str:
    """Return acme of ``lever:acme``."""
    return board.partition(":")[2]


def _domain_fit(name: Name, domain: str) -> Fit | None:
    """Return how a domain carries a name; a shared one only as its label, letter by letter."""
    label = domain.partition(".")[0]
    if _is_shared(domain):
        return "whole" if label == name.key else None
    # "Ada Support" of ada.support.
    return "whole" if domain.replace(".", "") == name.key else fit(name, label)


def _is_shared(domain: str) -> bool:
    return domain in SHARED_DOMAINS or domain.partition(".")[0] in SHARED_LABELS
