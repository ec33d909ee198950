"""Registry of sources: job boards (``boards``, a ``BOARD`` each) and systems (``companies``)."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from include.code_version import code_version
from include.errors import ConfigurationError
from include.sources import boards, companies
from include.sources.boards import board_names
from include.sources.companies import system_names
from include.sources.source import Attribution, Source, Terms
from include.sources.system import System

__all__ = [
    "attribution_of",
    "board",
    "board_names",
    "reading_version",
    "source_names",
    "system",
    "system_names",
    "terms_of",
]

_HACKER_NEWS = Attribution("Hacker News", "https://news.ycombinator.com/")
_HACKER_NEWS_TERMS = Terms(
    url="https://github.com/HackerNews/API",
    may_be_passed_on=True,
    quote="we're making the public Hacker News data available in near real time",
    note="The texts are their authors'.",
)
_UNKNOWN_TERMS = Terms(url="", may_be_passed_on=False, note="Its terms are not known.")


def source_names() -> tuple[str, ...]:
    """Return the names of all sources: Hacker News, the boards and the systems."""
    return ("hacker_news", *board_names(), *system_names())


def board(name: str) -> Source:
    """Return a board by its name.

    Raises ConfigurationError if there is no such module, or if it has no ``BOARD`` of that name.
    """
    found: Source = _look_up(name, "source", board_names(), "boards", Source)
    return found


def system(name: str) -> System:
    """Return an applicant tracking system, its module's ``SYSTEM``; errors as :func:`board`."""
    found: System = _look_up(name, "system", system_names(), "companies", System)
    return found


def _look_up(name: str, word: str, names: Sequence[str], folder: str, kind: type[Any]) -> Any:
    if name not in names:
        raise ConfigurationError(
            f"Unknown {word}", record=name, next_step=f"choose one of {', '.join(names)}."
        )
    attribute = "BOARD" if kind is Source else "SYSTEM"
    found = getattr(importlib.import_module(f"include.sources.{folder}.{name}"), attribute, None)
    if not isinstance(found, kind) or getattr(found, "name", None) != name:
        raise ConfigurationError(
            f"The module has no {attribute}, a {kind.__name__} whose name is {name!r}",
            record=f"include/sources/{folder}/{name}.py",
            next_step="see docs/adding-a-source.md.",
        )
    return found


@cache
def attribution_of(source: str) -> Attribution:
    """Return the attribution of a source's postings.

    The boards' terms require the name and a link wherever a posting is shown. An unknown source is
    attributed by its own name, without a link.
    """
    if source in ("hacker_news", "hacker_news_seekers"):
        return _HACKER_NEWS
    if source in system_names():
        return system(source).attribution
    return board(source).attribution if source in board_names() else Attribution(source, "")


@cache
def terms_of(source: str) -> Terms:
    """Return the terms of a source's postings; an unknown source's may not be passed on."""
    if source == "hacker_news":
        return _HACKER_NEWS_TERMS
    if source in system_names():
        return system(source).terms
    return board(source).terms if source in board_names() else _UNKNOWN_TERMS


@cache
def reading_version() -> str:
    """Return the version of the code that turns a record into a silver row.

    dbt rebuilds a row if its stored version differs.
    """
    folders = (Path(folder) for room in (boards, companies) for folder in room.__path__)
    # Boards are found at run time, so no import leads the digest to their files.
    files = sorted(file for folder in folders for file in folder.rglob("*.py"))
    return code_version("include.silver.board_postings", *files)
