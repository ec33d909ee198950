"""Who hires: the company in headers with and without pipes, and in sentences."""

from __future__ import annotations

import pytest

from include.postings import extract_posting

APPLY = "<p>We keep lighthouses lit. Apply: jobs@fernglow.example"


@pytest.mark.parametrize(
    ("header", "company"),
    [
        ("Dr. Fernglow Labs | Engineer | Oslo", "Dr. Fernglow Labs"),
        ("St. Fern Systems | Engineer | Oslo", "St. Fern Systems"),
        ("\U0001f6a2 Fernglow | Engineer | Oslo", "Fernglow"),
        ("Fernglow\u2122 | Engineer | Oslo", "Fernglow"),
        ("Here.com | Engineer | Oslo", "Here.com"),
        ("Fernglow - Lamp Engineer | Oslo", "Fernglow"),
        ("Lamp Engineer | Fernglow (Oslo, Norway) | Remote", "Fernglow"),
        ("Lamp Engineer at Fernglow in Oslo | Full-time", "Fernglow"),
        ("Full-stack Engineer - Fernglow | Onsite | Oslo", "Fernglow"),
        ("Lamp Researcher | Fernglow | Oslo", "Fernglow"),
        ("$90k-100k | Fernglow | Engineer | Oslo", "Fernglow"),
        ("SEEKING AN ENGINEER | Engineer | Fernglow", "Fernglow"),
        ("Fernglow / Mossglow | Engineer | Oslo", "Fernglow"),
        ("Fernglow\tEngineer\tOslo\tRemote", "Fernglow"),
        ("Fernglow > Engineer > Oslo > Remote", "Fernglow"),
        ("Fernglow \u00a6 Engineer \u00a6 Oslo", "Fernglow"),
        ("We are Fernglow! Oslo | Full-time | Remote", "Fernglow"),
        ("Oslo-based Fernglow is hiring keepers", "Fernglow"),
        ("Oslo, Norway. Full time.<p>Fernglow, Inc. is a lamp startup", "Fernglow, Inc"),
        ("Oslo - Sys Admin, Devs<p>7Ferns, we have the oldest lamps", "7Ferns"),
        ("Oslo, Norway - Ruby + Front-End<p>Small team.", None),
        ("Full Time / London / Senior QA @ fernglow<p>We need tests.", "fernglow"),
        ("Tutor Needed | Remote<p>Goal is to cover the basics of Python.", None),
        ("Boston MA (US, REMOTE)<p>$ Base + Equity, Oven Pro, Health", None),
        ("Company: Fernglow #Rapidly growing<p>Location: Oslo", "Fernglow"),
        (
            "Lamp Designer -- Oslo<p>Mobile Lamp Startup<p>Fernglow: http://getfernglow.test",
            "Fernglow",
        ),
        ("Oslo, Norway; fernglow lamps<p>Join us. http://fernglowlamps.test", "fernglow lamps"),
        ("Segovia | Engineer | Oslo | Onsite<p>At Segovia, we light lamps.", "Segovia"),
        ("Segovia | Fernglow | Engineer<p>Segovia is a fine town.", "Fernglow"),
        ("Open Lamp / Fernglow | Engineer | Oslo<p>https://fernglow.test/jobs", "Fernglow"),
        ("ërnglow - www.ernglow.com - Boston MA<p>We need developers.", "ërnglow"),
    ],
)
def test_the_company_of_a_header_with_separators(header, company):
    assert extract_posting(header + APPLY).company == company


