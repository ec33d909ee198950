"""A lake whose data lie in an object store, by an Airflow connection or by AWS's own variables."""

from __future__ import annotations

import traceback
from uuid import uuid4

import pytest

from bench.history import load_items
from include.settings import Settings
from include.warehouse.connection import open_warehouse
from sample.services import ObjectStore

ITEMS = [(key, {"id": key, "type": "comment", "text": f"é {key}"}) for key in range(1, 40)]


@pytest.fixture(params=["connection", pytest.param("environment", marks=pytest.mark.slow)])
def s3_lake(
    request: pytest.FixtureRequest,
    lake: Settings,
    s3_server: ObjectStore,
    monkeypatch: pytest.MonkeyPatch,
) -> Settings:
    conn_id = ""
    if request.param == "connection":
        conn_id = "lake_store@"
        monkeypatch.setenv("AIRFLOW_CONN_LAKE_STORE", s3_server.connection())
    else:
        for name, value in s3_server.environment().items():
            monkeypatch.setenv(name, value)
    path = f"s3://{conn_id}{s3_server.bucket}/{uuid4().hex}"
    return lake.model_copy(update={"warehouse_data_path": path})


def test_rows_go_to_the_store_and_come_back(s3_lake: Settings) -> None:
    ledger = load_items("2016-03", 100, ITEMS, s3_lake)
    assert ledger.inserted == len(ITEMS)
    assert load_items("2016-03", 100, ITEMS, s3_lake).unchanged == len(ITEMS)
    with open_warehouse(s3_lake, read_only=True) as connection:
        rows = connection.execute(
            "select item_id, payload ->> 'text' from bronze.raw_hn_items order by item_id"
        ).fetchall()
        files = connection.execute(
            "select data_file from ducklake_list_files('warehouse', 'raw_hn_items', "
            "schema => 'bronze')"
        ).fetchall()
    assert rows == [(key, f"é {key}") for key in range(1, 40)]
    assert [file.startswith("s3://techpulse/") for (file,) in files] == [True]


def test_keys_are_shown_by_no_error_and_no_table(
    s3_lake: Settings, s3_server: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_items("2016-03", 100, ITEMS[:1], s3_lake)
    with open_warehouse(s3_lake) as connection:
        assert s3_server.secret not in str(connection.execute("from duckdb_secrets()").fetchall())
    secret = "planted-" + uuid4().hex
    wrong = ObjectStore(s3_server.endpoint_url, key=s3_server.key, secret=secret)
    monkeypatch.setenv("AIRFLOW_CONN_LAKE_STORE", wrong.connection())
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret)
    with pytest.raises(Exception, match=r"403|Forbidden|denied") as caught:
        load_items("2016-03", 100, ITEMS, s3_lake)
    assert secret not in "".join(traceback.format_exception(caught.value))
