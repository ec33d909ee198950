"""Keep the text index equal to the postings' titles, companies and texts.

``posting_texts`` gives each indexed posting a number, which is never used again. Under that number
the index has its words (include/serving/text/words.py): in SQLite a contentless FTS5 table
(https://sqlite.org/fts5.html#contentless_tables), a third of the words' own size, and bitmaps
(include/serving/text/sqlite.py); in PostgreSQL the words, an index and bitmaps
(include/serving/text/postgresql.py). Only rows whose text changed are written, in publish's
transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from include.serving.merge import Merge
from include.serving.schema import (
    POSTING_TEXTS,
    POSTINGS,
    PUBLISHED_BUCKETS,
    read_meta,
    write_meta,
)
from include.serving.text import postgresql, sqlite
from include.serving.text.grams import LONGEST, frequent_lexemes
from include.serving.text.postgresql import filled_at_once
from include.serving.text.words import indexed_text, rule_version

__all__ = ["TEXT_INDEX_TABLE", "TextMerge", "copy_index", "forget_older_rules"]

TEXT_INDEX_TABLE = "text_index"
_COPIED_ROWS = 1_000
_RULE, _LAST_NUMBER, _COUNTED_TEXTS = "text_rule", "text_last_number", "text_counted"
_SAMPLE_TEXTS = 4_000
_OUTGROWN = 2
"""So many times the texts that there were, which lexemes are frequent is counted again."""


def forget_older_rules(serving: sa.Connection) -> None:
    """Empty the index if another rule of words, or none, has filled it: publish fills it again.

    Also where the texts have outgrown the count of what is frequent in them.
    """
    rule, meta = rule_version(), read_meta(serving)
    count = serving.scalar(sa.select(sa.func.count()).select_from(POSTING_TEXTS)) or 0
    counted = int(meta.get(_COUNTED_TEXTS, count))
    if meta.get(_RULE) == rule and count <= _OUTGROWN * counted:
        return
    (postgresql if _is_postgresql(serving) else sqlite).remove_all(serving)
    serving.execute(sa.delete(POSTING_TEXTS))
    buckets = PUBLISHED_BUCKETS.c.table_name == POSTING_TEXTS.name
    serving.execute(sa.delete(PUBLISHED_BUCKETS).where(buckets))
    write_meta(serving, {_RULE: rule, _LAST_NUMBER: "0"})


def _is_postgresql(serving: sa.Connection) -> bool:
    return serving.dialect.name == "postgresql"


def copy_index(postgresql: sa.Connection, sqlite: sa.Connection) -> None:
    """Copy the words of a store in PostgreSQL to the empty index of one in SQLite.

    Without sets of frequent lexemes: FTS5 finds all, and the next publish fills the index again.
    """
    query = sa.text("select number, words from text_index")
    insert = "insert into text_index (rowid, words) values (?, ?)"
    rows = postgresql.execute(query, execution_options={"yield_per": _COPIED_ROWS})
    for batch in rows.partitions():
        sqlite.exec_driver_sql(insert, [tuple(row) for row in batch])
    sqlite.exec_driver_sql("delete from store_meta where key = ?", (_RULE,))


class TextMerge(Merge):
    """The merge of ``posting_texts``, run before that of the postings.

    Its query has the columns ``title``, ``company`` and ``description``, too.
    """

    @property
    def _order(self) -> str:
        """About that of the bitmap index: sets by number are then nearly sorted by position.

        A bitmap of sorted positions is made in a fifth of the time or less.
        """
        return " order by company = '', lower(trim(company)), posting_id"

    def _remove(self, batch: Sequence[Mapping[str, Any]]) -> None:
        columns = POSTINGS.c
        query = (
            sa.select(
                POSTING_TEXTS.c.number, columns.title, columns.company, columns.description_raw
            )
            .join(POSTINGS, columns.id == POSTING_TEXTS.c.posting_id)
            .where(columns.id.in_([row["key_posting_id"] for row in batch]))
        )
        texts = [(row[0], indexed_text(*row[1:])) for row in self.serving.execute(query)]
        if texts and _is_postgresql(self.serving):
            postgresql.remove(self.serving, [number for number, _ in texts])
        elif texts and isinstance(self._writer, sqlite.Writer):
            # As published before: the postings are still there, and so is their rule.
            self._writer.remove(texts)
        super()._remove(batch)

    def _delete(self) -> None:
        super()._delete()
        if "_writer" in self.__dict__:
            self._writer.finish()

    def _insert(self) -> None:
        if not self._is_empty:
            self._insert_all()
            return
        with filled_at_once(self.serving) if _is_postgresql(self.serving) else nullcontext():
            self._insert_all()
        write_meta(self.serving, {_COUNTED_TEXTS: str(self._count())})

    def _insert_all(self) -> None:
        # Created before the rows are read: it counts a sample of the same ones.
        writer = self._writer
        super()._insert()
        writer.finish()

    @cached_property
    def _writer(self) -> postgresql.Writer | sqlite.Writer:
        of_postgresql = _is_postgresql(self.serving)
        longest = LONGEST if of_postgresql else sqlite.LONGEST_RUN
        frequent = frequent_lexemes([*self._sample()], longest) if self._is_empty else ()
        writer: type[postgresql.Writer | sqlite.Writer]
        writer = postgresql.Writer if of_postgresql else sqlite.Writer
        return writer(self.serving, frequent)

    def _sample(self) -> Iterable[list[str]]:
        """Yield the words of some of the texts to insert."""
        ids = (
            "select posting_id from temp.differences where change in ('inserted', 'updated') "
            f"order by hash(posting_id), posting_id limit {_SAMPLE_TEXTS}"
        )
        query = f"select * from ({self.query}) where posting_id in ({ids})"
        for batch in self._batches(query, self.batch_rows):
            yield from (words.split() for words in map(_words, batch))

    def _add(self, batch: Sequence[Mapping[str, Any]]) -> None:
        last = int(read_meta(self.serving).get(_LAST_NUMBER, 0))
        known = [
            {"posting_id": row["posting_id"], "number": number, "text_hash": row["text_hash"]}
            for number, row in enumerate(batch, last + 1)
        ]
        self.serving.execute(sa.insert(POSTING_TEXTS), known)
        self._writer.add(enumerate(map(_words, batch), last + 1))
        write_meta(self.serving, {_LAST_NUMBER: str(last + len(batch))})

    @property
    def _is_empty(self) -> bool:
        return not self._count()

    def _count(self) -> int:
        query = sa.select(sa.func.count()).select_from(POSTING_TEXTS)
        return self.serving.scalar(query) or 0


def _words(row: Mapping[str, Any]) -> str:
    return indexed_text(row["title"], row["company"], row["description"])
