from __future__ import annotations

import time

import pytest

from include.sources.company_names import company_in_text, names_agree


@pytest.mark.parametrize(
    ("text", "board", "company"),
    [
        ("<h2>About Acorn Works</h2><p>We bake.</p>", "aw", "Acorn Works"),
        ("<p>At Birch, we grow trees.</p>", "birch-jobs", "Birch"),
        ("<p>Cedar Labs is a bank for bees.</p>", "x", "Cedar Labs"),
        ("<p>Join Dune as our baker.</p>", "x", "Dune"),
        # Two names: the one that the board's name spells.
        ("<p>About Elm Tools</p><p>Join Fir Foods, our partner.</p>", "firfoods", "Fir Foods"),
        ("<p>You own every product at Grove.io and more.</p>", "gr", "Grove.io"),
        ("<p>Hazel (formerly Nut) is the app for cooks.</p>", "nut", "Hazel"),
        ("<p>About Us</p><p>About the role</p><p>We bake.</p>", "acorn", None),
        ("<p>Our client is a bakery. About Recruit Right</p>", "recruitright", None),
        ("", "acorn", None),
    ],
)  # fmt: skip
def test_the_company_that_a_text_introduces(text, board, company):
    assert company_in_text(text, board) == company


def test_the_name_of_the_board_alone_is_no_company():
    assert company_in_text("<p>We bake bread.</p>", "acornworks") is None


@pytest.mark.parametrize(
    "part", ["About A ", "At A", "A ", "A" * 31 + " ", "A's ", "Join A B C D "]
)
def test_hostile_texts_take_linear_time(part):
    begin = time.process_time()
    company_in_text(part * (400_000 // len(part)), "a")
    assert time.process_time() - begin < 2.0


@pytest.mark.parametrize(
    ("first", "second", "agree"),
    [
        ("Acorn", "Acorn Works GmbH", True),
        ("ACORN.io", "Acorn", True),
        ("Acorn Works", "The Works of Acorn", True),
        ("Acorn", "Birch", False),
        ("Acorn Software", "Birch Software", False),
        ("", "Birch", True),
    ],
)
def test_two_names_of_one_company(first, second, agree):
    assert names_agree(first, second) is agree
    assert names_agree(second, first) is agree
