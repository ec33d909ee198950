"""The terms of a posting: working mode, pay and visa, one kind of wording after another."""

from __future__ import annotations

import pytest

from include.postings import extract_posting

HEADER = "Fernglow | Backend Engineer | Lisbon"


def read(*, header: str = "", body: str = ""):
    tail = f" | {header}" if header else ""
    return extract_posting(f"{HEADER}{tail}<p>We keep lighthouses lit.<p>{body}<p>Apply now.")


@pytest.mark.parametrize(
    ("header", "mode"),
    [
        ("Remote? Nope", "onsite"),
        ("remote: not possible", "onsite"),
        ("no remotes please", "onsite"),
        ("telework", "remote"),
        ("location agnostic", "remote"),
        ("100% distributed", "remote"),
        ("1-2 days WFH", "hybrid"),
        ("40% remote", "hybrid"),
        ("100% remote", "remote"),
        ("WFH on Fridays", "hybrid"),
        ("onsite Mon-Wed", "hybrid"),
        ("Remote OK", "mixed"),
        ("remote considered for the right person", "mixed"),
        ("FULL-TIME, REMOTE", "mixed"),
        ("REMOTE", "remote"),
        ("(or remote)", "mixed"),
    ],
)
def test_the_working_mode_of_a_header(header, mode):
    assert read(header=header).remote == mode


@pytest.mark.parametrize(
    ("segments", "mode"),
    [
        ("Remote (US), Oslo, Bergen", "mixed"),
        ("Fully remote, based in Oslo, Norway", "remote"),
        ("Remote, Oslo, Norway", "remote"),
        ("Norway or Remote", "mixed"),
        ("Oslo or West Coast remote", "mixed"),
        ("Oslo (or anywhere for the right keeper)", "mixed"),
        ("Remote (US or EU)", "remote"),
        ("Remote Sensing Engineer | Oslo", "unspecified"),
    ],
)
def test_towns_beside_remote_work(segments, mode):
    assert extract_posting(f"Fernglow | Engineer | {segments}<p>Apply now.").remote == mode


@pytest.mark.parametrize(
    ("body", "mode"),
    [
        ("Sadly we cannot hire remotely.", "onsite"),
        ("Working remotely is not possible here.", "onsite"),
        ("We build remote diagnostics for boilers.", "unspecified"),
        ("Our software helps remote teams.", "unspecified"),
        ("You are welcome to work remotely.", "remote"),
        ("Local candidates preferred, but we would consider remote.", "mixed"),
        ("Everyone works in our office. Two weeks of remote work a year.", "onsite"),
        ("We are hybrid. Perk: work from abroad for up to six weeks.", "hybrid"),
        ("Beer in the office on Fridays.", "unspecified"),
        ("We run on a hybrid cloud.", "unspecified"),
        ("Work from home part of the week.", "hybrid"),
    ],
)
def test_the_working_mode_of_a_body(body, mode):
    assert read(body=body).remote == mode


@pytest.mark.parametrize(
    ("body", "salary"),
    [
        ("The pay for engineers is $91k - $97k.", (91_000, 97_000, "USD", "year")),
        ("Earning £41k-£47k would suit you.", (41_000, 47_000, "GBP", "year")),
        ("We pay $91k-$97k + bonus.", (91_000, 97_000, "USD", "year")),
        ("Hourly wage: £41-£47", (41, 47, "GBP", "hour")),
        ("Day rate: 410 EUR", (410, 410, "EUR", "day")),
        ("Salary: 14-19 LPA", (1_400_000, 1_900_000, "INR", "year")),
        ("Salary: 14-19 LPA and hourly pay on top", (1_400_000, 1_900_000, "INR", "year")),
        ("Salary: INR 14,00,000 - 19,00,000", (1_400_000, 1_900_000, "INR", "year")),
        ("Salary: R$9k-11k per month", (9_000, 11_000, "BRL", "month")),
        ("Salary: ¥7M - ¥9M", (7_000_000, 9_000_000, "JPY", "year")),
        ("Salary: 51 000 € - 57 000 €", (51_000, 57_000, "EUR", "year")),
        ("Salary: 51-57k", (51_000, 57_000, "EUR", "year")),  # Lisbon
        ("Base $91k-$97k, total comp $120k-$140k", (91_000, 97_000, "USD", "year")),
        ("Total package of $120k with a base of $91k", (91_000, 91_000, "USD", "year")),
        ("Pay would be £91,000 and 25 days of holiday.", (91_000, 91_000, "GBP", "year")),
        ("- Mid-level: $91k-$97k (US) or a like sum", (91_000, 97_000, "USD", "year")),
        ("Baker ($91k-$97k)", (91_000, 97_000, "USD", "year")),
        ("$91k - $97k, Lisbon", (91_000, 97_000, "USD", "year")),
        ("Total compensation $120k-$140k", None),
        ("Lighthouses pay $91k-$97k each for our lamps.", None),
        ("Boats are rented at $41-$47 per hour.", None),
        ("Seats run $11k-$17k a seat.", None),
        ("The base plan is $24,000 per year.", None),
        ("A signing bonus of $9,000.", None),
        ("We raised $7M.", None),
    ],
)
def test_the_pay_of_a_body(body, salary):
    found = read(body=body).salary
    assert (found and (found.min, found.max, found.currency, found.period)) == salary


