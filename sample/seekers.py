"""Generated threads of those who look for work, with known truth and the contacts they name.

Each comment below "Who wants to be hired?" or "Freelancer? Seeking freelancer?" writes the form of
its thread in one of several layouts, and names ways to reach its invented writer. ``secrets`` are
what none of these may leave behind.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sample import phrases
from sample.hn import LATE_IDS
from sample.months import first_weekday_epoch, month_index, thread_id
from sample.places import draw_place
from sample.rng import Rng
from sample.wording import escape, link

__all__ = ["KINDS", "MAX_SEEKERS", "SeekerTruth", "sister_comments"]

KINDS = {"wants": 1, "freelancer": 2}
"""The kinds of threads; a story's id is so much below that of "Who is hiring?"."""
MAX_SEEKERS = 400  # comments a thread: the ids between two months have no room for more

_SKILLS = ("Python", "React", "PostgreSQL", "Rust", "Docker", "TypeScript", "Kubernetes", "Django")
_REMOTE = {"yes": ("Yes", "yes please", "Preferred"), "no": ("No", "No, on site"),
           "only": ("Remote only", "Only", "Yes (100% remote)")}  # fmt: skip
_RELOCATE = {"yes": ("Yes", "Yes, anywhere"), "no": ("No", "Nope"),
             "maybe": ("Maybe", "For the right bakery", "Not right now")}  # fmt: skip
_LEVELS = {"senior": "Senior engineer with 11 years of experience.",
           "mid": "3 years of experience building software.",
           "entry": "Junior developer, 1 year of experience."}  # fmt: skip
# How people write an address; {0} is the secret.
_CONTACTS = (
    "Email: {0}@post.example", "Email: {0} at post dot example", "Email: {0} [at] gmail [dot] com",
    "Contact: {0}(at)post.example", "{0} AT post DOT io", "mail me: {0}@post\uff0eexample",
    "Telegram: @{0}", "github.com/{0}", "LinkedIn: in/{0}", "my skype is {0}", "{0} on GitHub",
    "R\u00e9sum\u00e9/CV: https://{0}.example/cv.pdf", "www.{0}.dev", "{0}.me",
    "{0} at gm\u0430il.com", "WhatsApp +1 (555) 010-0{1} {0}@x.io", "Phone: +49 171 5550{1}, {0}",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SeekerTruth:
    """What a comment says; ``place`` is a name within its place, ``skills`` are display names.

    side: seeker, offer or other; remote: only, yes, no; relocate: yes, maybe, no, unspecified.
    """

    side: str
    remote: str | None = None
    relocate: str | None = None
    place: str | None = None
    skills: tuple[str, ...] = ()
    level: str | None = None
    secrets: tuple[str, ...] = ()


def sister_comments(
    seed: int, month: str, kind: str, count: int
) -> dict[int, tuple[dict[str, Any] | None, SeekerTruth]]:
    """Return a thread's comments by id, None for one that is null upstream, each with its truth."""
    index, story = month_index(month), thread_id(month_index(month)) - KINDS[kind]
    first = thread_id(index) + LATE_IDS + 9_100 + MAX_SEEKERS * (KINDS[kind] - 1)
    return {
        first + position: _comment(Rng(seed, kind, index, position), first + position, story, index)
        for position in range(count)
    }


def _comment(
    rng: Rng, key: int, story: int, index: int
) -> tuple[dict[str, Any] | None, SeekerTruth]:
    writer = f"qx{rng.choice(phrases.NAMES)}{rng.below(90_000)}"
    text, truth = _text(rng, writer, is_freelancer=thread_id(index) - story == KINDS["freelancer"])
    at = first_weekday_epoch(index) + 60 + key % 1_000
    item = {"by": writer, "id": key, "parent": story, "text": text, "type": "comment", "time": at,
            "kids": [key + 1_000_000]}  # fmt: skip
    fate = rng.weighted((("", 0.9), ("dead", 0.03), ("deleted", 0.04), ("null", 0.03)))
    if not fate:
        return item, truth
    gone = SeekerTruth("other", secrets=truth.secrets)
    if fate == "null":
        return None, gone
    if fate == "dead":
        return {**item, "dead": True}, gone
    return {name: item[name] for name in ("id", "parent", "time", "type")} | {"deleted": True}, gone


def _text(rng: Rng, writer: str, *, is_freelancer: bool) -> tuple[str, SeekerTruth]:
    place, short, _country = draw_place(rng)
    skills = tuple(dict.fromkeys(rng.choice(_SKILLS) for _ in range(rng.between(1, 5))))
    remote, relocate = rng.choice(tuple(_REMOTE)), rng.choice(tuple(_RELOCATE))
    level = rng.choice(tuple(_LEVELS))
    contact = rng.choice(_CONTACTS).format(writer, f"{rng.below(90) + 10}")
    if is_freelancer and rng.chance(0.2):
        text = f"SEEKING FREELANCER | {place} | {', '.join(skills)} | {contact}"
        return escape(text), SeekerTruth("offer", secrets=(writer,))
    lines = [f"Location: {place}", f"Remote: {rng.choice(_REMOTE[remote])}",
             f"Willing to relocate: {rng.choice(_RELOCATE[relocate])}",
             f"Technologies: {', '.join(skills)}"]  # fmt: skip
    truth = SeekerTruth("seeker", remote, relocate, short, skills, level, (writer,))
    marked = [escape(line) for line in [*lines, contact, _LEVELS[level]]]
    if is_freelancer:
        marked.insert(0, "SEEKING WORK")
    marked.append(link(f"https://{writer}.example/a-long-page-of-mine?from=hn&month={level}"))
    return rng.choice(("<p>", "\n", " | ", "<p>- ")).join(marked), truth
