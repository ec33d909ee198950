"""Keep the text index equal to the postings' titles, companies and texts.

``posting_texts`` gives each indexed posting a number, which is never used again. Under that number
``text_index`` has its words (include/serving/text/words.py): in SQLite a contentless FTS5 table
(https://sqlite.org/fts5.html#contentless_tables), a third of the words' own size; in PostgreSQL
the words and a GIN index on them. Only rows whose text changed are written, in publish's
transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from include.serving.merge import Merge
from include.serving.migrations import TEXT_INDEX_KEY
from include.serving.schema import (
    POSTING_TEXTS,
    POSTINGS,
    PUBLISHED_BUCKETS,
    read_meta,
    write_meta,
)
from include.serving.text.words import indexed_text, rule_version

__all__ = ["TEXT_INDEX_TABLE", "TextMerge", "copy_index", "forget_older_rules"]

TEXT_INDEX_TABLE = "text_index"
_COPIED_ROWS = 1_000
_RULE, _LAST_NUMBER = "text_rule", "text_last_number"
_INSERT = {
    "sqlite": "insert into text_index (rowid, words) values (:number, :words)",
    "postgresql": "insert into text_index (number, words) values (:number, :words)",
}
# Words of 16 MB instead of one are collected before they are written: fewer segments to look in.
_DELETE_ALL = {
    "sqlite": (
        "insert into text_index (text_index) values ('delete-all')",
        "insert into text_index (text_index, rank) values ('hashsize', 16777216)",
    ),
    "postgresql": ("delete from text_index",),
}
# A contentless table does not know a row's words: they are read from the posting as published,
# which is still there, by the rule that indexed it.
_DELETE = {
    "sqlite": "insert into text_index (text_index, rowid, words) "
    "values ('delete', :number, :words)",
    "postgresql": "delete from text_index where number = :number",
}


def forget_older_rules(serving: sa.Connection) -> None:
    """Empty the index if another rule of words, or none, has filled it: publish fills it again."""
    rule = rule_version()
    if read_meta(serving).get(_RULE) == rule:
        return
    for statement in _DELETE_ALL[serving.dialect.name]:
        serving.exec_driver_sql(statement)
    serving.execute(sa.delete(POSTING_TEXTS))
    buckets = PUBLISHED_BUCKETS.c.table_name == POSTING_TEXTS.name
    serving.execute(sa.delete(PUBLISHED_BUCKETS).where(buckets))
    write_meta(serving, {_RULE: rule})


def copy_index(postgresql: sa.Connection, sqlite: sa.Connection) -> None:
    """Copy the words of a store in PostgreSQL to the empty index of one in SQLite."""
    query = sa.text("select number, words from text_index")
    rows = postgresql.execute(query, execution_options={"yield_per": _COPIED_ROWS})
    for batch in rows.mappings().partitions():
        sqlite.execute(sa.text(_INSERT["sqlite"]), [dict(row) for row in batch])


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
        if rows:
            self.serving.execute(sa.text(_DELETE[self.serving.dialect.name]), rows)
        super()._remove(batch)

    def _insert(self) -> None:
        # A GIN index takes one row after another five times as long as all at once.
        at_once = self.serving.dialect.name == "postgresql" and self._is_empty
        if at_once:
            self.serving.exec_driver_sql("drop index ix_text_index_words")
        super()._insert()
        if at_once:
            self.serving.exec_driver_sql(TEXT_INDEX_KEY)
            # Without statistics the planner would read every text instead of the index.
            self.serving.exec_driver_sql("analyze text_index")

    def _add(self, batch: Sequence[Mapping[str, Any]]) -> None:
        last = int(read_meta(self.serving).get(_LAST_NUMBER, 0))
        known = [
            {"posting_id": row["posting_id"], "number": number, "text_hash": row["text_hash"]}
            for number, row in enumerate(batch, last + 1)
        ]
        texts = (indexed_text(row["title"], row["company"], row["description"]) for row in batch)
        words = [{"number": number, "words": text} for number, text in enumerate(texts, last + 1)]
        self.serving.execute(sa.insert(POSTING_TEXTS), known)
        self.serving.execute(sa.text(_INSERT[self.serving.dialect.name]), words)
        write_meta(self.serving, {_LAST_NUMBER: str(last + len(batch))})

    @property
    def _is_empty(self) -> bool:
        return not self.serving.scalar(sa.select(sa.func.count()).select_from(POSTING_TEXTS))
