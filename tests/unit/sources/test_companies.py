from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from include.errors import ConfigurationError, MalformedAnswerError
from include.postings.markup import plain_text
from include.postings.places import written
from include.sources.company_boards import company_record
from include.sources.record import Status
from include.sources.registry import attribution_of, system, system_names
from include.sources.source import ParsedRecord, UnreadableRecordError
from include.sources.stated import pay_between, places_of, way_of_working
from include.sources.system import posting_address
from include.sources.xml_records import many, read_xml
from tests.unit.sources.companies import ANSWERS, RIGHT

LIMIT = 5_000_000


def records(name: str, answer: Any = None) -> list[tuple[dict[str, Any], str]]:
    """Return the records of an answer, as the system reads them."""
    answer = ANSWERS[name] if answer is None else answer
    body = answer if isinstance(answer, str) else json.dumps(answer)
    return [r for page in system(name).pages("acorn", lambda *_: body) for r in page.records]


def parsed(name: str, **changes: Any) -> ParsedRecord:
    """Return the first record of the system's answer, with changed fields, as it is parsed."""
    return system(name).parse({**records(name)[0][0], **changes}, "acorn")


def test_every_file_of_the_folder_is_a_system():
    assert set(system_names()) == ANSWERS.keys()
    assert [system(name).name for name in system_names()] == list(system_names())
    documented = {name for name in system_names() if system(name).is_documented}
    assert documented == {"ashby", "greenhouse", "lever", "personio", "recruitee", "teamtailor"}
    assert attribution_of("lever").url == "https://www.lever.co/"
    with pytest.raises(ConfigurationError, match="greenhouse"):
        system("monster")


@pytest.mark.parametrize("name", sorted(RIGHT))
def test_every_field_has_its_right_value(name):
    stated = parsed(name)
    pay = stated.salary
    day = stated.date_posted
    assert (
        stated.key,
        stated.title,
        stated.company,
        written(stated.places),
        stated.country,
        stated.remote,
        (pay.min, pay.max, pay.currency, pay.period) if pay else None,
        f"{day:%Y-%m-%d}" if day else None,
        plain_text(stated.description),
    ) == RIGHT[name]
    assert stated.url
    assert stated.url.startswith("https://")


@pytest.mark.parametrize("name", sorted(RIGHT))
def test_an_id_is_made_of_system_board_and_own_id_alone(name):
    value, text = records(name)[0]
    first = company_record(system(name), "acorn", value, text, max_bytes=LIMIT)
    moved = {key: "https://elsewhere.test/x" if str(v).startswith("https") else v
             for key, v in value.items()}  # fmt: skip
    second = company_record(system(name), "acorn", moved, json.dumps(moved), max_bytes=LIMIT)
    other = company_record(system(name), "birch", value, text, max_bytes=LIMIT)
    assert first.key == second.key != other.key
    assert first.status is Status.FETCHED
    assert first.board == "acorn"
    assert posting_address("lever", "acorn", "1") == "lever://acorn/1"


@pytest.mark.parametrize("name", sorted(RIGHT))
def test_a_record_of_the_wrong_shape_is_one_reject(name):
    wrong: tuple[Any, ...] = (None, "text", 7, [], {}, {"id": True}, {"id": [1], "title": {}})
    for value in wrong:
        with pytest.raises(UnreadableRecordError):
            company_record(system(name), "acorn", value, json.dumps(value), max_bytes=LIMIT)


@pytest.mark.parametrize("name", sorted(RIGHT))
def test_a_field_of_the_wrong_type_counts_as_missing(name):
    value, _ = records(name)[0]
    keep = {system(name).id_field, "title", "text", "name", "jobOpeningName"}
    for key in value.keys() - keep:
        for odd in (None, 7, "odd", [None, 7, "odd"], {"odd": {"odd": [1]}}):
            system(name).parse({**value, key: odd}, "acorn")


