from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.comparison import DLT_PYTHON, Contestant, compete
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
Make = Callable[..., Contestant]


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    (tmp_path / "toy_contestant.py").write_text(TOY)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    def make(name: str, leaves: int = 3, rounds: int | None = None) -> Contestant:
        options: dict[str, Any] = {"name": name, "leaves": leaves}
        options["calls"] = str(tmp_path / "calls")
        return Contestant(name, "toy_contestant", rounds=rounds, options=options)

    return make


def test_contestants_take_turns_and_a_slow_one_may_sit_out(toy: Make, tmp_path: Path) -> None:
    runs = compete([toy("a"), toy("b"), toy("slow", rounds=1)], {}, 3)
    assert (tmp_path / "calls").read_text().split() == ["a", "b", "slow", "a", "b", "a", "b"]
    assert [len(runs[name].seconds) for name in ("a", "b", "slow")] == [3, 3, 1]


def test_a_wrong_answer_has_no_speed(toy: Make) -> None:
    with pytest.raises(RuntimeError, match="differ in what they leave behind"):
        compete([toy("a"), toy("b", leaves=2)], {}, 1)


def test_a_contestant_that_fails_is_named_with_its_error(toy: Make) -> None:
    broken = Contestant("broken", "toy_contestant", options={"calls": "/nowhere/at/all"})
    with pytest.raises(RuntimeError, match=r"broken failed:[\s\S]*nowhere"):
        compete([broken], {"name": "broken"}, 1)


def there(candidates: list[Contestant]) -> Iterator[Contestant]:
    """Yield those that can run here: dlt has a venv of its own, which make bench makes."""
    return (one for one in candidates if one.python != DLT_PYTHON or DLT_PYTHON.exists())


def test_all_ways_to_fetch_a_month_leave_the_same_items() -> None:
    sequential = Contestant("sequential", "bench.candidates.fetch_sequential")
    with fetch.upstream(comments=12) as job:
        runs = compete([*there(fetch.CONTESTANTS), sequential], job, 1)
    assert next(iter(runs.values())).rows["rows"] > 12


def test_all_ways_to_load_leave_the_same_newest_versions(tmp_path: Path) -> None:
    older = Contestant("older", "bench.candidates.load_executemany")
    job = load.write_job(tmp_path, 40)
    runs = compete([*there([load.OURS, load.DLT]), older], job, 1)
    assert runs["older"].rows["rows"] == 50
