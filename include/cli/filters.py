"""The options of the commands that count jobs: those of the API's filter, by the same names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeVar, get_args

import click

from include.postings.model import QueryLevel, RoleBucket

__all__ = ["FILTER_OPTIONS", "filter_options"]

Command = TypeVar("Command", bound=Callable[..., Any])

# Of the lists the API's parameters validate the values: importing those takes a second.
FILTER_OPTIONS: Mapping[str, str] = MappingProxyType(
    {
        "location": "A place, words, Remote, or Remote, Germany.",
        "apply_from": "Jobs in a place, and remote ones that one may do from there.",
        "unstated": "With --apply-from: remote jobs that name no region.",
        "remote": "Of remote, hybrid, onsite, mixed, unspecified.",
        "roles": "Of backend, data, design, ...; all of the job's lists hold for one job.",
        "levels": "Of intern, entry, mid, senior, staff, manager, unspecified.",
        "families": "Of engineering, data, design, product, ...",
        "role": "The posting's bucket of contract 1.0.0.",
        "level": "The posting's bucket of contract 1.0.0.",
        "source": "hacker_news, remotive, ...",
        "sources": "Several sources.",
        "company": "A company's key or name.",
        "q": 'Words of title, company and text; "a phrase", OR, -word, title:word.',
        "technology": "A technology's id.",
        "technologies": "Several, all of them named.",
        "days": "Days back from the newest posting's.",
        "start_date": "The first month, YYYY-MM.",
        "end_date": "The last month, YYYY-MM.",
        "state": "open: a company's board still shows the job.",
        "seniors": "Postings whose every level is senior.",
        "repeats": "Postings that repeat an earlier one.",
    }
)
"""Help by parameter; lists are set apart by commas."""
_KEPT = click.Choice(("include", "exclude"))
_TYPES: Mapping[str, click.ParamType[Any]] = MappingProxyType(
    {
        "unstated": _KEPT,
        "role": click.Choice(get_args(RoleBucket)),
        "level": click.Choice(get_args(QueryLevel)),
        "days": click.IntRange(1),
        "state": click.Choice(("posted", "open")),
        "seniors": _KEPT,
        "repeats": _KEPT,
    }
)


def filter_options(command: Command) -> Command:
    """Add the options of the filter to a command; it gets those that are given as keywords."""
    for name, words in reversed([*FILTER_OPTIONS.items()]):
        option = f"--{name.replace('_', '-')}"
        command = click.option(option, type=_TYPES.get(name), help=words)(command)
    return command
