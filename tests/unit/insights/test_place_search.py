"""Searching places: one search for all spellings of a place, and never a slow one."""

from __future__ import annotations

import random
from array import array
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from include.insights import index as index_module
from include.insights import skills
from include.insights.index import FacetIndex, PostingFilter
from include.insights.store import ServingStore
from include.postings.model import IngestionQuery
from include.serving.places import place_forms, place_text

TODAY = date(2026, 1, 1)
SPELLINGS = [
    "US", "us", "u s", "USA", "U.S.A.", "United States", "united  states", " US ;", "US.,;/|()[]",
    "(US)", "US|", "[U.S.]", "US,,,,", "US \n",
]  # fmt: skip


@pytest.fixture
def index(url: str) -> Iterator[FacetIndex]:
    """The bitmaps, of which nothing has been asked."""
    store = ServingStore(url)
    with store.read() as snapshot:
        yield snapshot.index
    store.close()


@pytest.fixture
def searches(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One element for each search among the places."""
    made: list[int] = []
    search = FacetIndex._bits_at

    def counted(self: FacetIndex, groups: Any) -> int:
        made.append(1)
        return search(self, groups)

    monkeypatch.setattr(FacetIndex, "_bits_at", counted)
    return made


def located(index: FacetIndex, location: str) -> int:
    return index.select(PostingFilter(location=location, seniors=True, duplicates=True), TODAY)


def test_every_spelling_of_a_place_is_one_search(index: FacetIndex, searches: list[int]) -> None:
    forms = {form for text in SPELLINGS for form in place_forms(text)}
    found = {located(index, text) for text in SPELLINGS}
    assert len(found) <= len(forms) < len(SPELLINGS) / 2
    assert len(searches) <= len(forms)
    before = len(searches)
    rng = random.Random(1)
    for _ in range(2_000):
        located(index, "US," + "".join(rng.choice(".,;/|()[] ") for _ in range(rng.randrange(60))))
    assert len(searches) == before


def test_random_names_neither_grow_nor_empty_what_is_kept(
    index: FacetIndex, searches: list[int]
) -> None:
    for text in ("Berlin", "Germany", "Texas"):
        located(index, text)
        located(index, text)
    before, kept = len(searches), len(index._named)
    rng = random.Random(2)
    for _ in range(2_000):
        located(index, "".join(rng.choice("abcdefghij ") for _ in range(20)))
    assert len(index._named) == kept
    for text in ("Berlin", "Germany", "Texas"):
        located(index, text)
    assert len(searches) == before


@pytest.mark.parametrize(
    "text",
    [*SPELLINGS, "Berlin", "berlin, germany", "Dallas, TX", "CA", "Canada", "OR", "in", "qx7", "",
     "Remote", "New York", "york new", "Zürich", "zurich", "a", "...", "San", "Francisco, CA"],
)  # fmt: skip
def test_search_finds_what_a_look_at_each_posting_finds(
    index: FacetIndex, plain: list[dict[str, Any]], text: str
) -> None:
    if text == "Remote":
        wanted = {p["posting_id"] for p in plain if p["remote"] in ("remote", "mixed")}
    else:
        forms = place_forms(text)
        lines = {
            p["posting_id"]: place_text(p["location"], p["locations"] or [], p["country"])
            for p in plain
        }
        wanted = {key for key, line in lines.items() if any(form in line for form in forms)}
    assert {posting_id for _, posting_id in index.newest(located(index, text))} == wanted


@pytest.mark.parametrize("share", [1, 32, 1_000_000], ids=["scan all", "as it is", "sort all"])
@pytest.mark.parametrize("chosen", ["none", "one", "few", "half", "all"])
def test_newest_first_whichever_way_they_are_found(
    index: FacetIndex, share: int, chosen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = index.all.bit_length()
    rng = random.Random(3)
    count = {"none": 0, "one": 1, "few": 9, "half": size // 2, "all": size}[chosen]
    bits = sum(1 << position for position in rng.sample(range(size), count))
    everything = list(index.newest(index.all))
    of_position = {index._id(position): position for position in range(size)}
    wanted = [item for item in everything if bits >> of_position[item[1]] & 1]
    monkeypatch.setattr(index_module, "_SCAN_SHARE", share)
    assert list(index.newest(bits)) == wanted
    for place in (0, count // 2, count - 1):
        if 0 <= place < count:
            assert list(index.newest(bits, wanted[place])) == wanted[place + 1 :]


def test_the_same_postings_are_counted_once(
    store: ServingStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[int] = []
    count = skills.top_skills

    def top_skills(index: FacetIndex, bits: int, top: int) -> list[tuple[str, int]]:
        counted.append(bits)
        return count(index, bits, top)

    monkeypatch.setattr(skills, "top_skills", top_skills)
    with store.read() as snapshot:
        for location in ("Germany", "germany", "GERMANY;", "Germany."):
            for days in (5_000, 9_000, 36_500):
                query = IngestionQuery(
                    location=location, role_bucket="any", level_bucket="any", days=days
                )
                answer = skills.skill_insights(snapshot, query, today=TODAY)
                assert answer.filters.location == location
    assert len(counted) == len(set(counted)) <= 1


def test_places_of_a_posting_without_any_are_nowhere() -> None:
    rows = _rows(["", " berlin ", "", " paris "])
    index = FacetIndex(rows)
    assert located(index, "Berlin") == 0b0010
    assert located(index, "Paris") == 0b1000
    assert located(index, "Anywhere") == 0b1111
    assert located(index, " ") == 0


def _rows(lines: list[str]) -> list[tuple[str, str, int, bytes]]:
    import zlib

    size = len(lines)
    payloads = {
        ("set", "all"): ((1 << size) - 1).to_bytes((size + 7) // 8, "little"),
        ("order", "ids"): bytes(16 * size),
        ("order", "newest"): array("I", range(size)).tobytes(),
        ("order", "posted_at"): array("q", range(size, 0, -1)).tobytes(),
        ("text", "places"): "\n".join(lines).encode(),
    }
    return [(*key, size, zlib.compress(payload)) for key, payload in payloads.items()]
