"""The yardstick is of the product: its technologies, its places, no question twice (B23)."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import duckdb
import pytest

from bench.questions import Questions, jobs_of, kept_by, months_of, places_of, technologies_of
from bench.sizes import describe, sizes_of
from include.insights.filters import JobFilter
from include.insights.index.places import _Places
from include.insights.store import ServingStore
from include.postings.taxonomy import load_taxonomy
from include.serving.publish import publish
from include.settings import Settings
from include.web.app import create_app
from sample.gold.postings import GoldSize, fill_gold

SIZE = GoldSize(6_000, date(2025, 6, 1), date(2026, 5, 1))


@pytest.fixture(scope="module")
def filled() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as warehouse:
        fill_gold(warehouse, SIZE)
        yield warehouse


@pytest.fixture(scope="module")
def store(filled: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("store") / "serving.sqlite"
    publish(filled, f"sqlite:///{path}")
    return path


@pytest.fixture(scope="module")
def named(store: Path) -> tuple[dict[str, int], dict[str, int], tuple[int, int]]:
    return places_of(store), technologies_of(store), months_of(store)


@pytest.fixture
def questions(named: tuple[dict[str, int], dict[str, int], tuple[int, int]]) -> Questions:
    return Questions(*named)


def place_asked(path: str) -> str:
    return parse_qs(urlsplit(path).query)["location"][0]


def test_the_generated_gold_has_every_technology_of_the_seed(
    filled: duckdb.DuckDBPyConnection,
) -> None:
    ids = {
        key
        for (key,) in filled.execute("select technology_id from gold.dim_technologies").fetchall()
    }
    assert ids == set(load_taxonomy().by_id)
    assert sizes_of(filled)["technologies"] == len(ids)


def test_the_generated_gold_is_as_varied_as_real_postings(
    filled: duckdb.DuckDBPyConnection,
) -> None:
    sizes = sizes_of(filled)
    assert sizes["postings"] == SIZE.postings
    assert sizes["months"] == 12
    assert sizes["technologies named"] > 500
    assert sizes["distinct place texts"] > 900
    assert sizes["companies"] > 3_000
    assert sizes["distinct titles"] > 400
    assert 3.5 < sizes["skills of postings"] / sizes["postings"] < 4.5
    assert 250 < sizes["characters a text"] < 350


def test_shares_of_technologies_shift_as_they_did() -> None:
    def share(skill: str, year: int) -> float:
        with duckdb.connect() as warehouse:
            fill_gold(warehouse, GoldSize(1_500, date(year, 1, 1), date(year, 2, 1)))
            query = "select count(*) from gold.fct_posting_skills where skill = ?"
            (count,) = warehouse.execute(query, [skill]).fetchall()[0]
        return float(count / 1_500)

    assert share("jquery", 2012) > 10 * share("jquery", 2026)
    assert share("typescript", 2012) == 0 < 0.15 < share("typescript", 2026)


def test_a_smaller_taxonomy_has_the_most_frequent_technologies() -> None:
    with duckdb.connect() as warehouse:
        size = GoldSize(50, date(2025, 1, 1), date(2025, 2, 1), technologies=5)
        fill_gold(warehouse, size)
        names = warehouse.execute("select technology_id from gold.dim_technologies").fetchall()
    assert len(names) == 5
    assert ("python",) in names


def test_the_same_seed_gives_the_same_gold() -> None:
    def rows() -> list[tuple[object, ...]]:
        with duckdb.connect() as warehouse:
            fill_gold(warehouse, GoldSize(200, date(2025, 1, 1), date(2025, 2, 1)))
            return warehouse.execute("from gold.fct_postings order by posting_id").fetchall()

    assert rows() == rows()


@pytest.mark.parametrize("kind", ["insights", "trends", "postings"])
def test_no_question_is_asked_twice(questions: Questions, kind: str) -> None:
    asked = list(islice(getattr(questions, kind), 2_000))
    assert len(asked) == len(set(asked)) > 100


@pytest.mark.parametrize("kind", ["insights", "postings"])
def test_no_place_is_asked_for_twice_in_any_spelling(questions: Questions, kind: str) -> None:
    places = [place_asked(path) for path in getattr(questions, kind)]
    forms = [form for place in places for form in kept_by(place)]
    assert len(forms) == len(set(forms)) > 100


def test_no_place_of_one_row_is_cached_by_another(questions: Questions) -> None:
    insights = {place_asked(path) for path in questions.insights}
    assert insights.isdisjoint({place_asked(path) for path in questions.postings})


def test_spellings_of_one_place_are_one_question(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("create table postings (location text)")
        places = [("Dallas, TX",)] * 2 + [("Dallas, Texas",), ("DALLAS, TX; Berlin",), (None,)]
        connection.executemany("insert into postings values (?)", places)
    assert places_of(path) == {"Dallas, TX": 4, "Berlin": 1}


def test_months_before_the_first_posting_are_not_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("create table monthly_trends (month text, mention_count integer)")
        rows = [("2011-04", 0), ("2026-01", 3), ("2026-02", 1), ("2026-03", 0)]
        connection.executemany("insert into monthly_trends values (?, ?)", rows)
    assert months_of(path) == (2026 * 12, 2026 * 12 + 1)


def test_questions_end_when_every_place_was_asked_for(questions: Questions) -> None:
    asked = len(list(questions.insights)) + len(list(questions.postings))
    assert asked == questions.places
    assert next(questions.insights, None) is None


def test_trends_differ_until_nobody_can_ask_more() -> None:
    few = Questions({}, {"go": 1, "rust": 1}, (24_300, 24_301))
    assert len(list(islice(few.trends, 1))) == 1


def test_a_repeated_question_is_one_of_few(questions: Questions) -> None:
    repeated = list(islice(questions.repeated(questions.insights), 500))
    assert len(set(repeated)) <= 60
    assert set(repeated).isdisjoint(questions.insights)


def test_distinct_questions_meet_no_cache_of_places(
    store: Path, questions: Questions, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_for: list[str] = []
    for name in ("_naming", "_grouped"):
        genuine: Callable[..., int] = getattr(_Places, name)

        def looked(
            places: _Places, key: str, *rest: Any, genuine: Callable[..., int] = genuine
        ) -> int:
            looked_for.append(key)
            return genuine(places, key, *rest)

        monkeypatch.setattr(_Places, name, looked)
    client = create_app(Settings(serving_url=f"sqlite:///{store}")).test_client()
    for path in [*islice(questions.insights, 40), *islice(questions.postings, 20)]:
        assert client.get(path.removeprefix("/techpulse")).status_code == 200
    assert len(looked_for) == len(set(looked_for)) >= 60


def test_the_known_answer_is_a_count_of_the_rows(store: Path) -> None:
    serving = ServingStore(f"sqlite:///{store}")
    with serving.read() as snapshot:
        wanted = JobFilter(seniors=False)
        bits = snapshot.index.fold(snapshot.index.select(wanted, date(2026, 6, 1)))
    serving.close()
    assert jobs_of(store) == bits.bit_count() > 1_000


def test_sizes_are_told_in_words() -> None:
    assert describe({"postings": 12_000, "texts": "varied"}) == "12,000 postings, varied texts"
