"""The tasks of the DAG ``job_boards``: plan a source, fetch its chunks, load it, report."""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any, TypedDict, cast

import pydantic

from include.errors import ConfigurationError
from include.hooks.boards import budget_of, fetch_context
from include.pipeline.metrics import count_load
from include.postings.model import IngestionQuery
from include.sources.page_reader import PageReader
from include.sources.paid import PaidSource, Plan
from include.sources.record import Status
from include.sources.registry import board
from include.sources.source import Chunk, ChunkResult, FetchContext, Source, SourceSkipped
from include.staging.files import Manifest, stage, staged_name
from include.warehouse.connection import open_warehouse
from include.warehouse.cursors import known_ids, latest_cursor, loaded_files
from include.warehouse.loads import Cursor, job_postings, load

__all__ = [
    "SourcePlan",
    "Summary",
    "fetch_chunk",
    "load_source",
    "plan_source",
    "query_of",
    "report_lines",
]

log = logging.getLogger(__name__)


class SourcePlan(TypedDict):
    """A run's plan for one source; ``now`` is the run's clock (ISO 8601), ``day`` its partition."""

    source: str
    now: str
    day: str
    chunks: list[Chunk]
    pending: list[ChunkResult]
    query_key: str | None


class Summary(TypedDict):
    """One source's record counts: ``served`` is the sum of the five counts after it."""

    source: str
    served: int
    inserted: int
    updated: int
    unchanged: int
    filtered: int
    rejected: int
    repeated: int
    notes: list[str]
    ledger: dict[str, Any]


def query_of(params: Mapping[str, Any]) -> IngestionQuery:
    """Return the run's query; raise ConfigurationError when the form's values are invalid."""
    try:
        return IngestionQuery(
            location=params["location"],
            role_bucket=params["role"],
            level_bucket=params["level"],
            days=params["days"],
            max_results=params["max_results"],
        )
    except (KeyError, pydantic.ValidationError) as error:
        raise ConfigurationError(
            f"The run's parameters are not a valid query: {error}",
            record=dict(params),
            next_step="trigger the run again with parameters as in the form.",
        ) from error


def plan_source(name: str, params: Mapping[str, Any], run_id: str, now: dt.datetime) -> SourcePlan:
    """Return the run's plan for a source: its chunks, and results of earlier runs to load.

    Raises SourceSkipped, with the reason, when the source is not selected, has no key or no budget
    left, or when the run is a dry run.
    """
    # Before the source is looked at: an invalid query fails every source alike.
    query = query_of(params)
    if name not in params["sources"]:
        raise SourceSkipped("not among the sources of this run.")
    source = board(name)
    with fetch_context(
        source,
        query,
        now=now,
        run_id=run_id,
        # Functions: only paid sources call them, and each call opens the warehouse.
        cursor=partial(_cursor, name),
        known_ids=partial(_known_ids, name),
        unloaded=partial(_unloaded, name),
    ) as context:
        if params["dry_run"]:
            raise SourceSkipped(f"dry run: {_estimate(source, context)}.")
        # Less than an hour is no reason to skip: the fetch task waits, or Airflow retries it.
        if pause := budget_of(source).seconds_to_wait() // 3600:
            raise SourceSkipped(f"its call budget is used up for {pause:.0f} h and more.")
        plan = (
            source.plan(context)
            if isinstance(source, PaidSource)
            else Plan([Chunk(name="all pages")])
        )
    log.info("%s: %s chunks planned. %s", name, len(plan.chunks), plan.note)
    return SourcePlan(
        source=name,
        now=now.isoformat(),
        day=f"{now:%Y-%m-%d}",
        chunks=plan.chunks,
        pending=plan.pending,
        query_key=plan.query_key,
    )


def _estimate(source: Source, context: FetchContext) -> str:
    if isinstance(source, PaidSource):
        return source.estimate(context)
    return f"would ask {context.client.base_url} for up to {context.query.max_results} postings"


def fetch_chunk(
    plan: SourcePlan, chunk: Chunk, params: Mapping[str, Any], run_id: str
) -> ChunkResult:
    """Read a chunk's pages and stage all of its records, whatever their status, as one file."""
    source, now = board(plan["source"]), dt.datetime.fromisoformat(plan["now"])
    with fetch_context(source, query_of(params), now=now, run_id=run_id) as context:
        paid = source if isinstance(source, PaidSource) else None
        # A paid source remembers what it staged: a retry must not pay for the same pages again.
        if paid and (staged := paid.already_staged(context, chunk)):
            log.info("%s, %s: staged before", source.name, chunk["name"])
            return staged
        walk = PageReader(source, context)
        walk.read(source.pages(context, chunk))
        report = _stage(walk, plan, chunk, run_id)
        # After staging: a page recorded as staged must have its file.
        if paid:
            paid.on_staged(context, chunk, report)
    log.info(
        "%s, %s: %s delivered, staged %s %s",
        source.name,
        chunk["name"],
        report["records_seen"],
        report["manifest"]["counts"],
        report["stop_reason"],
    )
    return report