@pytest.mark.parametrize(
    ("name", "words"),
    [("greenhouse", "Kim Kneader"), ("recruitee", "job.81@"), ("smartrecruiters", "Kim Kneader")],
)
def test_personal_fields_are_taken_out_before_the_hash(name, words):
    value, text = records(name)[0]
    kept = company_record(system(name), "acorn", value, text, max_bytes=LIMIT)
    assert words in text
    assert words not in (kept.payload or "")
    other = json.loads(json.dumps(value).replace(words, "somebody else"))
    again = company_record(system(name), "acorn", other, json.dumps(other), max_bytes=LIMIT)
    assert again.payload_hash == kept.payload_hash


def test_a_record_without_a_personal_field_is_stored_as_sent():
    value, text = records("lever")[0]
    assert company_record(system("lever"), "acorn", value, text, max_bytes=LIMIT).payload == text


def test_a_job_that_the_board_does_not_show_is_filtered():
    value, text = records("ashby")[1]
    assert company_record(system("ashby"), "a", value, text, max_bytes=LIMIT).reason == "unlisted"
    draft = {**records("recruitee")[0][0], "status": "draft"}
    record = company_record(system("recruitee"), "a", draft, json.dumps(draft), max_bytes=LIMIT)
    assert record.status is Status.FILTERED


def test_greenhouse_reads_remote_from_labels_own_fields_and_offices():
    def remote(label: str, **more: Any) -> str | None:
        empty: dict[str, Any] = {"metadata": [], "offices": []}
        return parsed("greenhouse", location={"name": label}, **(empty | more)).remote

    assert remote("Remote - Norway") == "remote"
    assert remote("Oslo, Norway; Remote-Friendly, United States") == "mixed"
    assert remote("US-Remote, US-Chicago") == "mixed"
    assert remote("Oslo") is None
    assert remote("Oslo", metadata=[{"name": "Workplace Type", "value": "Hybrid"}]) == "hybrid"
    assert remote("Oslo", offices=[{"name": "Remote-Norway"}]) == "remote"
    places = parsed("greenhouse", location={"name": "Remote-Friendly, United States"}).places
    assert written(places) == ("United States",)


def test_greenhouse_pay_without_a_plausible_period_is_unknown():
    def pay(low: int, high: int, currency: str = "USD") -> Any:
        ranges = [{"min_cents": low, "max_cents": high, "currency_type": currency}]
        return parsed("greenhouse", pay_input_ranges=ranges).salary

    assert pay(2_500, 4_000).period == "hour"
    assert pay(400_000, 500_000) is None
    two = [{"min_cents": 9_000_000, "max_cents": 9_500_000, "currency_type": c}
           for c in ("USD", "EUR")]  # fmt: skip
    assert parsed("greenhouse", pay_input_ranges=two).salary is None


def test_ashby_workplace_decides_and_is_remote_only_without_it():
    assert parsed("ashby", workplaceType="OnSite").remote == "onsite"
    assert parsed("ashby", workplaceType=None).remote == "remote"
    assert parsed("ashby", workplaceType=None, isRemote=None).remote is None
    more = [{"location": "Remote (Norway)"}]
    assert parsed("ashby", secondaryLocations=more).remote == "mixed"
    assert parsed("ashby", shouldDisplayCompensationOnJobPostings=False).salary is None


def test_lever_places_are_in_the_country_that_it_states():
    def places(label: str, country: str | None) -> Any:
        return parsed("lever", categories={"location": label}, country=country).places

    assert [(p.name, p.country) for p in places("Nowhere Falls, QQ", "IN")] == [
        ("Nowhere Falls", "IN")
    ]
    assert places("Remote", None) == ()
    assert parsed("lever", workplaceType="unspecified").remote == "remote"
    wide = {"min": 10_000, "max": 125_000, "currency": "USD", "interval": "per-year-salary"}
    assert parsed("lever", salaryRange=wide).salary is None


def test_recruitee_hybrid_and_remote_together_are_mixed():
    assert parsed("recruitee", hybrid=False).remote is None
    assert parsed("recruitee", remote=True).remote == "mixed"
    assert parsed("recruitee", hybrid=False, on_site=True).remote == "onsite"


