"""Which words gave each answer: each, read alone, gives it again."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.postings import extract_posting
from include.postings.explained import Evidence, Explained, explain_posting
from include.postings.extract import Reading
from include.postings.markup import plain_text
from include.settings import PROJECT_ROOT
from sample.world import World

HISTORY = PROJECT_ROOT.parent / "shared" / "history" / "hn"
POSTS = 200
HEADER = "Fernglow | Senior Backend Engineer | Oslo | Remote (EU) | $90k-110k"
POST = f"{HEADER}<p>We write Go and Kafka. No visa sponsorship."


def generated() -> list[str]:
    world = World(seed=7, first_month="2025-01", last_month="2025-02", comments=130)
    found = (world.item(truth["id"]) for month in world.months() for truth in world.labels(month))
    return [item["text"] for item in found if item and item.get("text")][:POSTS]


def real() -> list[str]:
    found = []
    for path in sorted(HISTORY.glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            found += [json.loads(line)["text"] for line, _ in zip(lines, range(2), strict=False)]
    return [text for text in found if text][:POSTS]


def _job(reading: Reading) -> Any:
    return reading.jobs_without_terms


ALONE: Mapping[str, Callable[[Reading, Any], bool]] = MappingProxyType(
    {
        "is_job": lambda r, value: r.is_job == value,
        "company": lambda r, value: r.company == value,
        "title": lambda r, value: value in {r.untermed_title, *(j.title for j in _job(r))},
        "family": lambda r, value: value in {job.family for job in _job(r)},
        "remote": lambda r, value: r.remote == value,
        "visa": lambda r, value: r.visa == value,
        "roles": lambda r, value: value in r.roles,
        "levels": lambda r, value: value in r.levels,
        "skills": lambda r, value: value in {find.technology.name for find in r.finds},
        "salary": lambda r, value: bool(r.salary and r.salary.to_dict() == value),
    }
)
"""Whether a reading has a value of a field; of the others the field is the value."""


def gives(explained: Explained, one: Evidence, title: str | None = None) -> bool:
    """Return whether the words of an evidence, read alone, give its answer."""
    words = explained.words(one)
    company = None if one.field == "company" else explained.fields.company or "-"
    if one.part == "title":
        reading = Reading("", title=words, company=company)
    else:
        reading = Reading(words, title=title, company=company)
    if check := ALONE.get(one.field):
        return check(reading, one.value)
    answer = reading.fields().to_dict()[one.field]
    return one.value in answer if one.field == "places" else one.value == answer


@pytest.mark.parametrize("posts", [generated, real])
def test_each_span_alone_gives_the_same_answer(posts: Callable[[], list[str]]) -> None:
    texts = posts()
    if posts is real and not texts:
        pytest.skip("the history is not part of the project")
    assert len(texts) == POSTS
    for text in texts:
        explained = explain_posting(text)
        assert explained.fields == extract_posting(text)
        for one in explained.evidence:
            assert gives(explained, one), (one, explained.words(one))


def test_every_answer_has_its_words() -> None:
    explained = explain_posting(POST)
    words = {(one.field, str(one.value)): explained.words(one) for one in explained.evidence}
    assert words["title", "Senior Backend Engineer"] == "Senior Backend Engineer"
    assert words["remote", "remote"].startswith("Remote")
    assert words["visa", "no"] == "No visa sponsorship"
    # Alone "Go" is a verb: Kafka beside it says that it is a language.
    assert words["skills", "Go"] == "Go and Kafka"
    assert words["skills", "Kafka"] == "Kafka"
    assert {one.field for one in explained.evidence} == {
        "is_job", "company", "title", "family", "places", "roles", "role_bucket", "levels",
        "level_bucket", "remote", "salary", "visa", "skills",
    }  # fmt: skip


def test_an_address_that_names_a_level_is_its_words() -> None:
    post = "Fernglow | Engineer | Oslo<p>Apply: https://f.example/senior-lamp-engineer or write."
    found = explain_posting(post)
    (words,) = [found.words(one) for one in found.evidence if one.field == "levels"]
    assert words == "Apply: https://f.example/senior-lamp-engineer or"


@pytest.mark.parametrize(
    ("text", "words", "rule"),
    [
        ("Is this remote? I applied last week.", "Is this", "reply"),
        ("SEEKING WORK | Oslo | Baker for hire", "SEEKING WORK", "seeker"),
        ("Ovens are a marvel of this age, are they not", "", "no_offer"),
        ("Thanks!", "", "short"),
    ],
)
def test_what_is_no_job_has_the_words_that_refuse_it(text: str, words: str, rule: str) -> None:
    explained = explain_posting(text)
    (one,) = explained.evidence
    assert (one.field, one.value, one.rule) == ("is_job", False, rule)
    assert explained.words(one) == words


@pytest.mark.parametrize("before", ["", "İİİ ", "Ｆｕｌｌ ", "<b>a</b> &amp; ", "Sr. Jr. "])
def test_offsets_hold_in_the_text_that_plain_text_returns(before: str) -> None:
    text = f"{HEADER}<p>{before}Ask our Sr. Baker. We sponsor visas. Rust is a plus."
    explained = explain_posting(text)
    assert explained.text == plain_text(text)
    words = {(one.field, one.value): explained.words(one) for one in explained.evidence
             if one.field in ("visa", "skills")}  # fmt: skip
    assert words == {("visa", "yes"): "We sponsor visas", ("skills", "Rust"): "Rust"}


def test_a_record_is_explained_by_its_title_and_its_text() -> None:
    record = {"title": "QA Engineer (Junior)", "company": "Otterline", "source": "remotive"}
    text = "Write Go services. We sponsor visas. Remote."
    explained = explain_posting(text, **record)
    assert explained.fields == extract_posting(text, **record)
    parts = {one.field: one.part for one in explained.evidence}
    assert (parts["roles"], parts["levels"], parts["visa"]) == ("title", "title", "text")
    # Stated by the record: no words gave them.
    assert parts.keys().isdisjoint(("is_job", "company", "title"))
    assert all(gives(explained, one, record["title"]) for one in explained.evidence)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.text(max_size=12),
            st.sampled_from(
                (HEADER, "\n", " | ", "İ", "ﬁ", "Remote", "Sr. ", "<p>", "&lt;", "Go, Rust", "Ｇ",
                 "visa", "$90k", "5 years of", "hiring a baker", "Oslo", "\u2028", "😀"),
            ),
        ),
        max_size=12,
    )
)  # fmt: skip
def test_any_text_is_explained_within_its_bounds(parts: list[str]) -> None:
    text = HEADER[:9] + "".join(parts)
    explained = explain_posting(text)
    assert explained.fields == extract_posting(text)
    for one in explained.evidence:
        whole = explained.text if one.part == "text" else explained.title or ""
        assert 0 <= one.start <= one.end <= len(whole)
        assert explained.words(one).strip() == explained.words(one)


@pytest.mark.parametrize(
    "shape",
    ["\n- Engineer {n}, Oslo", ", Town{n}, TX", "\nRole {n} / sales: {n} years", " Go {n} C "],
)
def test_explaining_is_linear_in_the_text(shape: str) -> None:
    def seconds(size: int) -> float:
        text = HEADER + "".join(shape.format(n=n) for n in range(size // len(shape)))
        start = time.process_time()
        explain_posting(text)
        return time.process_time() - start

    assert seconds(40_000) < max(0.5, 10 * seconds(10_000))
