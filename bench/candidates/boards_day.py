"""A step of a day of `company_boards`, without Airflow: plan, fetch, load, build or publish."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from bench.child import forget_peak, peak_mb
from bench.dbt_build import dbt
from include.pipeline.board_plan import enabled_systems, plan_boards
from include.pipeline.company_boards import load_system, read_chunk
from include.pipeline.publish import publish_gold
from include.settings import get_settings

__all__ = ["details", "prepare", "rows", "work"]

_details: dict[str, Any] = {}
_rows: dict[str, int] = {}


def prepare(job: dict[str, Any]) -> None:
    """Point the settings at the job's folder and upstream."""
    os.environ |= job["environment"]
    os.environ["TECHPULSE_DATA_DIR"] = job["folder"]
    for name in ("lever_eu", *enabled_systems(get_settings())):
        connection = {"conn_type": "http", "host": f"{job['url']}/ats/{name}"}
        os.environ[f"AIRFLOW_CONN_{name.upper()}_DEFAULT"] = json.dumps(connection)
    get_settings.cache_clear()


def work(job: dict[str, Any]) -> None:
    """Do the step; what the next one needs is a file of the folder."""
    _STEPS[job["step"]](job, Path(job["folder"]))


def rows(_: dict[str, Any]) -> dict[str, Any]:
    """Return what came of it."""
    return _rows


def details(_: dict[str, Any]) -> dict[str, Any]:
    """Return what else was measured."""
    return _details


def _plan(job: dict[str, Any], folder: Path) -> None:
    params = {"systems": enabled_systems(get_settings()), "boards": [], "limit": 0,
              "dry_run": False}  # fmt: skip
    plan = plan_boards(params, dt.datetime.fromisoformat(job["now"]))
    text = json.dumps(plan)
    (folder / "plan.json").write_text(text)
    _rows["boards"] = sum(len(chunk["boards"]) for chunk in plan["chunks"])
    _details.update(chunks=len(plan["chunks"]), xcom_bytes=len(text))


def _fetch(job: dict[str, Any], folder: Path) -> None:
    plan = json.loads((folder / "plan.json").read_text())
    with ProcessPoolExecutor(job["tasks"], initializer=forget_peak) as pool:
        done = list(pool.map(partial(_read, plan, job["run"]), plan["chunks"]))
    (folder / "read.json").write_text(json.dumps([chunk for chunk, _ in done]))
    _rows["staged"] = sum(sum(chunk["manifest"]["counts"].values()) for chunk, _ in done)
    # In the order of the plan: memory that grew with the boards would be seen.
    _details["peaks_mb"] = [peak for _, peak in done]


def _read(plan: Any, run: str, chunk: Any) -> tuple[Any, float]:
    return read_chunk(plan, chunk, run), peak_mb()


def _load(job: dict[str, Any], folder: Path) -> None:
    plan, read = (json.loads((folder / f"{name}.json").read_text()) for name in ("plan", "read"))
    now = dt.datetime.fromisoformat(job["now"])
    done = [
        load_system(name, plan, read, job["run"], now) for name in enabled_systems(get_settings())
    ]
    for name in ("inserted", "updated", "unchanged", "rejected"):
        _rows[name] = sum(summary["ledger"][name] for summary in done)


def _build(_job: dict[str, Any], _folder: Path) -> None:
    found = dbt(get_settings(), "build", "--exclude-resource-type", "unit_test")
    if bad := {name: status for name, status in found.items() if status not in ("success", "pass")}:
        raise RuntimeError(f"dbt build: {bad}")


def _publish(_job: dict[str, Any], _folder: Path) -> None:
    publish_gold()


_STEPS: dict[str, Callable[[dict[str, Any], Path], None]] = {
    "plan": _plan, "fetch": _fetch, "load": _load, "build": _build, "publish": _publish,
}  # fmt: skip
