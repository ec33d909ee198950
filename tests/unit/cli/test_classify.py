"""The classify command: NDJSON in, NDJSON out."""

from __future__ import annotations

import io
import json
import subprocess
import sys

import pytest

from include.cli.classify import as_json_explained, as_text, classify_stream, lines_of
from include.postings.extract import Reading

POST = {"id": 1, "text": "Fernglow | Backend Engineer | Oslo<p>Go and Kafka. Apply now."}
FIELDS = {
    "id", "is_job", "company", "remote", "locations", "roles", "levels", "role_bucket",
    "level_bucket", "skills", "salary", "visa",
}  # fmt: skip


def classify(*lines: str) -> tuple[int, list[dict], list[str]]:
    out, err = io.StringIO(), io.StringIO()
    status = classify_stream([[line.encode() for line in lines]], out, err)
    answers = [json.loads(line) for line in out.getvalue().splitlines()]
    return status, answers, err.getvalue().splitlines()


def test_each_record_is_answered_in_order():
    status, answers, errors = classify(json.dumps(POST), json.dumps(POST | {"id": "b"}))
    assert (status, errors) == (0, [])
    assert [answer["id"] for answer in answers] == [1, "b"]
    assert answers[0].keys() >= FIELDS
    assert answers[0]["skills"] == ["Go", "Kafka"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "Expecting"),
        ("[]", "not a JSON object"),
        ('{"text": "a"}', "id"),
        ('{"id": 1}', "text"),
        ('{"id": 1, "text": null}', "text"),
        ('{"id": 1, "text": "a", "title": 3}', "title"),
        ('{"id": 1, "text": "a", "stated": 3}', "stated"),
        ('{"id": 1, "text": "a", "stated": {"city": "Oslo"}}', "stated"),
        ("[" * 100_000, "recursion"),
    ],
)
def test_a_malformed_line_is_reported_and_the_others_go_on(line, reason):
    status, answers, errors = classify(json.dumps(POST), line, json.dumps(POST | {"id": 3}))
    assert status == 1
    assert [answer["id"] for answer in answers] == [1, 3]
    assert len(errors) == 1
    assert errors[0].startswith("line 2: ")
    assert reason in errors[0]


def test_empty_lines_are_skipped():
    assert classify("\n", json.dumps(POST), "  ")[0] == 0


def test_a_board_record_uses_its_title_and_company():
    record = POST | {"title": "QA Engineer", "company": "Otterline", "source": "remotive"}
    answer = classify(json.dumps(record))[1][0]
    assert (answer["company"], answer["roles"]) == ("Otterline", ["qa"])


def test_what_a_record_states_is_answered_without_words():
    record = POST | {"title": "QA Engineer", "source": "remotive", "stated": "Norway"}
    assert classify(json.dumps(record))[1][0]["remote"] == "remote"
    out = io.StringIO()
    assert (
        classify_stream([[json.dumps(record).encode()]], out, io.StringIO(), as_json_explained) == 0
    )
    explained = json.loads(out.getvalue())
    assert (explained["remote"], explained["locations"]) == ("remote", ["Norway"])
    assert not {"remote", "places", "country"} & {one["field"] for one in explained["evidence"]}


def test_explained_answers_have_the_words_that_gave_them():
    out = io.StringIO()
    assert (
        classify_stream([[json.dumps(POST).encode()]], out, io.StringIO(), as_json_explained) == 0
    )
    explained = json.loads(out.getvalue())
    plain = classify(json.dumps(POST))[1][0]
    assert plain.items() <= explained.items()
    for one in explained["evidence"]:
        assert explained["text"][one["start"] : one["end"]] == one["words"]
    skills = {one["value"]: one["words"] for one in explained["evidence"] if one["rule"]}
    assert skills == {"Go": "Go and Kafka"}


def test_explained_answers_are_marked_in_their_lines():
    lines = as_text(POST).splitlines()
    assert lines[0] == "1"
    assert any(line.startswith("  roles        backend") for line in lines)
    assert sum("«Go and Kafka». Apply now. (witness)" in line for line in lines) == 1


def test_lines_are_those_of_the_whole_stream():
    lines = [b"a" * 70_000, b"", b"b", *(b"%d" % n for n in range(30_000)), b"\xff", b"no end"]
    batches = list(lines_of(io.BytesIO(b"\n".join(lines))))

    assert len(batches) > 2
    assert [line for batch in batches for line in batch] == lines


def test_a_line_keeps_its_number_in_a_later_batch_and_no_text_is_refused_unnamed():
    out, err = io.StringIO(), io.StringIO()
    post = json.dumps(POST).encode()
    status = classify_stream(
        [[post, b""], [], [post, b'{"id": 2, "text": "\xff"}', post]], out, err
    )

    assert (status, len(out.getvalue().splitlines())) == (1, 3)
    assert err.getvalue().startswith("line 4: ")
    assert "utf-8" in err.getvalue()


def test_a_posting_that_no_rule_can_read_costs_those_before_it_nothing(monkeypatch):
    read = Reading.fields

    def fails(reading):
        if "Otterline" in reading.plain:
            raise ZeroDivisionError
        return read(reading)

    monkeypatch.setattr(Reading, "fields", fails)
    odd = POST | {"id": 2, "text": "Otterline | Backend Engineer | Oslo<p>Go."}
    out = io.StringIO()
    with pytest.raises(ZeroDivisionError):
        classify_stream([[json.dumps(one).encode() for one in (POST, odd)]], out, io.StringIO())
    assert json.loads(out.getvalue())["company"] == "Fernglow"


def test_an_answer_does_not_wait_for_the_next_line():
    command = [sys.executable, "-m", "include.cli", "classify"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        for number in (1, 2):
            running.stdin.write(json.dumps(POST | {"id": number}).encode() + b"\n")
            running.stdin.flush()
            assert json.loads(running.stdout.readline())["id"] == number
        running.stdin.close()
        assert running.wait(30) == 0
