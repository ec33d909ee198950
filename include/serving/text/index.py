"""Keep the text index equal to the postings' titles, companies and texts.

``posting_texts`` gives each indexed posting a number, which is never used again. Under that number
the index has its words (include/serving/text/words.py): in SQLite a contentless FTS5 table
(https://sqlite.org/fts5.html#contentless_tables), a third of the words' own size; in PostgreSQL
the words, an index and bitmaps (include/serving/text/postgresql.py). Only rows whose text changed
are written, in publish's transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
from include.serving.text.grams import frequent_lexemes
from include.serving.text.postgresql import Writer, filled_at_once, remove, remove_all
from include.serving.text.words import indexed_text, rule_version

__all__ = ["TEXT_INDEX_TABLE", "TextMerge", "copy_index", "forget_older_rules"]

TEXT_INDEX_TABLE = "text_index"
_COPIED_ROWS = 1_000
_RULE, _LAST_NUMBER, _COUNTED_TEXTS = "text_rule", "text_last_number", "text_counted"
_SAMPLE_TEXTS = 4_000
_OUTGROWN = 2
"""So many times the texts that there were, which lexemes are frequent is counted again."""
_INSERT_SQLITE = "insert into text_index (rowid, words) values (:number, :words)"
# Words of 16 MB instead of one are collected before they are written: fewer segments to look in.
_DELETE_ALL_SQLITE = (
    "insert into text_index (text_index) values ('delete-all')",
    "insert into text_index (text_index, rank) values ('hashsize', 16777216)",
)
# A contentless table does not know a row's words: they are read from the posting as published,
# which is still there, by the rule that indexed it.
_DELETE_SQLITE = (
    "insert into text_index (text_index, rowid, words) values ('delete', :number, :words)"
)


def forget_older_rules(serving: sa.Connection) -> None:
    """Empty the index if another rule of words, or none, has filled it: publish fills it again.

    In PostgreSQL also where the texts have outgrown the count of what is frequent in them.
    """
    rule, meta = rule_version(), read_meta(serving)
    count = serving.scalar(sa.select(sa.func.count()).select_from(POSTING_TEXTS)) or 0
    counted = int(meta.get(_COUNTED_TEXTS, count))
    if meta.get(_RULE) == rule and count <= _OUTGROWN * counted:
        return
    if _is_postgresql(serving):
        remove_all(serving)
    else:
        for statement in _DELETE_ALL_SQLITE:
            serving.exec_driver_sql(statement)
    serving.execute(sa.delete(POSTING_TEXTS))
    buckets = PUBLISHED_BUCKETS.c.table_name == POSTING_TEXTS.name
    serving.execute(sa.delete(PUBLISHED_BUCKETS).where(buckets))
    write_meta(serving, {_RULE: rule, _LAST_NUMBER: "0"})


def _is_postgresql(serving: sa.Connection) -> bool:
    return serving.dialect.name == "postgresql"


def copy_index(postgresql: sa.Connection, sqlite: sa.Connection) -> None:
    """Copy the words of a store in PostgreSQL to the empty index of one in SQLite."""
    query = sa.text("select number, words from text_index")
    rows = postgresql.execute(query, execution_options={"yield_per": _COPIED_ROWS})
    for batch in rows.mappings().partitions():
        sqlite.execute(sa.text(_INSERT_SQLITE), [dict(row) for row in batch])


class TextMerge(Merge):
    """The merge of ``posting_texts``, run before that of the postings.

    Its query has the columns ``title``, ``company`` and ``description``, too.
    """

    def _remove(self, batch: Sequence[Mapping[str, Any]]) -> None:
        columns = POSTINGS.c
        query = (
            sa.select(
                POSTING_TEXTS.c.number, columns.title, columns.company, columns.description_raw
            )
            .join(POSTINGS, columns.id == POSTING_TEXTS.c.posting_id)
            .where(columns.id.in_([row["key_posting_id"] for row in batch]))
        )
        rows = [
            {"number": row[0], "words": indexed_text(row[1], row[2], row[3])}
            for row in self.serving.execute(query)
        ]
        if rows and _is_postgresql(self.serving):
            remove(self.serving, [row["number"] for row in rows])
        elif rows:
            self.serving.execute(sa.text(_DELETE_SQLITE), rows)
        super()._remove(batch)

    def _insert(self) -> None:
        if not _is_postgresql(self.serving):
            super()._insert()
        elif self._is_empty:
            with filled_at_once(self.serving):
                self._insert_all()
            write_meta(self.serving, {_COUNTED_TEXTS: str(self._count())})
        else:
            self._insert_all()

    def _insert_all(self) -> None:
        # Created before the rows are read: it counts a sample of the same ones.
        writer = self._writer
        super()._insert()
        writer.finish()

    @cached_property
    def _writer(self) -> Writer:
        frequent = frequent_lexemes([*self._sample()]) if self._is_empty else ()
        return Writer(self.serving, frequent)

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
        texts = enumerate(map(_words, batch), last + 1)
        if _is_postgresql(self.serving):
            self._writer.add(texts)
        else:
            words = [{"number": number, "words": text} for number, text in texts]
            self.serving.execute(sa.text(_INSERT_SQLITE), words)
        write_meta(self.serving, {_LAST_NUMBER: str(last + len(batch))})

    @property
    def _is_empty(self) -> bool:
        return not self._count()

    def _count(self) -> int:
        query = sa.select(sa.func.count()).select_from(POSTING_TEXTS)
        return self.serving.scalar(query) or 0


def _words(row: Mapping[str, Any]) -> str:
    return indexed_text(row["title"], row["company"], row["description"])
