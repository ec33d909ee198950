"""What a company's board states of a job: its places, its way of working, its pay."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from include.postings.places import Place, country_of, find_places, in_country
from include.postings.places.tree import is_within, nodes
from include.postings.result import Period, Remote, Salary
from include.sources import fields

__all__ = ["country_code", "modes_together", "pay_between", "places_of", "way_of_working"]

# A way of working in a label of a place: "Remote - Norway", "Hybrid (Oslo)", "In-Office". A label
# may have nothing else.
_REMOTE = re.compile(r"\b(?:remote(?:[- ](?:first|friendly|only))?|distributed|virtual|"
                     r"work from home|wfh|home[- ]based|anywhere)\b", re.IGNORECASE)  # fmt: skip
_HYBRID = re.compile(r"\bhybrid\b", re.IGNORECASE)
_ON_SITE = re.compile(r"\b(?:on[- ]?site|in[- ]?(?:the[- ])?office|in[- ]person|office[- ]based)\b",
                      re.IGNORECASE)  # fmt: skip
_MODES: tuple[tuple[re.Pattern[str], Remote], ...] = (
    (_HYBRID, "hybrid"), (_REMOTE, "remote"), (_ON_SITE, "onsite"),
)  # fmt: skip
# "anywhere" and "in-office" are also words of places: only these are taken out of a label.
_NOT_PLACES = re.compile(
    rf"{_REMOTE.pattern}(?<!anywhere)|{_HYBRID.pattern}|{_ON_SITE.pattern}", re.IGNORECASE
)
# What is left of "Remote - , Norway" or "(Hybrid)": separators without a name between them.
_LOOSE = re.compile(r"^[\s,:;/|()-]+|[\s,:;/|(-]+$|\(\s*\)")
# A town's name in front of its region: "San Juan del Rio", "St. Ives".
_TOWN = re.compile(r"[^\W\d_][\w.' -]{2,40}")
_WIDEST = 10
"""A range whose end is this many times its beginning is a form's default, not pay."""


def way_of_working(label: str | None) -> Remote | None:
    """Return the way of working that a label names, None if it names none: "Remote - Norway"."""
    return next((mode for pattern, mode in _MODES if label and pattern.search(label)), None)


def modes_together(modes: Iterable[Remote | None]) -> Remote | None:
    """Return the way of working of a job from those of its places, None for a place that says none.

    Remote in all is remote, remote in some is mixed; the others only if no place differs.
    """
    found = set(modes)
    if "remote" in found:
        return "remote" if len(found) == 1 else "mixed"
    named = found - {None}
    return named.pop() if len(named) == 1 else None


def places_of(labels: Sequence[str], country: str | None = None) -> tuple[Place, ...]:
    """Return the places of a record's labels, each once, in their order.

    ``country`` (alpha-2) is that of a single label: "Bombay, MH" in IN. A label that names only a
    way of working adds none; without any place, the country is the place.
    """
    alone = country if len(labels) <= 1 else None
    found = [place for label in labels for place in _places(label, alone)]
    if not found and alone:
        found = [in_country(alone)]
    return tuple({(place.name, place.place_id): place for place in found}.values())


def _places(label: str, country: str | None) -> list[Place]:
    named = _LOOSE.sub("", _NOT_PLACES.sub(" ", label)).strip()
    if not named:
        return []
    found = _innermost(find_places(named))
    if country is None or (found and country_of(found) in (country, None) and _certain(found)):
        return found
    node = nodes()[country]
    within = _innermost(find_places(f"{named}, {node.name}"))
    town, comma, _ = named.partition(",")
    # A town that the tree lacks: it lies in the country that the record states.
    if comma and _TOWN.fullmatch(town) and {place.kind for place in within} <= {"country"}:
        return [Place(town, country, "city", country, town)]
    return within if country_of(within) == country else found


def _innermost(found: list[Place]) -> list[Place]:
    """Return a label's places without those that say where the others are: "Graz, Austria"."""
    return [
        place
        for place in found
        if not any(
            other.place_id != place.place_id
            and other.place_id
            and place.place_id
            and is_within(other.place_id, place.place_id)
            for other in found
        )
    ]


def _certain(found: Sequence[Place]) -> bool:
    """Return whether no town of them may be in another country."""
    return all(place.country or place.kind == "region" for place in found)


def country_code(value: Any) -> str | None:
    """Return an ISO 3166-1 alpha-2 code in any case in upper case; None for anything else."""
    code = value.strip().upper() if isinstance(value, str) else ""
    node = nodes().get(code)
    return code if node and node.kind == "country" else None


def pay_between(low: Any, high: Any, currency: Any, period: Period | None) -> Salary | None:
    """Return a range of pay; None if it is incomplete, implausible, or ten times as wide."""
    found = fields.salary_between(low, high, currency, period)
    return found if found and found.max < _WIDEST * found.min else None
