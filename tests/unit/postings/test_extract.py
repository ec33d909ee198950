"""Reading whole postings: invented ones, in the shapes that threads and boards use."""

from __future__ import annotations

import pytest

from include.postings import Salary, extract_posting
from include.postings.extract import HACKER_NEWS as HN
from include.postings.extract import Record, extract_postings
from include.postings.taxonomy import load_taxonomy
from include.silver.postings import classifier_version

HEADER = "Fernglow (YC S24) | Senior Backend Engineer | Lisbon, Portugal | HYBRID | €70k - €90k"
BODY = "<p>We plan ferries. Stack: Go, PostgreSQL &amp; Kafka.<p>We sponsor visas."


def test_a_posting_is_read_whole():
    reading = extract_posting(HEADER + BODY)
    assert reading.to_dict() == {
        "is_job": True,
        "company": "Fernglow",
        "title": "Senior Backend Engineer",
        "remote": "hybrid",
        "locations": ["Lisbon"],
        "country": "PT",
        "countries": ["PT"],
        "places": [{"place_id": "2267057", "name": "Lisbon", "relation": "site"}],
        "roles": ["backend"],
        "levels": ["senior"],
        "role_bucket": "backend",
        "level_bucket": "senior_excluded",
        "skills": ["Go", "Kafka", "PostgreSQL"],
        "salary": {"min": 70_000, "max": 90_000, "currency": "EUR", "period": "year"},
        "visa": "yes",
        "family": "engineering",
        "jobs": [
            {
                "title": "Senior Backend Engineer",
                "roles": ["backend"],
                "levels": ["senior"],
                "family": "engineering",
                "remote": "hybrid",
                "locations": ["Lisbon"],
                "salary": {"min": 70_000, "max": 90_000, "currency": "EUR", "period": "year"},
            }
        ],
    }


def test_a_header_of_nothing_but_pipes_names_nothing():
    reading = extract_posting("| |<p>We are hiring an engineer to write Go: jobs@fernglow.example")
    assert (reading.is_job, reading.title, reading.company) == (True, "engineer", None)


def test_a_board_gives_title_and_company():
    reading = extract_posting(
        "<div><p>You will write Python with our designers and sales managers.</p></div>",
        title="Junior Data Engineer",
        company="Otterline",
        source="remotive",
    )
    assert (reading.company, reading.title) == ("Otterline", "Junior Data Engineer")
    assert (reading.roles, reading.levels, reading.level_bucket) == (("data",), ("entry",), "entry")
    assert reading.skills == (("python", 1),)
    assert reading.is_job


def test_the_version_names_the_taxonomy():
    assert classifier_version().endswith(f"+{load_taxonomy().version}")


@pytest.mark.parametrize(
    ("header", "company"),
    [
        ("Fernglow | Engineer | Remote", "Fernglow"),
        ("Fernglow, Inc. | Engineer | Remote", "Fernglow, Inc."),
        ("Fernglow (https://fernglow.example) | Remote", "Fernglow"),
        ("Fernglow, YC S24 | https://fernglow.example | Remote", "Fernglow"),
        ("Fernglow.com | Engineer | Remote", "Fernglow"),
        ("Fernglow.ai | Engineer | Remote", "Fernglow.ai"),
        ("Fernglow - Senior Engineer - Remote - $80k/year", "Fernglow"),
        ("Fernglow is hiring a Rails developer in Oslo (ONSITE).", "Fernglow"),
        ("Zurich, Switzerland | Fernglow AG | Engineer | ONSITE", "Fernglow AG"),
        ("Senior Python Engineers | Fernglow | London, UK", "Fernglow"),
        ("Data Scientist @ Fernglow | Amsterdam | Full-Time", "Fernglow"),
        ("Company: Fernglow<p>Location: Oslo<p>Roles: backend engineers", "Fernglow"),
    ],
)
def test_the_company_is_read_without_tags(header, company):
    assert extract_posting(header + "<p>Apply: jobs@fernglow.example").company == company


