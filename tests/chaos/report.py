"""What was done and what came of it, as one table: printed, and written by a full run."""

from __future__ import annotations

import datetime as dt
import platform
import re
from dataclasses import asdict, dataclass
from importlib.metadata import version

import pytest
from xdist.workermanage import WorkerController

from include.settings import PROJECT_ROOT

__all__ = ["Line", "gather", "hand_over", "note", "show"]

_PAGE = PROJECT_ROOT / "docs" / "chaos.md"
_MARKS = ("<!-- table: made by make chaos -->", "<!-- end of the table -->")
_HEAD = ("what", "kills", "faults", "rows expected", "rows found")
_VERSIONS = ("apache-airflow", "duckdb", "dbt-core", "dbt-duckdb")


@dataclass(frozen=True)
class Line:
    """One kind of disturbance: how often, and the rows that must be and that are there."""

    what: str
    kills: int
    faults: int
    expected: int
    found: int


_LINES: list[Line] = []


def note(what: str, *, kills: int = 0, faults: int = 0, expected: int, found: int) -> None:
    """Add a line; the test itself asserts that both numbers are the same."""
    _LINES.append(Line(what, kills, faults, expected, found))


def hand_over(config: pytest.Config) -> None:
    """Give the lines to the process that prints, if this is a worker of it."""
    if hasattr(config, "workeroutput"):
        config.workeroutput["chaos"] = [asdict(line) for line in _LINES]


def gather(worker: WorkerController) -> None:
    """Take the lines of a worker that has ended; one that was killed has left none."""
    _LINES.extend(Line(**line) for line in getattr(worker, "workeroutput", {}).get("chaos", ()))


def show(reporter: pytest.TerminalReporter) -> None:
    """Print the table; write it to docs/chaos.md when a full run of all tests has ended well."""
    if not _LINES:
        return
    lines = _table()
    reporter.section("chaos")
    reporter.write_line("\n".join(lines))
    config = reporter.config
    less = [name for name in ("failed", "error", "deselected") if reporter.stats.get(name)]
    whole = config.args == ["tests/chaos"] and not less
    if config.getoption("--chaos", "short") == "full" and whole:
        _write(lines, config.getoption("--chaos-seed"))


def _table() -> list[str]:
    total = Line(
        "**all**",
        *(sum(getattr(line, name) for line in _LINES)
          for name in ("kills", "faults", "expected", "found")),
    )  # fmt: skip
    rows = [_HEAD, ("---", *["---:"] * 4)]
    for line in (*_LINES, total):
        numbers = (line.kills, line.faults, line.expected, line.found)
        rows.append((line.what, *(f"{number:,}" for number in numbers)))
    return ["| " + " | ".join(row) + " |" for row in rows]


def _write(lines: list[str], seed: int) -> None:
    versions = ", ".join(f"{name} {version(name)}" for name in _VERSIONS)
    told = [
        f"`make chaos`, seed {seed}, {dt.datetime.now(dt.UTC):%Y-%m-%d}, "
        f"Python {platform.python_version()}, {versions}.",
        "",
        *lines,
    ]
    made = "\n".join((_MARKS[0], "", *told, "", _MARKS[1]))
    pattern = re.compile(".*".join(map(re.escape, _MARKS)), re.DOTALL)
    text = _PAGE.read_text()
    assert pattern.search(text), f"{_PAGE} lacks the marks of the table"
    _PAGE.write_text(pattern.sub(lambda _: made, text))
