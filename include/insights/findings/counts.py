"""Questions about volume, companies, pay, and what is asked for now and was not before."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from statistics import fmean

from include.insights.counted import selected
from include.insights.findings.finding import (
    Finding,
    Share,
    Table,
    joined,
    money,
    per_cent,
    points,
)
from include.insights.findings.history import (
    Change,
    History,
    TooFewError,
    Window,
    months_of_companies,
    year,
)
from include.insights.statistics.changes import Difference, q_values
from include.insights.statistics.intervals import Interval, wilson
from include.insights.statistics.medians import (
    FULL,
    change_by_cells,
    design_effect,
    interval_of_median,
    quantile,
)

__all__ = ["first_time", "new_skills", "pay", "volume"]

_Q_LIMIT = 0.10
_MIN_MENTIONS = 20
_SHOWN = 12
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
           "October", "November", "December")  # fmt: skip
_SEASON_YEARS = 10
_EARLIER = (
    "An earlier count of this project (25 November 2026, with the threads up to July 2026, which "
    "are not in this store): "
)


def volume(history: History) -> Finding:
    """Return how many postings there are, by year and by month of the year."""
    index = history.index
    everything = index.fold(
        selected(
            history.snapshot, history.wanted(Window(index.months[0], history.newest), repeats=True)
        ).bits
    )
    first = index.all ^ index.bits("set", "duplicate")
    by_month = history.months(everything & first)
    months, counts = list(by_month), list(by_month.values())
    totals = {months[at]: sum(counts[at - 11 : at + 1]) for at in range(11, len(months))}
    if not totals:
        raise TooFewError("The store has fewer than twelve months.")
    peak = max(totals, key=lambda month: (totals[month], month))
    now = totals[history.newest]
    seasons = [_season(months, counts, number) for number in range(1, 13)]
    known = {_MONTHS[n]: found for n, found in enumerate(seasons) if found}
    slow = [name for name, (_, interval) in known.items() if interval and interval.high < 1]
    repeats = history.share(everything ^ (everything & first), everything)
    return Finding(
        key="volume",
        question="How many postings are there, and which months are slow?",
        answer=f"The newest twelve months have {now:,} postings; the most were {totals[peak]:,}, "
        f"in the twelve months to {_name(peak)}, {totals[peak] / now:.1f} times as many. "
        + (
            f"{joined(slow)} {'is' if len(slow) == 1 else 'are'} slow: "
            if slow
            else "No month is slow beyond noise: "
        )
        + "; ".join(f"{name} has {_ratio(*known[name])} of the months around it" for name in slow)
        + f". {per_cent(repeats)} of all postings repeat one of the same company: left out.",
        counted=history.counted(),
        method="Counts are of all postings of the threads: they have no sampling error. A month of "
        "the year: the median of its ratio to the mean of the six months on either side, over the "
        f"last {_SEASON_YEARS} years, with the interval of order statistics.",
        tables=[
            Table(
                ("", "postings", "a month", "companies"),
                [_year_row(history, window) for window in history.windows(2012)],
            ),
            Table(
                ("month", "of the months around it"),
                [(name, _ratio(*found)) for name, found in known.items()],
            ),
        ],
        others=[
            "blog.adamw523.com (no date at hand): January is the slowest month. The table says "
            "whether it is, and by how much.",
            _EARLIER + "January 0.80 of trend, September 0.93, December 0.94. Its trend is a "
            "centred mean of logarithms over all years; this table's is a plain mean of the "
            f"neighbours over {_SEASON_YEARS} years.",
            "controlarm (README, read on 25 November 2026): 9.4 postings a job seeker in 2017/18, "
            f"0.7 in 2026, 13 times fewer. Postings alone fell by {totals[peak] / now:.1f} times "
            "from their peak: the rest is the other thread, in which more people look for work. "
            "This store has no seekers.",
            "Lightcast (knowledge base, read on 25 November 2026): up to 80 % of ads are repeats. "
            "It gathers the same ad from many sites; here it is one thread a month, and only a "
            "repeat within a short time counts as one.",
        ],
    )


def _season(
    months: Sequence[str], counts: Sequence[int], number: int
) -> tuple[float, Interval | None] | None:
    """Return the median ratio of a month of the year to the twelve around it, newest ten years."""
    ratios = [
        counts[at] / fmean((*counts[at - 6 : at], *counts[at + 1 : at + 7]))
        for at in range(6, len(counts) - 6)
        if int(months[at][5:]) == number and sum(counts[at - 6 : at + 7]) > counts[at]
    ][-_SEASON_YEARS:]
    if len(ratios) < _SEASON_YEARS:
        return None
    return quantile(sorted(ratios), 0.5), interval_of_median(sorted(ratios))


def _ratio(median: float, interval: Interval | None) -> str:
    return f"{median:.2f}" + (f" ({interval.low:.2f} to {interval.high:.2f})" if interval else "")


def _name(month: str) -> str:
    return f"{_MONTHS[int(month[5:]) - 1]} {month[:4]}"


def _year_row(history: History, window: Window) -> tuple[str, str, str, str]:
    jobs = selected(history.snapshot, history.wanted(window)).bits
    postings = history.index.fold(jobs).bit_count()
    companies = history.index.companies.count(jobs)
    return window.label, f"{postings:,}", f"{postings / 12:,.0f}", f"{companies:,}"


def first_time(history: History) -> Finding:
    """Return how many of a year's companies had never posted before."""
    index = history.index
    everything = selected(
        history.snapshot, history.wanted(Window(index.months[0], history.newest))
    ).bits
    by_company = months_of_companies(history, everything)
    firsts = {company: index.months[min(months)] for company, months in by_company.items()}

    def newcomers(window: Window) -> tuple[Share, Share]:
        names = [
            company
            for company, months in by_company.items()
            if any(window.first <= index.months[month] <= window.last for month in months)
        ]
        new = [company for company in names if firsts[company] >= window.first]
        again = [company for company in new if _came_again(index.months, by_company[company])]
        return _of(len(new), len(names)), _of(len(again), len(new))

    windows = history.windows(2013)
    found = {window: newcomers(window) for window in windows}
    first, last = windows[0], windows[-1]
    # Of the newest year no company has had a year to come again.
    returned = windows[-3] if len(windows) > 2 else first
    return Finding(
        key="first-time",
        question="How many companies post for the first time, and how many come again?",
        answer=f"{per_cent(found[last][0])} of the companies of {last.label} had never posted "
        f"before; {per_cent(found[first][0])} of those of {first.label}. Of the new ones of "
        f"{returned.label}, {per_cent(found[returned][1])} posted again within a year; of those of "
        f"{first.label}, {per_cent(found[first][1])}.",
        counted=history.counted(),
        method="Companies by their key, under any known spelling; unnamed ones do not count. "
        f"Nothing is known before {index.months[0]}, so that the early years have too many new "
        "ones. A company counts once, so Wilson's interval needs no design effect. Again: in a "
        "later month, at most twelve after the first; the newest windows have not had that time.",
        tables=[
            Table(
                ("", "companies", "first time", "of these, again within a year"),
                [
                    (w.label, f"{new.total:,}", per_cent(new), per_cent(again))
                    for w, (new, again) in found.items()
                ],
            )
        ],
        others=["No figure of another source, with its date, was at hand."],
    )


