"""BambooHR: boards of small companies. Read only if a setting names it.

``GET /careers/list`` at the company's own host serves the company's page; it is not documented.
``isRemote`` is null, ``locationType`` says the way of working. A record has no company; date
and text come with one request a job.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Final

from include.postings.result import Remote
from include.sources import fields
from include.sources.answers import read_answer
from include.sources.source import Attribution, ParsedRecord, Terms
from include.sources.stated import places_of
from include.sources.system import Ask, BoardAnswer, Home, System

__all__ = ["SYSTEM"]

_MODES: Final[dict[str, Remote]] = {"0": "onsite", "1": "remote", "2": "hybrid"}
_PLACE: Final = ("city", "state", "province", "country")


class BambooHR(System):
    """One answer a board, at the company's own host."""

    name: ClassVar[str] = "bamboohr"
    attribution = Attribution("BambooHR", "https://www.bamboohr.com/")
    terms = Terms(
        url="https://www.bamboohr.com/",
        may_be_passed_on=False,
        note="No public feed is documented, so nothing allows passing its jobs on.",
    )
    homes = (Home("bamboohr_default", "https://{board}.bamboohr.com"),)
    personal = frozenset({"hiringLead", "hiringLeadName", "hiringLeadEmail"})
    is_documented: ClassVar[bool] = False

    def pages(self, board: str, ask: Ask) -> Iterator[BoardAnswer]:
        """Yield the one answer."""
        answer = read_answer(ask("careers/list", {}), "result")
        meta = answer.envelope.get("meta")
        total = meta.get("totalCount") if isinstance(meta, dict) else None
        yield BoardAnswer(answer.records, total=total if type(total) is int else None)

    def text_path(self, board: str, own_id: str) -> str | None:
        """Return the path of a job's detail."""
        return f"careers/{own_id}/detail"

    def detail_of(self, answer: dict[str, Any]) -> Any:
        """Return the opening, which lacks the list's id."""
        result = answer.get("result")
        return result.get("jobOpening") if isinstance(result, dict) else None

    def parse(self, payload: dict[str, Any], board: str) -> ParsedRecord:
        """Return the stated fields; one of ``location`` and ``atsLocation`` is empty."""
        key = fields.key(payload)
        labels = [_label(payload.get("atsLocation")) or _label(payload.get("location"))]
        places = places_of([label for label in labels if label])
        return ParsedRecord(
            key=key,
            url=f"https://{board}.bamboohr.com/careers/{key}" if key else None,
            title=fields.title(payload, "jobOpeningName"),
            company="",
            description=fields.text(payload, "description") or "",
            location=labels[0] or None,
            date_posted=fields.iso_timestamp(payload.get("datePosted")),
            country=fields.country_shared(places),
            places=places,
            remote=_MODES.get(fields.key(payload, "locationType")),
        )


def _label(site: Any) -> str:
    parts = [fields.line(site, name) for name in _PLACE] if isinstance(site, dict) else []
    return ", ".join(part for part in parts if part)


SYSTEM = BambooHR()
