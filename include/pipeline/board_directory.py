"""The directory of companies' boards grows by links in postings and by the operator's file.

A board is never guessed from a company's name, and no redirect is followed. States and their
evidence are in include/warehouse/company_boards.py.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import duckdb

from include.errors import ConfigurationError
from include.operator_files import read_operator_file
from include.postings import extract_posting
from include.postings.ats_links import Board, boards_in
from include.settings import Settings
from include.sources import fields
from include.sources.company_boards import BoardReading, Outcome
from include.sources.parsing import parse_or_reject
from include.sources.registry import board as board_source
from include.sources.registry import system, system_names
from include.sources.source import UnreadableRecordError
from include.warehouse.company_boards import (
    DAYS_ABSENT,
    BoardRow,
    LastReading,
    State,
    last_readings,
    read_directory,
)

__all__ = ["Link", "discovered", "linked_boards", "operator_rows", "states_after"]

_FIELDS = ("system", "board", "company", "state")
# What a text must have before its links are read: a system's domain.
_DOMAINS = (
    r"greenhouse\.io|lever\.co|ashbyhq\.com|recruitee\.com|personio\.(de|com)|teamtailor\.com|"
    r"workable\.com|smartrecruiters\.com|bamboohr\.com|rippling\.com"
)
_DAYS_A_MONTH = 31
_ITEM_URL = "https://news.ycombinator.com/item?id="


@dataclass(slots=True)
class Link:
    """A board that postings link to: its newest link, and the companies of these postings."""

    board: str
    source: str
    posted_at: dt.datetime
    evidence: str
    companies: list[str] = field(default_factory=list)

    @property
    def key(self) -> tuple[str, str]:
        """As BoardRow.key."""
        return self.source, self.board.lower()


def linked_boards(
    connection: duckdb.DuckDBPyConnection, since: dt.datetime
) -> dict[tuple[str, str], Link]:
    """Return the boards that postings since then link to, by key; the newest posting is evidence.

    Reads bronze, so a link is found before analytics has run: Hacker News comments that offer a
    job, and job boards' records with all of their fields.
    """
    found: dict[tuple[str, str], Link] = {}
    for post in (*_comments(connection, since), *_records(connection, since)):
        for board in boards_in(post.markup):
            link = _link(board, post)
            known = found.setdefault(link.key, link)
            if link.posted_at > known.posted_at:
                link.companies = known.companies
                known = found[link.key] = link
            if post.company and post.company not in known.companies:
                known.companies.append(post.company)
    return found


class _Post(NamedTuple):
    posted_at: dt.datetime
    company: str
    url: str
    markup: str


def _link(board: Board, post: _Post) -> Link:
    found = system(board.system)
    name = found.board_name(board.slug)
    return Link(name, found.name, post.posted_at, post.url)


def _comments(connection: duckdb.DuckDBPyConnection, since: dt.datetime) -> Iterator[_Post]:
    rows = connection.execute(
        f"""
        select item_id, arg_max(payload, ingested_at)::varchar as payload
        from bronze.raw_hn_items
        where month >= date_trunc('month', ?::timestamptz)
        group by item_id, thread_id
        -- the text may have been edited: only its newest version counts
        having regexp_matches(payload, '{_DOMAINS}', 'i')
            and try_cast(payload::json ->> 'parent' as bigint) = thread_id
        order by item_id
        """,
        [since],
    ).fetchall()
    for item_id, payload in rows:
        item = json.loads(payload)
        text = item.get("text")
        if not isinstance(text, str) or item.get("dead") or item.get("deleted"):
            continue
        posting = extract_posting(text)
        at = fields.unix_timestamp(item.get("time"))
        if posting.is_job and at and at >= since:
            yield _Post(at, posting.company or "", f"{_ITEM_URL}{item_id}", text)


def _records(connection: duckdb.DuckDBPyConnection, since: dt.datetime) -> Iterator[_Post]:
    # A company's board links to itself: only what others post leads to a board.
    rows = connection.execute(
        f"""
        select source, max(ingested_at) as seen_at,
            arg_max(payload, ingested_at)::varchar as payload
        from bronze.raw_job_postings
        where board is null
        group by source, posting_id
        having regexp_matches(payload, '{_DOMAINS}', 'i') and seen_at >= ?
        order by seen_at, posting_id
        """,
        [since],
    ).fetchall()
    for source, seen_at, payload in rows:
        try:
            stated = parse_or_reject(board_source(source).parse, json.loads(payload))
        except (UnreadableRecordError, ConfigurationError):
            continue  # silver counts and names it, and names a board that was removed
        url = stated.url or f"{source}://{stated.key}"
        # JSON may write "/" as "\\/".
        markup = payload.replace("\\/", "/").replace('\\"', '"')
        yield _Post(stated.date_posted or seen_at, stated.company, url, markup)


def operator_rows(settings: Settings) -> list[BoardRow]:
    """Return the boards of the operator's file, a CSV with a header: system, board, company, state.

    ``state`` is empty or "refused". Raises ConfigurationError that names the line.
    """
    path = settings.company_boards_file
    # Not by lines: a quoted cell may hold a line break.
    rows = csv.DictReader(io.StringIO(read_operator_file(path) or "", newline=""))
    return [_operator_row(line, f"{path}, line {rows.line_num}") for line in rows]


def _operator_row(line: Mapping[str, str | None], place: str) -> BoardRow:
    name, board, company, state = ((line.get(name) or "").strip() for name in _FIELDS)
    if name not in system_names() or not board or state not in ("", State.REFUSED):
        raise ConfigurationError(
            "The line names no system or board, or a state other than refused",
            record=place,
            next_step=f"systems are {', '.join(system_names())}; the header is "
            f"{','.join(_FIELDS)}.",
        )
    return BoardRow(
        source=name,
        board=system(name).board_name(board),
        state=State(state or State.CANDIDATE),
        reason="in the operator's file",
        company=company or None,
        company_from="operator" if company else None,
        evidence=place,
    )


def discovered(
    connection: duckdb.DuckDBPyConnection, settings: Settings, now: dt.datetime
) -> list[BoardRow]:
    """Return the changes of the directory that links and the operator's file make."""
    since = now - dt.timedelta(days=settings.company_link_months * _DAYS_A_MONTH)
    links = linked_boards(connection, since)
    known = {row.key: row for row in read_directory(connection)}
    changes = {row.key: row for row in _by_operator(known, operator_rows(settings))}
    for link in links.values():
        if link.key not in changes and (row := _by_link(known.get(link.key), link)):
            changes[link.key] = row
    readings = {name: last_readings(connection, name) for name in system_names()}
    for row in known.values():
        last = readings[row.source].get(row.board.lower())
        if row.key not in changes and (moved := _moved(row, last, links)):
            changes[row.key] = moved
    return list(changes.values())


