"""Messages and feeds: what a source sends is shown as text, and each source is named."""

from __future__ import annotations

import stat
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from include.errors import DiskFullError
from include.insights.models import JobRow, PostingRow
from include.searches import feed as module
from include.searches.definition import SavedSearch
from include.searches.feed import atom, write_feed
from include.searches.message import MAX_CHARACTERS, compose, item_of
from include.settings import Settings
from include.sources.source import Attribution

AT = datetime(2026, 11, 26, 18, 30, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"
SEARCH = SavedSearch.model_validate(
    {"name": "berlin", "filter": "q=a+%26+b&location=Berlin", "feed": "berlin.xml"}
)


def job(title: str) -> JobRow:
    return JobRow(
        title=title, roles=[], levels=[], family="engineering", remote=None, locations=[],
        salary_min=None, salary_max=None, salary_currency=None, salary_period=None,
    )  # fmt: skip


def row(number: int = 1, **changes: Any) -> PostingRow:
    values: dict[str, Any] = {
        "id": f"{number:032x}",
        "source": "remotive",
        "url": f"https://remotive.com/job-{number}",
        "title": f"Data Engineer {number}",
        "company": "Acme",
        "location": "Berlin",
        "country": "DE",
        "countries": ["DE"],
        "remote": "hybrid",
        "date_posted": None,
        "posted_day": date(2026, 11, 24),
        "retrieved_at": "2026-11-25T00:00:00Z",
        "role_bucket": "any",
        "level_bucket": "any",
        "salary_min": 70_000.0,
        "salary_max": 90_000.0,
        "salary_currency": "EUR",
        "salary_period": "year",
        "visa": "unspecified",
        "jobs": [job("Data Engineer")],
        "skills": ["Python", "SQL"],
        "attribution": Attribution("Remotive", "https://remotive.com"),
    }
    return PostingRow(**values | changes)


def test_text_says_what_is_known() -> None:
    text = compose(SEARCH, [row()], "5e" * 16, base_url="https://airflow.example.org/").text
    assert text == (
        "1 new posting for berlin\n\n"
        "1. Data Engineer 1, Acme\n"
        "   Berlin · hybrid · 70,000–90,000 EUR a year · posted 2026-11-24\n"
        "   Python, SQL\n"
        "   https://remotive.com/job-1 (Remotive)\n\n"
        "--\n"
        "Saved search berlin (location: Berlin, q: a & b)\n"
        "Sources: Remotive https://remotive.com\n"
        "Dashboard: https://airflow.example.org/techpulse/dashboard"
        "?families=all&location=Berlin&q=a+%26+b\n"
        "Message 5e5e5e5e\n"
    )


def test_html_leads_to_the_pages_of_the_dashboard_where_its_address_is_known() -> None:
    html = compose(SEARCH, [row()], "1", base_url="https://airflow.example.org").html
    assert f'"https://airflow.example.org/techpulse/posting?id={1:032x}"' in html
    query = "families=all&amp;location=Berlin&amp;q=a+%26+b"
    assert f'"https://airflow.example.org/techpulse/dashboard?{query}"' in html
    assert "techpulse/" not in compose(SEARCH, [row()], "1").html


def test_nothing_is_said_of_what_is_not_known() -> None:
    unknown = row(company="", location=None, countries=[], remote="unspecified", skills=[],
                  salary_min=None, salary_max=None, title="", jobs=[])  # fmt: skip
    item = item_of(unknown)
    assert item.headline == "A posting without a title"
    assert item.facts == "posted 2026-11-24"
    assert "None" not in compose(SEARCH, [unknown], "1").text
    assert "None" not in compose(SEARCH, [unknown], "1").html


@pytest.mark.parametrize(
    ("salary", "pay"),
    [
        ((80_000, 80_000, "USD", "year"), "80,000 USD a year"),
        ((None, 65.0, "EUR", "hour"), "65 EUR an hour"),
        ((100.0, None, None, None), "100"),
    ],
)
def test_pay_is_what_is_stated(salary: tuple[Any, ...], pay: str) -> None:
    names = ("salary_min", "salary_max", "salary_currency", "salary_period")
    changed = row(**dict(zip(names, salary, strict=True)))
    assert pay in item_of(changed).facts.split(" · ")


def test_several_jobs_are_listed_up_to_a_number() -> None:
    jobs = [job(f"Job {n}") for n in range(7)]
    assert item_of(row(jobs=jobs)).jobs == ("Job 0", "Job 1", "Job 2", "Job 3", "and 3 more")
    assert item_of(row(title="Job 0 · Job 1", jobs=jobs[:2])).jobs == ()


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Data\r\nBcc: all@example.org", "Data Bcc: all@example.org"),
        ("a\x00\x08b\ud800\ufffec", "abc"),
        ("\u202eexe.Acme\u2066", "exe.Acme"),
        ("x" * 500, "x" * (MAX_CHARACTERS - 1) + "…"),
        ("Ünïcode 🚀", "Ünïcode 🚀"),
    ],
)
def test_title_is_one_clean_line(title: str, shown: str) -> None:
    hostile = row(title=title)
    assert item_of(hostile).title == shown
    news = compose(SEARCH, [hostile], "1")
    assert shown in news.text
    ET.fromstring(atom(SEARCH, [(AT, item_of(hostile))], AT))


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "", "https://a b", "https://a\u202e.b"]
)
def test_only_addresses_of_the_web_are_links(url: str) -> None:
    news = compose(SEARCH, [row(url=url)], "1")
    assert news.html.count("<a ") == 1  # the source's
    (entry,) = ET.fromstring(atom(SEARCH, [(AT, item_of(row(url=url)))], AT)).iter(f"{ATOM}entry")
    assert [link.get("rel") for link in entry.iter(f"{ATOM}link")] == ["via"]


