"""The text index in PostgreSQL: sets of numbers by lexeme, exact for phrases, too.

``text_bitmaps`` has a bitmap of each frequent lexeme (include/serving/text/grams.py), in chunks: a
word that half of the texts have is twelve rows of 1 kB at 100,000 texts, where a scan of a GIN
index would visit 50,000 rows. ``text_index`` has the words of each text, to compare phrases with,
and its rare lexemes under a GIN index.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import reduce
from operator import and_

import sqlalchemy as sa

from include.serving.bits import positions
from include.serving.migrations import RARE_INDEX
from include.serving.text.grams import cover, lexemes_of, runs_within

__all__ = [
    "PhraseSets",
    "Writer",
    "filled_at_once",
    "numbers_of",
    "plans",
    "remove",
    "remove_all",
]

_CHUNK = 8_192
"""Numbers of a row of bitmaps: 1 kB, which PostgreSQL keeps in the table itself."""
_ALIVE = ""
"""The lexeme of all texts. Of a text that is deleted only this bit is."""

_KNOWN = "select distinct lexeme from text_bitmaps where lexeme = any(%s)"
_BITMAPS = "select lexeme, chunk, bits from text_bitmaps where lexeme = any(%s)"
# One row a lexeme: a text of numbers is read three times as fast as rows of them.
_RARE = """
    select lexeme, (
        select string_agg(cast(number as text), ',') from text_index
        where string_to_array(rare, ' ') @> array[lexeme collate "C"]
    ) from unnest(cast(%s as text[])) as lexeme
"""
_COMPARE = """
    select string_agg(cast(number as text), ',') from text_index
    where number = any(%s) and strpos(words, %s) > 0
