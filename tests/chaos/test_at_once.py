"""Two schedulers that run the same at the same time, and the polite way of being ended."""

from __future__ import annotations

import random
import signal

import pytest

from .arena import Arena
from .contents import rows_of
from .report import note
from .steps import SECOND, Step, steps_of


def twin_of(step: Step) -> Step:
    """Return the same step as another scheduler's run does it."""
    if step[0] == "analytics":
        return (*step, "target_of_another")
    return step if step[0] == "publish" else (*step, f"{'_'.join(step)}__another")


@pytest.mark.parametrize("same_run", [True, False], ids=["the same run", "another run"])
def test_two_at_once_leave_what_one_would(arena: Arena, full: bool, same_run: bool) -> None:
    if not full:
        pytest.skip("in the full suite only")
    arena.restore("first")
    for step in steps_of(SECOND):
        other = step if same_run and step[0] != "analytics" else twin_of(step)
        pair = [arena.start(SECOND, one) for one in (step, other)]
        codes = [child.end() for child in pair]
        assert 0 in codes, pair[0].words + pair[1].words
        for child in (c for c, code in zip(pair, codes, strict=True) if code):
            # The other has closed what this one was reading: told, and well when repeated.
            assert "Next step" in child.words, child.words
            arena.finish(SECOND, child.step)
    assert arena.differences("second") == []
    expected, found = (rows_of(p) for p in (arena.root / "second", arena.data))
    what = "one run, twice at once" if same_run else "two runs of a day at once"
    note(what, faults=len(steps_of(SECOND)), expected=expected, found=found)


def test_sigterm_while_dbt_works_leaves_nothing_half_done(
    arena: Arena, full: bool, seed: int
) -> None:
    if not full:
        pytest.skip("in the full suite only")
    rng, times, day = random.Random(seed + 1), 3, steps_of(SECOND)
    at = day.index(("analytics",))
    arena.restore("first")
    for step in day[:at]:
        arena.finish(SECOND, step)
    for _ in range(times):
        share = rng.uniform(0.3, 0.9)
        while True:
            child = arena.start(SECOND, day[at])
            child.signal_after(share * arena.seconds[day[at]], signal.SIGTERM)
            if child.end() != 0:
                break
            share *= 0.8  # it was faster than the one that was measured
    for step in day[at:]:
        arena.finish(SECOND, step)
    assert arena.differences("second") == []
    expected, found = (rows_of(p) for p in (arena.root / "second", arena.data))
    note("SIGTERM while dbt works", kills=times, expected=expected, found=found)
