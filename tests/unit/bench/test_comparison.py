from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.comparison import DLT_PYTHON, Candidate, compare
from bench.rows import fetch, load

TOY = """
from pathlib import Path

def prepare(job):
    Path(job["calls"]).open("a").write(job["name"] + " ")

def work(job):
    Path(job["folder"], "left").write_text("x" * job["leaves"])

def rows(job):
    return {"left": len(Path(job["folder"], "left").read_text())}
"""
Make = Callable[..., Candidate]


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    (tmp_path / "toy_candidate.py").write_text(TOY)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    def make(name: str, leaves: int = 3, rounds: int | None = None) -> Candidate:
        options: dict[str, Any] = {"name": name, "leaves": leaves}
        options["calls"] = str(tmp_path / "calls")
        return Candidate(name, "toy_candidate", rounds=rounds, options=options)

    return make


def test_candidates_take_turns_and_a_slow_one_may_sit_out(toy: Make, tmp_path: Path) -> None:
    runs = compare([toy("a"), toy("b"), toy("slow", rounds=1)], {}, 3)
    assert (tmp_path / "calls").read_text().split() == ["a", "b", "slow", "a", "b", "a", "b"]
    assert [len(runs[name].seconds) for name in ("a", "b", "slow")] == [3, 3, 1]


def test_a_wrong_answer_has_no_speed(toy: Make) -> None:
    with pytest.raises(RuntimeError, match="differ in what they leave behind"):
        compare([toy("a"), toy("b", leaves=2)], {}, 1)


def test_a_candidate_that_fails_is_named_with_its_error(toy: Make) -> None:
    broken = Candidate("broken", "toy_candidate", options={"calls": "/nowhere/at/all"})
    with pytest.raises(RuntimeError, match=r"broken failed:[\s\S]*nowhere"):
        compare([broken], {"name": "broken"}, 1)


def there(candidates: list[Candidate]) -> Iterator[Candidate]:
    """Yield those that can run here: dlt has a venv of its own, which make bench makes."""
    return (one for one in candidates if one.python != DLT_PYTHON or DLT_PYTHON.exists())


def test_all_ways_to_fetch_a_month_leave_the_same_items() -> None:
    sequential = Candidate("sequential", "bench.candidates.fetch_sequential")
    with fetch.upstream(comments=12) as job:
        runs = compare([*there(fetch.CANDIDATES), sequential], job, 1)
    assert next(iter(runs.values())).rows["rows"] > 12


def test_all_ways_to_load_leave_the_same_newest_versions(tmp_path: Path) -> None:
    older = Candidate("older", "bench.candidates.load_executemany")
    job = load.write_job(tmp_path, 40)
    runs = compare([*there([load.OURS, load.DLT]), older], job, 1)
    assert runs["older"].rows["rows"] == 50
