"""Fifty searches find the same postings on both databases: those that plain Python finds."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from include.insights.index import FacetIndex
from include.insights.store import VersionCache
from include.maintenance.serving_snapshot import copy_store
from include.postings.markup import plain_text
from include.serving.engine import reading_engine, writing_engine
from include.serving.publish import publish
from include.serving.schema import read_meta, write_meta
from include.serving.text import index
from include.serving.text.query import All, Not, Phrase, Query, QueryError, parse_query
from include.serving.text.search import combined, explain, lookup
from include.serving.text.sqlite import numbers_of_runs, stored_starts
from include.serving.text.words import words

from .conftest import indexed_words

Texts = dict[str, dict[str, list[str]]]

TEXTS = (
    ("Senior C++ Developer", "Acme", "<p>We write C++17 and C#.<p>Visa transfer? Yes, a transfer."),
    ("Data Engineer", "Z\u00fcrich Labs", "A data engineer for CI/CD; Node.js, .NET. No visa."),
    (
        "Engineer, Data",
        "Data Engineer Inc",
        "The data is big, the engineer is small. Python &amp; Go",
    ),
    ("", "", "<b>remote</b> Python+Django, r\u00e9sum\u00e9 at once: python python developer"),
    ("React OR Vue", "acme", "We use react, not angular. 5+ years. Go"),
    ("a" * 90_000, "x y " * 9_000, "".join(map(chr, range(0x20000, 0x38000)))),
    ("\u6771\u4eac", "O'Reilly", ("python " * 300) + "engineer of data"),
)
QUERIES = (
    "python", "-python", "python go", "python OR go", "python -go", "-python -go", "-python OR -go",
    "data engineer", '"data engineer"', '-"data engineer"', 'data -"data engineer"',
    'title:"data engineer"', 'company:"data engineer"', 'text:"data engineer"', "title:data",
    "company:acme", "company:ACME title:react", "text:engineer -title:engineer", "title:engineer",
    "c++", "c#", "c", "c++17", ".net", "net", "node.js", "node", "js", "CI/CD", '"ci cd"', "cd",
    "zurich", "Z\u00dcRICH", "resume", "r\u00e9sum\u00e9", '"visa transfer"', '"visa" transfer',
    "visa -transfer", "O'Reilly", "\u6771\u4eac", "\u4eac", "5 years", "django", "nosuchword",
    '-nosuchword', '"python developer"', '"python engineer"',
    '(python OR go) -(remote OR "the data")',
    'title:(engineer OR developer) -company:(acme OR zurich)', '"we use" OR -("a transfer" visa)',
    '"the engineer is" OR "is the engineer"', '"of data" (a OR "python python python")',
    "title:or", "engineers", "text:go title:react",
)  # fmt: skip


@pytest.fixture(scope="module")
def gold(
    filled: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    path = shutil.copy(filled, tmp_path_factory.mktemp("texts"))
    with duckdb.connect(str(path)) as warehouse:
        ids = warehouse.sql("select posting_id from gold.fct_postings order by 1").fetchall()
        for (posting_id,), texts in zip(ids, TEXTS, strict=False):
            warehouse.execute(
                "update gold.fct_postings set title = ?, company = ?, description_raw = ? "
                "where posting_id = ?",
                [*texts, posting_id],
            )
        yield warehouse


@pytest.fixture(scope="module")
def searched_url(gold: duckdb.DuckDBPyConnection, new_store_url: Callable[[], str]) -> str:
    url = new_store_url()
    publish(gold, url)
    return url


@pytest.fixture(scope="module")
def searched(searched_url: str) -> Iterator[sa.Connection]:
    engine = reading_engine(searched_url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture(scope="module")
def texts(gold: duckdb.DuckDBPyConnection) -> Texts:
    query = "select posting_id, title, company, description_raw from gold.fct_postings"
    return {
        row[0]: {
            "title": words(row[1]),
            "company": words(row[2]),
            "text": words(plain_text(row[3])),
        }
        for row in gold.sql(query).fetchall()
    }


def finds(query: Query, fields: dict[str, list[str]]) -> bool:
    if isinstance(query, Phrase):
        wanted = f" {' '.join(query.words)} "
        chosen = [fields[query.field]] if query.field else fields.values()
        return any(wanted in f" {' '.join(found)} " for found in chosen)
    if isinstance(query, Not):
        return not finds(query.part, fields)
    return (all if isinstance(query, All) else any)(finds(part, fields) for part in query.parts)


def found_ids(connection: sa.Connection, query: Query) -> set[str]:
    index, starts = index_of(connection)
    found = combined(
        query, lambda one: lookup(connection, one, lambda: starts), lambda: index.postings.firsts
    )
    return {index.postings.id_of(index.postings.numbers[position]) for position in found}


def index_of(connection: sa.Connection) -> tuple[FacetIndex, Sequence[int]]:
    """Return the bitmaps, and the first position of each posting by its number of a text."""
    # Kept with its connection: reading it for each of a hundred queries would take too long.
    memory = connection.info.setdefault("memory", VersionCache(""))
    return memory.index(connection), memory.text_starts(connection)


@pytest.mark.parametrize("text", QUERIES)
def test_a_search_finds_what_plain_python_finds(
    searched: sa.Connection, texts: Texts, text: str
) -> None:
    query = parse_query(text)
    assert found_ids(searched, query) == {i for i, fields in texts.items() if finds(query, fields)}


_WORDS = st.sampled_from(["python", "data", "engineer", "the", "of", "c++", "nosuchword"])
_PHRASES = st.builds(
    Phrase,
    st.lists(_WORDS, min_size=1, max_size=3).map(tuple),
    st.sampled_from([None, None, "title", "company", "text"]),
)
_QUERIES: st.SearchStrategy[Query] = st.recursive(
    _PHRASES,
    lambda parts: st.one_of(
        parts.map(Not),
        st.builds(All, st.lists(parts, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=6,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(query=_QUERIES)
def test_any_query_finds_what_plain_python_finds(
    searched: sa.Connection, texts: Texts, query: Query
) -> None:
    assert found_ids(searched, query) == {i for i, fields in texts.items() if finds(query, fields)}


_HOSTILE = st.text(
    st.one_of(st.sampled_from("\"'()-:*^{}\\|&!<>%_?;\0 aORANDNEAR"), st.characters(codec="utf-8")),
    max_size=60,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(text=_HOSTILE)
def test_no_text_makes_the_database_fail(searched: sa.Connection, text: str) -> None:
    with suppress(QueryError):
        found_ids(searched, parse_query(text))


def test_words_are_looked_up_in_the_index(searched: sa.Connection) -> None:
    for words_asked in (("python",), ("data", "engineer"), ("of", "the")):
        plan = " ".join(explain(searched, Phrase(words_asked)))
        index_of = {
            "sqlite": ["VIRTUAL TABLE INDEX"],
            "postgresql": ["Bitmap Index Scan on ix_text_index_rare", "text_bitmaps_pkey"],
        }
        assert all(name in plan for name in index_of[searched.dialect.name])
        assert "Seq Scan" not in plan


def test_a_copy_in_sqlite_has_the_same_words(
    searched_url: str, searched: sa.Connection, tmp_path: Path
) -> None:
    assert copy_store(searched_url, tmp_path / "copy.sqlite")
    copy = reading_engine(f"sqlite:///{tmp_path / 'copy.sqlite'}")
    with copy.connect() as connection:
        assert indexed_words(connection) == indexed_words(searched)
    copy.dispose()


def test_another_rule_of_words_fills_the_index_again(
    warehouse: duckdb.DuckDBPyConnection, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def contents() -> list[tuple[object, ...]]:
        engine = reading_engine(store_url)
        with engine.connect() as connection:
            found = indexed_words(connection)
        engine.dispose()
        return found

    before = contents()
    monkeypatch.setattr(index, "rule_version", lambda: "newer")
    monkeypatch.setattr(index, "indexed_text", lambda *texts: " ".join(words(texts[0])))
    counts = publish(warehouse, store_url)["posting_texts"]
    assert counts.inserted == counts.read
    after = contents()
    assert 0 < sum(len(row[2]) for row in after) < sum(len(row[2]) for row in before)
    assert not publish(warehouse, store_url)["posting_texts"].changed


def test_texts_that_have_doubled_are_indexed_again(
    warehouse: duckdb.DuckDBPyConnection, store_url: str
) -> None:
    engine = writing_engine(store_url)
    with engine.begin() as connection:
        counted = int(read_meta(connection)["text_counted"])
        write_meta(connection, {"text_counted": str(counted // 2 - 1)})
    engine.dispose()
    counts = publish(warehouse, store_url)["posting_texts"]
    assert counts.inserted == counts.read == counted


def test_what_is_withdrawn_changed_or_added_is_found_as_it_is(
    warehouse: duckdb.DuckDBPyConnection, store_url: str
) -> None:
    ids = [row[0] for row in warehouse.sql("select posting_id from gold.fct_postings").fetchall()]
    changed, withdrawn = ids[:2], ids[2]
    for posting_id in changed:
        warehouse.execute(
            "update gold.fct_postings set title = 'Senior zymurgist', payload_hash = 'new' "
            "where posting_id = ?",
            [posting_id],
        )
    warehouse.execute("delete from gold.fct_postings where posting_id = ?", [withdrawn])
    publish(warehouse, store_url)
    engine = reading_engine(store_url)
    with engine.connect() as connection:
        assert found_ids(connection, parse_query('"senior zymurgist"')) == {*changed}
        assert found_ids(connection, parse_query("-zymurgist")) == {*ids[3:]}
        index, starts = index_of(connection)
        for word in ("the", "a", "data", "engineer"):
            assert lookup(connection, Phrase((word,)), lambda: starts) <= index.postings.firsts
    engine.dispose()


_SQLITE_ALONE = "sets by position are SQLite's"


def sets_and_what_fts5_finds(connection: sa.Connection) -> dict[str, tuple[set[str], set[str]]]:
    """Return the ids of each frequent lexeme: as its set has them, and as FTS5 finds them."""
    index, _ = index_of(connection)
    known = dict(connection.execute(sa.text("select number, posting_id from posting_texts")).all())  # type: ignore[arg-type]
    found = {}
    rows = connection.exec_driver_sql("select lexeme, positions from text_sets where lexeme <> ''")
    for lexeme, raw in rows.fetchall():
        stored = {
            index.postings.id_of(index.postings.numbers[at]) for at in BitMap.deserialize(raw)
        }
        phrase = f'"{lexeme.replace("_", " ")}"'
        found[lexeme] = stored, {known[n] for n in numbers_of_runs(connection, [phrase])}
    return found


def test_each_frequent_lexeme_has_the_set_that_fts5_finds(
    warehouse: duckdb.DuckDBPyConnection, store_url: str
) -> None:
    engine = reading_engine(store_url)
    if engine.dialect.name != "sqlite":
        pytest.skip(_SQLITE_ALONE)
    for number, (posting_id,) in enumerate(
        warehouse.sql("select posting_id from gold.fct_postings order by 1").fetchall()[:12]
    ):
        change = ("delete from gold.fct_postings", "update gold.fct_postings set title = 'The dog'")
        # A changed payload, so that its month is compared.
        more = ", payload_hash = 'new'" if number % 2 else ""
        warehouse.execute(f"{change[number % 2]}{more} where posting_id = ?", [posting_id])
    publish(warehouse, store_url)
    with engine.connect() as connection:
        found = sets_and_what_fts5_finds(connection)
        assert any("_" in lexeme for lexeme in found)
        assert all(stored == by_fts5 for stored, by_fts5 in found.values())
        assert any(stored for stored, _ in found.values())
    engine.dispose()


def test_texts_are_numbered_in_about_the_order_of_the_bitmap_index(store_url: str) -> None:
    """A bitmap of sorted positions is made in a fifth of the time."""
    engine = reading_engine(store_url)
    if engine.dialect.name != "sqlite":
        pytest.skip(_SQLITE_ALONE)
    with engine.connect() as connection:
        starts = stored_starts(connection)
    engine.dispose()
    assert starts
    rising = [first <= second for first, second in pairwise(starts)]
    assert rising.count(True) > 0.9 * len(rising)


def test_a_store_without_sets_answers_the_same(store_url: str) -> None:
    engine = writing_engine(store_url)
    if engine.dialect.name != "sqlite":
        pytest.skip(_SQLITE_ALONE)
    asked = [parse_query(text) for text in QUERIES]
    with engine.connect() as connection:
        with_sets = [found_ids(connection, query) for query in asked]
        for table in ("text_sets", "text_lexemes"):
            connection.exec_driver_sql(f"delete from {table}")
        assert [found_ids(connection, query) for query in asked] == with_sets
    engine.dispose()
