"""The layers that import-linter checks are those that docs/architecture.md shows."""

from __future__ import annotations

import re
import tomllib

import pytest

from include.settings import PROJECT_ROOT


def contract() -> list[set[str]]:
    """Return the packages and modules of each layer, the top one first."""
    with (PROJECT_ROOT / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    layers = next(c["layers"] for c in contracts if c["id"] == "layers")
    return [set(layer.split(" | ")) for layer in layers]


def documented() -> list[set[str]]:
    text = (PROJECT_ROOT / "docs/architecture.md").read_text()
    table = text.split("## Packages and layers")[1].split("\n\n")[2]
    rows = [line.split(" | ")[0] for line in table.splitlines()[2:]]
    return [set(re.findall(r"`([a-z_]+)`", row)) for row in rows]


def test_docs_show_the_layers_that_are_checked() -> None:
    assert documented() == contract()


def test_every_package_is_in_a_layer() -> None:
    include = PROJECT_ROOT / "include"
    names = {p.stem for p in include.iterdir() if p.suffix == ".py" or (p / "__init__.py").exists()}
    assert names - {"__init__"} == set().union(*contract())


@pytest.mark.parametrize("folder", ["bench", "dags", "include", "local", "plugins", "sample"])
def test_nothing_outside_tests_imports_tests(folder: str) -> None:
    files = list((PROJECT_ROOT / folder).rglob("*.py"))
    assert files
    importing = re.compile(r"^\s*(?:from|import) tests\b", re.MULTILINE)
    assert [str(file) for file in files if importing.search(file.read_text())] == []