def test_smartrecruiters_asks_until_the_total_and_reads_nothing_of_an_unknown_company():
    asked = []

    def ask(_: str, params: Any) -> str:
        asked.append(params["offset"])
        content = [{"id": str(params["offset"] + n), "name": "Baker"} for n in range(100)]
        return json.dumps({"totalFound": 250, "content": content[: 250 - params["offset"]]})

    pages = list(system("smartrecruiters").pages("acorn", ask))
    assert asked == [0, 100, 200]
    assert sum(len(page.records) for page in pages) == 250
    nothing = {"offset": 0, "limit": 100, "totalFound": 0, "content": []}
    assert records("smartrecruiters", nothing) == []


def test_rippling_rows_of_a_job_are_one_record():
    assert len(records("rippling")) == 1
    detail = {"payRangeDetails": [{"rangeStart": 90_000, "rangeEnd": 120_000, "currency": "USD",
                                   "frequency": "YEAR"}]}  # fmt: skip
    other = {"payRangeDetails": [{"minPay": 90_000, "maxPay": 120_000, "currency": "USD",
                                  "payPeriod": "YEAR"}]}  # fmt: skip
    assert parsed("rippling", **detail).salary == parsed("rippling", **other).salary is not None


def test_personio_reads_both_spellings_of_a_date_and_no_positions():
    moment = dt.datetime(2024, 11, 13, 12, 10, 41, tzinfo=dt.UTC)
    assert parsed("personio").date_posted == moment
    assert parsed("personio", createdAt="2024-11-13T12:10:41+00:00").date_posted == moment
    assert records("personio", "<workzag-jobs/>") == []


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE jobs [<!ENTITY a "b">]><workzag-jobs>&a;</workzag-jobs>',
        '<!DOCTYPE jobs SYSTEM "file:///etc/passwd"><workzag-jobs/>',
        "<workzag-jobs>&unknown;</workzag-jobs>",
        "<workzag-jobs><position></workzag-jobs>",
        "<html><body>Page not found</body></html>",
        "<workzag-jobs>" + "<a>" * 60 + "</a>" * 60 + "</workzag-jobs>",
        "",
        "Not Found",
        "\udcff",
    ],
)
def test_xml_that_is_dangerous_or_broken_is_a_malformed_answer(text):
    with pytest.raises(MalformedAnswerError):
        read_xml(text, "workzag-jobs", "position")


def test_xml_children_are_none_one_or_several():
    found, beside = read_xml("<r><a><b>1</b><b>2</b><c/></a><d>x</d></r>", "r", "a")
    assert [value for value, _ in found] == [{"b": ["1", "2"], "c": ""}]
    assert beside == {"d": "x"}
    assert many(found[0][0], "b") == ["1", "2"]
    assert many({"b": "1"}, "b") == ["1"]
    assert many("", "b") == many(found[0][0], "c") == []


def test_labels_places_and_pay():
    assert way_of_working("In-Office") == "onsite"
    assert way_of_working("Distributed") == "remote"
    assert way_of_working("Oslo") is None
    assert written(places_of(["Graz, Austria", "Austria"])) == ("Graz", "Austria")
    assert places_of(["Hybrid"]) == ()
    assert written(places_of(["Hybrid"], "AT")) == ("Austria",)
    assert pay_between(50_000, 70_000, "EUR", None) is None


def test_boards_of_demonstrations_and_names():
    assert system("lever").is_demo("leverdemo-8")
    assert system("recruitee").is_demo("demo")
    assert not system("lever").is_demo("academo")
    assert system("greenhouse").board_name("Acorn") == "acorn"
    assert system("ashby").board_name("Acorn Works") == "Acorn Works"
    assert system("teamtailor").board_name("Acorn.na") == "acorn.na"
    (home,) = system("teamtailor").homes
    addresses = [system("teamtailor").address(home, b) for b in ("a", "a.na", "jobs.a.test")]
    assert addresses == [
        "https://a.teamtailor.com", "https://a.na.teamtailor.com", "https://jobs.a.test",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["greenhouse", "lever"])
def test_a_record_nested_too_deeply_is_one_reject(name):
    deep: Any = 1
    for _ in range(900):
        deep = [deep]
    value = {**records(name)[0][0], "deep": deep}
    with pytest.raises(UnreadableRecordError, match="RecursionError"):
        company_record(system(name), "acorn", value, "{}", max_bytes=LIMIT)