def _by_operator(
    known: Mapping[tuple[str, str], BoardRow], given: Sequence[BoardRow]
) -> Iterator[BoardRow]:
    for row in given:
        before = known.get(row.key)
        if before is None:
            yield row
        # The file says which boards are wanted, and their names; what was read stays.
        elif (row.state is State.REFUSED) != (before.state is State.REFUSED):
            yield replace(row, company=row.company or before.company, company_from="operator")
        elif row.company and row.company != before.company:
            yield replace(before, company=row.company, company_from="operator", reason=row.reason)


def _by_link(before: BoardRow | None, link: Link) -> BoardRow | None:
    """Return the change that a link makes: a new board, a name for one, or one that is back."""
    company = link.companies[-1] if link.companies else None
    source = "posting" if company else None
    if before is None:
        is_demo = system(link.source).is_demo(link.board)
        return BoardRow(
            link.source,
            link.board,
            State.REFUSED if is_demo else State.CANDIDATE,
            "a demonstration of the vendor" if is_demo else "a posting links to it",
            company=company,
            company_from=source,
            evidence=link.evidence,
        )
    if before.state in (State.GONE, State.MOVED) and _is_later(link, before):
        return replace(
            before, state=State.CANDIDATE, reason="a posting links to it again",
            evidence=link.evidence, moved_to=None,
        )  # fmt: skip
    if before.company is None and company:
        return replace(
            before,
            reason="a posting names its company",
            company=company,
            company_from=source,
            evidence=link.evidence,
        )
    return None


def _is_later(link: Link, row: BoardRow) -> bool:
    return row.changed_at is not None and link.posted_at > row.changed_at


def _moved(
    row: BoardRow, last: LastReading | None, links: Mapping[tuple[str, str], Link]
) -> BoardRow | None:
    """Return the row of a board that is gone while its company links to another one.

    The link must be later than the last answer of the old board.
    """
    is_away = row.state is State.GONE or (last and last.outcome is Outcome.ABSENT)
    if row.state in (State.MOVED, State.REFUSED) or not is_away or not row.company:
        return None
    gone_at = last.answered_at if last else None
    later = [
        link
        for link in links.values()
        if link.key != row.key
        and (gone_at is None or link.posted_at > gone_at)
        and any(name.casefold() == row.company.casefold() for name in link.companies)
    ]
    if not later:
        return None
    newest = max(later, key=lambda link: (link.posted_at, link.key))
    return replace(
        row,
        state=State.MOVED,
        reason="its company links to another board",
        evidence=newest.evidence,
        moved_to=f"{newest.source}://{newest.board}",
    )


def states_after(
    rows: Mapping[tuple[str, str], BoardRow],
    source: str,
    readings: Sequence[BoardReading],
    last: Mapping[str, LastReading],
) -> Iterator[BoardRow]:
    """Yield the boards whose state or name these readings change.

    ``last`` has them already. A failed reading changes nothing.
    """
    for reading in readings:
        board = reading["board"].lower()
        row = rows.get((source, board)) or BoardRow(
            source, reading["board"], State.CANDIDATE, "named in a run's parameters"
        )
        after = _named(_after(row, reading, last[board]), reading["company"])
        if after is not row:
            yield after


def _after(row: BoardRow, reading: BoardReading, last: LastReading) -> BoardRow:
    outcome, day = Outcome(reading["outcome"]), reading["read_at"][:10]
    if outcome is Outcome.FAILED:
        return row
    if outcome is Outcome.REFUSED:
        reason = f"another company's: {reading['message']}"
        return replace(row, state=State.REFUSED, reason=reason)
    if outcome is Outcome.ABSENT:
        if last.days_absent < DAYS_ABSENT or row.state in (State.GONE, State.MOVED):
            return row
        reason = f"HTTP {reading['http_status']} on {last.days_absent} days, the last was {day}"
        return replace(row, state=State.GONE, reason=reason, evidence=reading["message"] or None)
    state = State.ACTIVE if last.shown else State.SILENT
    if row.state is state:
        return row
    return replace(row, state=state, reason=f"showed {last.shown} jobs on {day}", evidence=None)


def _named(row: BoardRow, company: str | None) -> BoardRow:
    """Return the row with the name that its records give; a name of the operator stays."""
    is_given = row.company is not None and row.company_from == "operator"
    if not company or is_given or row.state is State.REFUSED:
        return row
    if row.company == company and row.company_from == "record":
        return row
    return replace(row, company=company, company_from="record")
