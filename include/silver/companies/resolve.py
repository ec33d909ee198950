"""Resolve postings to companies: a graph of names, domains, boards and authors.

docs/data-model.md ("Companies") states the rules. The answer depends on the postings as a set, not
on their order.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, Literal, NamedTuple

from include.silver.companies.evidence import Claim, Evidence, Node, claim_of, slug_of
from include.silver.companies.graph import Graph
from include.silver.companies.names import fit, read_name
from include.silver.companies.overrides import NO_OVERRIDES, Overrides
from include.silver.companies.shared import is_institution

__all__ = ["MARK", "UNKNOWN", "MatchedBy", "Resolved", "resolve", "ties_of"]

MatchedBy = Literal["domain", "board", "author", "name", "override"]
UNKNOWN: Final = "unknown"
"""Marks postings that do not say which of several companies of one name they are of."""
MARK: Final = "~"
"""Between a name's key and what distinguishes it: in no name, and needs no escape in a URL."""

_MARKS: Final = ("domain", "board", "site")
"""The kinds of evidence that distinguish companies of one name, the best first."""


class Resolved(NamedTuple):
    """The company of postings."""

    company_key: str
    matched_by: MatchedBy
    """The best evidence that ties the postings to their company."""
    domains: tuple[str, ...]
    """Those of the postings' domains that are the company's own."""
    boards: tuple[str, ...]


class _Identity(NamedTuple):
    """Orders the companies of one name: the first has the name as its key."""

    name: str
    """The company's oldest name."""
    rank: int
    """0 with evidence of its own, 1 with its name alone, 2 with another's domain."""
    first: dt.date
    mark: str
    """The evidence that distinguishes it."""


class _Seen(NamedTuple):
    claim: Claim
    first: dt.date


def resolve(
    evidence: Sequence[Evidence], overrides: Overrides = NO_OVERRIDES
) -> list[Resolved | None]:
    """Return the company of each piece of evidence; None where it names none."""
    claims = [_claim(piece) for piece in evidence]
    forced = [
        overrides.company(claim.name.key, (*piece.domains, *piece.boards)) if claim else None
        for claim, piece in zip(claims, evidence, strict=True)
    ]
    read = list(zip(claims, evidence, forced, strict=True))
    keys = _Companies([_Seen(claim, e.first) for claim, e, key in read if claim and not key])
    return [
        None
        if claim is None
        else Resolved(key, "override", claim.domains, claim.boards)
        if key
        else keys.of(claim)
        for claim, _, key in read
    ]


def ties_of(evidence: Evidence) -> list[str]:
    """Return the name's key and the links that tie names together; [] where it names no company.

    Two pieces of evidence are resolved apart unless they share one of these, or others lead from
    one to the other: so a change reaches no company beyond.
    """
    claim = _claim(evidence)
    return [claim.name.key, *(node.value for node in _tying(claim))] if claim else []


def _claim(evidence: Evidence) -> Claim | None:
    name = read_name(evidence.company)
    return claim_of(name, evidence) if name else None


