"""TheirStack: jobs from many boards and career pages; each returned record costs one credit.

API: https://api.theirstack.com/openapi (POST /v1/jobs/search, ``Authorization: Bearer <key>``).
Free tier: 4 requests a second, 10 a minute, 50 an hour, 400 a day, with RateLimit headers on every
answer. A repeated record costs another credit. A query is therefore read in windows of
``discovered_at``: a window's bounds are frozen when it opens, records already held are excluded by
id, a free count (``include_total_results`` with ``blur_company_data``) gives the number of pages,
and the cursor advances in the transaction that loads the last page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar, Final
from uuid import uuid4

from include.errors import (
    ConfigurationError,
    MalformedAnswerError,
    SourceRejectedError,
    SourceUnavailableError,
)
from include.sources.answers import Answer, read_answer
from include.sources.boards.theirstack.credits import CreditBook
from include.sources.boards.theirstack.query import filters_of, query_key
from include.sources.boards.theirstack.records import parse_record
from include.sources.boards.theirstack.windows import (
    Window,
    WindowBook,
    is_of,
    new_window,
    offset_chunks,
)
from include.sources.paid import PaidSource, Plan
from include.sources.source import (
    Attribution,
    Chunk,
    ChunkResult,
    FetchContext,
    Page,
    ParsedRecord,
    SourceSkipped,
    Terms,
)

__all__ = ["BOARD", "filters_of", "query_key"]

PAGE_RECORDS = 25  # per request: the vendor's default

_PATH: Final = "v1/jobs/search"
_OUT_OF_BUDGET: Final = "the budget of credits is used up"
_ANOTHER_RUN: Final = "another run has planned the window again, and reads the rest"
_OF_RUNS: Final = ("pages", "pending", "paid", "seen")
_PAYMENT_REQUIRED: Final = 402
# 401 for an unknown key, 403 for one without access; neither is worth a retry.
_KEY_REFUSED: Final = (401, 403)


class _OutOfBudgetError(SourceUnavailableError):
    """Malformed answers have used up the credit budget."""


class TheirStack(PaidSource):
    """Paid pages of a frozen window."""

    name: ClassVar[str] = "theirstack"
    attribution = Attribution("TheirStack", "https://theirstack.com/")
    terms = Terms(
        url="https://theirstack.com/en/terms",
        may_be_passed_on=False,
        note="Its records are bought: the contract with TheirStack says whether they may "
        "be passed on.",
    )
    base_url = "https://api.theirstack.com"
    key_variable = "THEIRSTACK_API_KEY"

    def plan(self, context: FetchContext) -> Plan:
        """Open or resume the window, count it for free and split what the budget allows into pages.

        Raises SourceSkipped if the credit budget is used up and no paid page waits to be loaded.
        """
        key, books = query_key(context.query), WindowBook(context.state)
        window = self._window(context, books, key)
        total = self._count(context, window)
        allowed = min(
            context.query.max_results, _credits(context).remaining(context.run_id, _month(context))
        )
        paid = window["paid"]
        if total and not allowed and not window["pending"] and not paid:
            raise SourceSkipped(f"the budget of credits is used up; {total} records wait.")
        with books.update(key) as current:
            # Another run may have planned it again meanwhile: then its total counts.
            if current.get("reading") == window["reading"]:
                # The free count excludes pages that are paid for but not staged.
                current["total"] = total + sum(page["records"] for page in paid.values())
        reading = window["reading"]
        before = (Chunk(name=f"paid before, {name}", paid=name, reading=reading) for name in paid)
        pages = offset_chunks(min(total, allowed), PAGE_RECORDS, reading)
        return Plan(
            chunks=[*before, *pages],
            pending=window["pending"],
            query_key=key,
            note=f"{total} records wait, {min(total, allowed)} of them are requested",
        )

    def estimate(self, context: FetchContext) -> str:
        """Return how many credits a run would spend; the count is free and no state changes."""
        window = self._next_window(context, WindowBook(context.state).get(query_key(context.query)))
        total = self._count(context, window)
        remaining = _credits(context).remaining(context.run_id, _month(context))
        spent = min(total, remaining, context.query.max_results)
        return (
            f"{total} records match, a run would spend {spent} credits of the {remaining} that its "
            f"budgets allow"
        )

    def pages(self, context: FetchContext, chunk: Chunk) -> Iterator[Page]:
        """Yield the chunk's page, bought unless it is already paid for.

        Without credits the page is empty and has a ``stop_reason``; a later run asks again. So is
        one that another run has planned again. Raises ConfigurationError if the window has been
        closed since the plan.
        """
        key, books = query_key(context.query), WindowBook(context.state)
        if paid := books.paid(key, chunk):
            yield _read(read_answer(paid, "data"))
            return
        window = books.get(key)
        if window and not is_of(window, chunk):
            yield Page([], stop_reason=_ANOTHER_RUN)
            return
        if window is None or "paid" in chunk:
            raise ConfigurationError(
                "The window of this page is no longer open",
                record=chunk["name"],
                next_step="clear this source's plan task: it opens a window.",
            )
        limit = chunk["limit"]
        # Reserved before the request: a process killed after it must not spend the credits twice.
        if not _credits(context).reserve(context.run_id, _month(context), limit):
            yield Page([], stop_reason=_OUT_OF_BUDGET)
            return
        body = {**self._body(context, window), "offset": chunk["offset"], "limit": limit}
        try:
            answer = self._pay(context, body, limit, chunk)
        except _OutOfBudgetError:
            yield Page([], stop_reason=_OUT_OF_BUDGET)
            return
        except SourceRejectedError as error:
            if error.status != _PAYMENT_REQUIRED:
                raise
            yield Page([], stop_reason="the account has no credits left (HTTP 402)")
            return
        yield _read(answer)

    def _pay(
        self, context: FetchContext, body: dict[str, Any], reserved: int, page: Chunk
    ) -> Answer:
        """Request a page with reserved credits, save its text and release unused credits.

        A truncated answer may still have cost its credits, so each further try reserves its own;
        raises _OutOfBudgetError if there are none.
        """
        credits, month = _credits(context), _month(context)

        def on_failure(status: int | None) -> None:
            # No status: the answer broke off after the vendor may have charged. An HTTP error is
            # free.
            if status is None and not credits.reserve(context.run_id, month, reserved):
                raise _OutOfBudgetError(_OUT_OF_BUDGET, record=context.client.base_url)

        # Only the last try is released: the broken answers before it count as spent.
        unused = reserved
        try:
            text, answer = self._ask(context, body, on_failure)
            unused = reserved - len(answer.records)
            if answer.records:  # saved before parsing, which may fail
                WindowBook(context.state).pay(query_key(context.query), page, text, answer.records)
        except _OutOfBudgetError:
            unused = 0
            raise
        finally:
            credits.give_back(context.run_id, month, unused)
        return answer

    def already_staged(self, context: FetchContext, chunk: Chunk) -> ChunkResult | None:
        """Return the report of a page that is already paid for and staged."""
        return WindowBook(context.state).staged(query_key(context.query), chunk)

    def on_staged(self, context: FetchContext, chunk: Chunk, report: ChunkResult) -> None:
        """Record the page as staged, unless it is empty for lack of credits."""
        if not report["stop_reason"] or report["records_seen"]:
            WindowBook(context.state).keep(query_key(context.query), chunk, report)

    def next_cursor(
        self, context: FetchContext, plan: Plan, reports: Sequence[ChunkResult]
    ) -> dict[str, Any] | None:
        """Return the window's end as the new position once the whole window is read."""
        window = WindowBook(context.state).get(query_key(context.query))
        if window is None or any(report["stop_reason"] for report in reports):
            return None
        # Another run has planned it again: that run decides, and the total is of its pages.
        if "total" not in window or not all(is_of(window, chunk) for chunk in plan.chunks):
            return None
        ids = [key for report in reports for key in report["ids"]]
        # A set, because a page may repeat a record; records without an id can only be counted.
        nameless = sum(report["records_seen"] - len(report["ids"]) for report in reports)
        is_complete = len(set(ids)) + nameless >= window["total"]
        return {"to": window["to"]} if is_complete else None

    def on_committed(
        self,
        context: FetchContext,
        plan: Plan,
        reports: Sequence[ChunkResult],
        position: dict[str, Any] | None,
    ) -> None:
        """Drop the loaded reports, and close a window that is read to its end."""
        loaded = [*plan.pending, *reports]
        WindowBook(context.state).loaded(
            query_key(context.query), loaded, is_read=position is not None
        )

    def parse(self, payload: dict[str, Any]) -> ParsedRecord:
        """Return the stated fields; raises UnreadableRecordError for a blurred record."""
        return parse_record(payload)

    def _window(self, context: FetchContext, books: WindowBook, key: str) -> Window:
        """Return the window to read, saved before any page of it is paid for."""
        # A loop: another run may buy or stage a page of it meanwhile.
        while True:
            opened = books.get(key)
            window = {**self._next_window(context, opened), "reading": uuid4().hex}
            window.pop("total", None)
            if books.replace(key, opened, window):
                return window

    def _next_window(self, context: FetchContext, opened: Window | None) -> Window:
        """Return the open window prepared for a new reading, or the one after the last position.

        Staged pages that earlier readings have not loaded go to ``pending``. Their records and all
        records of bronze are excluded.
        """
        done = (context.cursor(query_key(context.query)) or {}).get("to")
        if opened is None or (done and opened["to"] <= done):  # killed after the commit
            # Another run may have paid for a page that it has not loaded.
            left = {name: opened[name] for name in _OF_RUNS if name in opened} if opened else {}
            opened = {**new_window(context.now, context.query.days, done), **left}
        since = opened["from"] or opened["posted_from"]
        seen = opened.get("seen", [])
        held = context.known_ids("discovered_at", since.rstrip("Z"))
        # Without those that a run has loaded, and was killed before it noted that.
        before = context.unloaded([*opened.get("pending", []), *opened.get("pages", {}).values()])
        # Renamed: the offsets of an earlier reading mean other records in this one.
        paid = {f"page {n}": page for n, page in enumerate(opened.get("paid", {}).values(), 1)}
        return {
            **opened,
            "pages": {},
            "pending": before,
            "paid": paid,
            "seen": seen,
            "excluded": sorted({*seen, *held}),
        }

    def _body(self, context: FetchContext, window: Window) -> dict[str, Any]:
        body = {
            **filters_of(context.query),
            "posted_at_gte": window["posted_from"],
            "discovered_at_lte": window["to"],
        }
        if window["from"]:
            body["discovered_at_gte"] = window["from"]
        if window["excluded"]:
            body["job_id_not"] = window["excluded"]
        return body

    def _count(self, context: FetchContext, window: Window) -> int:
        """Return how many records the window still has; costs no credit."""
        free = {"include_total_results": True, "blur_company_data": True, "offset": 0, "limit": 1}
        _, answer = self._ask(context, {**self._body(context, window), **free})
        total = _metadata(answer).get("total_results")
        if type(total) is not int or total < 0:  # true is an int in Python
            raise MalformedAnswerError(
                "The answer does not say how many records there are",
                record=context.client.base_url,
                next_step="try again later; without the count no credit is spent.",
            )
        return total

    def _ask(
        self,
        context: FetchContext,
        body: dict[str, Any],
        on_failure: Callable[[int | None], None] | None = None,
    ) -> tuple[str, Answer]:
        try:
            return context.client.request_parsed(
                "POST",
                _PATH,
                lambda text: (text, read_answer(text, "data")),
                body=body,
                on_failure=on_failure,
            )
        except SourceRejectedError as error:
            if error.status not in _KEY_REFUSED:
                raise
            raise ConfigurationError(
                f"The API key was refused ({error.message})",
                record=context.client.base_url,
                next_step=f"set a valid key in {self.key_variable} or in the password of the "
                f"connection {self.name}_default.",
            ) from error


def _read(answer: Answer) -> Page:
    truncated = _metadata(answer).get("truncated_results")
    is_short = type(truncated) is int and truncated > 0
    return Page(answer.records, f"credits ended {truncated} records early" if is_short else "")


def _credits(context: FetchContext) -> CreditBook:
    return CreditBook(
        context.state,
        per_run=context.settings.theirstack_credits_per_run,
        per_month=context.settings.theirstack_credits_per_month,
    )


def _month(context: FetchContext) -> str:
    return f"{context.now:%Y-%m}"


def _metadata(answer: Answer) -> dict[str, Any]:
    metadata = answer.envelope.get("metadata")
    return metadata if isinstance(metadata, dict) else {}


BOARD = TheirStack()