@pytest.mark.parametrize(
    ("header", "remote"),
    [
        ("A | Engineer | REMOTE (US)", "remote"),
        ("A | Engineer | Berlin, Germany | REMOTE (CET)", "remote"),
        ("A | Engineer | ONSITE (Oslo)", "onsite"),
        ("A | Engineer | Oslo, in person", "onsite"),
        ("A | Engineer | Hybrid (Oslo)", "hybrid"),
        ("A | Engineer | Oslo (3 days a week in office)", "hybrid"),
        ("A | Engineer | Hybrid (On-Site)", "hybrid"),
        ("A | Engineer | Oslo or Remote", "mixed"),
        ("A | Engineer | Austin, TX / Remote", "mixed"),
        ("A | Engineer | REMOTE or ONSITE", "mixed"),
        ("A | Engineer | Oslo | no remote", "onsite"),
        ("A | Engineer | Oslo", "unspecified"),
        ("A | Engineer | Oslo<p>We are a fully remote team.", "remote"),
        ("A | Engineer | Oslo | 3 days on site / 2 at home", "hybrid"),
        ("A | Engineer | Oslo<p>Robots: nurses are remotely present for patients", "unspecified"),
        ("A | Engineer | Oslo<p>Each year we go to some remote, exotic beach", "unspecified"),
        ("A is hiring engineers<p>Location: telecommute, Oslo, Bergen", "mixed"),
        ("A | Engineer | samples taken from home<p>Baker | Oslo | ONSITE", "onsite"),
        ("A - Oslo, Norway or [REMOTE] - Engineer", "mixed"),
        ("A | Engineer | Bergen, Norway | VISA, REMOTE", "mixed"),
        ("A | Engineer | Oslo | Onsite few days a week", "hybrid"),
        ("A | Oslo | Local only (you may work from home on occasion)", "hybrid"),
        ("A: Engineer (freelance)<p>Oslo, Norway or remote.", "mixed"),
        ("A | Engineer | Oslo<p>Applicants must be local.", "onsite"),
        ("A | Engineer | Oslo<p>Work-from-home-Wednesdays, free bread", "hybrid"),
        ("A | Engineer | ONSITE<p>You are in our Oslo office three days a week.", "hybrid"),
    ],
)
def test_the_place_of_work(header, remote):
    assert extract_posting(header + "<p>Apply now").remote == remote


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("A | Full-stack Engineer | Oslo", {"fullstack"}),
        ("A | Software Engineers (Backend, Frontend) | Oslo", {"backend", "frontend"}),
        ("A | Engineering Manager | Oslo", {"management"}),
        ("A | Product Engineer | Oslo", {"software"}),
        ("A | Product Manager | Oslo", {"product"}),
        ("A | Head of Marketing | Oslo", {"management", "sales"}),
        ("A | Founding Engineer | Oslo<p>You own our back-end.", {"backend"}),
        ("A | Oslo<p>Open roles:<p>- iOS Engineer<p>- Data Analyst<p>- Designer",
         {"mobile", "data", "design"}),
        ("A | Oslo<p>We are hiring SREs and a security engineer.", {"devops", "security"}),
        ("A | Backend Engineer | Oslo<p>You work with our designers and product managers.",
         {"backend"}),
        ("A | ML Engineer | Oslo<p>Requirements:<p>- Infrastructure<p>- Design", {"ml"}),
        ("A | Roles: QA Engineer; Firmware Engineer | Oslo", {"qa", "embedded"}),
    ],
)  # fmt: skip
def test_only_what_is_offered_is_a_role(text, roles):
    assert set(extract_posting(text + "<p>Apply now").roles) == roles


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("A | Senior Engineer | Oslo", {"senior"}),
        ("A | Sr. Engineer | Oslo", {"senior"}),
        ("A | Lead Engineer | Oslo", {"senior"}),
        ("A | Founding Engineer | Oslo", {"staff"}),
        ("A | Staff/Principal Engineer | Oslo", {"staff"}),
        ("A | Junior Developer | Oslo", {"entry"}),
        ("A | Engineering Intern | Oslo", {"intern"}),
        ("A | VP Engineering | Oslo", {"manager"}),
        ("A | Mid/Senior Engineer | Oslo", {"mid", "senior"}),
        ("A | Engineer | Oslo<p>5+ years of experience", {"senior"}),
        ("A | Engineer | Oslo<p>2-4 years of experience", {"mid"}),
        ("A | Engineer | Oslo<p>1-3 years of experience", {"entry", "mid"}),
        ("A | Engineer | Oslo<p>Our company is 12 years old.", set()),
        ("A | Engineer | Oslo<p>You report to senior people, leading projects.", set()),
    ],
)
def test_the_levels_named(text, levels):
    assert set(extract_posting(text + "<p>Apply now").levels) == levels


