"""Map rows to Arrow batches; an unreadable row is marked and does not stop the others."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from include.sources.parsing import parse_or_reject
from include.sources.source import UnreadableRecordError
from include.terminal import printable

__all__ = ["Row", "read_batches"]

Row = Mapping[str, Any]
# Bounds on one log line: a changed API may make every record of a batch unreadable.
_SHOWN_RECORDS = 20
_MESSAGE_CHARACTERS = 500

log = logging.getLogger(__name__)


def read_batches(
    batches: Sequence[pa.RecordBatch],
    schema: pa.Schema,
    read: Callable[[Row], Row],
    unread: Callable[[Row, str], Row],
) -> Iterator[pa.RecordBatch]:
    """Yield ``read(row)`` for each row: one batch of ``schema`` per input batch, in order.

    If ``read`` raises, or the columns of ``schema`` cannot hold its values, ``unread(row, why)``
    replaces the row. The log counts and names such rows.
    """
    for batch in batches:
        rows, refused = batch.to_pylist(), _Refused(unread)
        answers = [refused.or_else(row, read, row) for row in rows]
        try:
            found = pa.RecordBatch.from_pylist(answers, schema=schema)
        except (ValueError, TypeError, ArithmeticError, pa.ArrowException):
            # Arrow does not name the offending row: try them one by one, which is slow but rare.
            answers = [
                refused.or_else(row, _held, answer, schema)
                for row, answer in zip(rows, answers, strict=True)
            ]
            found = pa.RecordBatch.from_pylist(answers, schema=schema)
        refused.report()
        yield found


def _held(answer: Row, schema: pa.Schema) -> Row:
    """Return the row if the columns can hold it; otherwise raise Arrow's error."""
    pa.RecordBatch.from_pylist([answer], schema=schema)
    return answer


class _Refused:
    """The rows of a batch that could not be read."""

    def __init__(self, unread: Callable[[Row, str], Row]) -> None:
        self._unread = unread
        self._named: list[str] = []

    def or_else(self, row: Row, read: Callable[..., Row], *arguments: Any) -> Row:
        try:
            return parse_or_reject(read, *arguments)
        except UnreadableRecordError as error:
            why = printable(f"{error.reason}: {error}", _MESSAGE_CHARACTERS)
            self._named.append(printable(f"{row['source']} {row['posting_id']} ({why})"))
            return self._unread(row, why)

    def report(self) -> None:
        if self._named:
            log.warning(
                "%s records cannot be read and count as no job: %s%s",
                len(self._named),
                "; ".join(self._named[:_SHOWN_RECORDS]),
                "; ..." if len(self._named) > _SHOWN_RECORDS else "",
            )
