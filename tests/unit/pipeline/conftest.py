from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from include.settings import get_settings
from include.sources.boards.remotive import BOARD as REMOTIVE
from include.state.budget import CallLimit
from sample.faults import Faults
from sample.server import Upstream
from sample.world import World
from tests.unit.pipeline.board_runs import NOW, Runs

PATHS = {"remotive": "/api", "arbeitnow": "/api", "himalayas": "", "theirstack": ""}


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Runs]]:
    """Serve a world for the length of the test; give the runs on it."""
    with ExitStack() as stack:

        def serve(
            world: World | None = None,
            credits: int = 1_000_000,
            real_budget: bool = False,
            **faults: Any,
        ) -> Runs:
            changed = Faults()
            changed.update(faults)
            world = world or World(jobs=300, today=NOW.date())
            upstream = Upstream(world, changed, credits=credits)
            url = stack.enter_context(upstream.serve())
            for name, path in PATHS.items():
                connection = {"conn_type": "http", "host": f"{url}{path}", "password": "sample-key"}
                monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}_DEFAULT", json.dumps(connection))
            if not real_budget:
                monkeypatch.setattr(type(REMOTIVE), "call_limits", (CallLimit(1_000, 60),))
            monkeypatch.setenv("TECHPULSE_DATA_DIR", str(tmp_path / "data"))
            monkeypatch.setenv("TECHPULSE_THEIRSTACK_CREDITS_PER_RUN", "100000")
            monkeypatch.setenv("TECHPULSE_THEIRSTACK_CREDITS_PER_MONTH", "100000")
            get_settings.cache_clear()
            return Runs(upstream, get_settings())

        yield serve
