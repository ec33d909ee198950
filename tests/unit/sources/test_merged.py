"""What a record states beside its text wins in the answers of classify."""

from __future__ import annotations

import json

import pytest

from include.postings import extract_posting
from include.sources.merged import merged, not_read, stated_record

LEVER = {
    "categories": {"location": "Oslo, Norway", "allLocations": ["Oslo, Norway", "Bergen, Norway"]},
    "country": "NO",
    "workplaceType": "hybrid",
    "salaryRange": {"min": 70000, "max": 90000, "currency": "EUR", "interval": "per-year-salary"},
}
READ = extract_posting("Location: Paris, France (remote)", title="Baker Engineer", source="lever")


@pytest.mark.parametrize(
    "stated", [LEVER, json.dumps(LEVER), json.dumps({**LEVER, "updatedAt": {"day": 1}})[:-5]]
)
def test_stated_fields_win_over_the_text(stated):
    answer = merged(READ, stated_record("lever", stated, "Baker Engineer"))
    assert (answer.remote, answer.country) == ("hybrid", "NO")
    assert answer.locations == ("Oslo", "Bergen")
    assert answer.salary
    assert (answer.salary.min, answer.salary.currency) == (70000, "EUR")
    (job,) = answer.jobs
    assert (job.remote, job.locations, job.salary) == ("hybrid", ("Oslo", "Bergen"), answer.salary)


@pytest.mark.parametrize(
    ("source", "place", "remote", "locations"),
    [
        ("greenhouse", "Remote, Norway", "remote", ["Norway"]),
        ("greenhouse", "Oslo, Norway | Remote, France", "mixed", ["Oslo", "France"]),
        ("remotive", "Europe, Norway, European timezones", "remote", ["Europe", "Norway"]),
        ("remotive", "USA, CST (UTC-6)", "remote", ["USA"]),
        ("another", "Oslo, Norway", None, ["Oslo"]),
    ],
)
def test_the_text_of_a_place_is_read_as_its_source_reads_it(source, place, remote, locations):
    stated = stated_record(source, place, "Baker")
    answer = merged(READ, stated)
    assert stated.remote == remote
    assert list(answer.locations) == locations


def test_what_the_record_does_not_state_is_read_in_the_text():
    answer = merged(READ, stated_record("lever", {"country": None}, "Baker"))
    assert (answer.remote, answer.locations, answer.country) == ("remote", ("Paris",), "FR")


def test_stated_fields_have_no_evidence():
    assert not_read(stated_record("lever", LEVER, "Baker")) == {
        "remote", "salary", "places", "country",
    }  # fmt: skip
    assert not_read(stated_record("lever", {}, "Baker")) == frozenset()


def test_an_object_of_an_unknown_source_is_an_error():
    with pytest.raises(ValueError, match="no source is called 'another'"):
        stated_record("another", {"place": "Oslo"}, "Baker")
