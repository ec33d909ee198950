"""Where a job is: invented headers of the kinds that postings use, and what each offers."""

from __future__ import annotations

import time

import pytest

from include.postings import extract_posting
from include.postings.places import find_places, is_only_places, place_called


def offered(text: str) -> list[tuple[str, str]]:
    reading = extract_posting(f"Acme | Engineer | {text}<p>We are hiring. Apply now.")
    return [(place.written, place.relation) for place in reading.places]


@pytest.mark.parametrize(
    ("text", "towns"),
    [
        ("Hybrid Denver", ["Denver"]),
        ("ONSITE Toronto", ["Toronto"]),
        ("Remote or ONSITE Chicago, IL", ["Chicago"]),
        (
            "Charleston SC, Columbia SC, Winter Haven FL, or McKinney TX",
            ["Charleston", "Columbia", "Winter Haven", "McKinney"],
        ),
        ("Boulder/Denver, CO", ["Boulder", "Denver"]),
        ("Champaign or Chicago, IL", ["Champaign", "Chicago"]),
        ("Ottawa, ON, Canada", ["Ottawa"]),
        ("Bolzano Italy", ["Bolzano"]),
        ("Zürich (Switzerland)", ["Zürich"]),
        ("Germany (Berlin)", ["Berlin"]),
        ("Smallville, KS", ["Smallville"]),
        ("Little Smallville KS", ["Little Smallville"]),
        ("SoMa, San Francisco", ["San Francisco"]),
        ("Carmel, IN (near Indianapolis)", ["Carmel"]),
    ],
)
def test_towns_of_a_header(text: str, towns: list[str]) -> None:
    assert offered(text) == [(town, "site") for town in towns]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Remote (US)", [("US", "hire_from")]),
        ("REMOTE | Germany", [("Germany", "hire_from")]),
        ("Berlin or remote in the EU", [("Berlin", "site"), ("EU", "hire_from")]),
        ("Denver, CO, USA or REMOTE in USA", [("Denver", "site"), ("USA", "hire_from")]),
        (
            "REMOTE (EU/Asia -- no US)",
            [("EU", "hire_from"), ("Asia", "hire_from"), ("US", "excluded")],
        ),
        (
            "Remote worldwide except California",
            [("Worldwide", "hire_from"), ("California", "excluded")],
        ),
        ("Remote, anywhere in Europe", [("Europe", "hire_from")]),
        ("Anywhere | Remote", [("Anywhere", "hire_from")]),
        ("Remote all over the globe (not just US only)", []),
        ("Toronto OR remote Canada/select US states",
         [("Toronto", "site"), ("Canada", "hire_from"), ("US", "hire_from")]),
    ],
)  # fmt: skip
def test_what_a_header_says_of_a_place(text: str, said: list[tuple[str, str]]) -> None:
    assert offered(text) == said


@pytest.mark.parametrize(
    "text",
    [
        "Remote",
        "Remote (CET ± 3)",
        "REMOTE (EU time zones)",
        "Remote, US to East Asia timezones",
        "Remote, must overlap with US hours",
        "Remote | no US visa",
        "REMOTE OR ONSITE",
    ],
)
def test_ways_of_working_time_zones_and_visas_are_no_places(text: str) -> None:
    assert offered(text) == []


@pytest.mark.parametrize(
    ("text", "place_ids"),
    [
        ("Paris", ["2988507"]),
        ("Paris, TX", ["4717560"]),
        ("London, ON", ["6058560"]),
        ("London, On-site", ["2643743"]),
        ("Austin, Tx", ["4671654"]),
        ("Cambridge", [None]),
        ("Cambridge, MA", ["4931972"]),
        ("Cambridge and London, UK", ["2653941", "2643743"]),
        ("Boston or Cambridge", ["4930956", "4931972"]),
        ("San Jose", ["5392171"]),
        ("San Jose, Costa Rica", ["3621849"]),
        ("Georgia", [None]),
        ("Georgia or Florida", ["US-GA", "US-FL"]),
        ("Georgia, Armenia", ["GE", "AM"]),
        ("Tbilisi, Georgia", ["611717"]),
        ("Atlanta, Georgia", ["4180439"]),
        ("Perth, WA", ["2063523"]),
        ("Vancouver, WA", ["5814616"]),
        ("Richmond, CA", ["5387428"]),
        ("Perth, KS", ["US-KS"]),  # no such city of the table
        ("London, OR REMOTE", ["2643743"]),
        ("Bergen, LA", ["3161732", "5368361"]),
    ],
)
def test_a_name_of_several_places_is_the_one_that_its_witness_says(
    text: str, place_ids: list[str | None]
) -> None:
    assert [place.place_id for place in find_places(text)] == place_ids


