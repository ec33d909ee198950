"""A wrong answer has no speed: every row's check fails when it is given one."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from bench import analytics, report, web
from bench.filtered import Filtered, Stored
from bench.questions import Questions
from bench.rows import boards, daily, reading, real
from bench.web import Case, cases
from include.postings import PostingFields, extract_posting

DAILY = {"expected": 100, "inserted": 4, "unchanged": 96, "updated": 2, "requests": 103}


def bodies(*answers: object) -> list[bytes]:
    """Answers as JSON; bytes are those of an answer."""
    return [one if isinstance(one, bytes) else json.dumps(one).encode() for one in answers]


def insights(total: int, *counts: int) -> dict[str, object]:
    skills = [{"name": str(n), "count": n, "pct": 1} for n in counts]
    return {"totals": {"postings_count": total}, "skills": skills}


def series(*lengths: int) -> dict[str, object]:
    point = {"mention_count": 1}
    return {"data": [{"points": [point] * length} for length in lengths]}


def page(listed: int, total: int) -> dict[str, object]:
    return {"data": [{}] * listed, "meta": {"total_count": total}}


PLACES, TECHNOLOGIES = {"Berlin": 1, "Paris": 1, "Rome": 1}, {"go": 1, "rust": 1}
STORED = Stored(
    PLACES,
    TECHNOLOGIES,
    {"Acme": 2},
    ["hacker_news"],
    ["2025-01"],
    ["0" * 32],
    [["a", "b", "c"]],
    has_boards=True,
)


@pytest.fixture(scope="module")
def by_name() -> dict[str, Case]:
    made = Questions(PLACES, TECHNOLOGIES, (24_300, 24_311))
    return {case.name: case for case in cases(made, Filtered(STORED))}


def test_jobs_that_are_open_are_asked_for_where_a_board_was_read() -> None:
    assert "open" in Filtered(STORED).by_path()
    assert "open" not in Filtered(replace(STORED, has_boards=False)).by_path()


def rows(*data: dict[str, object], **meta: object) -> dict[str, object]:
    return {"data": list(data), "meta": meta}


def fitting(*jobs: int, naming: int, unnamed: int, counted: int) -> dict[str, object]:
    meta = {"fits": [{"jobs": n} for n in jobs], "naming_jobs": naming, "unnamed_jobs": unnamed}
    openings = {"openings": [{"jobs": 1}], "lacking_one_jobs": 1}
    return {"meta": meta | openings | {"counted": {"jobs": counted}}}


MOVER = {"q": 0.1, "low": 1.0, "change_points": 2.0, "high": 3.0}
MONTH = {"month": "2025-01", "companies": 1, "postings": 2, "jobs": 3}
MIX = {"postings_count": 1, "total_jobs": 2, "low": 0.1, "pooled_share": 0.5, "high": 0.9}
PAY = {"p25": 1.0, "median": 2.0, "p75": 3.0, "low": None, "pooled_median": 2.0, "high": None}
PAIR = {"lift": 2.0, "lift_low": 1.5, "companies_count": 1, "postings_count": 2}
PLACE = {"jobs": 2, "low": 0.1, "share": 0.5, "high": 0.9}
TWO = {"counted": {"jobs": 2}}
ACTIVE = {"month": "2025-01", "jobs": 2}
HTML = b"<!doctype html><html></html>\n"
OPEN = {"weekly": [{"week": "2025-01-06"}], "days_open": [{"closed": 1, "n": 2}]}
NAME = {"name": "Berlin", "postings": 1}
RUNS = [{"runs": [{"text": "Go", "marks": [0]}]}]
SHOWN = {"posting": {"id": "0"}, "evidence": [{}], "text": RUNS}
READ = {"text": "Go", "evidence": [{"start": 0, "end": 2}]}


RIGHT = {
    "insights, all distinct": (insights(0), insights(9, 3, 9)),
    "insights, repeated": (insights(9, 3),),
    "trends, all distinct": (series(60, 60),),
    "trends, repeated": (series(3, 3, 3),),
    "postings, first page, all distinct": (page(0, 0), page(2, 7)),
    "insights of jobs, all distinct": (insights(0), insights(9, 3, 9)),
    "trends of jobs, all distinct": (series(3, 3),),
    "insights, any filter": (insights(0), insights(9, 3, 9)),
    "trends, any filter": (series(60, 60),),
    "movers": (rows(MOVER, q_limit=0.1, tested=3),),
    "volume": (rows(MONTH),),
    "market": (rows(MIX, MIX | {"low": None, "pooled_share": None, "high": None}),),
    "salaries": (rows(PAY, PAY | {"low": 1.0, "high": 2.5}),),
    "pairs": (rows(PAIR),),
    "places": (rows(PLACE, **TWO),),
    "companies": (rows({"jobs": 1}, {"jobs": 1}, **TWO),),
    "company": (rows(months=[ACTIVE], **TWO),),
    "company, the page": (HTML,),
    "open": (OPEN,),
    "match": (fitting(2, 1, naming=3, unnamed=1, counted=4),),
    "search, newest first": (rows({"matched": [1]}, total_count=1),),
    "search, best first": (rows({"matched": [1]}, total_count=1),),
    "suggestions": (rows(NAME),),
    "posting": (SHOWN,),
    "explain": (READ,),
}
WRONG = {
    "insights, all distinct": ([], {"error": "no"}, insights(2, 3), insights(0), insights(5, 0)),
    "insights, repeated": ("busy", insights(0)),
    "trends, all distinct": (series(60), series(60, 59), {"data": []}, series(0, 0)),
    "trends, repeated": ({}, series(1, 2)),
    "postings, first page, all distinct": (page(8, 7), page(0, 0), {"data": [1]}),
    "insights of jobs, all distinct": (insights(2, 3), insights(0)),
    "trends of jobs, all distinct": (series(60), series(0, 0)),
    "insights, any filter": (insights(2, 3), insights(0)),
    "trends, any filter": (series(60), series(60, 59)),
    "movers": (
        rows(MOVER | {"q": 0.2}, q_limit=0.1, tested=3),
        rows(MOVER | {"low": 2.5}, q_limit=0.1, tested=3),
    ),
    "volume": (rows(MONTH, MONTH), rows(MONTH | {"jobs": 1})),
    "market": (rows(MIX | {"postings_count": 3}), rows(MIX | {"high": 0.4})),
    "salaries": (rows(PAY | {"p75": 1.0}), rows(PAY | {"low": 2.5, "high": 3.0})),
    "pairs": (rows(PAIR | {"lift_low": 2.5}), rows(PAIR | {"companies_count": 3})),
    "places": (rows(PLACE | {"jobs": 3}, **TWO), rows(PLACE | {"low": 0.6}, **TWO)),
    "companies": (rows({"jobs": 2}, {"jobs": 1}, **TWO),),
    "company": (rows(months=[ACTIVE, ACTIVE], **TWO), rows(months=[], **TWO)),
    "company, the page": (HTML[:-9], b"{}"),
    "open": (OPEN | {"weekly": OPEN["weekly"] * 2}, OPEN | {"days_open": [{"closed": 3, "n": 2}]}),
    "match": (
        fitting(2, 1, naming=4, unnamed=1, counted=5),
        fitting(2, 1, naming=3, unnamed=1, counted=5),
        {"meta": {}},
    ),
    "search, newest first": (rows({"matched": []}, total_count=1),),
    "search, best first": (rows({"matched": []}, total_count=1), page(2, 1)),
    "suggestions": (rows(NAME | {"postings": 0}), rows(NAME | {"name": ""})),
    "posting": (SHOWN | {"evidence": []}, SHOWN | {"posting": {}}),
    "explain": (READ | {"text": ""}, READ | {"evidence": [{"start": 1, "end": 3}]}),
}


def test_every_case_of_the_web_but_the_no_ops_is_checked(by_name: dict[str, Case]) -> None:
    assert {name for name in by_name if not name.startswith("no-op")} == set(RIGHT) == set(WRONG)


@pytest.mark.parametrize("name", RIGHT)
def test_right_answers_of_the_web_pass(name: str, by_name: dict[str, Case]) -> None:
    web.check(by_name[name], bodies(*RIGHT[name]))


@pytest.mark.parametrize(("name", "answer"), [(n, a) for n, wrong in WRONG.items() for a in wrong])
def test_a_wrong_answer_of_the_web_has_no_speed(
    name: str, answer: object, by_name: dict[str, Case]
) -> None:
    with pytest.raises(RuntimeError, match=name):
        web.check(by_name[name], bodies(answer))


def test_no_question_comes_twice(by_name: dict[str, Case]) -> None:
    for name in ("insights, any filter", "match", "market"):
        asked = list(islice(by_name[name].questions, 200))
        assert len({*asked}) == 200, name
    assert "explain" in next(by_name["explain"].questions)
    assert next(by_name["explain"].questions, None) is None, "the store has one posting"


def test_an_answer_that_is_no_json_has_no_speed(by_name: dict[str, Case]) -> None:
    with pytest.raises(RuntimeError, match="wrong answer"):
        web.check(by_name["insights, repeated"], [b"<html>"])


def test_a_refresh_that_found_another_number_of_changes_has_no_speed() -> None:
    daily.check(DAILY)
    for wrong in ({"inserted": 3}, {"inserted": 5}, {"unchanged": 95}, {"expected": 90}):
        with pytest.raises(RuntimeError, match="have changed"):
            daily.check({**DAILY, **wrong})


@pytest.mark.parametrize("postings", [0, 950, 1_100, 2_000])
def test_a_build_that_lost_or_doubled_postings_has_no_speed(postings: int) -> None:
    analytics.check(995, 1_000)
    with pytest.raises(RuntimeError, match="left"):
        analytics.check(postings, 1_000)


def test_readings_of_other_texts_have_no_speed() -> None:
    known = reading.postings(60)
    right = [extract_posting(text) for text, _ in known]
    reading.check(known, right)
    with pytest.raises(RuntimeError, match="F1"):
        reading.check(known, right[1:] + right[:1])
    with pytest.raises(RuntimeError, match="F1"):
        reading.check(known, [PostingFields(is_job=True)] * len(known))


def test_a_history_that_was_not_read_whole_has_no_speed() -> None:
    real.check({"postings": 980, "months": 3}, 3, 1_000)
    for wrong in ({"postings": 500}, {"postings": 1_001}, {"months": 2}):
        with pytest.raises(RuntimeError, match="was not read"):
            real.check({"postings": 980, "months": 3, **wrong}, 3, 1_000)


def test_the_real_history_is_skipped_with_a_word_where_it_is_absent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(real, "HISTORY", tmp_path)
    monkeypatch.setattr(real, "months_there", lambda: [])
    assert real.run(quick=True) == []
    assert "skipped, no recorded history" in capsys.readouterr().err


def test_months_that_are_recorded_are_found_in_order(tmp_path: Path) -> None:
    (tmp_path / "hn").mkdir()
    for name in ("2016-02.jsonl.gz", "2011-04.jsonl.gz", "other.jsonl.gz", "2011-05.csv"):
        (tmp_path / "hn" / name).touch()
    assert real.months_there(tmp_path) == ["2011-04", "2016-02"]


def test_every_row_on_the_page_says_its_sizes() -> None:
    results = report.load_results()
    assert results
    assert [key for key, result in results.items() if not result.sizes] == []
    shown = replace(results["fetch"], sizes=["3 things"])
    assert "Measured on 3 things" in report.as_page([shown])


def a_day_of_boards(inserted: int, unchanged: int = 0, rejected: int = 0) -> dict[str, Any]:
    counts = {"inserted": inserted, "updated": 0, "unchanged": unchanged, "rejected": rejected}
    return {"rows": counts}


def days_of_boards(**changed: dict[str, Any]) -> dict[str, Any]:
    """Two days of 100 and 104 open jobs, at both homes."""
    right = {
        f"load, {home}, day {day}": a_day_of_boards(100) if day == 1 else a_day_of_boards(8, 92)
        for home in ("file", "lake")
        for day in (1, 2)
    }
    return {**right, "bare Arrow insert, file": a_day_of_boards(100), **changed}


def test_days_of_boards_that_brought_what_is_open_pass() -> None:
    boards.check(days_of_boards(), [100, 104])


@pytest.mark.parametrize(
    ("step", "rows"),
    [
        ("load, file, day 1", a_day_of_boards(0)),
        ("load, file, day 1", a_day_of_boards(101)),
        ("load, lake, day 1", a_day_of_boards(99)),
        ("load, lake, day 2", a_day_of_boards(8, 92, rejected=1)),
        ("load, file, day 2", a_day_of_boards(0, 100)),
        ("bare Arrow insert, file", a_day_of_boards(90)),
    ],
)
def test_days_of_boards_with_other_rows_have_no_speed(step: str, rows: dict[str, Any]) -> None:
    with pytest.raises(RuntimeError):
        boards.check(days_of_boards(**{step: rows}), [100, 104])
