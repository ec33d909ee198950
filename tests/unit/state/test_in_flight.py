from __future__ import annotations

from include.state.in_flight import InFlight
from include.state.store import StateFile


def test_a_third_holder_waits_until_a_place_is_free(tmp_path):
    waited = []
    state = StateFile(tmp_path / "state.json")
    first, second = (InFlight(state, 2, ttl_seconds=60).hold() for _ in range(2))
    first.__enter__()
    second.__enter__()

    def leave(_: float) -> None:
        waited.append(True)
        first.__exit__(None, None, None)

    with InFlight(state, 2, ttl_seconds=60, sleep=leave).hold():
        assert waited == [True]
        assert len(state.read()["in_flight"]) == 2
    second.__exit__(None, None, None)
    assert state.read()["in_flight"] == {}


def test_a_killed_holder_expires(tmp_path):
    state = StateFile(tmp_path / "state.json")
    now = [1_000.0]
    InFlight(state, 1, ttl_seconds=60, clock=lambda: now[0]).hold().__enter__()
    now[0] += 61
    with InFlight(state, 1, ttl_seconds=60, clock=lambda: now[0]).hold():
        assert len(state.read()["in_flight"]) == 1


def test_other_state_of_the_same_name_stays(tmp_path):
    state = StateFile(tmp_path / "state.json")
    with state.update() as content:
        content["calls"] = [1.0]
    with InFlight(state, 1, ttl_seconds=60).hold():
        pass
    assert state.read() == {"calls": [1.0], "in_flight": {}}


def test_who_waits_writes_nothing(tmp_path):
    state = StateFile(tmp_path / "state.json")
    holder = InFlight(state, 1, ttl_seconds=60).hold()
    holder.__enter__()
    versions = []

    def look(_: float) -> None:
        versions.append((tmp_path / "state.json").stat().st_ino)
        if len(versions) == 3:
            holder.__exit__(None, None, None)

    with InFlight(state, 1, ttl_seconds=60, sleep=look).hold():
        assert len(set(versions)) == 1
