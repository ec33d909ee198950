"""What those who look for work say of place, way of working, relocation, skills, level."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest

from include.postings.markup import plain_text
from include.postings.seeker import Seeker, read_seeker
from include.sources.hacker_news.contact_rules import MARKS
from include.sources.hacker_news.redaction import redacted_html

FORM = (
    "Location: Oslo, Norway<p>Remote: Yes<p>Willing to relocate: No<p>"
    "Technologies: Python, Postgres, Go<p>R&#xE9;sum&#xE9;&#x2F;CV: ask<p>Baker with 12 years of "
    "experience."
)


def cities(seeker: Seeker) -> list[str]:
    return [place.name for place in seeker.places]


@pytest.mark.parametrize(
    "text",
    [
        FORM,
        FORM.replace("<p>", " "),  # all in one line
        FORM.replace("<p>", " | "),
        f"<pre><code>  {FORM.replace('<p>', chr(10) + '  ')}</code></pre>",
        FORM.replace(":", " :"),
        FORM.replace("Location", "- Location").replace("<p>", "<p>- "),
        FORM.replace(": ", ":<p>"),  # the value stands below
        FORM.upper().replace("<P>", "<p>").replace("&#X", "&#x"),
    ],
)
def test_the_form_is_read_however_it_is_laid_out(text: str) -> None:
    read = read_seeker(text, "wants")
    assert (read.side, read.remote, read.relocate) == ("seeker", "yes", "no")
    assert cities(read) == ["Oslo"]
    assert {"python", "postgresql"} <= set(read.skills)
    assert read.levels == ("senior",)


@pytest.mark.parametrize(
    ("value", "remote"),
    [
        ("Yes", "yes"), ("Preferred", "yes"), ("Open to it", "yes"), ("Please!", "yes"),
        ("Only", "only"), ("Yes (remote only)", "only"), ("100%", "only"), ("Fully remote", "only"),
        ("Yes, or hybrid only", "yes"), ("No", "no"), ("Nope", "no"), ("no, onsite only", "no"),
        ("Not needed", "no"), ("No preference", "yes"), ("N/A", "no"), ("On-site", "no"),
        ("Onsite or remote", "yes"),
    ],
)  # fmt: skip
def test_ways_to_answer_remote(value: str, remote: str) -> None:
    text = f"Location: Oslo<p>Remote: {value}<p>Willing to relocate: No"
    assert read_seeker(text, "wants").remote == remote


@pytest.mark.parametrize(
    ("value", "relocate"),
    [
        ("Yes", "yes"), ("To Bergen or Hamar", "yes"), ("Definitely", "yes"), ("OK", "yes"),
        ("No", "no"), ("Never", "no"), ("No, sorry", "no"), ("Maybe", "maybe"),
        ("No, but later perhaps", "maybe"), ("Not right now", "maybe"), ("Negotiable", "maybe"),
        ("Depends on the bakery", "maybe"), ("For the right offer", "maybe"), ("", "unspecified"),
    ],
)  # fmt: skip
def test_ways_to_answer_relocation(value: str, relocate: str) -> None:
    text = f"Location: Oslo<p>Willing to relocate: {value}<p>Remote: Yes"
    assert read_seeker(text, "wants").relocate == relocate


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("SEEKING WORK | Oslo | Remote<p>Bakery software in Rust.", "seeker"),
        ("=====<p>SEEKING WORK - Remote only<p>=====", "seeker"),
        ("Seeking freelance work, Bergen. I help teams that need developers.", "seeker"),
        ("FOR HIRE: Django developer", "seeker"),
        ("Location: Oslo<p>Remote: yes<p>Technologies: Go", "seeker"),
        ("SEEKING FREELANCER | Oslo | React developer", "offer"),
        ("Seeking a part-time designer for our bakery", "offer"),
        ("We are looking for an engineer. Location: Oslo", "offer"),
        ("Thanks for this thread!", "other"),
    ],
)
def test_sides_of_the_freelancers_thread(text: str, side: str) -> None:
    assert read_seeker(text, "freelancer").side == side


def test_an_offer_has_no_reading() -> None:
    assert read_seeker("SEEKING FREELANCER | Oslo | Python", "freelancer") == Seeker("offer")


def test_a_header_says_place_and_way_of_working() -> None:
    read = read_seeker("SEEKING WORK | near Bergen, Norway | Remote only<p>Elixir", "freelancer")
    assert (cities(read), read.remote, read.skills) == (["Bergen"], "only", ("elixir",))


# Another way to look for contacts than redaction.py's: loose, by characters alone.
_RESIDUAL = re.compile(
    r"@|://|\bwww\b|\S\.(?:com|org|net|io|co|dev|me)\b|[(\[{<]\s*(?:at|dot)\s*[)\]}>]|"
    r"\bdot (?:com|net|org|io)\b|\bat g?mail\b|(?<!\d)(?:\d[ ().-]{0,2}){7,}(?!\d)|"
    r"\b(?:skype|telegram|twitter|github|linkedin|e-?mail)\s*[:=]\s*(?!\[)\w",
    re.IGNORECASE,
)
_NO_CONTACT = re.compile(
    r"(?<!\w)(?:asp|ado|vb|ml|socket|draw)?\.(?:net|io)\b|(?:19|20)\d\d\W+(?:19|20)\d\d", re.I
)


@pytest.mark.shared
def test_real_comments_have_no_contact_left_and_are_read(shared_data: Path) -> None:
    files = sorted((shared_data.parent / "history" / "seekers").glob("*.jsonl.gz"))
    lines = (line for file in files for line in gzip.decompress(file.read_bytes()).splitlines())
    rows = [json.loads(line) for line in lines]
    assert len(rows) == 412
    seekers, residual = [], []
    for row in rows:
        kept = redacted_html(row["text"])
        without = plain_text(kept)
        for mark in MARKS:
            without = without.replace(mark, " ")
        residual += _RESIDUAL.findall(_NO_CONTACT.sub(" ", without))
        read = read_seeker(kept, row["thread"])
        if read.side == "seeker":
            seekers.append(read)
    assert residual == []
    assert len(seekers) > 390
    assert sum(bool(seeker.places) for seeker in seekers) / len(seekers) > 0.9
    assert sum(seeker.remote != "unspecified" for seeker in seekers) / len(seekers) > 0.95
    assert sum(bool(seeker.skills) for seeker in seekers) / len(seekers) > 0.85