@pytest.mark.parametrize(
    ("header", "salary"),
    [
        ("$41 ph", (41, 41, "USD", "hour")),
        ("£410 p.d.", (410, 410, "GBP", "day")),
        ("€4,100 pm", (4_100, 4_100, "EUR", "month")),
        ("51k€ - 57k€", (51_000, 57_000, "EUR", "year")),
        ("MXN 41k-47k a month", (41_000, 47_000, "MXN", "month")),
        ("$91k-$97k USD equity, benefits", (91_000, 97_000, "USD", "year")),
        ("Lisbon, CA $91k", (91_000, 91_000, "USD", "year")),
    ],
)
def test_the_pay_of_a_header(header, salary):
    found = read(header=header).salary
    assert (found and (found.min, found.max, found.currency, found.period)) == salary


@pytest.mark.parametrize(
    ("body", "visa"),
    [
        ("Do not worry about a visa, we sponsor all of them.", "yes"),
        ("H1B is no problem.", "yes"),
        ("We assist with the Blue Card.", "yes"),
        ("H-1Bs welcome, no agencies", "yes"),
        ("Happy to sponsor, but you need to be authorized to work already.", "yes"),
        ("No degree required, visa sponsorship available.", "yes"),
        ("Move here if you like rain (we can help with visas).", "yes"),
        ("We assist in obtaining a work visa for Norway.", "yes"),
        ("We can apply for a visa if you need one.", "yes"),
        ("We are open for 417 sponsorship.", "yes"),
        ("The visa process will be covered by us.", "yes"),
        ("We sponsor a local choir.", "unspecified"),
        ("We may sponsor your sailing course.", "unspecified"),
        ("Customers such as Visa light our lamps.", "unspecified"),
        ("Our app lets travellers apply for a visa.", "unspecified"),
        ("A security clearance is not required.", "unspecified"),
        ("You don't need to be an EU citizen.", "unspecified"),
        ("Candidates without a work permit cannot be considered; no visas.", "no"),
        ("U.S. persons only.", "no"),
        ("You need an active secret clearance.", "no"),
        ("Full working rights required.", "no"),
        ("Legal to work in the US. We sponsor a local choir.", "no"),
        ("No agencies, recent graduates, or visa candidates, please.", "no"),
        ("We cannot consider candidates who need visa sponsorship.", "no"),
        ("Visa sponsorship: not available", "no"),
    ],
)
def test_the_visa_of_a_body(body, visa):
    assert read(body=body).visa == visa


@pytest.mark.parametrize(
    ("header", "visa"),
    [
        ("ONSITE, VISA", "yes"),
        ("ONSITE VISA", "yes"),
        ("VISA, NO REMOTE", "yes"),
        ("no visa", "no"),
        ("US citizens only", "no"),
    ],
)
def test_the_visa_of_a_header(header, visa):
    assert read(header=header).visa == visa


def test_letters_of_another_width_or_style_are_plain():
    found = read(header="Ｒｅｍｏｔｅ", body="Stack: 𝗥𝘂𝘀𝘁")
    assert found.remote == "remote"
    assert [key for key, _ in found.skills] == ["rust"]
