"""Where saved searches are written: ``searches.toml``, or an Airflow Variable."""

from __future__ import annotations

from typing import Final

from include.errors import ConfigurationError
from include.operator_files import read_operator_file
from include.searches.definition import SavedSearch, parse_searches
from include.settings import Settings, get_settings

__all__ = ["FILE", "VARIABLE", "read_search", "read_searches"]

FILE: Final = "searches.toml"
VARIABLE: Final = "techpulse_searches"
"""The same text, for workers that share no folder; read where there is no file."""


def read_searches(
    settings: Settings | None = None,
) -> dict[str, SavedSearch | ConfigurationError]:
    """Return each search by its name, or what is wrong with it; empty if none is written.

    Raises ConfigurationError where the text as a whole cannot be read.
    """
    file = (settings or get_settings()).data_dir / FILE
    text = read_operator_file(file)
    if text is None:
        return parse_searches(_variable(), f"Airflow Variable {VARIABLE}")
    return parse_searches(text, str(file))


def read_search(name: str, settings: Settings | None = None) -> SavedSearch:
    """Return a search; raise ConfigurationError if there is none, or if it is wrong."""
    found = read_searches(settings)
    search = found.get(name)
    if search is None:
        raise ConfigurationError(
            "There is no such saved search",
            record=name,
            next_step=f"name one of {', '.join(found)}." if found else f"write one into {FILE}.",
        )
    if isinstance(search, ConfigurationError):
        raise search
    return search


def _variable() -> str:
    # Of the SDK: a task asks Airflow's API server, which the command line finds, too.
    from airflow.sdk import Variable

    return Variable.get(VARIABLE, default="") or ""
