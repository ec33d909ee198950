"""The two undisturbed days that all else is compared with, and the table at the end."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from include.dbt.preload import preload_dbt
from include.settings import Settings
from sample.faults import Faults
from sample.world import World

from .arena import Arena
from .steps import FIRST, SECOND, run_step
from .upstream import STEPS, at, connections, upstream_of, world_of

_SEED = 20261122
_ORDER = ("test_kills", "test_at_once", "test_readers", "test_faults")  # then all others


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--chaos", choices=("short", "full"), default="short",
        help="full: every kill and fault, and the table into docs/chaos.md",
    )  # fmt: skip
    parser.addoption("--chaos-seed", type=int, default=_SEED, help="decides the moments of kills")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    ours = [item for item in items if item.path.parent.name == "chaos"]
    short = config.getoption("--chaos", "short") == "short" and not config.getoption("--slow")
    for item in ours:
        item.add_marker(pytest.mark.chaos)
        item.add_marker(pytest.mark.timeout(3_600))
        # The two days take longer than all that is left here; what no step may lose when it is
        # killed has a test beside it in tests/unit and in test_models.py.
        if short and "arena" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.skip(reason="needs two undisturbed days: make chaos"))
    if len(ours) == len(items):  # the table is read from its head
        items.sort(key=lambda item: (*(item.path.stem != name for name in _ORDER), item.path.stem))


@pytest.fixture(scope="session")
def full(request: pytest.FixtureRequest) -> bool:
    """Whether everything is to be done, or what CI has the time for."""
    return bool(request.config.getoption("--chaos", "short") == "full")


@pytest.fixture(scope="session")
def seed(request: pytest.FixtureRequest) -> int:
    """What decides the moments of kills."""
    return int(request.config.getoption("--chaos-seed", _SEED))


@pytest.fixture(scope="session")
def arena(tmp_path_factory: pytest.TempPathFactory, full: bool) -> Iterator[Arena]:
    """Two days lived undisturbed; kept as ``empty``, ``first`` and ``second``."""
    preload_dbt(Settings())  # before any fork: each child would pay for it
    with ExitStack() as stack:
        upstreams = {
            day.name: stack.enter_context(connections(upstream_of(day))) for day in (FIRST, SECOND)
        }
        arena = Arena(tmp_path_factory.mktemp("chaos"), upstreams, full=full)
        arena.live(FIRST)
        arena.keep("first")
        arena.live(SECOND)
        arena.keep("second")
        # What dbt has parsed is kept: a round that begins anew is to take as long as another.
        shutil.copytree(arena.data / "target", arena.root / "empty" / "target")
        yield arena


@pytest.fixture(scope="session")
def world() -> World:
    """A smaller world, for what needs no dbt."""
    return world_of(FIRST, comments=40, jobs=120)


@pytest.fixture(scope="session")
def calm(tmp_path_factory: pytest.TempPathFactory, world: World) -> Path:
    """What comes of an upstream that behaves, read in this process."""
    data = tmp_path_factory.mktemp("calm") / "data"
    with at(world, Faults(), data):
        for step in STEPS:
            run_step(step)
    return data
