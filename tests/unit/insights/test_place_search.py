"""Searching places: one search for all spellings of a place, and never a slow one."""

from __future__ import annotations

import random
import zlib
from array import array
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from pyroaring import BitMap

from include.insights import skills
from include.insights.counted import Selection
from include.insights.filters import JobFilter
from include.insights.index import FacetIndex, order
from include.insights.index import places as places_module
from include.insights.store import ServingStore
from include.postings.model import IngestionQuery
from include.postings.places import find_places
from include.postings.places.tree import ancestors
from include.serving.places import place_forms, place_text

TODAY = date(2026, 1, 1)
NONE: list[str] = []
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
    search = places_module.roaring_at

    def counted(groups: Any) -> BitMap:
        made.append(1)
        return search(groups)

    monkeypatch.setattr(places_module, "roaring_at", counted)
    return made


def located(index: FacetIndex, location: str, *, by_posting: bool = False) -> int:
    wanted = JobFilter(location=location, repeats=True, by_posting=by_posting)
    return index.select(wanted, TODAY)


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
    before, kept = len(searches), len(index.places._of_postings._kept)
    rng = random.Random(2)
    for _ in range(2_000):
        located(index, "".join(rng.choice("abcdefghij ") for _ in range(20)))
    assert len(index.places._of_postings._kept) == kept
    for text in ("Berlin", "Germany", "Texas"):
        located(index, text)
    assert len(searches) == before


PLACES = [
    *((text, {"US"}) for text in SPELLINGS),
    ("Berlin", {"2950159"}),
    ("berlin, germany", {"2950159"}),
    ("Dallas, TX", {"4684888"}),
    ("CA", {"US-CA"}),
    ("california", {"US-CA"}),
    ("Canada", {"CA"}),
    ("OR", {"US-OR"}),
    ("in", {"US-IN"}),
    ("New York", {"5128581"}),
    ("NYC", {"5128581"}),
    ("zurich", {"2657896"}),
    ("Zürich", {"2657896"}),
    ("Europe", {"europe"}),
    ("EU", {"eu"}),
    ("bay area", {"bay-area"}),
    ("Georgia", {"US-GA", "GE"}),
    ("SF or Berlin", {"5391959", "2950159"}),
]


@pytest.mark.parametrize(("text", "place_ids"), PLACES)
def test_search_finds_what_lies_in_a_place(
    index: FacetIndex, plain: list[dict[str, Any]], text: str, place_ids: set[str]
) -> None:
    wanted = {
        posting["posting_id"]
        for posting in plain
        for name in posting["locations"] or []
        for place in find_places(name)
        if place.place_id and not place_ids.isdisjoint(ancestors(place.place_id))
    }
    found = located(index, text, by_posting=True)
    assert {posting_id for _, posting_id in index.newest(found)} == wanted


@pytest.mark.parametrize(
    "text", ["qx7", "", "Remote", "york new", "a", "...", "Cedar", "Crystal Falls", "No Such Place"]
)
def test_unknown_words_find_what_a_look_at_each_posting_finds(
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
    found = located(index, text, by_posting=True)
    assert {posting_id for _, posting_id in index.newest(found)} == wanted


def test_a_remote_job_is_found_where_one_may_apply_from() -> None:
    lines = ["s2950159", "heu", "hworld eUS", "hUS", "heu eDE", "s5391959", ""]
    index = FacetIndex([*_rows([""] * 7, lines), _remote(0b0111111)])
    assert located(index, "Germany") == 0b0000001
    assert located(index, "EU") == 0b0010011
    assert located(index, "Remote, Germany") == 0b0000111
    assert located(index, "Remote, US") == 0b0101000
    assert located(index, "Remote, California") == 0b0101000
    assert located(index, "Remote, anywhere") == 0b0111111


def test_a_town_that_the_tree_lacks_is_compared_as_text_in_its_state() -> None:
    written = [" smallville ", " smallville ", " otherville "]
    index = FacetIndex(_rows(written, ["sUS-KS", "sUS-TX", "sUS-KS"]))
    assert located(index, "Smallville, KS") == 0b001
    assert located(index, "Smallville") == 0b011
    assert located(index, "Kansas") == 0b101


def test_a_store_of_an_older_version_is_searched_as_text() -> None:
    index = FacetIndex(_rows([" berlin ", " countryde "], []))
    assert located(index, "Berlin") == 0b01
    assert located(index, "Germany") == 0b10


@pytest.mark.parametrize("share", [1, 32, 1_000_000], ids=["scan all", "as it is", "sort all"])
@pytest.mark.parametrize("chosen", ["none", "one", "few", "half", "all"])
def test_newest_first_whichever_way_they_are_found(
    index: FacetIndex, share: int, chosen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = list(index.positions(index.fold(index.all)))
    size = len(ends)
    rng = random.Random(3)
    count = {"none": 0, "one": 1, "few": 9, "half": size // 2, "all": size}[chosen]
    bits = sum(1 << position for position in rng.sample(ends, count))
    everything = list(index.newest(index.all))
    end_of = {index.postings.id_of(number): end for number, end in enumerate(ends)}
    wanted = [item for item in everything if bits >> end_of[item[1]] & 1]
    monkeypatch.setattr(order, "_SCAN_SHARE", share)
    assert list(index.newest(bits)) == wanted
    for place in (0, count // 2, count - 1):
        if 0 <= place < count:
            assert list(index.newest(bits, wanted[place])) == wanted[place + 1 :]


def test_the_same_postings_are_counted_once(
    store: ServingStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[int] = []
    count = skills.top_skills

    def top_skills(selection: Selection, top: int) -> list[tuple[str, int]]:
        counted.append(selection.bits)
        return count(selection, top)

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


def _remote(bits: int) -> tuple[str, str, int, bytes]:
    return ("remote", "remote", bits.bit_count(), zlib.compress(bits.to_bytes(1, "little")))


def _rows(lines: list[str], places: list[str] = NONE) -> list[tuple[str, str, int, bytes]]:
    size = len(lines)
    payloads = {
        ("set", "all"): ((1 << size) - 1).to_bytes((size + 7) // 8, "little"),
        ("posting", "ends"): ((1 << size) - 1).to_bytes((size + 7) // 8, "little"),
        ("order", "ids"): bytes(16 * size),
        ("order", "newest"): array("I", range(size)).tobytes(),
        ("order", "posted_at"): array("q", range(size, 0, -1)).tobytes(),
        ("text", "places"): "\n".join(lines).encode(),
        ("text", "place_ids"): "\n".join(places).encode(),
    }
    return [(*key, size, zlib.compress(payload)) for key, payload in payloads.items()]
