from __future__ import annotations

from io import StringIO
from pathlib import Path

import sqlalchemy as sa
from rich.console import Console

from include.cli.ledger import ledger_table
from include.serving.engine import writing_engine
from include.serving.schema import LOADS, migrate, write_meta

ROW = {
    "load_id": "l1",
    "source": "remotive",
    "partition": "2026-11-22",
    "run_id": "manual__[bold]",
    "started_at": "2026-11-22T05:00:01Z",
    "committed_at": "2026-11-22T05:01:02Z",
    "expected": 1112,
    "fetched": 1111,
    "inserted": 507,
    "unchanged": 601,
    "tombstones": 4,
    "rejected": 3,
    "missing": 1,
    "updated": 55,
    "filtered": 66,
    "row_hash": "",
}


def store(folder: Path, **changes: int) -> str:
    url = f"sqlite:///{folder / 'serving.sqlite'}"
    engine = writing_engine(url)
    with engine.begin() as connection:
        migrate(connection)
        write_meta(connection, {"content_version": "v", "published_at": "2026-11-22T06:00:00Z"})
        connection.execute(sa.insert(LOADS), [{**ROW, **changes}])
    engine.dispose()
    return url


def printed(url: str) -> str:
    out = StringIO()
    Console(file=out, width=240).print(ledger_table(5, url, runs=True))
    return out.getvalue()


def test_ledger_shows_every_column_and_how_they_add_up(tmp_path: Path) -> None:
    text = printed(store(tmp_path))
    hidden = ("load_id", "row_hash")
    for name, value in ROW.items():
        if name not in hidden:
            shown = f"{value:,}" if isinstance(value, int) else str(value)[:16].replace("T", " ")
            assert shown.split("[")[0] in text, name
    assert "manual__[bold]" in text  # as it is, not as markup
    assert "expected = fetched + missing" in text
    assert "yes" in text


def test_load_that_does_not_add_up_is_marked(tmp_path: Path) -> None:
    assert "NO" in printed(store(tmp_path, missing=2))