def _of(count: int, total: int) -> Share:
    return Share(count, total, *wilson(count, total))


def _came_again(months: Sequence[str], numbers: set[int]) -> bool:
    """Return whether the second month is at most twelve after the first."""
    first, *later = sorted(numbers)[:2]
    return bool(later) and _number(months[later[0]]) - _number(months[first]) <= 12


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:])


def pay(history: History) -> Finding:
    """Return the median yearly pay in the US, and its growth within role and level."""
    index = history.index
    dollars = index.pay.stated_in("USD") & index.bits("country", "US")
    windows = history.windows(2018)
    found = {window: _median(history, history.jobs(window) & dollars) for window in windows}
    first, last = windows[0], windows[-1]
    cells = [_cells(history, history.jobs(window) & dollars) for window in (last, first)]
    growth = change_by_cells(*cells)
    like = ""
    if growth and growth.interval:
        low, high = growth.interval
        like = (
            f" Within the same role and level it grew by {100 * growth.change:.0f} % "
            f"({100 * low:.0f} to {100 * high:.0f}; {growth.cells} cells)."
        )
    (_, before, early), (_, now, late) = found[first], found[last]
    return Finding(
        key="pay",
        question="How has pay grown since 2018?",
        answer=f"The median job in the US that states a yearly pay offers {money(now, late)} in "
        f"{last.label}, {money(before, early)} in {first.label}: {100 * (now / before - 1):+.0f} %."
        f"{like} Prices have risen, too: no figure here is adjusted for them.",
        counted=history.counted(first.first),
        method="The middle of the range, of jobs that state a yearly pay in US dollars and whose "
        "places are all in the US. Interval of order statistics, widened by the design effect of "
        "companies. Growth in cells: the median, over cells of role and level with five jobs on "
        "both sides, of the growth of the cell's median, as the Indeed Wage Tracker does. Since "
        "2023 far more postings state pay (see stated-pay): those of today are not those of then.",
        tables=[
            Table(
                ("", "jobs", "median"),
                [
                    (window.label, f"{n:,}", money(median, interval) if n >= FULL else "-")
                    for window, (n, median, interval) in found.items()
                ],
            )
        ],
        others=[
            _EARLIER + "a median of 176,000 to 197,500 for June 2026, of 74 postings. It is of one "
            "month, later than this store's last, and of all US dollars, wherever the job is."
        ],
    )


