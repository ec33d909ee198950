"""A world that came badly and was replayed is, in silver and gold, one that came well at once."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from bench.history import items_of
from include.pipeline import replay as module
from include.postings.model import IngestionQuery
from include.settings import Settings
from include.sources import page_reader
from include.sources.hacker_news.client import tombstone
from include.sources.record import Reason, Record
from include.sources.registry import board
from include.sources.source import Page, UnreadableRecordError
from include.staging.files import stage
from include.warehouse.loads import BronzeTable, hn_items, job_postings, load
from include.warehouse.quarantine import Selection
from sample.world import World

from .conftest import Tables, dbt

BUILD = ("build", "--exclude-resource-type", "unit_test")
NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
TIMES = {"ingested_at", "retrieved_at", "load_id"}


class Source:
    """Hacker News without HTTP; ``refused`` items answer 401, with all that is below them."""

    def __init__(self, world: World, refused: Iterable[int] = ()) -> None:
        self.world, self.refused = world, set(refused)

    def walk(self, item_ids: Iterable[int]) -> Iterator[Record]:
        below = {
            key for root in self.refused for key, _ in items_of(self.world, [root]) if key != root
        }
        for key, item in items_of(self.world, list(item_ids)):
            if key in self.refused:
                yield Record.missing(str(key), Reason.HTTP_401, "refused")
            elif key not in below:
                yield (
                    Record.fetched(str(key), item, json.dumps(item))
                    if item
                    else Record.tombstone(str(key), tombstone(key))
                )


class FetchContext:
    def __init__(self, settings: Settings) -> None:
        self.query = IngestionQuery(location="Anywhere", days=90, max_results=10_000)
        self.settings, self.now = settings, NOW


def bring(settings: Settings, target: BronzeTable, records: Iterable[Record]) -> None:
    where = {"source": target.source, "partition": target.partition}
    manifest = stage(records, settings.staging_dir, run="r1", name="all", **where)
    load(target, [manifest], run_id="r1", started_at=NOW, settings=settings)


def bring_all(settings: Settings, world: World, refused: Iterable[int] = ()) -> None:
    thread = world.threads("2026-05").thread_id
    records = list(Source(world, refused).walk([thread]))
    bring(settings, hn_items(dt.date(2026, 5, 1), thread), records)
    context: Any = FetchContext(settings)
    reader = page_reader.PageReader(board("remotive"), context)
    reader.read([Page([(value, json.dumps(value)) for value in world.records("remotive")])])
    context = {"query": context.query.model_dump(mode="json"), "now": NOW.isoformat()}
    bring(settings, job_postings("remotive", "2026-06-01", context), reader.records.values())


def everything(settings: Settings) -> dict[str, list[dict[str, Any]]]:
    """Silver and gold, but for the moments of loading."""
    return {
        name: sorted(({k: v for k, v in row.items() if k not in TIMES} for row in rows), key=repr)
        for name, rows in Tables(settings).rows.items()
    }


@pytest.mark.slow
def test_replayed_world_is_in_gold_as_if_it_had_come_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(
        seed=5, first_month="2026-05", last_month="2026-05", comments=40, jobs=100,
        today=NOW.date(), false_starts={},
    )  # fmt: skip
    roots = [block.root for block in world.blocks("2026-05")]
    replied = [key for key in roots if (world.item(key) or {}).get("kids")]
    well, badly = (
        Settings(data_dir=tmp_path / name, max_error_ratio=0.5) for name in ("well", "badly")
    )
    bring_all(well, world)
    assert set(dbt(well, *BUILD).values()) <= {"success", "pass"}

    genuine, calls = page_reader.to_posting, iter(range(10_000))

    def clumsy(*arguments: Any) -> Any:
        if next(calls) % 4 == 0:
            raise UnreadableRecordError(Reason.INVALID_POSTING, "yesterday's code")
        return genuine(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(page_reader, "to_posting", clumsy)
        bring_all(badly, world, [replied[0], roots[-1]])
    dbt(badly, *BUILD)
    assert everything(badly) != everything(well)

    monkeypatch.setattr(module, "hacker_news", lambda: nullcontext(Source(world)))
    outcome = module.replay(Selection(), NOW, badly)
    assert (outcome.still_bad, outcome.superseded) == (0, 0)
    assert outcome.replayed > 5
    assert set(dbt(badly, *BUILD).values()) <= {"success", "pass"}
    assert everything(badly) == everything(well)
