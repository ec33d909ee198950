"""What reaches a person is taken out, whatever it is disguised as; what silver reads stays."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from include.sources.hacker_news.contact_rules import MARKS
from include.sources.hacker_news.redaction import redacted_html, redacted_text

SECRETS = {
    "[link]": (
        "see https://qxvort.example/cv?id=7#me",
        "www.qxvort.example",
        "qxvort.dev",
        "cv at cdn.qxvort.co.uk/cv.pdf",
        "hxxps://qxvort.example",
        "qxvort[.]io",
        "qxvort dot dev",
        "qxvort\u3002com",
    ),
    "[email]": (
        "qxvort@host.example",
        "qxvort @ host . example",
        "\uff51xvort\uff20host\uff0ecom",
        "q\u200bxvort@host.com",
        "qxvort (at) host (dot) com",
        "qxvort[at]host.com",
        "qxvort {at} host {dot} io",
        "qxvort <at> host.com",
        "qxvort_at_host_dot_com",
        "qxvort-at-host-dot-com",
        "qxvort AT host DOT com",
        "qxvort at gmail",
        "qxvort at host dot co dot uk",
        "first dot qxvort at gmail dot com",
        "qxvort&#64;host&#46;com",
        "qxvort%40host.com",
        "qxvort at gm\u0430il.com",
        "qxvort (\u0430t) host.com",
        "moc.tsoh@qxvort",
        "qxvort@",
        "ping @qxvort",
    ),
    "[handle]": (
        "my skype is qxvort",
        "github/qxvort",
        "linkedin/in/qxvort",
        "in/qxvort",
        "u/qxvort",
        "qxvort on GitHub",
        "qxvort (Telegram)",
        "Kaggle user qxvort",
        "aka qxvort",
        "qxvort#1815",
        "upwork - qxvort",
    ),
    "[contact]": (
        "Email: ask for Qxvort",
        "R\u00e9sum\u00e9/CV: in the qxvort folder",
        "LinkedIn - qxvort",
        "Skype = qxvort",
        "Name: Qxvort",
    ),
    "[code]": ("key cXh2b3J0QGhvc3Q=", "q x v o r t @ h o s t", "qxVort12qxVort34qxVort"),
    "[name]": ("Hi, I'm Qxvort Lind and I bake", "My name is Qxvort.", "I bake.\nThanks,\nQxvort"),
}
CASES = [(mark, text) for mark, texts in SECRETS.items() for text in texts]

PHONES = (
    "+1 (555) 010-0199", "555-010-0199", "(0)20 7946 0958", "+49.171.5550100", "0049 171 5550100",
    "5550100199", "+44 20 7946 0958 ext 7", "+47\u00a055\u00a050\u00a010\u00a001",
    "five five five oh one double zero", "\uff15\uff15\uff15-010-0199", "555 o1o 0199",
)  # fmt: skip

KEPT = (
    "Location: Oslo, Norway (UTC+1)",
    "Remote: Yes, or 2 days a week in the office",
    "Willing to relocate: No, but maybe in 2027",
    "Technologies: Node.js, ASP.NET, Vue.js, socket.io, C++, C#, F#, .NET 8, Python 3.12.1, S3",
    "Git/GitHub/Jira, GitHub Actions, code on GitHub, AWS (EC2, RDS), CI/CD, TCP/IP",
    "10+ years of work, 2015-2021 at a bakery, then 2019, 2020 and 12/2021 - 03/2023",
    "I work at Python shops. Stay at home. 8 hours a day, $100,000 or 90k",
    "Hi, I'm a baker. I am Norwegian. This is Rust.",
    "We can handle much. Handlebars; login pages. Emails were sent; a signal is processed.",
    "SEEKING WORK | Bergen | Remote only",
)


@pytest.mark.parametrize(("mark", "text"), CASES)
def test_contacts_of_each_kind_are_taken_out(mark: str, text: str) -> None:
    kept = redacted_text(f"I bake bread. {text}" if "\n" not in text else text)
    assert "qxvort" not in kept.lower()
    assert "q x v" not in kept
    assert any(one in kept for one in MARKS)
    if not text.startswith(("cv at", "Hi", "My", "LinkedIn", "Skype")):
        assert mark in kept or "[contact]" in kept or "[link]" in kept


@pytest.mark.parametrize("phone", PHONES)
def test_phone_numbers_are_taken_out(phone: str) -> None:
    kept = redacted_text(f"Ring me: {phone}")
    assert "[phone]" in kept
    assert len(re.findall(r"\d", kept)) < 2
    assert "five" not in kept


@pytest.mark.parametrize("text", KEPT)
def test_what_silver_reads_stays(text: str) -> None:
    assert redacted_text(text) == text


def test_a_field_ends_a_labelled_contact() -> None:
    text = "Email: whoever reads Remote: Yes | CV: ask | Technologies: Go"
    assert redacted_text(text) == "[contact] Remote: Yes | [contact] | Technologies: Go"


def test_html_keeps_lines_and_no_address() -> None:
    markup = (
        "Location: Oslo &amp; Bergen<p>1 &lt; 2<p>Me: "
        '<a href="https:&#x2F;&#x2F;qxvort.example&#x2F;long" rel="nofollow">see here</a>'
    )
    assert redacted_html(markup) == "Location: Oslo &amp; Bergen<p>1 &lt; 2<p>Me: see here"


NAME = st.from_regex(r"[bcdfgqvxz]{6,12}", fullmatch=True)
HOST = st.from_regex(r"[bcdfgqvxz]{4,9}", fullmatch=True)
TLD = st.sampled_from(["com", "org", "io", "dev", "co.uk", "de", "me", "ai"])
SIGNS = st.sampled_from([
    ("@", "."), (" @ ", " . "), (" at ", " dot "), ("(at)", "(dot)"), (" [at] ", "."),
    (" (AT) ", " (DOT) "), ("_at_", "_dot_"), (" <at> ", " <dot> "), ("{at}", "."),
    (" |at| ", " |dot| "), (" at ", "."), ("\uff20", "\uff0e"), ("&#64;", "&#46;"),
    (" \u0430t ", " d\u043et "), ("[@]", "[.]"), ("\ufe6b", "\u3002"), (" -at- ", " -dot- "),
])  # fmt: skip
BEFORE = st.sampled_from(["", "Write to ", "Oslo | ", "(", "Rust, Go; ", "I bake.\n", "mail "])
AFTER = st.sampled_from(["", ".", " or not", ") and so on", " | Oslo", "\nRemote: Yes", "!"])


@settings(max_examples=250, deadline=None)
@given(NAME, HOST, TLD, SIGNS, BEFORE, AFTER, st.booleans())
def test_no_disguise_of_an_address_leaves_its_parts(
    name: str, host: str, tld: str, signs: tuple[str, str], before: str, after: str, dotted: bool
) -> None:
    at, dot = signs
    local = f"{name[:3]}{dot if dotted else '.'}{name[3:]}" if dotted else name
    address = f"{local}{at}{host}{dot}{tld.replace('.', dot)}"
    kept = redacted_text(f"{before}{address}{after}")
    assert name[:3] not in kept
    assert name[3:] not in kept
    assert host not in kept


@pytest.mark.parametrize(
    "address",
    ["bcd . fgq @ vxzb . com", "bcd . fgq @vxzb . co . uk", "bcd . f . g (at) vxzb . io",
     "bcd .fgq [at] vxzb .dev", "bcd . fgq @ vxzb.com"],
)  # fmt: skip
def test_an_address_with_its_dots_apart_leaves_nothing(address: str) -> None:
    # A full stop with no blank before it ends a sentence.
    assert redacted_text(f"I bake. {address} or Rome.") == "I bake. [email] or Rome."


DIGITS = st.from_regex(r"[3-9][0-9]{9}", fullmatch=True)
FORMS = st.sampled_from(
    ["+1 {a} {b} {c}", "({a}) {b}-{c}", "{a}.{b}.{c}", "{a}{b}{c}", "00{a} {b}{c}", "{a}/{b} {c}",
     "+{a}-{b}-{c}", "tel:{a}{b}{c}", "{a} - {b} - {c}"]
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(DIGITS, FORMS, BEFORE, AFTER)
def test_no_form_of_a_number_leaves_its_digits(
    digits: str, form: str, before: str, after: str
) -> None:
    number = form.format(a=digits[:3], b=digits[3:6], c=digits[6:])
    assert not re.search(r"\d{3}", redacted_text(f"{before}{number}{after}"))


TEXT = st.lists(
    st.sampled_from([
        "ada", "@", " at ", "(at)", ".", "com", " dot ", "Email: ", "\n", "<p>", "&lt;", "555", "-",
        " ", "http://", "GitHub", "/", "[email]", "[link]", "Oslo", "Hi, I'm ", "Ada", "a b c d e ",
    ]), max_size=25,
).map("".join)  # fmt: skip


@pytest.mark.parametrize("before", ["555555555", "+1 555 555 5555", "x@y.example "])
@pytest.mark.parametrize("label", ["Email: ", "Telegram: ", "Phone: "])
def test_a_label_right_behind_a_contact_is_read(before: str, label: str) -> None:
    text = redacted_text(f"{before}{label}lovelace")
    assert "lovelace" not in text
    assert redacted_text(text) == text


@settings(max_examples=200, deadline=None)
@given(st.one_of(TEXT, st.text(max_size=200)))
@example("555555555Email: ")
def test_redacting_twice_changes_nothing(text: str) -> None:
    once = redacted_html(text)
    assert redacted_html(once) == once


@pytest.mark.parametrize("unit", ["(", "a.", "a://", "name/", "1o", "[at", "email: ", " at ", "a-"])
def test_time_is_linear_on_hostile_text(unit: str) -> None:
    began = time.process_time()
    redacted_text(unit * (20_000 // len(unit)))
    assert time.process_time() - began < 3
