"""Write a static site: answer every question of its pages, then put pages and answers in place."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from include.errors import ConfigurationError, ServingError
from include.insights.status import AgeLimits, summary
from include.insights.store import ServingStore, Snapshot
from include.sources.registry import terms_of
from include.web.api import endpoints
from include.web.filter_params import FilterParams, listed
from include.web.site.answers import public
from include.web.site.choices import Choice
from include.web.site.folder import replaced
from include.web.site.pages import page_files, pages
from include.web.site.questions import (
    Question,
    Views,
    page_questions,
    shared_questions,
    trend_questions,
)

__all__ = ["Written", "write_site"]

_ALL_MONTHS = ("12", "36", "60", "0")
"""Of the page without a filter; "0" is the whole history, 2 MB of it as JSON."""
_MONTHS = ("12", "60")
_TECHNOLOGIES = 15
"""Those that a page offers in its trends and pairs: its most named ones."""
_COUNTRIES = 8
"""Those that a page can look into, beside all regions."""


@dataclass(frozen=True)
class Written:
    """What was written: filters, files and their size, and the sources that are left out."""

    filters: int
    files: int
    size_bytes: int
    left_out: tuple[str, ...]


def write_site(
    store: ServingStore, limits: AgeLimits, folder: Path, choices: Sequence[Choice]
) -> Written:
    """Write a site of ``choices`` into ``folder``, which it replaces as a whole.

    The same store gives the same bytes. Sources whose terms forbid passing their postings on count
    nowhere. Raises ConfigurationError for a folder of something else, or a choice of such sources
    only, and ServingError without a store or without a posting that may be shown.
    """
    with store.read() as snapshot:
        answers = _Answers(snapshot, limits)
        viewed = [
            (choice, answers.views(choice, is_first=not n)) for n, choice in enumerate(choices)
        ]
        published_at = datetime.fromisoformat(snapshot.meta["published_at"])
        made = pages(viewed, published_at)
        with replaced(
            folder, version=snapshot.version, published_at=published_at.isoformat()
        ) as new:
            for name, text in made.items():
                _write(new / name, text.encode())
            # GitHub's pages are else built by Jekyll, which takes a while and changes nothing.
            _write(new / ".nojekyll", b"")
            for name, path in page_files().items():
                _write(new / name, path.read_bytes())
            for question in answers.all(viewed):
                _write(new / "data" / question.file, answers.to(question))
            sizes = [path.stat().st_size for path in new.rglob("*") if path.is_file()]
    return Written(len(choices), len(sizes), sum(sizes), answers.left_out)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Two questions of one name would otherwise show the answer of either.
    with path.open("xb") as file:
        file.write(content)


class _Answers:
    """The answers of one published version, of the sources that may be passed on."""

    def __init__(self, snapshot: Snapshot, limits: AgeLimits) -> None:
        self._snapshot = snapshot
        self._endpoints = {one.path.rpartition("/")[2]: one for one in endpoints(limits)}
        present = sorted(snapshot.index.values("source"))
        self._sources = tuple(name for name in present if terms_of(name).may_be_passed_on)
        self.left_out = tuple(name for name in present if name not in self._sources)
        if not self._sources:
            raise ServingError(
                "The store has no posting that may be shown on a public page.",
                next_step="load a source that allows it, such as hacker_news; docs/sources.md.",
            )
        # The page adds the time since: an age that is written would soon be wrong.
        now = datetime.fromisoformat(snapshot.meta["published_at"])
        self._summary = summary(snapshot, limits, sources=self._sources, now=now)

    def to(self, question: Question) -> bytes:
        """Return the public answer to a question, as JSON."""
        if question.endpoint == "summary":
            return public(self._summary.model_dump_json())
        endpoint = self._endpoints[question.endpoint]
        parameters = dict(question.parameters)
        if issubclass(endpoint.params, FilterParams):
            parameters["sources"] = self._restricted(parameters.get("sources"))
        found = endpoint.answer(self._snapshot, endpoint.params.model_validate(parameters))
        return public(found if isinstance(found, str) else found.model_dump_json())

    def views(self, choice: Choice, *, is_first: bool) -> Views:
        """Return what one may choose on the page of a filter."""
        asked = self._parsed("insights", {**choice.window, "top": str(_TECHNOLOGIES)})
        named = [skill["id"] for skill in asked["skills"]]
        months = _ALL_MONTHS if is_first else _MONTHS
        # What the trends show at first stays when one adds or removes a line.
        for question in trend_questions(choice, months, self._summary):
            found = self._parsed(question.endpoint, question.parameters)
            named += [series["technology_id"] for series in found["data"]]
        return Views(months, tuple(dict.fromkeys(named)), self._places)

    @cached_property
    def _places(self) -> tuple[str, ...]:
        """The regions, and the countries with most companies."""
        regions = self._parsed("places", {"top": "100"})["data"]
        countries = self._parsed("places", {"kind": "country", "top": str(_COUNTRIES)})["data"]
        found = [row["place_id"] for row in (*regions, *countries)]
        return tuple(dict.fromkeys(found))

    def all(self, viewed: Sequence[tuple[Choice, Views]]) -> Iterator[Question]:
        """Yield each question of the pages once."""
        known: dict[str, Question] = {}
        for question in (
            *shared_questions(),
            *(one for of in viewed for one in page_questions(*of, self._summary)),
        ):
            other = known.setdefault(question.file, question)
            if other is question:
                yield question
            elif other != question:
                # Signs are not part of a file's name, so that filters may differ in signs alone.
                raise ConfigurationError(
                    "Two filters of the site would have the same files.",
                    record=question.file,
                    next_step="leave one of them out.",
                )

    def _restricted(self, wanted: str | None) -> str:
        kept = [name for name in listed(wanted) or self._sources if name in self._sources]
        if not kept:
            raise ConfigurationError(
                "A filter of the site names only sources that may not be passed on.",
                record=wanted,
                next_step=f"name some of {', '.join(self._sources)}.",
            )
        return ",".join(kept)

    def _parsed(self, endpoint: str, parameters: Mapping[str, str]) -> Any:
        return json.loads(self.to(Question(endpoint, parameters)))
