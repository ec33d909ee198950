from __future__ import annotations

import json

import pytest

from include.errors import MalformedAnswerError
from include.sources.answers import read_answer


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
        '{"jobs": [NaN',
        '{"jobs": [{"a": NaN, "b": "x]}',
        '{"jobs": [1], "jobs": [2]}',
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
