"""The tree of places as a table, and the places of a posting as a column."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import pyarrow as pa

from include.postings.places import Place
from include.postings.places.tree import ancestors, nodes

__all__ = ["PLACES_TYPE", "place_rows", "read_tree"]

PLACES_TYPE: Final = pa.list_(pa.struct([("place_id", pa.string()), ("relation", pa.string())]))
"""The type of the column ``places``: one place of the tree and relation each."""

_TREE = pa.schema(
    [
        ("place_id", pa.string()),
        ("name", pa.string()),
        ("kind", pa.string()),
        ("country", pa.string()),
        ("population", pa.int64()),
        ("ancestors", pa.list_(pa.string())),
    ]
)


def place_rows(places: Iterable[Place]) -> list[dict[str, str]]:
    """Return the places that the tree has, each once a relation; uncertain ones are left out."""
    known = {(place.place_id, place.relation): None for place in places if place.place_id}
    return [{"place_id": place_id, "relation": relation} for place_id, relation in known]


def read_tree() -> pa.Table:
    """Return all places, one row each; ``ancestors`` has its own id, too."""
    rows: list[dict[str, Any]] = [
        {
            "place_id": node.place_id,
            "name": node.name,
            "kind": node.kind,
            "country": node.country,
            "population": node.population,
            "ancestors": sorted(ancestors(node.place_id)),
        }
        for node in nodes().values()
    ]
    return pa.Table.from_pylist(rows, schema=_TREE)
