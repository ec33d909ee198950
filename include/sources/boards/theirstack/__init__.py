"""TheirStack: jobs from many boards and career pages; one credit for every record returned.

API: https://api.theirstack.com/openapi (POST /v1/jobs/search, ``Authorization: Bearer <key>``).
Free tier: 4 requests a second, 10 a minute, 50 an hour, 400 a day, with RateLimit headers on every
answer. Repeats are paid for, too. So a query is read in windows of ``discovered_at``: a window is
frozen when it is opened, the records already held are excluded by id, a free count
(``include_total_results`` with ``blur_company_data``) says how many pages there are, and the cursor
moves on in the transaction that loads the last of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar, Final

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
)

__all__ = ["BOARD", "filters_of", "query_key"]

PAGE_RECORDS = 25  # a request: the vendor's own default

_PATH: Final = "v1/jobs/search"
_OUT_OF_BUDGET: Final = "the budget of credits is used up"
_PAYMENT_REQUIRED: Final = 402
_KEY_REFUSED: Final = (401, 403)


class _OutOfBudgetError(SourceUnavailableError):
    """Broken answers have cost all that the budget had."""


class TheirStack(PaidSource):
    """Paid pages of a frozen window."""

    name: ClassVar[str] = "theirstack"
    attribution = Attribution("TheirStack", "https://theirstack.com/")
    base_url = "https://api.theirstack.com"
    key_variable = "THEIRSTACK_API_KEY"

    def plan(self, context: FetchContext) -> Plan:
        """Open or take up the window, count it at no cost, and cut what the budget allows in pages.

        Raises SourceSkipped when the budget of credits is used up and nothing waits to be loaded.
        """
        key, books = query_key(context.query), WindowBook(context.state)
        window = self._window(context, books, key)
        total = self._count(context, window)
        allowed = min(
            context.query.max_results, _credits(context).left(context.run_id, _month(context))
        )
        paid = window["paid"]
        if total and not allowed and not window["pending"] and not paid:
            raise SourceSkipped(f"the budget of credits is used up; {total} records wait.")
        waiting = total + sum(page["records"] for page in paid.values())
        books.put(key, {**window, "total": waiting})
        pages = offset_chunks(min(total, allowed), PAGE_RECORDS)
        return Plan(
            chunks=[*(Chunk(name=f"paid before, {name}", paid=name) for name in paid), *pages],
            pending=window["pending"],
            query_key=key,
            note=f"{total} records wait, {min(total, allowed)} of them are asked for",
        )

    def estimate(self, context: FetchContext) -> str:
        """Say how many credits a run would spend; the count is free, nothing is noted."""
        window = self._next_window(context, WindowBook(context.state).get(query_key(context.query)))
        total = self._count(context, window)
        left = _credits(context).left(context.run_id, _month(context))
        spent = min(total, left, context.query.max_results)
        return (
            f"{total} records match, a run would spend {spent} credits of the {left} that its "
            f"budgets allow"
        )

    def pages(self, context: FetchContext, chunk: Chunk) -> Iterator[Page]:
        """Yield the one page of the chunk, paid for; what credits cannot buy is left for later."""
        key, books = query_key(context.query), WindowBook(context.state)
        if paid := books.paid(key, _page(chunk)):
            yield _read(read_answer(paid, "data"))
            return
        window = books.get(key)
        if window is None or "paid" in chunk:
            raise ConfigurationError(
                "The window of this page is no longer open",
                record=chunk["name"],
                next_step="clear this source's plan task: it opens a window.",
            )
        limit = chunk["limit"]
        if not _credits(context).reserve(context.run_id, _month(context), limit):
            yield Page([], stop_reason=_OUT_OF_BUDGET)
            return
        body = {**self._body(context, window), "offset": chunk["offset"], "limit": limit}
        try:
            answer = self._pay(context, body, limit, _page(chunk))
        except _OutOfBudgetError:
            yield Page([], stop_reason=_OUT_OF_BUDGET)
            return
        except SourceRejectedError as error:
            if error.status != _PAYMENT_REQUIRED:
                raise
            yield Page([], stop_reason="the account has no credits left (HTTP 402)")
            return
        yield _read(answer)

    def _pay(self, context: FetchContext, body: dict[str, Any], reserved: int, page: str) -> Answer:
        """Ask for a page whose credits are reserved, note it, give back what it did not cost.

        An answer that is broken off may have cost all the same: the next try has credits reserved
        of its own, and _OutOfBudgetError is raised where there are none.
        """
        credits, month = _credits(context), _month(context)

        def on_failure(status: int | None) -> None:
            if status is None and not credits.reserve(context.run_id, month, reserved):
                raise _OutOfBudgetError(_OUT_OF_BUDGET, record=context.client.base_url)

        unused = reserved
        try:
            text, answer = self._ask(context, body, on_failure)
            unused = reserved - len(answer.records)
            if answer.records:  # at once: what is made of it may fail
                WindowBook(context.state).pay(query_key(context.query), page, text, answer.records)
        except _OutOfBudgetError:
            unused = 0
            raise
        finally:
            credits.give_back(context.run_id, month, unused)
        return answer

    def already_staged(self, context: FetchContext, chunk: Chunk) -> ChunkResult | None:
        """Return the page's report where it is paid for already."""
        window = WindowBook(context.state).get(query_key(context.query)) or {}
        report: ChunkResult | None = window.get("pages", {}).get(_page(chunk))
        return report

    def on_staged(self, context: FetchContext, chunk: Chunk, report: ChunkResult) -> None:
        """Note the page as paid for, unless credits left it short."""
        if not report["stop_reason"] or report["records_seen"]:
            WindowBook(context.state).keep(query_key(context.query), _page(chunk), report)

    def next_cursor(
        self, context: FetchContext, plan: Plan, reports: Sequence[ChunkResult]
    ) -> dict[str, Any] | None:
        """Return the window's end as the new position once all of it was read."""
        window = WindowBook(context.state).get(query_key(context.query))
        if window is None or any(report["stop_reason"] for report in reports):
            return None
        if "total" not in window:  # another run has just opened it anew: its own reading decides
            return None
        ids = [key for report in reports for key in report["ids"]]
        nameless = sum(report["records_seen"] - len(report["ids"]) for report in reports)
        is_whole = len(set(ids)) + nameless >= window["total"]
        return {"to": window["to"]} if is_whole else None

    def on_committed(
        self, context: FetchContext, plan: Plan, position: dict[str, Any] | None
    ) -> None:
        """Close the window that was read to its end; in an open one, forget what is loaded."""
        books, key = WindowBook(context.state), query_key(context.query)
        if position:
            books.drop(key)
        elif books.get(key):
            with books.update(key) as window:
                window.update(pages={}, pending=[])

    def parse(self, payload: dict[str, Any]) -> ParsedRecord:
        """Return what a record states; raise UnreadableRecordError for a blurred one."""
        return parse_record(payload)

    def _window(self, context: FetchContext, books: WindowBook, key: str) -> Window:
        """Return the window to read, saved before anything is paid for in it."""
        window = self._next_window(context, books.get(key))
        books.put(key, window)
        return window

    def _next_window(self, context: FetchContext, opened: Window | None) -> Window:
        """Return the open window as a new reading sees it, or the one after the last position.

        Pages that earlier readings have paid for and not loaded go to ``pending``; their records,
        and all that bronze holds, are excluded.
        """
        done = (context.cursor(query_key(context.query)) or {}).get("to")
        if opened is None or (done and opened["to"] <= done):  # committed, then killed
            opened = new_window(context.now, context.query.days, done)
        since = opened["from"] or opened["posted_from"]
        seen = opened.get("seen", [])
        held = context.known_ids("discovered_at", since.rstrip("Z"))
        before = [*opened.get("pending", []), *opened.get("pages", {}).values()]
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
        """Return how many records the window still has, at no cost."""
        free = {"include_total_results": True, "blur_company_data": True, "offset": 0, "limit": 1}
        _, answer = self._ask(context, {**self._body(context, window), **free})
        total = _metadata(answer).get("total_results")
        if type(total) is not int or total < 0:  # true is no number: the cursor would move on
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


def _page(chunk: Chunk) -> str:
    """Return the name under which a chunk's page is kept."""
    return str(chunk["paid"] if "paid" in chunk else chunk["offset"])


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
