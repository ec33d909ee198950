"""The threads of a month: the one that counts, false starts, look-alikes of the same account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sample.hn import LATE_IDS, Month, thread_title
from sample.months import POSTED_BY_ANOTHER, first_weekday_epoch, month_name, spoken, thread_id
from sample.rng import Rng

__all__ = [
    "ACCOUNT",
    "FALSE_STARTS",
    "Threads",
    "default_false_start",
    "thread_item",
    "threads_of",
]

ACCOUNT = "whoishiring"
FALSE_STARTS = ("dead", "stub_before", "twin_after")
_DAY = 86_400
_RULES = (
    "Please say where the job is and whether it can be done from elsewhere. One post per company, "
    "please, and only if you work there.<p>Readers: write to posters only if you want the job."
)
_ONE_OFFS = {
    "2014-06": "Ask HN: Have the whoishiring posts been useful? Can we do better?",
    "2020-03": "Ask HN: Who is hiring right now?",
    "2022-11": "Ask HN: Who wants to be hired right now?",
}


@dataclass(frozen=True, slots=True)
class Threads:
    """What is true about a month's threads; ``items`` are those beside the one that counts."""

    month: str
    thread_id: int
    superseded: tuple[int, ...]  # threads with this month's title that do not count
    submitted: tuple[int, ...]  # what the account lists, oldest first
    items: dict[int, dict[str, Any]]


def threads_of(index: int, false_start: str | None) -> Threads:
    """Return the threads of a month; ``false_start`` is one of FALSE_STARTS or None."""
    name, start, key = month_name(index), first_weekday_epoch(index), thread_id(index)
    items: dict[int, dict[str, Any]] = {}
    superseded: list[int] = []
    if name == "2011-12":
        superseded.append(_stub(items, key + 5, thread_title(name), start + 9_000, 4))
    if false_start:
        superseded.append(_false_start(items, key, thread_title(name), start, false_start))
    _look_alikes(items, key, name, start)
    submitted = [other for other, item in items.items() if item["by"] == ACCOUNT]
    if name not in POSTED_BY_ANOTHER:
        submitted.append(key)
    return Threads(name, key, tuple(superseded), tuple(sorted(submitted)), items)


def default_false_start(seed: int, index: int) -> str | None:
    """Return the false start of a month, if it has one: about one month in twelve."""
    rng = Rng(seed, "false start", index)
    if month_name(index) in POSTED_BY_ANOTHER or not rng.chance(1 / 12):
        return None
    return rng.choice(FALSE_STARTS)


def thread_item(month: Month) -> dict[str, Any]:
    """Return the month's thread as the API shows it, with all its comments as kids."""
    name = month_name(month.index)
    by, start = POSTED_BY_ANOTHER.get(name, ACCOUNT), first_weekday_epoch(month.index)
    text = _RULES if month.year > 2013 else ""
    return _story(month.thread_id, thread_title(name), start, by, month.root_ids(),
                  month.descendants(), text)  # fmt: skip


def _story(
    key: int, title: str, at: int, by: str, kids: list[int], descendants: int, text: str = ""
) -> dict[str, Any]:
    score = 1 + Rng("score", key).below(600 if descendants > 20 else 6)
    item: dict[str, Any] = {"by": by, "descendants": descendants, "id": key, "kids": kids,
                            "score": score, "text": text, "time": at, "title": title,
                            "type": "story"}  # fmt: skip
    return {name: value for name, value in item.items() if value not in ("", [])}


def _stub(items: dict[int, dict[str, Any]], key: int, title: str, at: int, comments: int) -> int:
    """Add a thread that stayed almost empty; its first comment points to the real one."""
    kids = list(range(key + 1, key + 1 + comments))
    items[key] = _story(key, title, at, ACCOUNT, kids, comments)
    for kid in kids:
        by = ACCOUNT if kid == kids[0] else f"reader{kid % 97}"
        text = "The jobs are in the other thread of today." if kid == kids[0] else "Thanks!"
        items[kid] = {"by": by, "id": kid, "parent": key, "text": text, "time": at + kid - key,
                      "type": "comment"}  # fmt: skip
    return key


def _false_start(
    items: dict[int, dict[str, Any]], thread: int, title: str, start: int, kind: str
) -> int:
    if kind == "dead":
        key = thread - 640
        items[key] = {**_story(key, title, start - 1_800, ACCOUNT, [], 0), "dead": True}
        return key
    if kind == "stub_before":
        return _stub(items, thread - 700, title, start - _DAY + 3_600, 3)
    return _stub(items, thread + 1, title, start + 40, 1)


def _look_alikes(items: dict[int, dict[str, Any]], thread: int, name: str, start: int) -> None:
    def add(key: int, title: str, at: int, by: str = ACCOUNT) -> None:
        items[key] = _story(key, title, at, by, [], 40 + key % 200)

    if name >= "2013-01":
        add(thread - 1, f"Ask HN: Who wants to be hired? ({spoken(name)})", start - 1)
    ending = "Freelancers" if name < "2013-01" else "freelancer"
    title = f"Ask HN: Freelancer? Seeking {ending}? ({spoken(name)})"
    by = ACCOUNT if name <= "2025-10" else "freelance_poster"
    add(thread - 2, title, start - 2, by)
    if name in _ONE_OFFS:
        add(thread + LATE_IDS + 9_000, _ONE_OFFS[name], start + 20 * _DAY)
