"""The tree of places: its tables agree, and every place lies where it should."""

from __future__ import annotations

import pytest

from include.postings.countries import countries
from include.postings.places.tree import ancestors, nodes, rows, split


def called(name: str, kind: str = "city") -> str:
    """The id of the largest place of this name."""
    found = [node for node in nodes().values() if (node.name, node.kind) == (name, kind)]
    return max(found, key=lambda node: node.population or 0).place_id


@pytest.mark.parametrize(
    ("place", "areas"),
    [
        ("San Francisco", {"bay-area", "northern-california", "US-CA", "US", "americas", "world"}),
        ("Brooklyn", {called("New York"), "new-york-area", "US-NY", "US"}),
        ("Berlin", {"DE-BE", "DE", "dach", "eu", "europe", "emea", "world"}),
        ("London", {"greater-london", "GB-ENG", "GB", "europe", "emea"}),
        ("Zurich", {"CH-ZH", "CH", "dach", "europe"}),
        ("Playa Vista", {called("Los Angeles"), "los-angeles-area", "US-CA"}),
        ("Sydney", {"AU-NSW", "AU", "apac", "world"}),
    ],
)
def test_a_place_lies_in_every_area_around_it(place: str, areas: set[str]) -> None:
    assert areas <= ancestors(called(place))


@pytest.mark.parametrize(
    ("place_id", "outside"),
    [("GB", "eu"), ("CH", "eea"), ("NO", "eu"), ("US", "latam"), ("US-NY", "us-west-coast")],
)
def test_a_place_lies_in_no_other(place_id: str, outside: str) -> None:
    assert outside not in ancestors(place_id)


def test_everything_lies_in_the_world_and_nothing_in_itself() -> None:
    for place_id, node in nodes().items():
        assert "world" in ancestors(place_id), place_id
        assert all(place_id not in ancestors(parent) for parent in node.parents), place_id


def test_the_union_has_27_members_and_the_tables_know_their_countries() -> None:
    members = {row["place_id"]: split(row["members"]) for row in rows("regions.csv")}
    assert len(members["eu"]) == 27
    known = {country.code for country in countries()}
    assert {row["country"] for row in rows("states.csv")} <= known
    assert {row["country"] for row in rows("names.csv")} <= known


def test_each_state_has_the_city_that_its_code_of_geonames_says() -> None:
    capitals = {
        "DE-BY": "Munich", "DE-NW": "Cologne", "CA-QC": "Montreal", "AU-VIC": "Melbourne",
        "FR-IDF": "Paris", "ES-CT": "Barcelona", "IT-25": "Milan", "NL-NH": "Amsterdam",
        "IN-KA": "Bangalore", "BR-SP": "São Paulo", "AT-9": "Vienna", "US-TX": "Houston",
    }  # fmt: skip
    for state, city in capitals.items():
        assert state in ancestors(called(city))
