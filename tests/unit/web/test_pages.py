"""The pages: each card stands on the dashboard once, says how it is counted, and adds no markup."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from include.web import app
from include.web.filter_params import FilterParams
from include.web.methods import METHODS, OPERATORS, SECTIONS

_SCRIPTS = sorted((Path(app.__file__).parent / "static" / "js").glob("*.js"))


def _script(name: str) -> str:
    return next(path for path in _SCRIPTS if path.name == name).read_text(encoding="utf-8")


def test_each_card_stands_in_one_section() -> None:
    cards = [card for section in SECTIONS for card in section.cards]
    assert sorted(cards) == sorted(METHODS)


@pytest.mark.parametrize(
    ("path", "cards"), [("/dashboard", METHODS), ("/operators", OPERATORS), ("/methods", METHODS)]
)
def test_page_explains_each_of_its_cards(client: FlaskClient, path: str, cards: dict) -> None:  # type: ignore[type-arg]
    response = client.get(path)
    assert response.status_code == 200
    assert "no-cache" in response.headers["Cache-Control"]
    for card, method in cards.items():
        assert len(re.findall(rf'id="{card}(?:-card)?"', response.text)) in (1, 2), card
        assert str(_escaped(method.counts)) in response.text, card


def _escaped(text: str) -> str:
    from markupsafe import escape

    return str(escape(text))


@pytest.mark.parametrize("path", _SCRIPTS, ids=lambda path: path.name)
def test_script_makes_no_markup_of_text(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function"
    assert re.findall(forbidden, source) == []
    for name in re.findall(r'from "\./([^"]+)"', source):
        assert (path.parent / name).exists(), name


def test_page_knows_every_parameter_of_the_filter(client: FlaskClient) -> None:
    """A parameter that a filter has and the page lacks could not be asked for."""
    source = _script("state.js")
    known = set(re.findall(r"(\w+): ", source[source.index("FILTER") : source.index("VIEWS")]))
    # The buckets of contract 1.0.0, and one value where the page sends a list.
    former = {"role", "level", "source", "technology"}
    assert set(FilterParams.model_fields) - former == known & set(FilterParams.model_fields)
    page = client.get("/dashboard").text
    named = set(re.findall(r'(?:data-)?name="(\w+)"', page)) | {"technologies"}
    assert known <= named
