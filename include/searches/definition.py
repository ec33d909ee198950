"""What an operator writes: a saved search's filter, how often it is sent, and where to."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import parse_qsl

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)
from werkzeug.datastructures import MultiDict

from include.errors import ConfigurationError
from include.web.params import FilterParams, parse

__all__ = ["MAX_SEARCHES", "Every", "SavedSearch", "parse_searches"]

MAX_SEARCHES = 200
"""A mapped task each; Airflow's limit is 1,024."""

Every = Literal["publish", "hourly", "daily", "weekly"]

# Part of a file's name, of a Message-ID and of a subject: nothing that any of them gives a meaning.
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
# With a window, a posting would be lost that a late run finds outside of it.
_WINDOW = frozenset({"days", "start_date", "end_date"})
# `token` of Telegram's notifier, `webhook_token`, `smtp_password`.
_SECRET = re.compile(r"password|token|secret|api_?key", re.IGNORECASE)


def _parameters(given: object) -> object:
    """Return the parameters of a query string, or of a table whose lists are joined by commas."""
    if isinstance(given, str):
        query = given.strip().removeprefix("?")
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=True) if query else []
        return parse(FilterParams, MultiDict(pairs))
    if isinstance(given, Mapping):
        return {k: ",".join(map(str, v)) if isinstance(v, list) else v for k, v in given.items()}
    return given


class SavedSearch(BaseModel):
    """A saved search. ``name`` is its table's in ``searches.toml``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    filter: Annotated[FilterParams, BeforeValidator(_parameters)]
    """The API's parameters: ``"q=python&location=Berlin"``, or a table of them."""
    every: Every = "daily"
    """How often at most; see include/searches/due.py."""
    notifier: str | None = None
    """Import path of an Airflow notifier."""
    kwargs: dict[str, Any] = {}
    """Its arguments, templates of ``news`` (include/searches/message.py)."""
    feed: Path | None = None
    """The Atom feed's file, below the setting ``feed_dir``."""
    first_days: int = Field(default=0, ge=0, le=365)
    """How many days before its first run the oldest posting is posted that the search sends."""
    per_message: int = Field(default=25, ge=1, le=100)
    """Maximum postings in one message; more make more messages."""

    @field_validator("name")
    @classmethod
    def _is_a_name(cls, name: str) -> str:
        if not _NAME.fullmatch(name):
            raise ValueError("a name has up to 40 of a-z, 0-9, - and _, a letter or digit first")
        return name

    @field_validator("filter")
    @classmethod
    def _has_no_window(cls, wanted: FilterParams) -> FilterParams:
        if named := sorted(_WINDOW & wanted.model_fields_set):
            raise ValueError(f"leave out {', '.join(named)}: what is new decides, see first_days")
        return wanted

    @field_validator("feed")
    @classmethod
    def _is_in_the_folder(cls, feed: Path | None) -> Path | None:
        # Who may edit an Airflow Variable may not thereby write any file of a worker.
        if feed and (
            feed.is_absolute() or {"", ".."} & {feed.name, *feed.parts} or "\0" in str(feed)
        ):
            raise ValueError(
                "name a file below the feeds' folder (TECHPULSE_FEED_DIR), such as berlin.xml"
            )
        return feed

    @field_validator("kwargs")
    @classmethod
    def _has_no_secret(cls, kwargs: dict[str, Any]) -> dict[str, Any]:
        if named := sorted(name for name in kwargs if _SECRET.search(name)):
            raise ValueError(f"put {', '.join(named)} into an Airflow connection, and name that")
        return kwargs

    @model_validator(mode="after")
    def _goes_somewhere(self) -> Self:
        if self.notifier is None and self.feed is None:
            raise ValueError("give a notifier, a feed, or both")
        if self.kwargs and self.notifier is None:
            raise ValueError("kwargs are a notifier's: give the notifier")
        return self

    @property
    def parameters(self) -> dict[str, str | int]:
        """The filter's parameters that are not the defaults."""
        return self.filter.model_dump(exclude_defaults=True)

    @property
    def filter_digest(self) -> str:
        """Digest of the filter: another one makes another search of the same name."""
        text = json.dumps(self.parameters, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def parse_searches(text: str, origin: str) -> dict[str, SavedSearch | ConfigurationError]:
    """Return each search of a TOML text by its name, or the error that says what is wrong with it.

    Raises ConfigurationError where the text as a whole is not TOML, or has too many searches.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(
            f"The saved searches are not TOML: {error}",
            record=origin,
            next_step="correct that line; docs/operations.md has examples.",
        ) from error
    if len(tables) > MAX_SEARCHES:
        raise ConfigurationError(
            f"There are {len(tables):,} saved searches, at most {MAX_SEARCHES} are sent",
            record=origin,
            next_step="join some of them, or remove some.",
        )
    found = {name: _search(name, table, origin) for name, table in tables.items()}
    return _one_search_a_feed(found, origin)


def _search(name: str, table: object, origin: str) -> SavedSearch | ConfigurationError:
    if not isinstance(table, dict):
        return _invalid(name, "it is not a table", origin)
    try:
        return SavedSearch.model_validate({**table, "name": name})
    except ValidationError as error:
        # Without the values: an address in `kwargs` is nobody else's business.
        found = error.errors(include_url=False, include_input=False, include_context=False)
        whys = (_where(e["loc"]) + e["msg"].removeprefix("Value error, ") for e in found)
        return _invalid(name, "; ".join(whys), origin)
    except ConfigurationError as error:
        return _invalid(name, f"filter: {error.message} {error.next_step}".strip(), origin)


def _where(location: tuple[int | str, ...]) -> str:
    return f"{'.'.join(map(str, location))}: " if location else ""


def _invalid(name: str, why: str, origin: str) -> ConfigurationError:
    return ConfigurationError(
        f"The saved search {name[:64]!r} cannot be used: {why}",
        record=origin,
        next_step="correct it, then check it by `python -m include.cli searches list`; the other "
        "searches are sent.",
    )


def _one_search_a_feed(
    found: dict[str, SavedSearch | ConfigurationError], origin: str
) -> dict[str, SavedSearch | ConfigurationError]:
    """Refuse the second of two searches that name the same file: they would overwrite it."""
    taken: dict[Path, str] = {}
    for name, search in found.items():
        if isinstance(search, SavedSearch) and search.feed:
            first = taken.setdefault(search.feed, name)
            if first != name:
                found[name] = _invalid(name, f"feed: {first!r} has the same file", origin)
    return found
