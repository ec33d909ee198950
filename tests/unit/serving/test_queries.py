"""What publish asks of the gold tables."""

from __future__ import annotations

import duckdb
import pytest

from include.serving.queries import columns_of


def test_a_view_of_an_absent_table_is_no_absent_table() -> None:
    with duckdb.connect() as warehouse:
        warehouse.execute("create schema gold; create table gold.base (a integer[])")
        warehouse.execute("create view gold.seen as select * from gold.base")
        assert columns_of(warehouse, "gold.seen") == {"a": "INTEGER[]"}
        assert columns_of(warehouse, "gold.absent") == columns_of(warehouse, "other.absent") == {}
        warehouse.execute("drop table gold.base")
        with pytest.raises(duckdb.CatalogException):
            columns_of(warehouse, "gold.seen")
