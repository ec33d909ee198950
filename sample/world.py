"""The world that the sample server serves: generated, and changed on purpose between two runs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from sample.board_records import record, record_id
from sample.boards import Boards, Listing
from sample.company_boards import CompanyBoard, CompanyBoards, board_link
from sample.hn import LATE_IDS, MAX_COMMENTS, Block, Item, Month, locate
from sample.months import FIRST_MONTH, LAST_MONTH, first_weekday_epoch, month_index, month_name
from sample.months import months_between as _months_between
from sample.seekers import KINDS, MAX_SEEKERS, SeekerTruth, sister_comments
from sample.threads import ACCOUNT, Threads, default_false_start, thread_item, threads_of
from sample.truth import NOT_A_JOB, Truth
from sample.wording import escape

__all__ = ["World"]

_DAY = 86_400


class World:
    """Hacker News months (and job boards) of one seed; nothing is generated before it is asked for.

    first_month, last_month: the months whose threads are out, such as ``2026-05``.
    comments: top comments a month, at most 3,000; reply_share: share of them with replies.
    false_starts: month -> one of threads.FALSE_STARTS; None: about one month in twelve.
    jobs: distinct postings that the boards show together; today: the day that the boards show.
    hostile: so many of a month's first comments, and of each board's newest records, are hostile.
    malformed: so many of each board's next records are malformed (see boards.DEFECTS).
    company_boards: so many boards, each with a late comment of the newest month that links to it;
    huge: the number of jobs of the first of them.
    seekers: comments of each sister thread of a month, at most 400.
    """

    def __init__(
        self,
        seed: int = 7,
        *,
        first_month: str = FIRST_MONTH,
        last_month: str = LAST_MONTH,
        comments: int = 120,
        reply_share: float = 0.35,
        false_starts: Mapping[str, str] | None = None,
        jobs: int = 300,
        today: dt.date = dt.date(2026, 10, 31),
        hostile: int = 0,
        malformed: int = 0,
        company_boards: int = 0,
        huge: int = 0,
        seekers: int = 0,
    ) -> None:
        if not 0 <= comments <= MAX_COMMENTS:
            raise ValueError(f"comments a month must be 0 to {MAX_COMMENTS}, not {comments}")
        self.seed, self.comments, self.reply_share = seed, comments, reply_share
        self.first_month, self.last_month, self.hostile = first_month, last_month, hostile
        if not 0 <= seekers <= MAX_SEEKERS:
            raise ValueError(f"seekers a thread must be 0 to {MAX_SEEKERS}, not {seekers}")
        self.jobs, self.today, self.malformed, self.seekers = jobs, today, malformed, seekers
        self._false_starts = false_starts
        self.companies = CompanyBoards(seed, company_boards, today, huge)
        self._changed: dict[int, Item | None] = {}
        self._added: dict[int, list[int]] = {}  # month index -> ids added to that month
        self._changed_jobs: dict[tuple[str, str], dict[str, Any] | None] = {}
        self.version = 0  # rises with every change: whoever caches answers looks at it
        self._threads = lru_cache(maxsize=None)(self._make_threads)
        self._thread_item = lru_cache(maxsize=32)(lambda index: thread_item(self._month(index)))
        self._listings: tuple[dt.date, dict[str, list[Listing]]] | None = None

        for board in self.companies.linked():
            self.post_link(self.last_month, board)

    # What is true -----------------------------------------------------------------------------

    def months(self) -> list[str]:
        """Return the months whose threads are out."""
        return _months_between(self.first_month, self.last_month)

    def threads(self, month: str) -> Threads:
        """Return the month's threads as generated: which one counts, which are superseded."""
        return self._threads(month_index(month))

    def blocks(self, month: str) -> Iterator[Block]:
        """Yield a month's comments with replies and truth, as generated, one at a time."""
        return self._month(month_index(month)).blocks()

    def truth(self, item_id: int) -> Truth:
        """Return the labels of a comment as generated; replies and threads are no jobs."""
        month = self._month(locate(item_id))
        position = month.position_of(item_id)
        if position < 0 or month.root_id(position) != item_id:
            return NOT_A_JOB
        return month.block(position).truth

    def labels(self, month: str) -> list[dict[str, Any]]:
        """Return the labelling records of a month's top comments."""
        return [block.truth.label(block.root) for block in self.blocks(month)]

    def duplicates(self, month: str) -> dict[int, int]:
        """Return for each comment repeated from the month before that month's comment."""
        later, earlier = self._month(month_index(month)), self._month(month_index(month) - 1)
        if later.index % 2 == 0:
            return {}
        repeated = (p for p in range(self.comments) if later.shape(p) == "repeated")
        return {later.root_id(p): earlier.root_id(p) for p in repeated}

    def seeker_truths(self, month: str, kind: str) -> dict[int, SeekerTruth]:
        """Return the truth of each comment of a month's sister thread, ``wants`` or freelancer."""
        made = sister_comments(self.seed, month, kind, self.seekers)
        return {key: truth for key, (_, truth) in made.items()}

    def counts(self, month: str) -> dict[str, int]:
        """Return a month's known numbers: comments, items with replies and thread, nulls, jobs."""
        blocks = list(self.blocks(month))
        items = [item for block in blocks for item in block.items.values()]
        return {
            "comments": len(blocks),
            "items": len(items) + 1,
            "nulls": sum(item is None for item in items),
            "deleted": sum(item is not None and "deleted" in item for item in items),
            "jobs": sum(block.truth.is_job for block in blocks),
        }

    def listings(self, board: str) -> list[Listing]:
        """Return a board's listings with their truth as generated, newest first."""
        if self._listings is None or self._listings[0] != self.today:
            boards = Boards(self.seed, self.jobs, self.today, self.hostile, self.malformed)
            self._listings = self.today, boards.listings()
        return self._listings[1][board]

    # What is served ---------------------------------------------------------------------------

    def item(self, item_id: int) -> Item | None:
        """Return an item as the API shows it now; None: null upstream."""
        return self.family(item_id).get(item_id)

    def family(self, item_id: int) -> dict[int, Item | None]:
        """Return the item with those generated along with it: cheap to keep, likely asked next."""
        made = self._generated(item_id)
        if item_id in self._changed:
            made.setdefault(item_id, None)
        return {key: self._changed.get(key, item) for key, item in made.items()}

    def _generated(self, item_id: int) -> dict[int, Item | None]:
        index = locate(item_id)
        if not self.first_month <= month_name(index) <= self.last_month:
            return {}
        month = self._month(index)
        position = month.position_of(item_id)
        if position >= 0:
            found = month.block(position).items
            if item_id in found:
                return found
        if item_id == month.thread_id:
            return {item_id: self._thread_item(index)}
        return dict(self._threads(index).items)

    def user(self, name: str) -> dict[str, Any] | None:
        """Return the account's profile with its submissions, newest first; None if unknown."""
        if name != ACCOUNT:
            return None
        listed = [key for month in self.months() for key in self.threads(month).submitted]
        return {"about": "", "created": 1301662000, "id": ACCOUNT, "karma": 1,
                "submitted": sorted(listed, reverse=True)}  # fmt: skip

    def records(self, board: str) -> list[Any]:
        """Return what a board lists now, newest first."""
        return [self.record(listing) for listing in self.listed(board)]

    def listed(self, board: str) -> list[Listing]:
        """Return the listings that a board still shows."""
        gone = {key for key, fields in self._changed_jobs.items() if fields is None}
        shown = self.listings(board)
        if not gone:
            return shown
        return [entry for entry in shown if (board, record_id(board, entry.job)) not in gone]

    def record(self, listing: Listing) -> Any:
        """Return the record of a listing as it is served now."""
        made = record(listing, self.today)
        key = listing.board, record_id(listing.board, listing.job)
        return {**made, **fields} if (fields := self._changed_jobs.get(key)) else made

    def max_item(self) -> int:
        """Return the highest id so far."""
        month = self._month(month_index(self.last_month))
        return max(month.thread_id + LATE_IDS, *self._changed, 0)

    # Changes between two runs ---------------------------------------------------------------

    def revise(self, item_id: int, **fields: Any) -> None:
        """Change fields of an item; a field set to None goes away."""
        merged = {**self._present(item_id), **fields}
        self._put(item_id, {name: value for name, value in merged.items() if value is not None})

    def edit_comment(self, item_id: int, text: str) -> None:
        """Replace a comment's text, as its author may for two hours."""
        self.revise(item_id, text=text)

    def delete_comment(self, item_id: int) -> None:
        """Turn a comment into what HN leaves of a deleted one; its replies stay."""
        self.revise(item_id, deleted=True, by=None, text=None)

    def kill_comment(self, item_id: int) -> None:
        """Mark a comment dead, as moderators and flags do."""
        self.revise(item_id, dead=True)

    def make_null(self, item_id: int) -> None:
        """Let an item be null upstream."""
        self._put(item_id, None)

    def add_comment(self, month: str, text: str, by: str = "late_poster") -> int:
        """Add a late comment to a month's thread and return its id."""
        return self._add(self._month(month_index(month)).thread_id, text, by)

    def add_reply(self, parent_id: int, text: str, by: str = "late_reader") -> int:
        """Add a reply to any comment and return its id."""
        return self._add(parent_id, text, by)

    def post_link(self, month: str, board: CompanyBoard) -> int:
        """Let a company post a job with a link to its board; return the comment's id."""
        link = escape(board_link(board))
        text = (
            f"{escape(board.company)} | Software Engineer | Oslo, Norway | Onsite<p>Apply here: "
            f'<a href="{link}" rel="nofollow">{link}</a>'
        )
        return self.add_comment(month, text)

    def change_posting(self, board: str, record_id: str, **fields: Any) -> None:
        """Change fields of a board's record; ``record_id`` as in board_records.record_id."""
        key = board, record_id
        self._changed_jobs[key] = {**(self._changed_jobs.get(key) or {}), **fields}
        self.version += 1

    def remove_posting(self, board: str, record_id: str) -> None:
        """Take a record off a board."""
        self._changed_jobs[board, record_id] = None
        self.version += 1

    def advance(self, days: int = 1) -> None:
        """Let days pass on the boards: new jobs come, old ones go, tracking parameters change."""
        self.today += dt.timedelta(days=days)
        self.version += 1

    def _add(self, parent_id: int, text: str, by: str) -> int:
        index = locate(parent_id)
        added = self._added.setdefault(index, [])
        month = self._month(index)
        key = month.thread_id + LATE_IDS + len(added)
        added.append(key)
        at = first_weekday_epoch(index) + 9 * _DAY + len(added)
        self._put(key, {"by": by, "id": key, "parent": parent_id, "text": text, "time": at,
                        "type": "comment"})  # fmt: skip
        parent = self._present(parent_id)
        self.revise(parent_id, kids=[*parent.get("kids", []), key])
        thread = self._present(month.thread_id)
        self.revise(month.thread_id, descendants=thread["descendants"] + 1)
        return key

    def _present(self, item_id: int) -> Item:
        item = self.item(item_id)
        if item is None:
            raise KeyError(f"item {item_id} is null or not in this world")
        return item

    def _put(self, item_id: int, item: Item | None) -> None:
        self._changed[item_id] = item
        self.version += 1

    def _month(self, index: int) -> Month:
        return Month(self.seed, index, self.comments, self.reply_share, self.hostile)

    def _make_threads(self, index: int) -> Threads:
        if self._false_starts is None:
            kind = default_false_start(self.seed, index)
        else:
            kind = self._false_starts.get(month_name(index))
        threads, month = threads_of(index, kind), month_name(index)
        for sister, below in KINDS.items():
            story = threads.items.get(threads.thread_id - below)
            if story and self.seekers:
                made = sister_comments(self.seed, month, sister, self.seekers)
                story |= {"kids": list(made), "descendants": len(made)}
                threads.items.update({key: item for key, (item, _) in made.items() if item})
        return threads