def _stage(walk: PageReader, plan: SourcePlan, chunk: Chunk, run_id: str) -> ChunkResult:
    reasons = Counter(r.reason for r in walk.records.values() if r.status is Status.FILTERED)
    log.info("filtered: %s", dict(reasons) or "none")
    manifest = stage(
        walk.records.values(),
        source=plan["source"],
        partition=plan["day"],
        run=run_id,
        name=chunk["name"],
    )
    return ChunkResult(
        manifest=dict(manifest),
        records_seen=walk.records_seen,
        ids=walk.ids,
        stop_reason=walk.stop_reason,
    )


def load_source(
    plan: SourcePlan,
    reports: Sequence[ChunkResult],
    params: Mapping[str, Any],
    run_id: str,
    started_at: dt.datetime,
) -> Summary:
    """Commit a source's staged records and its next cursor to bronze in one transaction.

    Includes pages that earlier runs paid for but could not load.
    """
    source, now = board(plan["source"]), dt.datetime.fromisoformat(plan["now"])
    staged = [*plan["pending"], *reports]
    planned = Plan(plan["chunks"], plan["pending"], plan["query_key"])
    manifests = [cast(Manifest, report["manifest"]) for report in staged]
    if not manifests:
        # An empty file: a run without news still needs a ledger row, which proves it ran.
        manifests = [
            stage([], source=source.name, partition=plan["day"], run=run_id, name="nothing new")
        ]
    with fetch_context(source, query_of(params), now=now, run_id=run_id) as context:
        paid = source if isinstance(source, PaidSource) else None
        position = paid.next_cursor(context, planned, reports) if paid else None
        ledger = load(
            job_postings(source.name, plan["day"], _context(plan, params)),
            manifests,
            run_id=run_id,
            started_at=started_at,
            cursor=Cursor(plan["query_key"] or "", position) if position else None,
        )
        # After the commit: a page marked as loaded is not offered to the next run.
        if paid:
            paid.on_committed(context, planned, reports, position)
    count_load(asdict(ledger))
    notes = {report["stop_reason"] for report in staged if report["stop_reason"]}
    if plan["query_key"] and not position:
        notes.add("the next run continues where this one stopped")
    return _summary(asdict(ledger), staged, sorted(notes))


def _context(plan: SourcePlan, params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the query and clock of this run, so that a replay filters as this run does."""
    return {"query": query_of(params).model_dump(mode="json"), "now": plan["now"]}


def _summary(ledger: dict[str, Any], staged: Sequence[ChunkResult], notes: list[str]) -> Summary:
    served = ledger["expected"] + ledger["filtered"]
    return Summary(
        source=ledger["source"],
        served=served,
        inserted=ledger["inserted"] - ledger["updated"],
        updated=ledger["updated"],
        unchanged=ledger["unchanged"],
        filtered=ledger["filtered"],
        rejected=ledger["rejected"],
        # Pages shift while they are read, so a board may return a record twice.
        repeated=sum(report["records_seen"] for report in staged) - served,
        notes=notes,
        ledger=ledger,
    )


def report_lines(
    summaries: Mapping[str, Summary | None], skipped: Mapping[str, str | None]
) -> list[str]:
    """Return the run's report, one line per source: counts, reason of the skip, or FAILED."""
    lines = []
    for name, summary in summaries.items():
        if summary:
            notes = "".join(f"; {note}" for note in summary["notes"])
            lines.append(
                f"{name}: {summary['served']} served = {summary['inserted']} inserted + "
                f"{summary['updated']} updated + {summary['unchanged']} unchanged + "
                f"{summary['filtered']} filtered + {summary['rejected']} rejected{notes}"
            )
        elif reason := skipped.get(name):
            lines.append(f"{name}: skipped, {reason}")
        else:
            # Neither a summary nor a reason to skip: one of its tasks failed.
            lines.append(f"{name}: FAILED, nothing of it was loaded; see its tasks")
    return lines


def _cursor(source: str, query_key: str) -> dict[str, Any] | None:
    with open_warehouse() as warehouse:
        return latest_cursor(warehouse, source, query_key)


def _known_ids(source: str, field: str, since: str) -> list[int]:
    with open_warehouse() as warehouse:
        return known_ids(warehouse, source, field, since)


def _unloaded(source: str, results: list[ChunkResult]) -> list[ChunkResult]:
    names = [staged_name(result["manifest"]["path"]) for result in results]
    if not names:
        return results
    with open_warehouse() as warehouse:
        loaded = loaded_files(warehouse, source, names)
    return [result for result, name in zip(results, names, strict=True) if name not in loaded]
