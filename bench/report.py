"""What was measured, kept in bench/results.json and shown in docs/benchmarks.md."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from importlib import metadata
from pathlib import Path

from include.settings import PROJECT_ROOT

__all__ = [
    "Goal",
    "Result",
    "as_table",
    "at_least",
    "at_most",
    "keep",
    "load_results",
    "write_page",
]

RESULTS = PROJECT_ROOT / "bench" / "results.json"
PAGE = PROJECT_ROOT / "docs" / "benchmarks.md"
_BEGIN, _END = "<!-- measured: begin -->", "<!-- measured: end -->"
_PACKAGES = ("apache-airflow", "duckdb", "dbt-core", "dbt-duckdb", "urllib3", "aiohttp")


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal of a row: what was asked, what was measured, whether that is enough."""

    asked: str
    measured: str
    met: bool


@dataclass(frozen=True, slots=True)
class Result:
    """One row of the page: the work, its goals, and a line for each candidate or step.

    ``sizes`` is what it was measured on.
    """

    key: str
    work: str
    goals: list[Goal]
    lines: list[dict[str, str]]
    command: str = ""
    note: str = ""
    sizes: list[str] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)


def at_least(what: str, goal: float, value: float, unit: str = "×") -> Goal:
    """Return a goal that is met by more."""
    return Goal(
        f"≥ {goal:,g} {unit} {what}".strip(), f"{_short(value)} {unit}".strip(), value >= goal
    )


def at_most(what: str, goal: float, value: float, unit: str = "×") -> Goal:
    """Return a goal that is met by less."""
    return Goal(
        f"≤ {goal:,g} {unit} {what}".strip(), f"{_short(value)} {unit}".strip(), value <= goal
    )


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def load_results(path: Path = RESULTS) -> dict[str, Result]:
    """Return what was measured so far, by key."""
    if not path.exists():
        return {}
    kept = json.loads(path.read_text(encoding="utf-8"))
    return {
        key: Result(**{**row, "goals": [Goal(**goal) for goal in row["goals"]]})
        for key, row in kept.items()
    }


def keep(results: Iterable[Result], path: Path = RESULTS) -> dict[str, Result]:
    """Replace the rows that were measured again, with their circumstances; return all rows."""
    kept = load_results(path)
    for result in results:
        kept[result.key] = replace(result, facts=_facts())
    text = json.dumps({key: asdict(row) for key, row in kept.items()}, indent=1, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")
    return kept


def _facts() -> dict[str, str]:
    return {
        "date": f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M} UTC",
        "machine": f"{os.cpu_count()} cores, {_memory_gb():.0f} GB, {platform.system()} "
        f"{platform.machine()}",
        "load": f"{os.getloadavg()[1]:.1f}",
        "versions": f"Python {platform.python_version()}, "
        + ", ".join([*(f"{name} {metadata.version(name)}" for name in _PACKAGES), _dlt()]),
    }


def _dlt() -> str:
    pins = (PROJECT_ROOT / "requirements-bench.txt").read_text(encoding="utf-8")
    found = re.search(r"^dlt\[[^\]]*\]==(\S+)", pins, re.MULTILINE)
    return f"dlt {found[1]}" if found else "dlt"


def _memory_gb() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def write_page(results: Mapping[str, Result], order: Sequence[str], page: Path = PAGE) -> None:
    """Put all results, in this order, between the page's marks."""
    text = page.read_text(encoding="utf-8")
    measured = f"{_BEGIN}\n\n{as_page([results[k] for k in order if k in results])}\n{_END}"
    pattern = re.compile(f"{re.escape(_BEGIN)}.*{re.escape(_END)}", re.DOTALL)
    page.write_text(pattern.sub(lambda _: measured, text), encoding="utf-8")


def as_page(results: Sequence[Result]) -> str:
    """Return the summary of all goals, then a section for each result."""
    summary = [
        {
            "work": result.work if number == 0 else "",
            "goal": goal.asked,
            "measured": goal.measured,
            "": "met" if goal.met else "**not met**",
        }
        for result in results
        for number, goal in enumerate(result.goals)
    ]
    return "\n".join([as_table(summary), *map(_section, results)])


def _section(result: Result) -> str:
    facts = result.facts
    lines = [f"### {result.work}", "", as_table(result.lines)]
    if result.sizes:
        lines += [f"Measured on {'; '.join(result.sizes)}.", ""]
    if result.note:
        lines += [result.note, ""]
    when = ", {date}, load {load}; {machine}; {versions}".format(**facts) if facts else ""
    lines += [f"`{result.command}`{when}.", ""]
    return "\n".join(lines)


def as_table(lines: Sequence[Mapping[str, str]]) -> str:
    """Return rows as a Markdown table."""
    if not lines:
        return ""
    head = list(lines[0])
    rows = [head, ["---"] * len(head), *([line.get(name, "") for name in head] for line in lines)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"
