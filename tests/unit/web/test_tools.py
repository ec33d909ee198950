"""The API's questions as tools: arguments, limits and bounds of answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from include.errors import ConfigurationError
from include.insights.store import ServingStore
from include.web import tools as module
from include.web.api import endpoints
from include.web.problems import problem_of
from include.web.tools import Tool, tools, words_of


@pytest.fixture(scope="module")
def known() -> dict[str, Tool]:
    return tools(endpoints({"default": 1e6}))


@pytest.fixture(scope="module")
def store(serving_url: str) -> Iterator[ServingStore]:
    store = ServingStore(serving_url)
    yield store
    store.close()


def test_limit_keeps_the_newest_months(known: dict[str, Tool], store: ServingStore) -> None:
    months = {"start_date": "2024-01", "end_date": "2025-06"}
    whole = known["volume"].ask(store, months)
    part = known["volume"].ask(store, {**months, "limit": 3})
    assert len(whole["answer"]["data"]) == 18
    assert part["answer"]["data"] == whole["answer"]["data"][-3:]
    assert (whole["rows_left_out"], part["rows_left_out"] >= 15) == (0, True)


def test_limit_keeps_the_first_of_other_lists(known: dict[str, Tool], store: ServingStore) -> None:
    whole = known["companies"].ask(store, {"top": 25, "days": 300})
    part = known["companies"].ask(store, {"top": 25, "days": 300, "limit": 2})
    assert part["answer"]["data"] == whole["answer"]["data"][:2]
    assert part["rows_left_out"] > len(whole["answer"]["data"]) - 2


def test_own_limit_of_an_endpoint_is_not_replaced(known: dict[str, Tool]) -> None:
    assert known["postings"].arguments["properties"]["limit"]["maximum"] == 100


def test_null_is_an_absent_argument(known: dict[str, Tool], store: ServingStore) -> None:
    ask = known["insights"].ask
    assert ask(store, {"roles": None, "limit": None}) == ask(store, {})


def test_technologies_are_found_by_part_of_a_name(
    known: dict[str, Tool], store: ServingStore
) -> None:
    every = known["technologies"].ask(store, {"limit": 1000})["answer"]["data"]
    wanted = every[0]["name"][1:].upper()
    found = known["technologies"].ask(store, {"text": wanted})["answer"]["data"]
    assert every[0] in found
    assert len(found) < len(every)


@pytest.mark.parametrize("limit", [0, 1001, "many"])
def test_limit_has_bounds(known: dict[str, Tool], store: ServingStore, limit: Any) -> None:
    with pytest.raises(ValidationError):
        known["volume"].ask(store, {"limit": limit})


def test_long_text_is_cut_and_counted(
    known: dict[str, Tool], store: ServingStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    (row,) = known["postings"].ask(store, {"limit": 1})["answer"]["data"]
    whole = known["explain"].ask(store, {"id": row["id"]})
    text = whole["answer"]["text"]
    monkeypatch.setattr(module, "_MAX_TEXT_CHARACTERS", len(text) - 3)
    cut = known["explain"].ask(store, {"id": row["id"]})
    assert cut["answer"]["text"] == text[:-3]
    assert (whole["characters_left_out"], cut["characters_left_out"]) == (0, 3)


def test_answer_beyond_the_bound_is_an_error(
    known: dict[str, Tool], store: ServingStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_ANSWER_BYTES", 100)
    with pytest.raises(ConfigurationError, match="smaller limit"):
        known["summary"].ask(store, {})


def test_defect_is_said_without_its_details() -> None:
    words = words_of(problem_of(RuntimeError("/secret/path")))
    assert "secret" not in words
    assert "log" in words
