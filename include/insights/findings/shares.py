"""Questions about shares: remote work, front ends, seniority, places, stated pay, AI."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from include.insights.findings.finding import Finding, Table, joined, per_cent, points, verb
from include.insights.findings.history import History, TooFewError, Window, year

__all__ = ["ai", "frontend", "places", "remote", "seniority", "stated_pay"]

_BY_COMPANY = (
    "Share of postings with Wilson's interval, widened by the design effect of companies that post "
    "several times; changes by the variance over companies."
)
_NO_OTHER = "No figure of another source, with its date, was at hand."
_REMOTE = ("remote", "mixed")
_SENIOR, _ENTRY = ("senior", "staff"), ("entry", "intern")
_FRONTENDS = (
    ("jQuery", ("jquery",)),
    ("Backbone.js", ("backbonejs",)),
    ("Ember.js", ("emberjs",)),
    ("Angular", ("angularjs", "angular")),
    ("React", ("react",)),
    ("Vue.js", ("vue",)),
    ("Svelte", ("svelte",)),
)
_PLACES = ("San Francisco Bay Area", "New York City", "London", "Berlin", "Europe", "US")
_ROW_YEARS = 2  # a table by year names every second one


def _by_window(
    history: History, windows: Sequence[Window], cells: Callable[[Window], list[str]]
) -> list[list[str]]:
    """Return a row a window, without those of which the store has too little."""
    rows = []
    for window in windows:
        try:
            rows.append([window.label, *cells(window)])
        except TooFewError:
            continue
    return rows


def remote(history: History) -> Finding:
    """Return the share of remote jobs before and after March 2020."""
    index = history.index
    windows = Window("2019-03", "2020-02"), Window("2020-04", "2021-03"), history.last_year
    before, after, now = map(history.jobs, windows)
    can = index.bitmaps.any_of("remote", _REMOTE)
    shares = [history.share_of_postings(can, jobs) for jobs in (before, after, now)]
    first = history.change_of_postings(can, after, before)
    since = history.change_of_postings(can, now, after)
    same = _same_companies(history, before, after)
    within = history.change_of_postings(can, after & same, before & same)

    def cells(window: Window) -> list[str]:
        jobs = history.jobs(window)
        sets = (can, *(index.bits("remote", way) for way in ("hybrid", "onsite", "unspecified")))
        return [per_cent(history.share_of_postings(one, jobs)) for one in sets]

    return Finding(
        key="remote",
        question="How many jobs can be done remotely, before and after March 2020?",
        answer=f"{per_cent(shares[0])} of postings in the twelve months before March 2020, "
        f"{per_cent(shares[1])} in the twelve months from April 2020 on: the share {verb(first)}, "
        f"{points(first)}. Among companies that posted in both it moved by {points(within)}: that "
        f"is no matter of who posts. In {windows[2].label} it is {per_cent(shares[2])}, "
        f"{points(since)} against the year from April 2020.",
        counted=history.counted(),
        method="A posting counts with a job that is remote, or remote or on site. " + _BY_COMPANY,
        tables=[
            Table(
                ("", "remote, or a choice", "hybrid", "on site", "not said"),
                _by_window(history, history.windows(2012), cells),
            )
        ],
        others=[
            _NO_OTHER + " Before 2015 few postings say how one works, since the thread did not ask "
            "for it: the early years are a lower bound.",
            "An earlier run of this project, of all postings, repeats in: 15 % in 2012, 30 % in "
            "2019, 79 % in 2021, 56 % in 2025. Repeats, which are out here, name the same way of "
            "working again: they move a year by a point at most.",
        ],
    )


def _same_companies(history: History, one: int, other: int) -> int:
    """Return the jobs of both sets whose company has one in each."""
    known = {company for company in history.by_company(one) if company >= 0}
    both = known & history.by_company(other).keys()
    numbers = history.index.companies.numbers
    return sum(
        1 << position
        for position in history.index.positions(one | other)
        if numbers[position] in both
    )


def frontend(history: History) -> Finding:
    """Return which front-end libraries are named, of the postings that name any."""
    libraries = {name: history.named(skills) for name, skills in _FRONTENDS}
    anything = history.named([skill for _, skills in _FRONTENDS for skill in skills])
    windows = history.windows(2012)

    def count(window: Window, name: str) -> int:
        return (history.postings(window) & libraries[name]).bit_count()

    def cells(window: Window) -> list[str]:
        total = history.postings(window) & anything
        return [per_cent(history.share(one & total, total)) for one in libraries.values()]

    def top(window: Window) -> list[str]:
        total = history.postings(window) & anything
        order = sorted(libraries, key=lambda name: (-count(window, name), name))[:3]
        return [f"{n} {per_cent(history.share(libraries[n] & total, total))}" for n in order]

    leading = [w for w in windows if max(libraries, key=lambda name: count(w, name)) == "React"]
    since = f"React has led since {leading[0].label}. " if leading else ""
    now, before = (history.postings(w) & anything for w in (windows[-1], windows[0]))
    change = history.change(libraries["React"], now, before)
    return Finding(
        key="frontend",
        question="What did React replace?",
        answer=f"Of the postings that name one of {len(_FRONTENDS)} front-end libraries, in "
        f"{windows[0].label} most name {joined(top(windows[0]))}. {since}In {windows[-1].label}: "
        f"{joined(top(windows[-1]))}. React {verb(change)}: {points(change)}.",
        counted=history.counted(),
        method="Angular is AngularJS and its successor. A posting may name several. " + _BY_COMPANY,
        tables=[Table(("", *libraries), _by_window(history, windows[::_ROW_YEARS], cells))],
        others=[_NO_OTHER],
    )


def seniority(history: History) -> Finding:
    """Return how many jobs ask for seniors, and for beginners."""
    index = history.index
    senior, entry = (index.bitmaps.any_of("job_level", of) for of in (_SENIOR, _ENTRY))
    stated = index.all ^ index.bits("job_level", "unspecified")
    windows = history.windows(2012)
    before, now = history.jobs(windows[0]), history.jobs(windows[-1])
    changes = [history.change(one, now, before) for one in (senior, entry)]
    of_stated = history.change(senior, now & stated, before & stated)

    def cells(window: Window) -> list[str]:
        jobs = history.jobs(window)
        shares = [history.share(one, jobs) for one in (senior, entry, stated)]
        return [*map(per_cent, shares), per_cent(history.share(senior & stated, jobs & stated))]

    return Finding(
        key="seniority",
        question="How many jobs ask for seniors, how many for beginners?",
        answer=f"Senior or staff jobs: {per_cent(history.share(senior, before))} of all in "
        f"{windows[0].label}, {per_cent(history.share(senior, now))} in {windows[-1].label}, "
        f"{points(changes[0])}. Entry-level jobs and internships: "
        f"{per_cent(history.share(entry, before))} and {per_cent(history.share(entry, now))}, "
        f"{points(changes[1])}. Titles may say more than they did: of the jobs that state a "
        f"level at all, seniors moved by {points(of_stated)}.",
        counted=history.counted(),
        method="Jobs, not postings; a job may state several levels. " + _BY_COMPANY,
        tables=[
            Table(
                ("", "senior, staff", "entry, intern", "state a level", "senior, of those stated"),
                _by_window(history, windows[::_ROW_YEARS], cells),
            )
        ],
        others=[
            _NO_OTHER + " An earlier count of this project (25 November 2026; the thirteen months "
            "to July 2026, repeats out) had 57 % of postings with senior jobs only. It counts a "
            "posting by all of its jobs, this one each job, of which half state no level."
        ],
    )


def stated_pay(history: History) -> Finding:
    """Return how many postings state a yearly pay, in the US and elsewhere."""
    index = history.index
    pay = 0
    for currency in index.pay.currencies:
        pay |= index.pay.stated_in(currency)
    us = index.bits("country", "US")
    countries = {True: us, False: index.all ^ us}

    def share(window: Window, *, in_us: bool = True) -> str:
        jobs = history.jobs(window) & countries[in_us]
        return per_cent(history.share_of_postings(pay, jobs))

    def moved(before: Window, now: Window, *, in_us: bool) -> str:
        earlier, later = (history.jobs(window) & countries[in_us] for window in (before, now))
        return points(history.change_of_postings(pay, later, earlier))

    sentences = [
        f"From {before.label} to {now.label} the share changed by "
        f"{moved(before, now, in_us=True)} in the US, {moved(before, now, in_us=False)} elsewhere."
        for before, now in ((year(2020), year(2021)), (year(2022), year(2023)))
    ]
    last = history.last_year
    return Finding(
        key="stated-pay",
        question="How many postings state what they pay, and did the laws change it?",
        answer=f"In {last.label} {share(last)} of US postings state a yearly pay, "
        f"{share(last, in_us=False)} of the others. {' '.join(sentences)}",
        counted=history.counted(),
        method="US: all places of the posting are there. Laws that ask for a range: Colorado "
        "January 2021, New York City November 2022, California and Washington January 2023. The "
        "other countries are the control. " + _BY_COMPANY,
        tables=[
            Table(
                ("", "US", "elsewhere, or not said"),
                _by_window(
                    history,
                    history.windows(2013),
                    lambda window: [share(window), share(window, in_us=False)],
                ),
            )
        ],
        others=[_NO_OTHER],
    )


def places(history: History) -> Finding:
    """Return where the jobs are."""
    found = {place: history.index.places.at(place) for place in _PLACES}
    windows = history.windows(2012)
    before, now = history.jobs(windows[0]), history.jobs(windows[-1])

    def cells(window: Window) -> list[str]:
        jobs = history.jobs(window)
        return [per_cent(history.share_of_postings(place, jobs)) for place in found.values()]

    def change(place: str) -> str:
        shares = [per_cent(history.share_of_postings(found[place], jobs)) for jobs in (before, now)]
        moved = history.change_of_postings(found[place], now, before)
        return f"{place} {' to '.join(shares)}, {points(moved)}"

    return Finding(
        key="places",
        question="Where are the jobs?",
        answer=f"From {windows[0].label} to {windows[-1].label}: "
        f"{'; '.join(change(place) for place in _PLACES)}.",
        counted=history.counted(),
        method="Postings with a job in the place, or open to those who live there, and all that "
        "lies in it; a posting may name several. " + _BY_COMPANY,
        tables=[Table(("", *_PLACES), _by_window(history, windows[::_ROW_YEARS], cells))],
        others=[_NO_OTHER],
    )


def ai(history: History) -> Finding:
    """Return how many postings ask for machine learning, before and since ChatGPT."""
    role = history.index.bits("job_role", "ml")
    windows = year(2019), year(2022), history.last_year
    earlier, before, now = map(history.jobs, windows)
    slow = history.change_of_postings(role, before, earlier)
    change = history.change_of_postings(role, now, before)

    def cells(window: Window) -> list[str]:
        jobs = history.jobs(window)
        return [
            per_cent(history.share_of_postings(role, jobs)),
            per_cent(history.share(role, jobs)),
        ]

    return Finding(
        key="ai",
        question="How many postings look for people in machine learning and AI?",
        answer=f"{per_cent(history.share_of_postings(role, before))} of postings in "
        f"{windows[1].label}, {per_cent(history.share_of_postings(role, now))} in "
        f"{windows[2].label}: {points(change)}. In the three years before, from {windows[0].label} "
        f"to {windows[1].label}, the share {verb(slow)}: {points(slow)}.",
        counted=history.counted(),
        method="A posting counts with a job of the role machine learning. ChatGPT came out on 30 "
        "November 2022. " + _BY_COMPANY,
        tables=[
            Table(("", "of postings", "of jobs"), _by_window(history, history.windows(2012), cells))
        ],
        others=[_NO_OTHER],
    )
