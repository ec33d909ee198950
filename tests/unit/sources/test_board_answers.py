from __future__ import annotations

import json

import pytest

from include.errors import MalformedAnswerError
from include.sources.answers import read_answer
from include.sources.links import canonical_url, is_link, without_tracking


def test_a_record_keeps_the_very_text_that_the_api_sent():
    text = '{"a": {"jobs": 1}, "jobs" : [ {"n": 1.50, "t": "\\u00e9\\/"} , null,\n"x"], "z": 1e2}'
    answer = read_answer(text, "jobs")
    assert [text for _, text in answer.records] == [
        '{"n": 1.50, "t": "\\u00e9\\/"}', "null", '"x"',
    ]  # fmt: skip
    assert answer.records[0][0] == {"n": 1.5, "t": "é/"}
    assert answer.envelope == {"a": {"jobs": 1}, "z": 100.0}


def test_an_empty_list_is_an_answer():
    assert read_answer(' {"data":[],"meta":{}} ', "data").records == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html>back soon</html>",
        "[1, 2]",
        "null",
        '{"jobs": {}}',
        '{"jobs": "none"}',
        '{"data": []}',
        '{"jobs": [1,]}',
        '{"jobs": [1 2]}',
        '{"jobs": [1],}',
        '{"jobs": [1]',
        '{"jobs": [NaN]}',
        '{"jobs": [1]} trailing',
        '{"jobs": [' + "[" * 100_000,
    ],
)
def test_what_is_not_the_promised_json_is_malformed(text):
    with pytest.raises(MalformedAnswerError, match="begins"):
        read_answer(text, "jobs")


def test_an_answer_is_read_as_the_standard_library_reads_it():
    value = {"jobs": [{"id": n, "text": "line\n" * n} for n in range(50)], "count": 50}
    for indent in (None, 2):
        text = json.dumps(value, indent=indent)
        answer = read_answer(text, "jobs")
        assert [record for record, _ in answer.records] == value["jobs"]
        assert [json.loads(text) for _, text in answer.records] == value["jobs"]


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("https://A.example/Jobs/1?utm_source=x&utm_campaign=d1", "https://a.example/Jobs/1"),
        ("https://a.example/1?id=7&gclid=x#apply", "https://a.example/1?id=7"),
        ("https://a.example/1?ref=JOB-7", "https://a.example/1?ref=JOB-7"),
        ("https://a.example/1?b=2&a=", "https://a.example/1?b=2&a="),
    ],
)
def test_tracking_parameters_do_not_name_a_posting(url, canonical):
    assert canonical_url(url) == canonical
    assert canonical_url(canonical) == canonical


@pytest.mark.parametrize("value", [None, 3, "", "job/1", "ftp://a.example", "http://", "http://[x"])
def test_only_web_addresses_are_links(value):
    assert not is_link(value)


def test_only_links_are_compared_without_tracking():
    payload = {"url": "https://a.example/?utm_source=x", "title": "see ?utm_source=x", "n": 1}
    assert without_tracking(payload) == {**payload, "url": "https://a.example/"}