@pytest.mark.parametrize(
    ("text", "salary"),
    [
        ("$120k-225k", (120_000, 225_000, "USD", "year")),
        ("$120K \u2013 $225K + equity", (120_000, 225_000, "USD", "year")),
        ("$120,000 - $150,000", (120_000, 150_000, "USD", "year")),
        ("£84-101k", (84_000, 101_000, "GBP", "year")),
        ("70.000 - 90.000 EUR", (70_000, 90_000, "EUR", "year")),
        ("CA$100k-120k", (100_000, 120_000, "CAD", "year")),
        ("100k-120k AUD", (100_000, 120_000, "AUD", "year")),
        ("$80k/year", (80_000, 80_000, "USD", "year")),
        ("$60-80/hour", (60, 80, "USD", "hour")),
        ("€4000 per month", (4_000, 4_000, "EUR", "month")),
        ("$1,500 - $2,500 per week", (1_500, 2_500, "USD", "week")),
        ("£900/week", (900, 900, "GBP", "week")),
        ("€1.200 weekly", (1_200, 1_200, "EUR", "week")),
        ("$120k, four days a week", (120_000, 120_000, "USD", "year")),
        ("$120k for 32 hours per week", (120_000, 120_000, "USD", "year")),
        ("$120k at 40h/week", (120_000, 120_000, "USD", "year")),
        ("$90/week", None),  # less than anybody's
        ("$120k base (OTE $200k)", (120_000, 120_000, "USD", "year")),
        ("$120k-$140k base, OTE $200k-$240k", (120_000, 140_000, "USD", "year")),
        ("OTE $200k-$240k", None),
        ("OTE: up to $240k", None),
        ("on-target earnings of $180k - $220k", None),
        ("$200k - $240k OTE", None),
        ("35-90L INR", (3_500_000, 9_000_000, "INR", "year")),
        ("150-200k", (150_000, 200_000, "NOK", "year")),  # Oslo, and no sign
        ("$200k base - $300k total compensation", (200_000, 200_000, "USD", "year")),
        ("raised $20M", None),
        ("$5m seed", None),
        ("401k", None),
    ],
)
def test_the_salary_of_a_header(text, salary):
    found = extract_posting(f"A | Engineer | Oslo | {text}<p>Apply now").salary
    assert found == (Salary(*salary) if salary else None)


@pytest.mark.parametrize(
    "body",
    [
        "We process $500k a day.",
        "We raised $30M.",
        "a $1,000 referral bonus",
        "saves $200k - $300k",
    ],
)
def test_other_money_is_no_salary(body):
    assert extract_posting(f"A | Engineer | Oslo<p>{body}<p>Apply now").salary is None


def test_the_widest_range_of_several_jobs():
    text = "A | Oslo<p>Engineer: $100k-$120k<p>Staff Engineer: $160k-$190k<p>Apply now"
    assert extract_posting(text).salary == Salary(100_000, 190_000, "USD", "year")


@pytest.mark.parametrize(
    ("text", "visa"),
    [
        ("VISA SPONSORSHIP", "yes"),
        ("We can sponsor visas.", "yes"),
        ("No visa sponsorship.", "no"),
        ("We are unable to sponsor visas", "no"),
        ("Must be authorized to work in the US", "no"),
        ("US citizenship is required", "no"),
        ("We integrate Visa and Mastercard payments", "unspecified"),
        ("Nothing about it", "unspecified"),
    ],
)
def test_visa_sponsorship(text, visa):
    assert extract_posting(f"A | Engineer | Oslo<p>{text}<p>Apply now").visa == visa


@pytest.mark.parametrize(
    "text",
    [
        "&gt; We work here because we love it.<p>What about the pay?",
        "I applied last month and heard nothing back.",
        "Is this position still open for people in Canada?",
        "SEEKING WORK | Remote | Python, Django | resume: https://example.org",
        "Location: Oslo<p>Willing to relocate: yes<p>Technologies: Go<p>Résumé/CV: https://x.example",
        "Please don't use ASCII art in these threads.",
        "thanks",
        "",
    ],
)
def test_replies_seekers_and_notes_are_no_jobs(text):
    reading = extract_posting(text)
    assert not reading.is_job
    assert (reading.company, reading.skills, reading.roles) == (None, (), ())


@pytest.mark.parametrize(
    "text",
    [
        "Fernglow | Engineer | Oslo<p>Technologies: Go. Willing to relocate you.",
        "We're hiring developers who write well at Fernglow: https://fernglow.example/jobs",
        "Fernglow - Oslo, Norway<p>Senior Engineer - https://fernglow.example/1",
    ],
)
def test_short_and_oddly_worded_offers_are_jobs(text):
    assert extract_posting(text).is_job


@pytest.mark.parametrize(
    ("header", "places", "country"),
    [
        ("A | Engineer | Austin, TX", ("Austin",), "US"),
        ("A | Engineer | Sarasota, FL", ("Sarasota",), "US"),
        ("A | Engineer | London or Berlin", ("London", "Berlin"), None),
        ("A | Engineer | REMOTE OR ONSITE (Oslo)", ("Oslo",), "NO"),
        ("A | Engineer | Remote OK", (), None),
        ("A | Engineer | REMOTE (EU)", ("EU",), None),
    ],
)
def test_places_and_the_country_where_it_is_certain(header, places, country):
    reading = extract_posting(header + "<p>Apply now")
    assert (reading.locations, reading.country) == (places, country)


def test_postings_read_together_are_those_read_one_by_one():
    records = [
        Record("Acme | Senior Baker | Oslo | REMOTE | $90k-$120k<p>We use Rust.", None, None, HN),
        Record("Thanks!", None, None, HN),
        Record("We need engineers.", "Data Engineer", "Acme &amp; Sons", "remotive"),
        Record("", None, None, HN),
    ]
    alone = [
        extract_posting(text, title=title, company=company, source=source)
        for text, title, company, source in records
    ]
    assert extract_postings(records) == dict(zip(records, alone, strict=True))
    assert [reading.is_job for reading in alone] == [True, False, True, False]
