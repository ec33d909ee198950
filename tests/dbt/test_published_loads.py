"""A load that commits while dbt is at work is in bronze, not in gold: it counts as unpublished."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from bench.history import load_month
from include.dbt.project import GRAPH_FILE
from include.pipeline.publish import has_unpublished_loads, publish_gold
from include.serving.engine import reading_engine
from include.serving.schema import LOADS
from include.settings import Settings, get_settings
from sample.world import World

from .conftest import dbt


def published_months(url: str) -> set[str]:
    engine = reading_engine(url)
    with engine.begin() as store:
        months = set(store.scalars(sa.select(LOADS.c.partition)))
    engine.dispose()
    return months


@pytest.mark.slow
def test_load_that_comes_between_build_and_publish_is_news(
    data: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TECHPULSE_DATA_DIR", str(data.data_dir))
    get_settings.cache_clear()
    world = World(seed=8, first_month="2026-03", last_month="2026-04", comments=20, false_starts={})
    load_month(world, "2026-04", data)
    dbt(data, "build")
    load_month(world, "2026-03", data)
    publish_gold()
    assert published_months(data.serving_database_url) == {"2026-04"}
    assert has_unpublished_loads()
    dbt(data, "build")
    publish_gold()
    assert published_months(data.serving_database_url) == {"2026-03", "2026-04"}
    assert not has_unpublished_loads()


@pytest.mark.parametrize("model", ["hn_items", "board_postings"])
def test_loads_are_noted_before_bronze_is_read(model: str) -> None:
    nodes = json.loads(GRAPH_FILE.read_text())["nodes"]
    parents = nodes[f"model.techpulse.{model}"]["depends_on"]["nodes"]
    assert "model.techpulse.loads_read" in parents
