"""Findings as Markdown: docs/findings.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from include.insights.findings.finding import Finding, Table

__all__ = ["page", "section"]

_COMMAND = "python -m include.cli findings"
_HEAD = f"""# Findings

What the "Who is hiring?" threads of Hacker News say, in {{count}} answers, made by
`{_COMMAND} --to docs/findings.md` from a published store. In parentheses: 95 %
intervals; a change is beyond noise if its interval leaves zero. [statistics.md](statistics.md)
has the methods. The threads are one market, mostly of start-ups, mostly in the US: no sample of
all jobs.
"""


def page(found: Sequence[Finding]) -> str:
    """Return the page of all findings."""
    parts = [_HEAD.format(count=len(found)), *map(section, found)]
    return "\n".join(parts)


def section(finding: Finding) -> str:
    """Return a finding as a section of the page."""
    return "\n".join(_lines(finding)) + "\n"


def _lines(finding: Finding) -> Iterator[str]:
    yield f"## {finding.question}"
    yield from ("", finding.answer, "")
    for table in finding.tables:
        yield from (*_rows(table), "")
    yield f"Counted: {finding.counted}. {finding.method}"
    yield from ("", "Beside it:", "", *(f"* {other}" for other in finding.others))
    yield from ("", f"    {_COMMAND} {finding.key}")


def _rows(table: Table) -> Iterator[str]:
    yield _row(table.columns)
    # The first column names the row, the others are numbers.
    yield _row(["---", *["---:"] * (len(table.columns) - 1)])
    yield from map(_row, table.rows)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', ' ') for cell in cells)} |"
