"""A message: what is said of each posting, as plain text, for chats, and as HTML.

A source's text may hold anything, so each field is cut and cleaned here, once, for messages and
feeds. A posting's own text is left out: it may name people. Its source is named and linked, as the
sources' terms require.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from include.insights.models import PostingRow
from include.searches.definition import SavedSearch
from include.sources.source import Attribution

__all__ = ["Item", "News", "compose", "item_of"]

MAX_CHARACTERS = 160
MAX_SKILLS, MAX_JOBS = 10, 4

# What XML 1.0 (section 2.2) forbids, lone surrogates included, which no encoding has; and direction
# marks, by which "Acme\u202egnp.exe" would be shown as "Acmeexe.png".
_UNSAFE = re.compile(
    "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
_MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})

_WAYS = {"remote": "remote", "hybrid": "hybrid", "mixed": "several ways of working"}
_PERIODS = {
    "year": "a year",
    "month": "a month",
    "week": "a week",
    "day": "a day",
    "hour": "an hour",
}


@dataclass(frozen=True)
class Item:
    """A posting as it is shown; ``url`` is http or https, or empty."""

    id: str
    title: str
    company: str
    url: str
    facts: str
    """Places, ways of working, pay and day, those that are known."""
    jobs: tuple[str, ...]
    skills: tuple[str, ...]
    posted_day: str
    source: Attribution

    @property
    def headline(self) -> str:
        """Title and company."""
        return ", ".join(filter(None, (self.title, self.company)))


@dataclass(frozen=True)
class News:
    """What a notifier's templates may name, as ``{{ news.subject }}``."""

    id: str
    """The same when the message is sent again."""
    search: str
    subject: str
    text: str
    chat: str
    """The text with & < > escaped, as Slack and Telegram's HTML mode want it."""
    html: str
    postings: tuple[Item, ...]

    @property
    def message_id(self) -> str:
        """The e-mail's Message-ID (RFC 5322, 3.6.4)."""
        return f"<{self.id}@{self.search}.saved-search.techpulse>"


def item_of(row: PostingRow) -> Item:
    """Return a posting as it is shown."""
    places = row.location or "; ".join(row.countries)
    facts = (_clean(places), _WAYS.get(row.remote, ""), _pay(row), f"posted {row.posted_day}")
    jobs = _jobs(row)
    return Item(
        id=row.id,
        title=_clean(row.title) or "A posting without a title",
        company=_clean(row.company),
        url=row.url if _is_web(row.url) else "",
        facts=" · ".join(filter(None, facts)),
        jobs=jobs,
        skills=tuple(row.skills[:MAX_SKILLS]),
        posted_day=row.posted_day.isoformat(),
        source=row.attribution,
    )


def compose(
    search: SavedSearch,
    rows: Sequence[PostingRow],
    message_id: str,
    *,
    base_url: str = "",
    note: str = "",
) -> News:
    """Return the message that shows these postings, the newest first.

    ``base_url``: of Airflow, for links to the dashboard. ``note``: said before the postings.
    """
    items = tuple(map(item_of, rows))
    number = f"{len(items)} new posting{'s' if len(items) != 1 else ''}"
    values: dict[str, Any] = {
        "search": search.name,
        "lead": note or f"{number} for {search.name}",
        "items": items,
        "filter": ", ".join(f"{k}: {_clean(str(v))}" for k, v in search.parameters.items())
        or "every posting",
        "sources": sorted({one.source for one in items}, key=lambda source: source.name),
        "dashboard": _dashboard(base_url, search),
        "page": f"{base_url.rstrip('/')}/techpulse/posting?id=" if base_url else "",
        "id": message_id,
    }
    text = _text(values)
    return News(
        id=message_id,
        search=search.name,
        subject=f"{search.name}: {'test' if note else number}",
        text=text,
        chat=text.translate(_MARKUP),
        html=_template().render(values),
        postings=items,
    )


def _text(values: dict[str, Any]) -> str:
    parts = [values["lead"], *(_item_text(n, one) for n, one in enumerate(values["items"], 1))]
    sources = "; ".join(f"{one.name} {one.url}".strip() for one in values["sources"])
    footer = [
        f"Saved search {values['search']} ({values['filter']})",
        f"Sources: {sources}" if sources else "",
        f"Dashboard: {values['dashboard']}" if values["dashboard"] else "",
        f"Message {values['id'][:8]}",
    ]
    return "\n\n".join([*parts, "\n".join(["--", *filter(None, footer)])]) + "\n"


def _item_text(number: int, item: Item) -> str:
    lines = (
        f"{number}. {item.headline}",
        item.facts,
        f"Jobs: {'; '.join(item.jobs)}" if item.jobs else "",
        ", ".join(item.skills),
        f"{item.url} ({item.source.name})".strip(),
    )
    return "\n   ".join(filter(None, lines))


def _clean(text: str) -> str:
    """Return one line without control characters, cut at MAX_CHARACTERS."""
    line = " ".join(_UNSAFE.sub("", text).split())
    return line if len(line) <= MAX_CHARACTERS else f"{line[: MAX_CHARACTERS - 1].rstrip()}…"


def _is_web(url: str) -> bool:
    return url.startswith(("https://", "http://")) and not _UNSAFE.search(url) and " " not in url


def _jobs(row: PostingRow) -> tuple[str, ...]:
    """Return the titles of the jobs, unless the posting's own title names them all."""
    titles = [job.title for job in row.jobs]
    if all(title in row.title for title in titles):
        return ()
    more = len(titles) - MAX_JOBS
    shown = map(_clean, titles[:MAX_JOBS])
    return (*shown, f"and {more} more") if more > 0 else tuple(shown)


def _pay(row: PostingRow) -> str:
    ends = dict.fromkeys(f"{end:,.0f}" for end in (row.salary_min, row.salary_max) if end)
    period = _PERIODS.get(row.salary_period or "", "")
    return " ".join(filter(None, ("–".join(ends), row.salary_currency, period))) if ends else ""


def _dashboard(base_url: str, search: SavedSearch) -> str:
    if not base_url:
        return ""
    # The page's own default is some families; all of them unless the search names some.
    query = urlencode({"families": "all", **search.parameters})
    return f"{base_url.rstrip('/')}/techpulse/dashboard?{query}"


@cache
def _template() -> Any:
    # Imported late: a chat needs no template.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folder = Path(__file__).parent / "templates"
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("news.html")