def test_markup_is_shown_not_read() -> None:
    news = compose(SEARCH, [row(title="<b>C++ & Go</b>", company='"A"<!here>')], "1")
    assert "&lt;b&gt;C++ &amp; Go&lt;/b&gt;</a>" in news.html
    assert "<b>C++ & Go</b>, " in news.text
    assert '&lt;b&gt;C++ &amp; Go&lt;/b&gt;, "A"&lt;!here&gt;' in news.chat
    assert "<b>" not in news.chat


def test_feed_has_what_rfc_4287_requires() -> None:
    rows = [row(2), row(1, url="", company="")]
    content = atom(
        SEARCH, [(AT + timedelta(hours=1), item_of(rows[0])), (AT, item_of(rows[1]))], AT
    )
    root = ET.fromstring(content)
    assert root.tag == f"{ATOM}feed"
    # Section 4.1.1: exactly one id, title and updated, and an author for all entries.
    for name in ("id", "title", "updated", "author"):
        assert len(root.findall(f"{ATOM}{name}")) == 1
    assert root.findtext(f"{ATOM}updated") == "2026-11-26T19:30:00Z"
    entries = root.findall(f"{ATOM}entry")
    assert [e.findtext(f"{ATOM}id") for e in entries] == [
        "urn:uuid:00000000-0000-0000-0000-000000000002",
        "urn:uuid:00000000-0000-0000-0000-000000000001",
    ]
    for entry in entries:
        # Section 4.1.2: one of each, and content where there is no alternate link.
        for name in ("id", "title", "updated", "content"):
            assert len(entry.findall(f"{ATOM}{name}")) == 1
        assert len(entry.findall(f"{ATOM}link[@rel='alternate']")) <= 1
        assert entry.findtext(f"{ATOM}rights") == "Source: Remotive"
        assert entry.find(f"{ATOM}link[@rel='via']").get("href") == "https://remotive.com"  # type: ignore[union-attr]
    assert entries[0].findtext(f"{ATOM}author/{ATOM}name") == "Acme"
    assert entries[0].find(f"{ATOM}link").get("href") == "https://remotive.com/job-2"  # type: ignore[union-attr]
    assert atom(SEARCH, [], AT).count(b"<entry") == 0


def test_feed_is_replaced_at_once_and_keeps_the_mode_that_an_operator_gave(
    settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "feeds" / "berlin.xml"
    write_feed(path, b"one")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    write_feed(path, b"two")
    assert path.read_bytes() == b"two"
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    write_feed(path, b"three", only_try=True)
    assert path.read_bytes() == b"two"
    assert list(path.parent.iterdir()) == [path]


def test_feed_on_a_full_disk_stays_as_it_was(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "berlin.xml"
    path.write_bytes(b"one")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.os, "fsync", full)  # type: ignore[attr-defined]
    with pytest.raises(DiskFullError, match=r"berlin\.xml"):
        write_feed(path, b"two")
    assert path.read_bytes() == b"one"
    assert list(tmp_path.glob(".berlin*")) == []
