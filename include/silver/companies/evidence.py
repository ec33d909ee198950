"""What a posting says of its company, and which of it counts as evidence."""

from __future__ import annotations

import datetime as dt
from typing import Literal, NamedTuple

from include.silver.companies.names import Fit, Name, fit
from include.silver.companies.shared import SHARED_DOMAINS, SHARED_LABELS

__all__ = ["Claim", "Evidence", "Kind", "Node", "claim_of", "slug_of"]

Kind = Literal["domain", "board", "author", "name"]


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
    """Those that carry the name whole, else those that begin with it."""
    boards: tuple[str, ...]
    is_whole: bool
    """Whether the domains carry the name whole."""
    nodes: tuple[Node, ...]
    """What this evidence ties together, the best first; at least one."""


def claim_of(name: Name, evidence: Evidence) -> Claim:
    """Return what of the evidence counts for the name; the rest names other companies."""
    fits = {domain: _domain_fit(name, domain) for domain in evidence.domains}
    if name.domain:
        fits[name.domain] = "whole"
    whole = tuple(domain for domain, found in fits.items() if found == "whole")
    domains = whole or tuple(domain for domain, found in fits.items() if found)
    boards = evidence.boards
    if len(boards) > 1:  # a posting's only board is its company's, whatever its slug
        boards = tuple(board for board in boards if fit(name, slug_of(board)))
    key, author = name.key, evidence.author
    nodes = [Node(key, "domain", domain) for domain in domains]
    nodes += [Node(key, "board", board) for board in boards]
    if author:
        nodes.append(Node(key, "author", author))
    return Claim(name, domains, boards, bool(whole), tuple(nodes) or (Node(key, "name", ""),))


def slug_of(board: str) -> str:
    """Return acme of ``lever:acme``."""
    return board.partition(":")[2]


def _domain_fit(name: Name, domain: str) -> Fit | None:
    """Return how a domain carries a name; a shared one only as its label, letter by letter."""
    label = domain.partition(".")[0]
    if domain in SHARED_DOMAINS or label in SHARED_LABELS:
        return "whole" if label == name.key else None
    # "Ada Support" of ada.support.
    return "whole" if domain.replace(".", "") == name.key else fit(name, label)
