"""Questions about technologies: front ends, what is new, machine learning."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from include.insights.findings.finding import (
    Finding,
    Table,
    joined,
    per_cent,
    points,
    verb,
)
from include.insights.findings.history import Change, History, Window, year
from include.insights.statistics.changes import Difference, q_values

__all__ = ["ai", "frontend", "new_skills"]

_Q_LIMIT = 0.10
_MIN_MENTIONS = 20
_SHOWN, _NAMED = 15, 5
"""Technologies in a table, and in the answer's sentence."""
_FRONTENDS = (
    ("jQuery", ("jquery",)),
    ("Backbone.js", ("backbonejs",)),
    ("Ember.js", ("emberjs",)),
    ("Angular", ("angularjs", "angular")),
    ("React", ("react",)),
    ("Vue.js", ("vue",)),
    ("Svelte", ("svelte",)),
)


def frontend(history: History) -> Finding:
    """Return which front-end libraries are named, of the postings that name any."""
    libraries = {name: history.named(skills) for name, skills in _FRONTENDS}
    anything = history.named([skill for _, skills in _FRONTENDS for skill in skills])
    windows = history.windows(2012)

    def naming(window: Window) -> int:
        return history.postings(window) & anything

    def cells(window: Window) -> list[str]:
        return [per_cent(history.share(one, naming(window))) for one in libraries.values()]

    def top(window: Window) -> list[str]:
        total = naming(window)
        return sorted(libraries, key=lambda name: (-(libraries[name] & total).bit_count(), name))

    def first_three(window: Window) -> str:
        total = naming(window)
        return joined(
            [f"{n} {per_cent(history.share(libraries[n], total))}" for n in top(window)[:3]]
        )

    leaders = [
        (name, [window for _, window in group])
        for name, group in groupby(((top(w)[0], w) for w in windows), key=lambda pair: pair[0])
    ]
    # A window's own first month, since the last one is no calendar year.
    led = joined([f"{name} from {spans[0].first[:4]} on" for name, spans in leaders])
    change = history.change(libraries["React"], naming(windows[-1]), naming(windows[0]))
    return Finding(
        "frontend",
        f"Most named of {len(libraries)} front-end libraries: {led}. In {windows[0].label}: "
        f"{first_three(windows[0])}. In {windows[-1].label}: {first_three(windows[-1])}. React "
        f"{verb(change)}, {points(change)}.",
        history.counted(),
        [history.table(tuple(libraries), 2012, cells, step=2)],
    )


def new_skills(history: History) -> Finding:
    """Return the technologies whose share has changed since 2023, beyond noise."""
    before, now = year(2023), history.last_year
    sets = history.postings(now), history.postings(before)
    tested = _tested(history, *sets)
    q = dict(zip(tested, q_values([one.p for one in tested.values()]), strict=True))
    found = {skill: one for skill, one in tested.items() if q[skill] <= _Q_LIMIT}
    rising = sorted((s for s in found if found[s].change > 0), key=lambda s: -found[s].low)
    falling = sorted((s for s in found if found[s].change < 0), key=lambda s: found[s].high)
    names = history.snapshot.names
    new = [names.get(s, s) for s in rising if not history.named([s]) & sets[1]]

    def named(skills: Sequence[str]) -> str:
        parts = [f"{names.get(skill, skill)} {points(found[skill])}" for skill in skills]
        return "; ".join(parts) or "none"

    def row(skill: str) -> tuple[str, ...]:
        bits = history.named([skill])
        shares = [per_cent(history.share(bits, total)) for total in reversed(sets)]
        chance = f"{q[skill]:.3f}" if q[skill] >= 0.001 else "< 0.001"
        return names.get(skill, skill), *shares, points(found[skill]), chance

    return Finding(
        "new-skills",
        f"Of {len(tested)} technologies with at least {_MIN_MENTIONS} mentions in {before.label} "
        f"and {now.label}, {len(rising)} rose and {len(falling)} fell beyond noise (q at most "
        f"{_Q_LIMIT:.2f}). Most surely rising: {named(rising[:_NAMED])}. Most surely falling: "
        f"{named(falling[:_NAMED])}. Rising, and named by nobody in {before.label}: "
        f"{joined(new) or 'none'}.",
        history.counted(before, now),
        [
            Table((what, before.label, now.label, "change", "q"), [row(s) for s in skills[:_SHOWN]])
            for what, skills in (("rising", rising), ("falling", falling))
            if skills
        ],
    )


def _tested(history: History, now: int, before: int) -> dict[str, Difference]:
    """Return the change of each technology that both sets together name often enough."""
    change = Change(history, now, before)
    return {
        skill.skill: change.of(skill.bits)
        for skill in history.index.skills
        if (skill.bits & (now | before)).bit_count() >= _MIN_MENTIONS
    }


def ai(history: History) -> Finding:
    """Return how many postings ask for machine learning, before and since ChatGPT."""
    role = history.index.bits("job_role", "ml")
    windows = year(2019), year(2022), history.last_year
    earlier, before, now = map(history.jobs, windows)
    slow = history.change_of_postings(role, before, earlier)
    change = history.change_of_postings(role, now, before)
    shares = [per_cent(history.share_of_postings(role, jobs)) for jobs in (before, now)]

    def cells(window: Window) -> list[str]:
        jobs = history.jobs(window)
        shares = history.share_of_postings(role, jobs), history.share(role, jobs)
        return [per_cent(share) for share in shares]

    return Finding(
        "ai",
        f"{shares[0]} of postings in {windows[1].label}, {shares[1]} in {windows[2].label}: the "
        f"share {verb(change)}, {points(change)}. In the three years before, from "
        f"{windows[0].label} to {windows[1].label}, it {verb(slow)}: {points(slow)}.",
        history.counted(),
        [history.table(("of postings", "of jobs"), 2012, cells)],
    )
