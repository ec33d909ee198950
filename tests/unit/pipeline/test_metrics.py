from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pytest

from include.pipeline.metrics import LEDGER_METRICS, count_load
from include.settings import PROJECT_ROOT
from include.warehouse.loads import Ledger

FIGURES = {column: number for number, column in enumerate(LEDGER_METRICS, 11)}
LEDGER = {"load_id": "7", "source": "hacker_news", "partition": "2026-10", **FIGURES}


@pytest.fixture
def statsd(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """A StatsD of our own that Airflow's tasks are set up to send to."""
    from airflow.sdk.configuration import conf
    from airflow.sdk.observability import stats
    from airflow.sdk.observability.metrics import stats_utils

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(5)
        monkeypatch.setenv("AIRFLOW__METRICS__STATSD_ON", "True")
        monkeypatch.setenv("AIRFLOW__METRICS__STATSD_HOST", "127.0.0.1")
        monkeypatch.setenv("AIRFLOW__METRICS__STATSD_PORT", str(listener.getsockname()[1]))
        monkeypatch.setenv("AIRFLOW__METRICS__STATSD_INFLUXDB_ENABLED", "True")
        assert conf.getboolean("metrics", "statsd_on")
        stats.initialize(factory=stats_utils.get_stats_factory(), export_legacy_names=False)
        yield listener
        monkeypatch.undo()
        stats.initialize(factory=stats_utils.get_stats_factory(), export_legacy_names=False)


def received(listener: socket.socket, count: int) -> dict[str, str]:
    lines = [listener.recv(4_096).decode() for _ in range(count)]
    return dict(line.split(":", 1) for line in lines)


def test_every_figure_of_a_load_reaches_statsd_with_source_and_partition(
    statsd: socket.socket,
) -> None:
    count_load(LEDGER)
    lines = received(statsd, len(FIGURES) + 1)
    tags = ",source=hacker_news,partition=2026-10"
    figures = {f"airflow.{LEDGER_METRICS[c]}{tags}": f"{n}|c" for c, n in FIGURES.items()}
    assert lines == {**figures, f"airflow.techpulse.load.committed{tags}": "1|c"}


def test_every_column_of_the_ledger_that_counts_has_a_metric() -> None:
    names: list[Any] = [field.name for field in fields(Ledger) if field.type in ("int", int)]
    assert set(names) == set(LEDGER_METRICS)


def test_nothing_is_sent_and_nothing_fails_where_airflow_has_no_metrics() -> None:
    count_load(LEDGER)


def test_every_metric_is_in_the_operations_guide() -> None:
    text = (PROJECT_ROOT / "docs" / "operations.md").read_text()
    assert [name for name in LEDGER_METRICS.values() if name not in text] == []
