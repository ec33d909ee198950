"""Batches answered by processes: all, in order, and a process that ends is an error."""

from __future__ import annotations

import io

import pyarrow as pa
import pytest

from include.errors import TransientError
from include.silver import postings
from include.silver.processes import answered, cores, serve

ECHO = "tests.unit.silver.echo_process"


def batch(*numbers: int) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict({"n": list(numbers)})


def test_answers_come_in_the_order_of_the_batches():
    found = answered(ECHO, [batch(n, n + 1) for n in range(7)], processes=2)
    assert [answer.column("n").to_pylist() for answer in found] == [
        [2 * n, 2 * n + 2] for n in range(7)
    ]


def test_a_process_that_ends_early_is_an_error_that_a_retry_may_pass():
    with pytest.raises(TransientError, match="TECHPULSE_READING_PROCESSES"):
        list(answered(ECHO, [batch(1), batch(-1), batch(3)], processes=1))


def test_there_is_a_core():
    assert cores() >= 1


def test_a_process_reads_what_the_task_would_read():
    texts = pa.RecordBatch.from_pylist(
        [
            {"posting_id": "a", "source": "hacker_news", "url": "u", "canonical_url": "u",
             "is_live": True, "title": None, "company": None, "reader_error": None,
             "description_raw": "Acme | Baker | Oslo | REMOTE<p>We use Rust."},
        ]
    )  # fmt: skip
    questions, answers = io.BytesIO(), io.BytesIO()
    with pa.ipc.new_stream(questions, texts.schema) as writer:
        writer.write_batch(texts)
        writer.write_batch(texts)
    questions.seek(0)
    serve(questions, answers, postings.read_texts)
    answers.seek(0)
    found = pa.ipc.open_stream(answers)
    assert [found.read_next_batch() for _ in range(2)] == [postings.read_texts(texts)] * 2


def test_many_postings_are_read_by_processes_with_the_columns_kept(monkeypatch):
    asked = []

    def here(module, batches, *, processes):
        asked.append((module, processes, len(batches)))
        return map(postings.read_texts, batches)

    monkeypatch.setattr(postings, "answered", here)
    monkeypatch.setattr(postings, "_ROWS_A_PROCESS", 2)
    monkeypatch.setattr(postings, "BATCH_ROWS", 2)
    monkeypatch.setattr(postings, "_processes", lambda: 3)
    rows = pa.table(
        {
            **{name: [None] * 5 for name in (*postings._KEPT, "title", "company", "reader_error")},
            "posting_id": list("abcde"),
            "source": ["hacker_news"] * 5,
            "is_live": [True] * 5,
            "description_raw": [f"Acme {n} | Baker | Oslo" for n in range(5)],
        }
    )
    found = pa.Table.from_batches(postings._read(rows))
    assert asked == [("include.silver.reading_process", 2, 3)]
    assert found.column("posting_id").to_pylist() == list("abcde")
    assert found.column("company").to_pylist() == [f"Acme {n}" for n in range(5)]
