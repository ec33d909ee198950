"""The floor: how well postings must be read, on generated truth and on hand labels."""

from __future__ import annotations

import pytest

from bench.evaluate import generated_cases, labelled_cases, main, score

GENERATED = {
    "is_job": 0.98, "technologies": 0.97, "company": 0.96, "remote": 0.97, "roles": 0.97,
    "levels": 0.97, "salary": 0.98, "visa": 0.98, "jobs_count": 0.93, "jobs": 0.95,
}  # fmt: skip
LABELLED = {
    "is_job": 0.97, "technologies": 0.95, "company": 0.95, "remote": 0.94, "roles": 0.90,
    "levels": 0.93, "salary": 0.96, "visa": 0.97,
}  # fmt: skip


def _short(figures, floor):
    return {field: figures[field] for field, least in floor.items() if figures[field] < least}


def test_generated_postings_are_read_above_the_floor():
    assert _short(score(generated_cases(comments=80)), GENERATED) == {}


def test_labelled_postings_are_read_above_the_floor():
    cases = labelled_cases()
    if not cases:
        pytest.skip("the labels are not part of the project")
    assert _short(score(cases), LABELLED) == {}


def test_evaluate_prints_a_table_without_the_labels(capsys, tmp_path):
    assert main(["--labels", str(tmp_path), "--misses", "1", "--field", "company"]) == 0
    printed = capsys.readouterr().out
    assert "technologies" in printed
    assert "labelled (" not in printed
