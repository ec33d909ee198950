"""dbt builds a warehouse whatever its file is called."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.history import load_items
from include.settings import Settings
from include.warehouse.connection import open_warehouse
from tests.builds import dbt


@pytest.mark.parametrize(
    "name",
    [
        "1.é 😀-select.duckdb",
        *(
            pytest.param(name, marks=pytest.mark.slow)
            for name in ("my.ware house-1.duckdb", "select.duckdb")
        ),
    ],
)
def test_views_and_tables_are_built_in_a_file_of_an_odd_name(tmp_path: Path, name: str) -> None:
    settings = Settings(data_dir=tmp_path, warehouse_uri=str(tmp_path / name))
    load_items("2016-03", 100, [(101, {"id": 101, "type": "comment", "parent": 100})], settings)
    assert set(dbt(settings, "run", "--select", "+hn_items").values()) == {"success"}
    with open_warehouse(settings) as connection:
        assert connection.execute("select count(*) from silver.hn_items").fetchall() == [(1,)]
    assert sorted(p.name for p in tmp_path.iterdir() if p.is_file()) == [name]
