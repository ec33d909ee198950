from __future__ import annotations

import pytest

from include.sources.boards import board_names
from include.sources.registry import attribution_of


@pytest.mark.parametrize("source", ["hacker_news", *board_names()])
def test_every_source_is_named_and_linked(source: str) -> None:
    named = attribution_of(source)
    assert named.name
    assert named.name != source
    assert named.url.startswith("https://")


def test_remotive_is_named_as_its_terms_ask() -> None:
    assert (attribution_of("remotive").name, attribution_of("remotive").url) == (
        "Remotive",
        "https://remotive.com/",
    )


def test_unknown_source_goes_by_its_own_name() -> None:
    assert (attribution_of("a_board").name, attribution_of("a_board").url) == ("a_board", "")
