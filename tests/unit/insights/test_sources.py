from __future__ import annotations

import pytest

from include.insights.sources import attribution
from include.sources.boards import board_names


@pytest.mark.parametrize("source", ["hacker_news", *board_names()])
def test_every_source_is_named_and_linked(source: str) -> None:
    named = attribution(source)
    assert named.name
    assert named.name != source
    assert named.url.startswith("https://")


def test_remotive_is_named_as_its_terms_ask() -> None:
    assert (attribution("remotive").name, attribution("remotive").url) == (
        "Remotive",
        "https://remotive.com/",
    )


def test_unknown_source_goes_by_its_own_name() -> None:
    assert (attribution("a_board").name, attribution("a_board").url) == ("a_board", "")