"""


class PhraseSets:
    """The numbers of the texts that have a phrase, as bits; each phrase is looked up once."""

    def __init__(self, connection: sa.Connection, phrases: Iterable[tuple[str, ...]]) -> None:
        self._connection = connection
        wanted = list(dict.fromkeys(phrases))
        asked = {run for words in wanted for run in runs_within(words)}
        with _planned(connection):
            frequent = {row[0] for row in connection.exec_driver_sql(_KNOWN, ([*asked],))}
            covers = {words: cover(words, frequent) for words in wanted}
            sets = self._sets({one for lexemes in covers.values() for one in lexemes}, frequent)
            self._found = {
                words: self._compared(words, [sets[one] for one in lexemes])
                for words, lexemes in covers.items()
            }

    def __getitem__(self, words: tuple[str, ...]) -> int:
        return self._found[words]

    def _sets(self, lexemes: Collection[str], frequent: Collection[str]) -> Mapping[str, int]:
        chunks: defaultdict[str, dict[int, bytes]] = defaultdict(dict)
        kept = [one for one in lexemes if one in frequent]
        for row in self._connection.exec_driver_sql(_BITMAPS, ([*kept, _ALIVE],)):
            chunks[row[0]][row[1]] = bytes(row[2])  # psycopg2 gives a memoryview
        found = {lexeme: _joined(of_lexeme) for lexeme, of_lexeme in chunks.items()}
        alive = found.pop(_ALIVE, 0)
        sets = {lexeme: bits & alive for lexeme, bits in found.items()}
        if rare := [one for one in lexemes if one not in frequent]:
            for row in self._connection.exec_driver_sql(_RARE, (rare,)):
                sets[row[0]] = _bits_of(row[1])
        return sets

    def _compared(self, words: tuple[str, ...], sets: Sequence[int]) -> int:
        bits = reduce(and_, sets)
        if len(sets) == 1 or not bits:
            return bits
        phrase = f" {' '.join(words)} "
        row = self._connection.exec_driver_sql(_COMPARE, (numbers_of(bits), phrase))
        return _bits_of(row.scalar())


def plans(connection: sa.Connection, phrase: tuple[str, ...]) -> Iterator[str]:
    """Yield the plans of the statements that look a phrase up, line by line."""
    runs = [*runs_within(phrase)]
    asked = ((_BITMAPS, (runs,)), (_RARE, (runs,)), (_COMPARE, ([1], " ".join(phrase))))
    with _planned(connection):
        for statement, parameters in asked:
            rows = connection.exec_driver_sql(f"explain {statement}", parameters)
            yield from (str(row[0]) for row in rows)


class Writer:
    """Writes texts under ascending numbers; one chunk of bitmaps is in memory."""

    def __init__(self, serving: sa.Connection, frequent: Collection[str] = ()) -> None:
        """``frequent``: the lexemes that get bitmaps, if there are none yet."""
        self._serving = serving
        rows = serving.exec_driver_sql("select distinct lexeme from text_bitmaps")
        self._frequent = {row[0] for row in rows} or {_ALIVE, *frequent}
        self._chunk = -1
        self._bits: dict[str, bytearray] = {}

    def add(self, texts: Iterable[tuple[int, str]]) -> None:
        """Add numbers and texts, given as their words with one blank around each."""
        rows = []
        for number, text in texts:
            lexemes = lexemes_of(text.split(), self._frequent)
            self._set(number, [_ALIVE, *(lexemes & self._frequent)])
            rows.append((number, text, " ".join(lexemes - self._frequent)))
        insert = "insert into text_index (number, words, rare) values (%s, %s, %s)"
        self._serving.exec_driver_sql(insert, rows)

    def finish(self) -> None:
        """Write the bitmaps that are in memory."""
        if self._bits:
            serving, chunk = self._serving, self._chunk
            serving.exec_driver_sql("delete from text_bitmaps where chunk = %s", (chunk,))
            statement = "insert into text_bitmaps (lexeme, chunk, bits) values (%s, %s, %s)"
            rows = [(lexeme, chunk, bytes(bits)) for lexeme, bits in self._bits.items()]
            serving.exec_driver_sql(statement, rows)
        self._bits = {}

    def _set(self, number: int, lexemes: Iterable[str]) -> None:
        chunk, at = divmod(number, _CHUNK)
        if chunk != self._chunk:
            self.finish()
            self._chunk, self._bits = chunk, self._read(chunk)
        byte, bit = at // 8, 1 << at % 8
        for lexeme in lexemes:
            self._bits[lexeme][byte] |= bit

    def _read(self, chunk: int) -> dict[str, bytearray]:
        query = "select lexeme, bits from text_bitmaps where chunk = %s"
        kept = {row[0]: bytes(row[1]) for row in self._serving.exec_driver_sql(query, (chunk,))}
        none = bytes(_CHUNK // 8)
        return {lexeme: bytearray(kept.get(lexeme, none)) for lexeme in self._frequent}


def remove(serving: sa.Connection, numbers: Sequence[int]) -> None:
    """Delete texts by number."""
    serving.exec_driver_sql("delete from text_index where number = any(%s)", ([*numbers],))
    chunks: defaultdict[int, list[int]] = defaultdict(list)
    for number in numbers:
        chunks[number // _CHUNK].append(number % _CHUNK)
    for chunk, places in chunks.items():
        key = (_ALIVE, chunk)
        query = "select bits from text_bitmaps where lexeme = %s and chunk = %s"
        bits = int.from_bytes(serving.exec_driver_sql(query, key).scalar_one(), "little")
        bits &= ~sum(1 << place for place in places)
        update = "update text_bitmaps set bits = %s where lexeme = %s and chunk = %s"
        serving.exec_driver_sql(update, (bits.to_bytes(_CHUNK // 8, "little"), *key))


def remove_all(serving: sa.Connection) -> None:
    """Delete all texts and which lexemes are frequent."""
    for table in ("text_index", "text_bitmaps"):
        serving.exec_driver_sql(f"delete from {table}")


@contextmanager
def filled_at_once(serving: sa.Connection) -> Iterator[None]:
    """Index the texts that are written meanwhile, the first ones, at the end."""
    # A GIN index takes one row after another five times as long as all at once.
    serving.exec_driver_sql("drop index ix_text_index_rare")
    yield
    serving.exec_driver_sql("set local maintenance_work_mem = '256MB'")
    serving.exec_driver_sql(RARE_INDEX)
    # Without statistics the planner would read every text instead of the index.
    serving.exec_driver_sql("analyze text_index")
    serving.exec_driver_sql("analyze text_bitmaps")


def numbers_of(bits: int) -> list[int]:
    """Return the numbers of a set, ascending."""
    return list(positions(bits, bits.bit_length()))


def _bits_of(numbers: str | None) -> int:
    """Return the set of a text of numbers, set apart by commas."""
    found = json.loads(f"[{numbers or ''}]")
    digits = bytearray(max(found, default=0) // 8 + 1)
    for number in found:
        digits[number // 8] |= 1 << number % 8
    return int.from_bytes(digits, "little")


def _joined(chunks: Mapping[int, bytes]) -> int:
    none = bytes(_CHUNK // 8)
    parts = (chunks.get(chunk, none) for chunk in range(max(chunks) + 1))
    return int.from_bytes(b"".join(parts), "little")


@contextmanager
def _planned(connection: sa.Connection) -> Iterator[None]:
    """Make PostgreSQL use its indexes, whatever it estimates, and compile nothing.

    The planner takes cutting a text into words for as cheap as comparing two numbers.
    """
    switch = "select set_config(name, %s, true) from unnest(array['enable_seqscan', 'jit']) as name"
    connection.exec_driver_sql(switch, ("off",))
    yield
    connection.exec_driver_sql(switch, ("on",))
