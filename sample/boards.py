"""The jobs behind the boards: who offers what, where it is listed, what is listed twice."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from sample import phrases
from sample.postings import Posting, draw_posting
from sample.prose import paragraphs
from sample.rng import Rng
from sample.truth import Truth
from sample.wording import salary_text, skill_words

__all__ = ["BOARDS", "DEFECTS", "WINDOW_DAYS", "Boards", "Job", "Listing", "describe"]

BOARDS = ("remotive", "theirstack", "arbeitnow", "himalayas")
REMOTE_ONLY = ("remotive", "himalayas")
WINDOW_DAYS = 60  # how long a board shows a job
# What a malformed record lacks. The first four cannot become a posting; the last two can.
DEFECTS = ("record_is_null", "record_is_text", "no_title", "title_is_list", "no_url", "bad_date")

_ORIGIN = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
_SHARES = (("theirstack", 0.4), ("arbeitnow", 0.25), ("himalayas", 0.2), ("remotive", 0.15))


@dataclass(frozen=True, slots=True)
class Job:
    """One job in the world; ``key`` is the same for a job that is posted again later."""

    number: int
    key: int
    posting: Posting
    boards: tuple[str, ...]
    posted_at: dt.datetime
    paragraphs: tuple[str, ...]  # plain text of the description
    pay: str  # salary as text, "" when none is given

    @property
    def title(self) -> str:
        """The title as the company writes it."""
        return self.posting.openings[0].title

    @property
    def slug(self) -> str:
        """Title and company as a part of a URL, unique by the number."""
        words = f"{self.title} {self.posting.company}".lower()
        return "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in words).split())


@dataclass(frozen=True, slots=True)
class Listing:
    """A job on one board, with what is true about the record.

    hostile, defect: how the record was spoiled on purpose: a number of ``hostile_text`` or -1,
    one of DEFECTS or "". Listings with the same ``job.key`` are the same job.
    """

    board: str
    job: Job
    truth: Truth
    hostile: int = -1
    defect: str = ""


@dataclass(frozen=True, slots=True)
class Boards:
    """All boards at the start of a day (UTC). A job keeps its text and date while days pass.

    ``jobs`` is how many distinct postings the boards show together; one in ten stands on two.
    The first ``hostile`` records of each board are hostile, the next ``malformed`` malformed.
    """

    seed: int
    jobs: int
    today: dt.date
    hostile: int = 0
    malformed: int = 0

    def listings(self) -> dict[str, list[Listing]]:
        """Return each board's listings, newest first."""
        shown: dict[str, list[Listing]] = {board: [] for board in BOARDS}
        for job in map(self.job, self._numbers()):
            for board in job.boards:
                shown[board].append(self._listing(board, job, len(shown[board])))
        return shown

    def _numbers(self) -> range:
        if not self.jobs:
            return range(0)
        end = dt.datetime.combine(self.today, dt.time(), dt.UTC)
        newest = int((end - _ORIGIN) / self._step()) - 1
        return range(newest, newest - self.jobs, -1)

    def _step(self) -> dt.timedelta:
        return dt.timedelta(days=WINDOW_DAYS) / self.jobs

    def _listing(self, board: str, job: Job, place: int) -> Listing:
        truth = job.posting.truth()
        if place < self.hostile:
            return Listing(board, job, truth, hostile=place)
        spoiled = place - self.hostile
        defect = DEFECTS[spoiled % len(DEFECTS)] if spoiled < self.malformed else ""
        return Listing(board, job, truth, defect=defect)

    def job(self, number: int) -> Job:
        """Return a job by its number; a later number was posted later."""
        key = self._repeated(number) if number % 20 == 7 else number
        rng = Rng(self.seed, "job", key)
        boards = self._draw_boards(rng)
        posting = draw_posting(rng, 2025.5)
        if any(board in REMOTE_ONLY for board in boards):
            posting = replace(posting, remote="remote")
        if posting.salary and posting.salary.period == "day":  # no board has a field for it
            posting = replace(posting, salary=None)
        paragraphs, pay = describe(posting, rng)
        at = _ORIGIN + self._step() * number
        return Job(number, key, posting, boards, at.replace(microsecond=0), paragraphs, pay)

    def _repeated(self, number: int) -> int:
        """Return the job that is posted again here: about a month older."""
        earlier = number - max(self.jobs // 2, 20)
        return earlier - (earlier - 3) % 20

    @staticmethod
    def _draw_boards(rng: Rng) -> tuple[str, ...]:
        chosen = [rng.weighted(_SHARES)]
        if rng.chance(0.1):
            chosen.append(rng.weighted([pair for pair in _SHARES if pair[0] != chosen[0]]))
        return tuple(chosen)


def describe(posting: Posting, rng: Rng) -> tuple[tuple[str, ...], str]:
    """Return a job's description as plain paragraphs, and its salary as text."""
    pay = salary_text(posting.salary, rng) if posting.salary else ""
    region = f" ({posting.region})" if posting.region else ""
    remote = {
        "remote": f"We are fully remote{region}.",
        "hybrid": "Hybrid: two days a week in the office.",
        "onsite": "This is an on-site job.",
        "mixed": "Remote or on-site, as you like.",
        "unspecified": "",
    }[posting.remote]
    visa = {"yes": "We offer visa sponsorship.", "no": "We do not offer visa sponsorship.",
            "unspecified": ""}[posting.visa]  # fmt: skip
    skills = skill_words(posting.openings[0].skills, rng, " and ")
    places = " or ".join(written for written, _, _ in posting.places)
    lines = (
        f"{posting.company}: {rng.choice(phrases.MISSIONS)}", rng.choice(phrases.BENEFITS),
        f"Location: {places}" if places else "",
        f"You work with {skills}." if skills else "", f"We pay {pay}." if pay else "", remote, visa,
    )  # fmt: skip
    stated = [line for line in lines if line]
    return (*stated, *paragraphs(rng, sum(map(len, stated)))), pay
