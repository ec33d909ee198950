"""The text index in SQLite: FTS5, and sets of the postings that have each frequent lexeme.

FTS5 (https://sqlite.org/fts5.html) reads half a million numbers of a frequent word in 100 ms. So
``text_lexemes`` has a roaring bitmap (https://roaringbitmap.org) of the numbers of each frequent
lexeme (include/serving/text/grams.py), which a publish changes by what differs; ``text_sets`` has
the same sets by position in the bitmap index, as they are read: half a million in a millisecond.
Runs of two frequent words that are rare are tokens of FTS5 behind the words of their text.
"""

from __future__ import annotations

import json
import zlib
from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

import sqlalchemy as sa
from pyroaring import BitMap

from include.serving.arrays import numbers_of, packed, uint32
from include.serving.facet_orders import compress
from include.serving.text.grams import cover, is_run, lexemes_of, runs_within

if TYPE_CHECKING:
    import duckdb

__all__ = [
    "LONGEST_RUN",
    "Writer",
    "numbers_of_runs",
    "plans",
    "remove_all",
    "stored_runs",
    "stored_starts",
    "write_sets",
]

LONGEST_RUN = 2
_SETS_AT_ONCE = 32
"""At most 4 MB each at a million postings."""
_STARTS = ""
"""The lexeme of all texts: by number the first position of its posting, four bytes each."""

_INSERT = "insert into text_index (rowid, words) values (?, ?)"
# A contentless table does not know a row's words: they are given as they were indexed.
_DELETE = "insert into text_index (text_index, rowid, words) values ('delete', ?, ?)"
# Words of 16 MB instead of one are collected before they are written: fewer segments to look in.
_DELETE_ALL = (
    "insert into text_index (text_index) values ('delete-all')",
    "insert into text_index (text_index, rank) values ('hashsize', 16777216)",
    "delete from text_lexemes",
    "delete from text_sets",
)
# All numbers as one text, which is read three times as fast as rows.
_FIND = "select group_concat(rowid) from text_index where text_index match ?"
_KNOWN = "select lexeme from text_sets where lexeme in (select value from json_each(?))"
_SET = "select positions from text_sets where lexeme = ?"
_NUMBERS_OF = (
    "select lexeme, numbers from text_lexemes where lexeme in (select value from json_each(?))"
)
_WRITE_NUMBERS = "insert or replace into text_lexemes (lexeme, numbers) values (?, ?)"
_WRITE_SET = "insert into text_sets (lexeme, positions) values (?, ?)"
_POSITIONS = """
    with firsts as (
        select t.number, min(j.position) as position
        from text_numbers as t
        join temp.facet_postings as p on p.id = t.posting_id
        join temp.facet_jobs as j on j.number = p.number
        group by t.number
    )
    -- numbers are those of all texts that there have been: some are of none any more
    select coalesce(firsts.position, 0) as position
    from range(coalesce((select max(number) from text_numbers), 0) + 1) as numbers (number)
    left join firsts on numbers.number = firsts.number
    order by numbers.number
"""

_Run = tuple[str, ...]
_Text = tuple[int, str]
"""Its number and its words, with blanks around each."""


class Writer:
    """Writes texts to the index, and deletes them from it; ``finish`` writes the sets."""

    def __init__(self, serving: sa.Connection, frequent: Collection[str] = ()) -> None:
        """``frequent``: the lexemes that get sets, if there are none yet."""
        self._serving = serving
        known = {row[0] for row in serving.exec_driver_sql("select lexeme from text_lexemes")}
        self._frequent = known or {*frequent}
        self._sets = {} if known else {lexeme: BitMap() for lexeme in frequent}
        """Those that have changed."""

    def add(self, texts: Iterable[_Text]) -> None:
        """Add texts."""
        rows, having = self._rows(texts)
        self._serving.exec_driver_sql(_INSERT, rows)
        for found, numbers in self._each(having):
            found.update(numbers)

    def remove(self, texts: Iterable[_Text]) -> None:
        """Delete texts, given as they were added."""
        rows, having = self._rows(texts)
        self._serving.exec_driver_sql(_DELETE, rows)
        for found, numbers in self._each(having):
            found.difference_update(BitMap(numbers))

    def finish(self) -> None:
        """Write the sets that have changed."""
        if self._sets:
            rows = [(lexeme, found.serialize()) for lexeme, found in sorted(self._sets.items())]
            self._serving.exec_driver_sql(_WRITE_NUMBERS, rows)
        self._sets = {}

    def _rows(self, texts: Iterable[_Text]) -> tuple[list[_Text], Mapping[str, array[int]]]:
        """Return what FTS5 has of the texts, and the numbers of each frequent lexeme."""
        rows: list[_Text] = []
        having: defaultdict[str, array[int]] = defaultdict(lambda: array("I"))
        for number, text in texts:
            lexemes = lexemes_of(text.split(), self._frequent, LONGEST_RUN)
            for lexeme in lexemes & self._frequent:
                having[lexeme].append(number)
            rare = sorted(filter(is_run, lexemes - self._frequent))
            rows.append((number, f"{text}{' '.join(rare)}"))
        return rows, having

    def _each(self, having: Mapping[str, array[int]]) -> Iterator[tuple[BitMap, array[int]]]:
        """Yield the set of each frequent lexeme to change, beside its numbers."""
        asked = json.dumps([lexeme for lexeme in having if lexeme not in self._sets])
        for row in self._serving.exec_driver_sql(_NUMBERS_OF, (asked,)):
            self._sets[row[0]] = BitMap.deserialize(row[1])
        for lexeme, numbers in having.items():
            yield self._sets[lexeme], numbers


