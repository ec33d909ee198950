"""Merge what a record states with what its text says, as gold's ``fct_postings`` does."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from include.postings.places import countries_of, country_of, find_places, written
from include.postings.result import PostingFields, Terms
from include.sources.registry import board, board_names, system, system_names
from include.sources.source import ParsedRecord, UnreadableRecordError
from include.sources.stated import modes_together, places_of, way_of_working

__all__ = ["merged", "not_read", "stated_record"]

# Several places in one text: "London, UK; Remote, Norway | Oslo".
_BETWEEN = re.compile(r"\s*[;|]\s*")
# A field's name in JSON: ``"city": ``, ``, "state": ``.
_KEY = re.compile(r'[\s,]*"([^"\\]+)"\s*:\s*')
_DECODER = json.JSONDecoder()
# What the sources call a record's title, and the boards the text of its place.
_TITLES = ("title", "text", "name", "jobOpeningName", "job_title")
_LOCATIONS = ("location", "candidate_required_location")


def stated_record(source: str, stated: str | Mapping[str, Any], title: str) -> ParsedRecord:
    """Return what a record states, parsed by its source.

    ``stated`` has fields as the source's API sends them, as an object or its JSON, or is the text
    of its place alone. Raises ValueError for an object of an unknown source, or one that its source
    cannot parse.
    """
    titled = dict.fromkeys(_TITLES, title)
    if not isinstance(fields := _object(stated), str):
        return _parsed(source, {**titled, **fields})
    if source in board_names():
        return _parsed(source, {**titled, **dict.fromkeys(_LOCATIONS, fields)})
    labels = [label for label in _BETWEEN.split(fields) if label]
    places, remote = places_of(labels), modes_together(map(way_of_working, labels))
    return ParsedRecord("", None, title, "", "", location=fields, places=places, remote=remote)


def _object(stated: str | Mapping[str, Any]) -> str | Mapping[str, Any]:
    """Return the object that a JSON text holds; any other text on one line.

    Of an object that was cut short, its complete fields.
    """
    if not isinstance(stated, str):
        return stated
    found: dict[str, Any] = {}
    at = stated.find("{") + 1
    while key := _KEY.match(stated, at):
        try:
            found[key[1]], at = _DECODER.raw_decode(stated, key.end())
        except ValueError:
            break
    return found or " ".join(stated.split())


def _parsed(source: str, payload: dict[str, Any]) -> ParsedRecord:
    if source not in (*board_names(), *system_names()):
        raise ValueError(f"stated is an object, but no source is called {source!r}")
    try:
        if source in board_names():
            return board(source).parse(payload)
        return system(source).parse(payload, "")
    except UnreadableRecordError as error:
        raise ValueError(f"stated: {error}") from error


def merged(fields: PostingFields, stated: ParsedRecord) -> PostingFields:
    """Return a posting's fields with those that its record states in their place."""
    if not fields.is_job:
        return fields
    known = stated.places or find_places(stated.location or "")
    if stated.remote == "remote":
        known = [place._replace(relation="hire_from") for place in known]
    places = tuple(known) or fields.places
    remote, salary = stated.remote or fields.remote, stated.salary or fields.salary
    terms = Terms(None if remote == "unspecified" else remote, written(places), salary, places)
    is_only = len(fields.jobs) == 1
    return replace(
        fields,
        remote=remote,
        salary=salary,
        places=places,
        locations=terms.locations,
        country=stated.country or country_of(places),
        countries=countries_of(places),
        level_bucket=fields.level_bucket if fields.levels else stated.level or "any",
        jobs=tuple(replace(job, **terms._asdict()) if is_only else job for job in fields.jobs),
    )


def not_read(stated: ParsedRecord) -> frozenset[str]:
    """Return the fields for which ``merged`` takes what the record states."""
    places = bool(stated.places or find_places(stated.location or ""))
    return frozenset(
        name
        for name, is_stated in (
            ("remote", stated.remote is not None),
            ("salary", stated.salary is not None),
            ("places", places),
            ("country", places or stated.country is not None),
        )
        if is_stated
    )