@pytest.mark.parametrize(
    ("text", "locations", "country", "countries"),
    [
        ("London or Berlin", ("London", "Berlin"), None, ("GB", "DE")),
        ("Munich or Berlin", ("Munich", "Berlin"), "DE", ("DE",)),
        ("Berlin or remote (EU)", ("Berlin", "EU"), None, ("DE",)),
        ("Remote (Canada, not US)", ("Canada",), "CA", ("CA",)),
        ("NYC / New York", ("NYC",), "US", ("US",)),
        ("Remote", (), None, ()),
    ],
)
def test_country_is_one_and_countries_are_all_of_the_offered(
    text: str, locations: tuple[str, ...], country: str | None, countries: tuple[str, ...]
) -> None:
    reading = extract_posting(f"Acme | Engineer | {text}<p>We are hiring. Apply now.")
    assert (reading.locations, reading.country, reading.countries) == (
        locations, country, countries,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "locations"),
    [
        ("Oslo, Norway - Fernglow - Engineers wanted", ("Oslo",)),
        ("Fernglow (YC S13) - Boston, MA. Full time engineers.", ("Boston",)),
        ("Chapel Hill, NC<p>Raleigh, NC<p>We hire engineers.", ("Chapel Hill", "Raleigh")),
        ("Fernglow is hiring engineers!<p>Location: Bergen<p>We bake.", ("Bergen",)),
        ("Fernglow is hiring engineers!<p>FULLTIME in Bergen<p>We bake.", ("Bergen",)),
        (
            "We are hiring a developer to work on ovens. Join us in our office in sunny Bergen, "
            "and tell our customers in Paris about it, every day of the week.",
            ("Bergen",),
        ),
        ("Fernglow - Engineers wanted<p>We bake.<p>Write to us!<p>Florence", ()),
        (
            "Fernglow | Engineer | New York, Ohio, Texas",
            ("New York", "Ohio", "Texas"),
        ),
        ("Fernglow | Engineer | Remote<p>Open to remote candidates within the US.", ("US",)),
        ("Fernglow | Engineer | Remote<p>Our team is distributed across the US.", ()),
    ],
)
def test_places_outside_a_piped_header(text: str, locations: tuple[str, ...]) -> None:
    assert extract_posting(text).locations == locations


def test_names_that_are_words_need_a_witness() -> None:
    assert offered("Nice team, great Reading list") == []
    assert offered("Nice, France") == [("Nice", "site")]
    assert offered("Lightning AI | OK") == []
    assert not is_only_places("Fernglow")
    assert is_only_places("Zurich, Switzerland")


def test_an_entry_of_a_list_is_a_country_first() -> None:
    assert place_called("Georgia").place_id == "GE"
    assert place_called("Ruritania") == (
        "Ruritania", None, "region", None, "Ruritania", "site",
    )  # fmt: skip


def test_reading_is_linear_in_a_hostile_text() -> None:
    def seconds(text: str) -> float:
        return min(once(text) for _ in range(2))  # a collection of garbage takes a second

    def once(text: str) -> float:
        began = time.process_time()
        extract_posting(f"Acme | Engineer | Remote<p>{text}")
        return time.process_time() - began

    for unit in (
        "New ",
        "US, ",
        "remote (",
        "not in the ",
        "Paris TX ",
        "in the of ",
        "St. ",
        "- ",
    ):
        small = max(seconds(unit * 2_000), 0.01)
        assert seconds(unit * 16_000) < 30 * small, unit