class _Companies:
    """The companies of all claims, found in three steps: evidence, then names, then keys."""

    def __init__(self, seen: Sequence[_Seen]) -> None:
        self._whole = {
            node
            for claim, _ in seen
            if claim.fit == "whole"
            for node in claim.nodes[: len(claim.domains)]
        }
        graph = Graph()
        for claim, _ in seen:
            graph.join(claim.nodes)
        for tied in _across_names(claim for claim, _ in seen):
            graph.join(tied)
        sets = graph.sets()
        known = [nodes for nodes in sets if _is_known(nodes)]
        apart = _apart_by_site(sets)
        self._known = {node for nodes in (*known, *apart) for node in nodes}
        for same in self._by_name_alone(known, sets):
            graph.join(same)
        self._first = _first_months(seen)
        self._keys = dict(self._keyed(graph.sets()))

    def of(self, claim: Claim) -> Resolved:
        """Return a claim's company."""
        best = claim.nodes[0]
        by: MatchedBy = "name"
        if best.kind == "domain" or best.kind == "board":
            by = best.kind
        # An author says more than the name only of a name that several companies have.
        elif best.kind == "author" and best in self._known:
            by = "author"
        return Resolved(self._keys[best], by, claim.domains, claim.boards)

    def _by_name_alone(
        self, known: Iterable[Sequence[Node]], sets: Iterable[Sequence[Node]]
    ) -> Iterator[list[Node]]:
        """Yield what is one company by its name, since no evidence distinguishes it."""
        by_name: dict[str, list[Sequence[Node]]] = defaultdict(list)
        for nodes in known:
            for name in {node.name for node in nodes}:
                by_name[name].append(nodes)
        rest: dict[str, list[Node]] = defaultdict(list)
        for nodes in sets:
            if nodes[0] not in self._known:
                rest[nodes[0].name].append(nodes[0])
        for name, nodes in rest.items():
            yield [*nodes, *self._only_company(name, by_name[name])]

    def _only_company(self, name: str, known: Sequence[Sequence[Node]]) -> Sequence[Node]:
        """Return a node of the one known company of a name, none if it is uncertain.

        "Acme" is uncertain where its only domain is that of "Acme Ovens".
        """
        if len(known) != 1:
            return ()
        (nodes,) = known
        alone = all(node.name == name for node in nodes)
        carried = any(node.name == name and node in self._whole for node in nodes)
        return nodes[:1] if alone or carried else ()

    def _keyed(self, companies: Iterable[Sequence[Node]]) -> Iterator[tuple[Node, str]]:
        """Yield each node's company key: its oldest name, marked if an older company has it."""
        named: dict[str, list[tuple[_Identity, Sequence[Node]]]] = defaultdict(list)
        for nodes in companies:
            identity = self._identity(nodes)
            named[identity.name].append((identity, nodes))
        for name, found in named.items():
            for place, (identity, nodes) in enumerate(sorted(found, key=lambda one: one[0])):
                key = f"{name}{MARK}{identity.mark}" if place else name
                yield from ((node, key) for node in nodes)

    def _identity(self, nodes: Sequence[Node]) -> _Identity:
        first, whole = self._first, self._whole
        surest = [node for node in nodes if node in whole] or nodes
        month, name = min((first[node], node.name) for node in surest)
        marks = [
            (_MARKS.index(node.kind), node not in whole, first[node], node.value)
            for node in nodes
            if node.name == name and node.kind in _MARKS and node in self._known
        ]
        if not marks:
            return _Identity(name, 1, month, UNKNOWN)
        kind, *_, mark = min(marks)
        return _Identity(name, 2 if _MARKS[kind] == "site" else 0, month, mark)


def _across_names(claims: Iterable[Claim]) -> Iterator[set[Node]]:
    """Yield the nodes of different names that one domain or one board ties together."""
    tied: dict[str, set[Node]] = defaultdict(set)
    for claim in claims:
        for node in _tying(claim):
            tied[node.value].add(node)
    return (nodes for nodes in tied.values() if len(nodes) > 1)


def _tying(claim: Claim) -> Iterator[Node]:
    """Yield the nodes whose domain or board is that of a company under any of its names."""
    for node in claim.nodes:
        if node.kind == "domain":
            ties = claim.fit != "within" and not is_institution(node.value)
        else:
            ties = node.kind == "board" and fit(claim.name, slug_of(node.value)) == "whole"
        if ties:
            yield node


def _is_known(nodes: Sequence[Node]) -> bool:
    """Return whether nodes have a domain, or several names: then the name alone does not join."""
    return any(node.kind == "domain" or node.name != nodes[0].name for node in nodes)


def _apart_by_site(sets: Iterable[Sequence[Node]]) -> list[Sequence[Node]]:
    """Return the sets of names that no domain carries, but that link to several others' domains.

    "Engineer" is such a name, where a job's title was read as one.
    """
    carried: set[str] = set()
    sites: dict[str, list[Sequence[Node]]] = defaultdict(list)
    for nodes in sets:
        carried.update(node.name for node in nodes if node.kind == "domain")
        if not _is_known(nodes) and any(node.kind == "site" for node in nodes):
            sites[nodes[0].name].append(nodes)
    return [
        nodes
        for name, found in sites.items()
        if name not in carried and len(found) > 1
        for nodes in found
    ]


def _first_months(seen: Iterable[_Seen]) -> Mapping[Node, dt.date]:
    found: dict[Node, dt.date] = {}
    for claim, first in seen:
        for node in claim.nodes:
            found[node] = min(first, found.get(node, first))
    return found
