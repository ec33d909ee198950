"""Posts of a year that a reader has judged: whether a search for a region finds them."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Collection
from pathlib import Path

import pytest

from include.postings import PostingFields, extract_posting
from include.postings.places import meanings
from include.postings.places.tree import ancestors
from include.settings import PROJECT_ROOT

JUDGED = PROJECT_ROOT / "docs" / "judged" / "places.csv"


@pytest.mark.shared
@pytest.mark.parametrize("region", ["Europe", "Germany", "California"])
def test_a_region_finds_what_a_reader_finds(shared_data: Path, region: str) -> None:
    with JUDGED.open(newline="") as file:
        judged = {
            r["item_id"]: r["is_there"] == "yes"
            for r in csv.DictReader(file)
            if r["region"] == region
        }
    texts = _texts(shared_data.parent / "history", judged.keys())
    assert texts.keys() == judged.keys()
    (asked,) = (node.place_id for node in meanings(region))
    found = {item: asked in _within(extract_posting(text)) for item, text in texts.items()}
    right = sum(judged[item] for item in found if found[item])

    assert right / sum(found.values()) >= 0.95
    assert right / sum(judged.values()) >= 0.95


def _within(reading: PostingFields) -> set[str]:
    """Return the places in which a posting's places lie, those of its jobs included."""
    named = (*reading.places, *(place for job in reading.jobs for place in job.places))
    offered = {one.place_id for one in named if one.place_id and one.relation != "excluded"}
    return {place_id for one in offered for place_id in ancestors(one)}


def _texts(data: Path, wanted: Collection[str]) -> dict[str, str]:
    texts = {}
    for month in sorted((data / "hn").glob("202[56]-??.jsonl.gz")):
        with gzip.open(month, "rt", encoding="utf-8") as file:
            items = map(json.loads, file)
            texts |= {str(item["id"]): item["text"] for item in items if str(item["id"]) in wanted}
    return texts