def remove_all(serving: sa.Connection) -> None:
    """Delete all texts and which lexemes are frequent."""
    for statement in _DELETE_ALL:
        serving.exec_driver_sql(statement)


def write_sets(gold: duckdb.DuckDBPyConnection, serving: sa.Connection) -> None:
    """Write the set of each frequent lexeme by position, from the bitmap index's positions.

    They shift when a posting is added, so that all are written.
    """
    import pyarrow as pa

    serving.exec_driver_sql("delete from text_sets")
    starts = _starts(gold, serving)

    by_number = pa.chunked_array([uint32(starts)])
    query = "select lexeme, numbers from text_lexemes order by lexeme"
    rows = serving.exec_driver_sql(query).fetchall()
    for first in range(0, len(rows), _SETS_AT_ONCE):
        lexemes, kept = zip(*rows[first : first + _SETS_AT_ONCE], strict=True)
        sets = [BitMap.deserialize(one).to_array() for one in kept]
        taken = by_number.take(pa.chunked_array([uint32(one) for one in sets]))
        positions = numbers_of(taken.combine_chunks())
        ends = [0, *accumulate(map(len, sets))]
        # Without runs, as the web reads them. Slices of an array: of a memoryview, a bitmap reads
        # each number as an object.
        found = [BitMap(positions[start:end], optimize=False) for start, end in pairwise(ends)]
        written = [(lexeme, one.serialize()) for lexeme, one in zip(lexemes, found, strict=True)]
        serving.exec_driver_sql(_WRITE_SET, written)
    serving.exec_driver_sql(_WRITE_SET, (_STARTS, compress(starts.tobytes())))


def _starts(gold: duckdb.DuckDBPyConnection, serving: sa.Connection) -> array[int]:
    import pyarrow as pa

    rows = serving.exec_driver_sql("select posting_id, number from posting_texts").fetchall()
    ids, numbers = zip(*rows, strict=True) if rows else ((), ())
    names = {"posting_id": pa.array(ids, pa.string()), "number": pa.array(numbers, pa.int64())}
    gold.register("text_numbers", pa.table(names))
    found = gold.execute(_POSITIONS).to_arrow_table()
    gold.unregister("text_numbers")
    return array("I", packed(found["position"], "uint32"))


def stored_starts(connection: sa.Connection) -> array[int] | None:
    """Return by number of a text the first position of its posting, None if it is not stored."""
    raw = connection.exec_driver_sql(_SET, (_STARTS,)).scalar()
    if raw is None:
        return None
    starts = array("I")
    starts.frombytes(zlib.decompress(raw))
    return starts


def stored_runs(connection: sa.Connection, runs: Sequence[_Run]) -> tuple[list[BitMap], list[str]]:
    """Return the sets, by position, of the runs that have one, and for the others FTS5 queries."""
    asked = json.dumps([*{one for run in runs for one in runs_within(run, LONGEST_RUN)}])
    known = {row[0] for row in connection.exec_driver_sql(_KNOWN, (asked,))}
    sets, queries = [], []
    for run in runs:
        lexemes = cover(run, known, LONGEST_RUN)
        if len(lexemes) == 1 and lexemes[0] in known:
            raw: bytes = connection.exec_driver_sql(_SET, (lexemes[0],)).scalar_one()
            sets.append(BitMap.deserialize(raw))
        else:
            queries.append(_query(run, lexemes, known))
    return sets, queries


def _query(run: _Run, lexemes: Sequence[str], known: Collection[str]) -> str:
    """Return an FTS5 query; lexemes have letters, digits and ``.+#:_``, so quoting is safe."""
    if len(lexemes) == 1:
        return f'"{lexemes[0]}"'
    rare = [f'"{one}"' for one in lexemes if one not in known and is_run(one)]
    # Its rare runs keep FTS5 from reading all texts that have the frequent words.
    return f"({' AND '.join([*rare, _quoted(run)])})"


def _quoted(run: _Run) -> str:
    return f'"{" ".join(run)}"'


def numbers_of_runs(connection: sa.Connection, queries: Sequence[str]) -> list[int]:
    """Return the numbers of the texts that one of the FTS5 queries finds."""
    if not queries:
        return []
    numbers = connection.exec_driver_sql(_FIND, (" OR ".join(queries),)).scalar()
    found: list[int] = json.loads(f"[{numbers or ''}]")
    return found


def plans(connection: sa.Connection, runs: Sequence[_Run]) -> Iterator[str]:
    """Yield the plans of the statements that look a phrase up, line by line."""
    asked = ((_SET, runs[0][0]), (_FIND, " OR ".join(map(_quoted, runs))))
    for statement, parameter in asked:
        rows = connection.exec_driver_sql(f"explain query plan {statement}", (parameter,))
        yield from (str(row[-1]) for row in rows)
