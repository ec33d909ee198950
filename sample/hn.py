"""Generated Hacker News: one month's thread, its comments and their replies, with known truth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sample import phrases
from sample.hn_text import write
from sample.hostile import HOSTILE_TEXTS
from sample.months import first_weekday_epoch, month_index, spoken, thread_id
from sample.places import draw_place
from sample.postings import draw_job_count, draw_posting
from sample.rng import Rng
from sample.truth import NOT_A_JOB, Truth
from sample.wording import escape

__all__ = ["MAX_COMMENTS", "MAX_REPLIES", "Block", "Item", "Month", "locate"]

Item = dict[str, Any]

# Ids within a month: position p owns the ids [thread + 32 + 32 p, thread + 64 + 32 p): its
# comment first, then the replies. Early comments (posted before their thread) have lower ids.
BLOCK_IDS = 32
MAX_REPLIES = 14
MAX_COMMENTS = 3_000
LATE_IDS = BLOCK_IDS * (MAX_COMMENTS + 2)  # offset of comments that are added to a world later
BEFORE_IDS = 1_000  # ids before the thread that belong to its month

# What the comments at these places of every hundred are, so that each month has all of it.
_SHAPES = {
    3: "deleted", 4: "deleted_with_replies", 13: "dead", 23: "null", 33: "no_by", 43: "no_text",
    53: "extra_fields", 63: "early", 8: "seeker", 58: "seeker", 78: "seeker", 28: "note",
    48: "question", 88: "question", 68: "spam", 18: "several", 38: "bare", 73: "several",
    83: "unicode", 93: "prose",
    6: "repeated", 26: "repeated", 46: "repeated", 66: "repeated", 86: "repeated",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Block:
    """A top comment with its replies: every item by id (None is null upstream), and its truth."""

    root: int
    items: dict[int, Item | None]
    truth: Truth
    shape: str


def locate(item_id: int) -> int:
    """Return the index of the month whose id range holds this item."""
    low, high = month_index("2007-01"), month_index("2099-12")
    while low < high:
        middle = (low + high + 1) // 2
        if thread_id(middle) - BEFORE_IDS <= item_id:
            low = middle
        else:
            high = middle - 1
    return low


@dataclass(frozen=True, slots=True)
class Month:
    """One month's comments: pure, and the same whatever else the world holds.

    ``comments`` is the number of top comments; the first n comments are the same for every n.
    ``reply_share`` is the share of comments that have replies.
    """

    seed: int
    index: int
    comments: int
    reply_share: float = 0.35
    hostile: int = 0

    @property
    def thread_id(self) -> int:
        """Id of the month's thread."""
        return thread_id(self.index)

    @property
    def year(self) -> float:
        """The middle of the month as a fraction of a year."""
        return (self.index + 0.5) / 12

    def shape(self, position: int) -> str:
        """Return what kind of comment stands at this position, "" for an ordinary posting."""
        # Two months share an offset: a repeated posting stands where it stood the month before.
        offset = Rng(self.seed, "shapes", self.index // 2).below(100)
        return _SHAPES.get((position + offset) % 100, "")

    def root_id(self, position: int) -> int:
        """Return the id of the top comment at this position."""
        if self.shape(position) == "early":
            return self.thread_id - 500 + position // 100
        return self.thread_id + BLOCK_IDS + BLOCK_IDS * position + (position * 7 + self.index) % 5

    def root_ids(self) -> list[int]:
        """Return the ids of all top comments, in the order that a ranked page shows them."""
        ids = [self.root_id(position) for position in range(self.comments)]
        Rng(self.seed, "rank", self.index).shuffle(ids)
        return ids

    def position_of(self, item_id: int) -> int:
        """Return the position of the block that holds this id, -1 when no block can."""
        offset = item_id - self.thread_id
        if offset >= BLOCK_IDS:
            position = offset // BLOCK_IDS - 1
            return position if position < self.comments else -1
        early = (item_id - (self.thread_id - 500)) * 100
        for position in range(max(early, 0), max(min(early + 100, self.comments), 0)):
            if self.shape(position) == "early":
                return position
        return -1

    def reply_count(self, position: int) -> int:
        """Return how many replies the comment at this position has."""
        shape = self.shape(position)
        if shape == "deleted_with_replies":
            return 3
        rng = Rng(self.seed, "replies", self.index, position)
        if shape in ("null", "deleted") or not rng.chance(self.reply_share):
            return 0
        return rng.weighted(((1, 0.5), (2, 0.24), (4, 0.16), (7, 0.08), (MAX_REPLIES, 0.02)))

    def descendants(self) -> int:
        """Return the number of comments and replies under the thread."""
        return self.comments + sum(self.reply_count(p) for p in range(self.comments))

    def blocks(self) -> Iterator[Block]:
        """Yield the comments with their replies, in the order of their positions."""
        return (self.block(position) for position in range(self.comments))

    def block(self, position: int) -> Block:
        """Return the comment at this position with its replies."""
        root, shape = self.root_id(position), self.shape(position)
        rng = Rng(self.seed, "comment", self.index, position)
        at = first_weekday_epoch(self.index) + 90 + position * 131 + rng.below(120)
        text, by, truth = self._content(position, shape)
        item: Item = {"by": by, "id": root, "parent": self.thread_id, "text": text, "time": at,
                      "type": "comment"}  # fmt: skip
        if shape == "early":
            item["time"] = first_weekday_epoch(self.index) - 600 - position
        replies = self._replies(position, root, at)
        if kids := [key for key, reply in replies.items() if reply[0] == root]:
            item["kids"] = kids
        items: dict[int, Item | None] = {root: _disfigure(item, shape)}
        items |= {key: reply for key, (_, reply) in replies.items()}
        return Block(root, items, truth, shape)

    def _content(self, position: int, shape: str) -> tuple[str, str, Truth]:
        index = self.index - self.index % 2 if shape == "repeated" else self.index
        rng = Rng(self.seed, "text", index, position)
        by = f"{rng.choice(phrases.NAMES)}{rng.below(900)}"
        if position < self.hostile:
            return HOSTILE_TEXTS[position % len(HOSTILE_TEXTS)], by, NOT_A_JOB
        if shape in ("seeker", "question", "spam", "note"):
            return _chatter(rng, shape), "dang_sample" if shape == "note" else by, NOT_A_JOB
        year = (index + 0.5) / 12
        jobs = draw_job_count(Rng(self.seed, "jobs", index, position))
        posting = draw_posting(rng, year, rng.between(2, 5) if shape == "several" else jobs)
        style = shape if shape in ("bare", "prose") else ""
        text, truth = write(posting, rng, year, style)
        if shape == "unicode":
            text += f"<p>{phrases.FOREIGN}"
        gone = shape in ("deleted", "deleted_with_replies", "dead", "null", "no_text")
        return text, by, NOT_A_JOB if gone else truth

    def _replies(self, position: int, root: int, at: int) -> dict[int, tuple[int, Item | None]]:
        """Return each reply with its parent, nested up to five levels."""
        rng = Rng(self.seed, "reply", self.index, position)
        first = self.thread_id + BLOCK_IDS * (position + 1) + 8
        depths, made = {root: 0}, {}
        kids: dict[int, list[int]] = {}
        for key in range(first, first + self.reply_count(position)):
            parents = [other for other, depth in depths.items() if depth < 5]
            parent = rng.choice(parents[-3:])
            at += 300 + rng.below(40_000)
            item: Item = {"by": f"{rng.choice(phrases.NAMES)}{rng.below(900)}", "id": key,
                          "parent": parent, "text": _reply_text(rng), "time": at,
                          "type": "comment"}  # fmt: skip
            fate = rng.weighted((("", 0.93), ("deleted", 0.03), ("dead", 0.02), ("null", 0.02)))
            made[key] = (parent, _disfigure(item, fate))
            kids.setdefault(parent, []).append(key)
            if fate != "null":
                depths[key] = depths[parent] + 1
        for parent, keys in kids.items():
            if parent != root and (reply := made[parent][1]) is not None:
                reply["kids"] = keys
        return made


def _chatter(rng: Rng, shape: str) -> str:
    place = draw_place(rng)[0]
    options = {"seeker": phrases.SEEKERS, "question": phrases.QUESTIONS, "spam": phrases.SPAM,
               "note": phrases.NOTES}[shape]  # fmt: skip
    text = rng.choice(options).format(place=place, skills="Python, SQL and Linux",
                                      name=rng.choice(phrases.NAMES))  # fmt: skip
    return escape(text).replace("\n", "<p>")


def _reply_text(rng: Rng) -> str:
    return "<p>".join(escape(part) for part in rng.choice(phrases.REPLIES).split("<p>"))


def _disfigure(item: Item, shape: str) -> Item | None:
    if shape == "null":
        return None
    if shape in ("deleted", "deleted_with_replies"):
        kept = {name: value for name, value in item.items() if name not in ("by", "text")}
        return {"deleted": True, **kept}
    if shape == "dead":
        return {**item, "dead": True}
    if shape == "no_by":
        return {name: value for name, value in item.items() if name != "by"}
    if shape == "no_text":
        return {name: value for name, value in item.items() if name != "text"}
    if shape == "extra_fields":
        return {**item, "edited_at": item["time"] + 60, "labels": ["a", None], "meta": {"v": 2}}
    return item


def thread_title(month: str) -> str:
    """Return the title of the month's thread, in the spelling of its time."""
    if month < "2012-05":
        words = "Who is Hiring?"
    elif month < "2013-01":
        words = "Who Is Hiring?"
    else:
        words = "Who is hiring?"
    blank = " " if month in ("2012-10", "2019-03") else ""
    return f"Ask HN: {words} ({spoken(month)}){blank}"
