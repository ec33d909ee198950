"""Interface of an applicant tracking system: where a company's board is, and what it sends.

A system has pure functions only: the requests of a board, the records of an answer, the fields of a
record. Who asks, how often, and what a failure means is in include/sources/company_boards.py.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from include.sources.record import Reason
from include.sources.source import Attribution, ParsedRecord, Terms, UnreadableRecordError

__all__ = ["Ask", "BoardAnswer", "Home", "System", "posting_address", "without_keys"]

_DEMOS = frozenset({"demo", "example", "sample", "test", "acme-demo", "demo-company"})

Ask = Callable[[str, Mapping[str, Any]], str]
"""Send ``GET <path>?<params>`` to the board's home; return the body of the 200 answer."""


@dataclass(frozen=True, slots=True)
class Home:
    """A host of a system's API.

    ``url`` may have ``{board}`` in its host. ``connection`` is the Airflow connection that replaces
    it; of a replaced home with ``{board}`` the board is the first part of the path.
    """

    connection: str
    url: str


@dataclass(frozen=True, slots=True)
class BoardAnswer:
    """One page of a board: its records as (value, text) in the order sent.

    ``company`` is the name that the answer gives beside its records. ``total`` is the number of
    jobs that the board says it has; None where it does not.
    """

    records: list[tuple[Any, str]]
    company: str | None = None
    total: int | None = None


class System(ABC):
    """An applicant tracking system."""

    name: ClassVar[str]
    """Identifies the system in ids, in bronze and in the UI. Never change it."""
    attribution: ClassVar[Attribution]
    terms: ClassVar[Terms]
    homes: ClassVar[tuple[Home, ...]]
    """A board is at one of them; the others answer 404."""
    personal: ClassVar[frozenset[str]] = frozenset()
    """Keys of personal fields: taken out at any depth, before a record is staged or hashed."""
    read_timeout_seconds: ClassVar[float] = 30.0
    is_documented: ClassVar[bool] = True
    """Whether its feed is documented or advertised as public; others are read only if named."""
    id_field: ClassVar[str] = "id"
    keeps_case: ClassVar[bool] = False
    """Whether two boards may differ in the case of their names alone."""

    @abstractmethod
    def pages(self, board: str, ask: Ask) -> Iterator[BoardAnswer]:
        """Request a board and yield its pages."""

    @abstractmethod
    def parse(self, payload: dict[str, Any], board: str) -> ParsedRecord:
        """Return the stated fields; raise UnreadableRecordError if it cannot be a posting."""

    def text_path(self, board: str, own_id: str) -> str | None:
        """Return the path of a job's detail, where the list has no texts; None where it has."""
        return None

    def detail_of(self, answer: dict[str, Any]) -> Any:
        """Return the job in the answer of ``text_path``."""
        return answer

    def company_of(self, value: dict[str, Any]) -> str | None:
        """Return the company that a record names, without parsing the rest; None if it has none."""
        return None

    def hidden(self, value: dict[str, Any]) -> str:
        """Return why a record that the answer has is not on the board's page; "" if it is."""
        return ""

    def cleaned(self, value: dict[str, Any]) -> dict[str, Any]:
        """Return a record without its personal fields."""
        found = without_keys(value, self.personal)
        return found if isinstance(found, dict) else {}

    def kept(self, value: dict[str, Any], text: str) -> tuple[dict[str, Any], str]:
        """Return the record to store and its JSON: the text as sent if nothing is taken out."""
        cleaned = self.cleaned(value)
        return (value, text) if cleaned == value else (cleaned, json.dumps(cleaned))

    def board_name(self, written: str) -> str:
        """Return the name of a board in one spelling."""
        return written if self.keeps_case else written.lower()

    def is_demo(self, board: str) -> bool:
        """Return whether a board is a vendor's demonstration, whose jobs nobody offers."""
        name = board.casefold()
        return name in _DEMOS or name.startswith((f"{self.name}demo", f"{self.name}-demo"))

    def address(self, home: Home, board: str) -> str:
        """Return the base URL of a board at a home; a board that is a host is its own."""
        is_host = "{board}" in home.url and "." in board.removesuffix(".na").removesuffix(".au")
        return f"https://{board}" if is_host else home.url.format(board=board)


def posting_address(system: str, board: str, own_id: str) -> str:
    """Return the canonical address of a board's job, from which its posting's id is derived.

    It has neither host nor title: a job keeps its id when either changes. Raises
    UnreadableRecordError for a record without an id.
    """
    if not own_id:
        raise UnreadableRecordError(Reason.NO_IDENTITY, "the record has no id")
    return f"{system}://{board}/{own_id}"


def without_keys(value: Any, keys: frozenset[str]) -> Any:
    """Return a JSON value without the keys, at any depth."""
    if isinstance(value, dict):
        return {name: without_keys(v, keys) for name, v in value.items() if name not in keys}
    if isinstance(value, list):
        return [without_keys(entry, keys) for entry in value]
    return value