def _values(history: History, jobs: int) -> dict[int, float]:
    """Return the middle of the pay of jobs by position."""
    low, high = history.index.pay.low, history.index.pay.high
    return {at: (low[at] + high[at]) / 2 for at in history.index.positions(jobs)}


def _median(history: History, jobs: int) -> tuple[int, float, Interval | None]:
    """Return number, median and interval of the pay of jobs; raise TooFewError without any."""
    values = _values(history, jobs)
    if not values:
        raise TooFewError("No job of these months states a yearly pay in US dollars.")
    ordered = sorted(values.values())
    median = quantile(ordered, 0.5)
    numbers, unnamed = history.index.companies.numbers, len(history.index.companies.all)
    clusters = [numbers[at] if numbers[at] < unnamed else -1 - at for at in values]
    effect = design_effect(list(values.values()), clusters, median)
    return len(values), median, interval_of_median(ordered, effect)


def _cells(history: History, jobs: int) -> dict[tuple[str, str], list[float]]:
    """Return the pay of jobs by role and level."""
    index, values = history.index, _values(history, jobs)
    return {
        (role, level): [values[at] for at in index.positions(cell)]
        for role, level in product(index.values("job_role"), index.values("job_level"))
        if (cell := jobs & index.bits("job_role", role) & index.bits("job_level", level))
    }


def new_skills(history: History) -> Finding:
    """Return the technologies whose share has changed since 2023, beyond noise."""
    before, now = year(2023), history.last_year
    sets = history.postings(now), history.postings(before)
    change = Change(history, *sets)
    tested: dict[str, Difference] = {}
    for skill in history.index.skills:
        mentions = [(skill.bits & postings).bit_count() for postings in sets]
        if sum(mentions) >= _MIN_MENTIONS:
            tested[skill.skill] = change.of(skill.bits)
    q = dict(zip(tested, q_values([one.p for one in tested.values()]), strict=True))
    found = {skill: one for skill, one in tested.items() if q[skill] <= _Q_LIMIT}
    rising = sorted((s for s in found if found[s].change > 0), key=lambda s: -found[s].low)
    falling = sorted((s for s in found if found[s].change < 0), key=lambda s: found[s].high)
    names = history.snapshot.names
    new = [s for s in rising if not history.index.bits("skill", s) & sets[1]]

    def named(skills: Sequence[str]) -> str:
        return joined([names.get(skill, skill) for skill in skills]) or "none"

    def row(skill: str) -> tuple[str, ...]:
        bits = history.index.bits("skill", skill)
        shares = [per_cent(history.share(bits & total, total)) for total in reversed(sets)]
        return names.get(skill, skill), *shares, points(found[skill]), f"{q[skill]:.3f}"

    return Finding(
        key="new-skills",
        question=f"What does {now.last[:4]} ask for that {before.label} did not?",
        answer=f"Of {len(tested)} technologies with at least {_MIN_MENTIONS} mentions, "
        f"{len(rising)} rose and {len(falling)} fell beyond noise (q at most {_Q_LIMIT:.2f}). Most "
        f"surely rising: {named(rising[:_SHOWN])}. Of these nobody named in {before.label}: "
        f"{named(new)}. Most surely falling: {named(falling[:_SHOWN])}.",
        counted=history.counted(before.first),
        method=f"Share of postings, {now.label} against {before.label}. Every technology is tested "
        "by the variance over companies; q is Benjamini and Hochberg's: at most one in ten of "
        "those that pass is expected to be chance. Order: the interval's end nearest to zero.",
        tables=[
            Table(
                (what, before.label, now.label, "change", "q"),
                [row(skill) for skill in skills[:_SHOWN]],
            )
            for what, skills in (("rising", rising), ("falling", falling))
            if skills
        ],
        others=[
            _EARLIER
            + "twelve months to June 2026 against the twelve before, 9 of 183 passed: Claude "
            "Code, Cursor, PostgreSQL, TypeScript, MCP, Gemini, NestJS, LangChain, Temporal. It "
            "compares neighbouring years, this one years that lie further apart."
        ],
    )
