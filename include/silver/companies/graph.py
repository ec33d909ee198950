"""Nodes that evidence ties together: disjoint sets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from include.silver.companies.evidence import Node

__all__ = ["Graph"]


class Graph:
    """Disjoint sets of nodes: https://en.wikipedia.org/wiki/Disjoint-set_data_structure."""

    def __init__(self) -> None:
        self._numbers: dict[Node, int] = {}
        self._nodes: list[Node] = []
        self._parents: list[int] = []

    def join(self, nodes: Iterable[Node]) -> None:
        """Put the nodes into one set."""
        numbers = [self._number(node) for node in nodes]
        for number in numbers[1:]:
            self._parents[self._root(number)] = self._root(numbers[0])

    def sets(self) -> list[Sequence[Node]]:
        """Return the sets."""
        found: dict[int, list[Node]] = defaultdict(list)
        for number, node in enumerate(self._nodes):
            found[self._root(number)].append(node)
        return list(found.values())

    def _number(self, node: Node) -> int:
        number = self._numbers.setdefault(node, len(self._nodes))
        if number == len(self._nodes):
            self._nodes.append(node)
            self._parents.append(number)
        return number

    def _root(self, number: int) -> int:
        parents = self._parents
        while (parent := parents[number]) != number:
            parents[number] = parents[parent]  # halves the way for the next search
            number = parents[number]
        return number
