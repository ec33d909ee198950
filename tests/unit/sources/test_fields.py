"""What boards state: places from lists, pay, names with entities."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from include.postings import extract_posting
from include.postings.countries import countries, country_called, country_code
from include.postings.model import IngestionQuery
from include.postings.places import find_places
from include.postings.result import Salary
from include.sources import fields
from include.sources.normalise import to_posting
from include.sources.page_reader import to_record
from include.sources.record import Status
from include.sources.registry import board
from include.sources.source import ParsedRecord
from include.state.budget import CallLimit

NOW = dt.datetime(2026, 10, 31, tzinfo=dt.UTC)


def himalayas(**changes: Any) -> ParsedRecord:
    return board("himalayas").parse(
        {"title": "Engineer", "guid": "https://h.example/1", "companyName": "Acme", **changes}
    )


def test_every_country_of_the_standard_has_a_name():
    babel = pytest.importorskip("babel")
    named = babel.Locale("en").territories
    no_country = {
        "AC",
        "CP",
        "CQ",
        "DG",
        "EA",
        "EU",
        "EZ",
        "IC",
        "QO",
        "TA",
        "UN",
        "XA",
        "XB",
        "ZZ",
    }
    for code in {code for code in named if len(code) == 2} - no_country:
        found = country_called(named[code])
        assert (found and found.code) == code, named[code]


def test_a_name_is_one_countrys_and_every_country_is_called_by_each_of_its_names():
    assert len(countries()) == len({country.code for country in countries()}) == 250
    for country in countries():
        assert {(called := country_called(n)) and called.code for n in country.names} == {
            country.code
        }


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Ghana", "GH"), ("ghana", "GH"), ("Ecuador", "EC"), ("Côte d'Ivoire", "CI"),
        ("Ivory Coast", "CI"), ("Cote d’Ivoire", "CI"), ("Bolivia", "BO"), ("Georgia", "GE"),
        ("Bolivia (Plurinational State of)", "BO"), ("Viet Nam", "VN"), ("Türkiye", "TR"),
        ("Bosnia & Herzegovina", "BA"), ("Bosnia and Herzegovina", "BA"), ("The Gambia", "GM"),
        ("Democratic Republic of the Congo", "CD"), ("Congo", "CG"), ("Chad", "TD"),
        ("Korea, Republic of", "KR"), ("North Macedonia", "MK"), ("Eswatini", "SZ"),
        ("Kosovo", "XK"), ("United States", "US"), ("Jersey", "JE"), ("Europe", None), ("", None),
        ("Atlantis", None), ("\ud800", None),
    ],
)  # fmt: skip
def test_a_country_is_found_by_its_usual_names(name, code):
    found = country_called(name)
    assert (found and found.code) == code
    assert himalayas(locationRestrictions=[name]).country == code


@pytest.mark.parametrize(
    ("names", "country"),
    [
        (["Ecuador", "Mexico"], None),
        (["Mexico", "Atlantis"], None),
        (["Atlantis"], None),
        (["Mexico", "Europe"], None),
        (["Ghana"], "GH"),
        (["Ghana", "Ghana"], "GH"),
        (["Trinidad &amp; Tobago"], "TT"),
        ([{"name": "Kenya"}], "KE"),
        (["Georgia"], "GE"),
        ([], None),
        ("Ghana", None),
        ([7, None, "Ghana"], "GH"),
    ],
)
def test_restrictions_are_read_one_by_one(names, country):
    assert himalayas(locationRestrictions=names).country == country


@pytest.mark.parametrize(
    ("names", "wanted", "status"),
    [
        (["Ghana"], "Germany", Status.FILTERED),
        (["Ghana"], "Ghana", Status.FETCHED),
        (["Ecuador", "Mexico"], "Germany", Status.FILTERED),
        (["Ecuador", "Mexico"], "Ecuador", Status.FETCHED),
        (["Germany", "Ghana"], "Germany", Status.FETCHED),
        (["Europe"], "Germany", Status.FETCHED),
        (["Georgia"], "Atlanta", Status.FILTERED),
        ([], "Germany", Status.FETCHED),
    ],
)
def test_a_job_for_some_countries_passes_no_other(names, wanted, status):
    payload = {"title": "Engineer", "guid": "https://h.example/1", "locationRestrictions": names}
    query = IngestionQuery(location=wanted)
    found = to_record(board("himalayas"), payload, "{}", query, NOW, max_bytes=1_000)
    assert found.status is status


def test_the_gazetteer_knows_countries_by_the_names_that_mean_nothing_else():
    def named(text: str) -> list[str | None]:
        return [place.country for place in find_places(text)]

    assert named("Accra, Ghana") == ["GH"]
    assert named("Ecuador, Mexico") == ["EC", "MX"]
    assert named("Chad runs our team in Jersey") == []


@pytest.mark.parametrize(
    ("changes", "company"),
    [
        ({"companyName": "name", "companySlug": "acme-labs"}, "acme-labs"),
        ({"companyName": None, "companySlug": "acme-labs"}, "acme-labs"),
        ({"companyName": "Name", "companySlug": "name-com"}, "Name"),
        ({"companyName": "R&amp;D Labs", "companySlug": "rd"}, "R&D Labs"),
        ({"companyName": "name"}, ""),
    ],
)
def test_a_company_called_name_falls_back_on_its_slug(changes, company):
    assert himalayas(**changes).company == company


@pytest.mark.parametrize(
    ("period", "low", "salary"),
    [
        ("weekly", 2_000, Salary(2_000, 2_000, "USD", "week")),
        ("annual", 90_000, Salary(90_000, 90_000, "USD", "year")),
        ("daily", 400, Salary(400, 400, "USD", "day")),
        (None, 90_000, Salary(90_000, 90_000, "USD", "year")),
        ("fortnightly", 4_000, None),
        (["weekly"], 90_000, Salary(90_000, 90_000, "USD", "year")),
    ],
)
def test_pay_has_the_period_that_is_stated(period, low, salary):
    stated = himalayas(minSalary=low, maxSalary=None, currency="USD", salaryPeriod=period)
    assert stated.salary == salary


@pytest.mark.parametrize(
    ("low", "high", "period", "expected"),
    [
        ("72000", "95000", "year", (72_000, 95_000)),
        ("72,000", "95000.00", "year", (72_000, 95_000)),
        ("60.00", "95.00", "hour", (60, 95)),
        (0, 95_000, "year", (95_000, 95_000)),
        (95_000, 0, "year", (95_000, 95_000)),
        ("0", "0", "year", None),
        (72, 95, "year", None),
        (72_000, 95_000, "hour", None),
        (1, 95_000, "year", None),
        (-5, 95_000, "year", None),
        (1_500, 2_000, "week", (1_500, 2_000)),
        ("72k", None, "year", None),
        (10**400, 95_000, "year", (95_000, 95_000)),
        (float("nan"), float("inf"), "year", None),
        (True, 95_000, "year", (95_000, 95_000)),
    ],
)
def test_amounts_are_texts_or_numbers_and_must_be_plausible(low, high, period, expected):
    found = fields.salary_between(low, high, "USD", period)
    assert found == (Salary(*expected, "USD", period) if expected else None)


@pytest.mark.parametrize("written", ["OTE $25k - $35k", "$25k-$35k OTE", "On-target: $90k - $120k"])
def test_what_a_good_year_brings_is_no_base_pay(written):
    assert fields.salary_in_words(written) is None


RECORDS = {
    "remotive": {"id": 1, "title": "R&amp;D Engineer", "company_name": "Smith &amp; Sons"},
    "arbeitnow": {"slug": "a", "title": "R&amp;amp;D Engineer", "company_name": "Smith &#38; Sons"},
    "himalayas": {"guid": "https://h.example/1", "title": "R&amp;D\n Engineer",
                  "companyName": "Smith &amp;amp; Sons"},
    "theirstack": {"id": 1, "job_title": "R&amp;D Engineer",
                   "company_object": {"name": "Smith &amp; Sons"}},
}  # fmt: skip


@pytest.mark.parametrize("name", RECORDS)
def test_entities_in_title_and_company_are_characters(name):
    posting = to_posting(board(name), RECORDS[name], NOW)[0]
    assert (posting.title, posting.company) == ("R&D Engineer", "Smith & Sons")
    assert posting.raw == RECORDS[name]


@pytest.mark.parametrize("key", [None, True, [], {}, 1.5, ""])
def test_a_record_without_an_id_of_its_own_has_none(key):
    assert fields.key({"id": key}) == ""
    assert [fields.key({"id": value}) for value in (7, " a ")] == ["7", "a"]


# Arbeitnow ----------------------------------------------------------------------------------------

ESCAPED = (
    "&lt;p&gt;We use &lt;strong&gt;Python&lt;/strong&gt;.&lt;/p&gt;"
    "&lt;p class=&quot;docker&quot;&gt;Go"
)


def test_a_description_escaped_once_too_often_is_read_as_html_and_kept_as_sent():
    record = {"slug": "a", "title": "Engineer", "company_name": "Acme", "description": ESCAPED}
    posting, _ = to_posting(board("arbeitnow"), record, NOW)
    assert posting.description_raw == ESCAPED
    skills = dict(extract_posting(ESCAPED, title="Engineer", source="arbeitnow").skills)
    assert set(skills) == {"python", "go"}


@pytest.mark.parametrize(
    "text",
    ["<p>Write &lt;p&gt;docker&lt;/p&gt;", "We write &lt;p&gt;docker&lt;/p&gt;", "5 &lt; 6 docker"],
)
def test_escaped_markup_in_a_text_is_text(text):
    assert "docker" in dict(extract_posting(text, title="Engineer", source="arbeitnow").skills)


def test_arbeitnow_is_asked_as_often_as_its_header_allows():
    assert board("arbeitnow").call_limits == (CallLimit(calls=50, seconds=60),)


@pytest.mark.parametrize(
    ("location", "country"),
    [("Berlin", "DE"), ("Accra, Ghana", "GH"), ("Remote", None), ("", None), (None, None)],
)
def test_an_arbeitnow_country_is_what_its_location_says(location, country):
    record = {"slug": "a", "title": "Engineer", "location": location,
              "url": "https://www.arbeitnow.co.uk/jobs/companies/acme/a"}  # fmt: skip
    posting, _ = to_posting(board("arbeitnow"), record, NOW)
    assert posting.url == record["url"]
    assert board("arbeitnow").parse(record).country == country


# TheirStack ---------------------------------------------------------------------------------------


def test_theirstack_places_are_kept_as_stated():
    places = [{"id": 2950159, "name": "Berlin", "type": "city", "country_code": "DE",
               "display_name": "Berlin, Germany"}]  # fmt: skip
    stated = board("theirstack").parse({"id": 1, "job_title": "Engineer", "locations": places})
    assert stated.places_stated == places
    assert stated.location == "Berlin, Germany"


@pytest.mark.parametrize(
    ("place", "place_id"),
    [
        # Of two towns of one name the id says which: Cambridge, MA, and Cambridge in England.
        ({"id": 4931972, "display_name": "Cambridge"}, "4931972"),
        ({"id": 2653941, "display_name": "Cambridge", "country_code": "GB"}, "2653941"),
        ({"id": 2950159, "display_name": "Oslo, Norway", "country_code": "NO"}, "3143244"),
        ({"id": 10**400, "display_name": "Oslo, Norway"}, "3143244"),
        ({"id": True, "display_name": "Oslo, Norway"}, "3143244"),
        ({"display_name": "Germany", "country_code": "DE"}, "DE"),
    ],
)
def test_a_theirstack_place_is_the_city_of_its_geonames_id(place, place_id):
    stated = board("theirstack").parse({"id": 1, "job_title": "Engineer", "locations": [place]})
    assert [found.place_id for found in stated.places] == [place_id]


@pytest.mark.parametrize(
    ("codes", "code", "country"),
    [(["DE"], None, "DE"), (["de"], None, "DE"), (["DE", "XX"], None, None), (None, "US", "US"),
     ([], "Germany", None), ([None, 7, "DE"], "US", "DE"), (["\ud800"], None, None)],
)  # fmt: skip
def test_a_theirstack_country_is_a_code_of_the_standard(codes, code, country):
    record = {"id": 1, "job_title": "Engineer", "country_codes": codes, "country_code": code}
    assert board("theirstack").parse(record).country == country
    assert country_code("\ud800") is None


@pytest.mark.parametrize("value", [10**400, -(10**400), float("nan"), float("inf"), True, "1", []])
def test_a_time_that_is_none_is_none(value):
    assert fields.unix_timestamp(value) is None
    assert fields.iso_timestamp(value) is None


@pytest.mark.parametrize("value", ["0001-01-01T00:00:00+14:00", "9999-12-31", "1970-01-01"])
def test_a_date_that_no_posting_has_is_none(value):
    assert fields.iso_timestamp(value) is None
