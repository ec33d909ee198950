"""One company: what was joined to it and why, and what its postings are month by month."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

import sqlalchemy as sa

from include.insights.addresses import without_addresses
from include.insights.counted import Selection, count, enough, selected
from include.insights.filters import JobFilter
from include.insights.index import FacetIndex
from include.insights.index.spans import monday
from include.insights.models import (
    CompanyAbstract,
    CompanyBoard,
    CompanyFacts,
    CompanyName,
    CompanyPageMeta,
    CompanyPageRow,
    Envelope,
    JoinReason,
    MonthActivity,
    StatedCount,
    StatedPay,
)
from include.insights.nearest import nearest
from include.insights.pay_cells import Pays, stating
from include.insights.skills import top_skills
from include.insights.store import Snapshot
from include.insights.trends import months_between
from include.serving.facets import UNSPECIFIED
from include.serving.schema import COMPANIES, COMPANY_NAMES

__all__ = ["abstracts", "company"]

_SHOWN = 25
_FACETS = {"roles": "job_role", "levels": "job_level", "ways": "remote"}
_OBFUSCATED_AT = "-at-"


def company(
    snapshot: Snapshot, wanted: JobFilter
) -> Envelope[CompanyPageRow, CompanyPageMeta] | None:
    """Return the companies that ``wanted.company`` names, those of most postings first.

    Several where several have the name; None where none does.
    """
    index = snapshot.index.companies
    numbers = list(index.numbers_called(wanted.company or ""))
    if not numbers:
        return None
    rows = _rows(snapshot, numbers)
    selection = selected(snapshot, wanted)
    counted = count(snapshot, selection)
    others = {other for number in numbers for other in index.same_name(number)} - {*numbers}
    meta = CompanyPageMeta(
        total_count=len(rows),
        counted=counted,
        nearest=nearest(snapshot, selection),
        enough=enough(counted.postings),
        few=_facts(snapshot, selection) if enough(counted.postings) == "none" else None,
        open_now=_open_now(selection),
        months=_months(selection),
        same_name=abstracts(snapshot.index, others),
    )
    return Envelope[CompanyPageRow, CompanyPageMeta](data=rows, meta=meta)


def abstracts(index: FacetIndex, numbers: Iterable[int]) -> list[CompanyAbstract]:
    """Return companies in short, those of most postings first."""
    found = [_abstract(index, number) for number in numbers]
    return sorted(found, key=lambda one: (-one.postings, one.company_key))


def _abstract(index: FacetIndex, number: int) -> CompanyAbstract:
    known = index.companies.all[number]
    first, last = index.months_of(number)
    return CompanyAbstract(
        company_key=known.key,
        name=known.name,
        asked_as=index.companies.asked_as(number),
        postings=index.fold(index.companies.jobs(number)).bit_count(),
        first_month=first,
        last_month=last,
    )


def _rows(snapshot: Snapshot, numbers: Iterable[int]) -> list[CompanyPageRow]:
    shorts = abstracts(snapshot.index, numbers)
    keys = [short.company_key for short in shorts]
    query = sa.select(COMPANIES).where(COMPANIES.c.company_key.in_(keys))
    stored = {row["company_key"]: row for row in snapshot.connection.execute(query).mappings()}
    of_names = sa.select(COMPANY_NAMES).where(COMPANY_NAMES.c.company_key.in_(keys))
    said: defaultdict[str, list[sa.RowMapping]] = defaultdict(list)
    for row in snapshot.connection.execute(of_names).mappings():
        said[row["company_key"]].append(row)
    return [_row(short, stored.get(short.company_key), said[short.company_key]) for short in shorts]


def _row(
    short: CompanyAbstract, stored: sa.RowMapping | None, said: Sequence[sa.RowMapping]
) -> CompanyPageRow:
    """Return a company; one without a key, whose name has no letter, is in no table."""
    read = {
        board
        for row in said
        for board in json.loads(row["boards"])
        if board.startswith(f"{row['source']}:")
    }
    boards = json.loads(stored["boards"]) if stored else []
    return CompanyPageRow(
        **short.model_dump(),
        names=list(_names(said)),
        domains=_plain_domains(json.loads(stored["domains"])) if stored else [],
        boards=[CompanyBoard(board=board, is_read=board in read) for board in boards],
        sources=json.loads(stored["sources"]) if stored else [],
    )


def _plain_domains(domains: Sequence[str]) -> list[str]:
    """Return domains without those that were an address: "jo-at-acme.com" of "jo -at- acme.com"."""
    return [one for one in domains if one.partition(_OBFUSCATED_AT)[2] not in domains]


def _names(said: Sequence[sa.RowMapping]) -> Iterator[CompanyName]:
    by_name: defaultdict[str, list[sa.RowMapping]] = defaultdict(list)
    for row in said:
        by_name[without_addresses(row["name"])].append(row)
    sizes = {name: sum(row["postings_count"] for row in rows) for name, rows in by_name.items()}
    for name in sorted(by_name, key=lambda one: (-sizes[one], one)):
        rows = by_name[name]
        yield CompanyName(
            name=name,
            postings=sizes[name],
            first_month=min(row["first_month"] for row in rows)[:7],
            last_month=max(row["last_month"] for row in rows)[:7],
            joined=_reasons(rows),
        )


def _reasons(rows: Sequence[sa.RowMapping]) -> list[JoinReason]:
    postings: Counter[str] = Counter()
    links: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        by = row["matched_by"]
        postings[by] += row["postings_count"]
        links[by].update(json.loads(row["domains"]) if by != "board" else ())
        links[by].update(json.loads(row["boards"]) if by != "domain" else ())
    order = sorted(postings, key=lambda by: (-postings[by], by))
    return [
        JoinReason.model_validate(
            {"by": by, "postings": postings[by], "links": _plain_domains(sorted(links[by]))}
        )
        for by in order
    ]


def _facts(snapshot: Snapshot, selection: Selection) -> CompanyFacts:
    index = selection.index
    skills = [
        StatedCount(value=snapshot.names.get(skill, skill), postings=n)
        for skill, n in top_skills(selection, _SHOWN)
    ]
    facets = {name: _stated(selection, facet) for name, facet in _FACETS.items()}
    codes = list(index.values("country"))
    in_country = zip(codes, index.places.among(selection.bits, codes), strict=True)
    return CompanyFacts(
        skills=sorted(skills, key=lambda one: (-one.postings, one.value)),
        **facets,
        countries=_counts(selection, in_country),
        pay=list(_pay(selection)),
    )


def _stated(selection: Selection, facet: str) -> list[StatedCount]:
    index = selection.index
    values = (value for value in index.values(facet) if value != UNSPECIFIED)
    return _counts(selection, ((value, index.bits(facet, value)) for value in values))


def _counts(selection: Selection, sets: Iterable[tuple[str, int]]) -> list[StatedCount]:
    found = [
        StatedCount(value=value, postings=selection.index.fold(there).bit_count())
        for value, bits in sets
        if (there := selection.bits & bits)
    ]
    return sorted(found, key=lambda one: (-one.postings, one.value))


def _pay(selection: Selection) -> Iterator[StatedPay]:
    pay = selection.index.pay
    for currency, stated in stating(selection.index, selection.bits).items():
        pays = Pays.of(selection.index, stated)
        ranges = Counter((pay.low[at], pay.high[at]) for at in pays.positions)
        for (low, high), n in sorted(ranges.items()):
            yield StatedPay(currency=currency, low=low, high=high, postings=n)


def _open_now(selection: Selection) -> int | None:
    index = selection.index
    if not selection.bits & index.spans.all:
        return None
    return index.fold(selection.bits & index.bits("state", "open")).bit_count()


def _months(selection: Selection) -> list[MonthActivity]:
    index = selection.index
    shown = _open_by_month(selection)
    of_month = {month: selection.bits & index.month(month) for month in index.months}
    jobs = {month: bits for month, bits in of_month.items() if bits}
    return [
        MonthActivity(
            month=month,
            postings=index.fold(jobs.get(month, 0)).bit_count(),
            jobs=jobs.get(month, 0).bit_count(),
            open_jobs=shown.get(month),
        )
        for month in sorted({*jobs, *shown})
    ]


def _open_by_month(selection: Selection) -> dict[str, int]:
    """Return the jobs that boards show in each month's last week, up to the newest reading."""
    spans = selection.index.spans
    weeks = spans.weeks(selection.bits & spans.all)
    if not weeks:
        return {}
    # A week counts in the month of its Monday; weeks are ascending, so that the last one stays.
    by_month = {_month(monday(week.number)): week.open for week in weeks}
    months = months_between(_month(monday(weeks[0].number)), _month(spans.read_until))
    return {month: by_month.get(month, 0) for month in months}


def _month(day: date) -> str:
    return f"{day:%Y-%m}"