@pytest.mark.parametrize(
    ("opening", "company"),
    [
        ("Oslo, Norway - Fernglow (lamps for lighthouses) - Engineer", "Fernglow"),
        ("Fernglow - Oslo, Norway - Full time", "Fernglow"),
        ("Fernglow (Oslo, full-time)", "Fernglow"),
        ("Fernglow: Lamp engineer<p>Oslo", "Fernglow"),
        ("Lamp Engineer, Fernglow, Oslo", "Fernglow"),
        ("Boston, MA Fernglow (lamps) - Lamp Engineer", "Fernglow"),
        ("Fernglow in Boston, MA.<p>We are looking for engineers", "Fernglow"),
        ("Fernglow, Inc. Boston, MA<p>Full time", "Fernglow, Inc"),
        (
            "Boston, MA<p>Fernglow - we're looking for engineers who love lamps, lighthouses, fog, "
            "boats and all that the sea has in store for us",
            "Fernglow",
        ),
        (
            "Boston, MA<p>Fern Solutions provides lamps. We are looking for an engineer",
            "Fern Solutions",
        ),
        ("Boston Lamps - Salem, MA<p>Engineer<p>Come and work at Boston Lamps", "Boston Lamps"),
        ("Oslo, full-time<p>Lamp Engineer<p>Aruba Lamps is hiring a lamp engineer", "Aruba Lamps"),
        ("Oslo: Junior Lamp Engineer<p>Fernglow is looking for an engineer", "Fernglow"),
        ("Lamp Engineer - Fernglow, Oslo", "Fernglow"),
        ("Austin, TX. Fernglow. Full time.", "Fernglow"),
        ("Oslo, Norway<p>Fernglow - http://fernglow.example/jobs", "Fernglow"),
        ("Oslo or REMOTE<p>Fernglow (www.fernglow.example)", "Fernglow"),
        ("Company Name: Fernglow<p>Position: Engineer", "Fernglow"),
        ("Oslo - Rails - full time<p>Fernglow is a lamp maker.", "Fernglow"),
        ("Fernglow Tills - YC S99 - Oslo", "Fernglow Tills"),
        ("Full time in Oslo<p>Fernglow's lamps shine far.", "Fernglow"),
        ("Fernglow wants a lamp engineer in Oslo. We are hiring.", "Fernglow"),
        ("Oslo, full time<p>Fernglow is looking for engineers.", "Fernglow"),
        ("Fernglow<p>Lamp Engineer | Oslo | Full-time", "Fernglow"),
    ],
)
def test_the_company_of_an_opening_without_pipes(opening, company):
    assert extract_posting(opening + APPLY).company == company


@pytest.mark.parametrize(
    "opening",
    ["Oslo, Norway - Engineer - Full time", "Oslo or Bergen - Python - REMOTE", "Stealth - Oslo"],
)
def test_a_town_a_job_or_a_technology_is_no_company(opening):
    text = f"{opening}<p>We light lamps and are hiring an engineer. Call 555."
    assert extract_posting(text).company is None


def test_a_boards_company_is_unescaped():
    found = extract_posting("x", title="Engineer", company="Fern &amp; Moss", source="remotive")
    assert found.company == "Fern & Moss"


@pytest.mark.parametrize(
    ("text", "is_job"),
    [
        ("Fernglow - Lamp Engineer - Remote<p>We light lamps. https://fernglow.example", True),
        ("Lamp Engineer at Fernglow (Remote)<p>Mail jobs@fernglow.example", True),
        ("Do you love lamps? Fernglow is hiring engineers: https://fernglow.example", True),
        ("Fernglow is hiring engineers willing to relocate to Oslo. jobs@fernglow.example", True),
        ("Fernglow is hiring. Technologies: Rust. jobs@fernglow.example", True),
        ("Lamps search through the night. We are hiring engineers: jobs@fernglow.example", True),
        ("Oslo and Bergen: Fernglow is recruiting millers. jobs@fernglow.example", True),
        ("Fernglow - ONSITE (Oslo) or REMOTE<p>Several jobs! https://fernglow.example", True),
        ("Fernglow - Oslo (harbour)<p>Rust lamps for engineers.", True),
        ("Fernglow - Oslo, Norway - Growth Hacker<p>You light up our growth.", True),
        ("Hello! I am looking for new job opportunities. jo@lamps.example", False),
        ("Oslo, remote.<p>Engineer, seeking out for a job. Jo at lamps dot example", False),
        ("I am looking for another lamp developer at Fernglow. jo@fernglow.example", True),
        ("Do you hire interns in Oslo?", False),
        ("Just a note: if you are hiring engineers, name the pay. https://law.example", False),
        ("I wrote a tool to search these recently: https://hunt.example. Apply!", False),
        ("Location : Oslo<p>Remote : Yes<p>Willing to relocate : yes<p>Resume : jo.example", False),
        (
            "Located: Oslo<p>Role: Senior Engineer<p>Remote: Yes<p>Technologies: Go, Rust and "
            "a career of twenty years in lamps, lanterns, lights, flames, fires, candles, torches, "
            "beacons and whatever else glows at night<p>Résumé/CV: https://jo.example",
            False,
        ),
        (
            "What is the pay for the engineers that Fernglow lists at https://fernglow.example",
            False,
        ),
        ("Location: Oslo<p>Remote: yes<p>Willing to relocate: no<p>Technologies: Rust", False),
    ],
)
def test_an_unusual_opening_is_still_a_job_or_not(text, is_job):
    assert extract_posting(text).is_job is is_job


def test_a_companys_own_link_tells_it_from_a_town():
    text = "Bergen | Engineer | Oslo<p>Apply: https://bergen.example/jobs"
    assert extract_posting(text).company == "Bergen"
