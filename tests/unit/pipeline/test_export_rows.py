"""The task ``export`` of the DAG ``upkeep`` exports what the settings name."""

from __future__ import annotations

import datetime as dt
from typing import Any

from include.pipeline import upkeep
from include.settings import get_settings

NOW = dt.datetime(2026, 5, 20, tzinfo=dt.UTC)


def test_the_task_exports_the_sources_of_the_settings_and_reports(settings, monkeypatch):
    monkeypatch.setenv("TECHPULSE_EXPORT_SOURCES", '["remotive"]')
    get_settings.cache_clear()
    asked: list[Any] = []

    def create_export(*arguments: Any) -> Any:
        asked.extend(arguments)
        tables = {"fct_postings": {"rows": 2}, "fct_jobs": {"rows": 3}}
        manifest = {"export": "a1", "as_of": "", "tables": tables, "left_out": {"himalayas": 4}}
        return manifest, True

    monkeypatch.setattr(upkeep, "create_export", create_export)
    report = upkeep.export_rows("s3://rows@bucket/techpulse", NOW)
    assert asked[1:] == ["s3://rows@bucket/techpulse", NOW, ["remotive"]]
    assert report == {"export": "a1", "as_of": "", "changed": True, "rows": 5,
                      "left_out": {"himalayas": 4}}  # fmt: skip
