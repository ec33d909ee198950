"""The page of a company: the dashboard's cards of its postings, and what was joined to it."""

from __future__ import annotations

import csv
import io
import shlex
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from flask import redirect
from werkzeug.wrappers import Response

from include.errors import ServingError
from include.insights.company import abstracts
from include.insights.models import CompanyAbstract
from include.insights.similar import similar
from include.insights.store import ServingStore
from include.web.methods import COMPANY, COMPANY_SECTIONS, METHODS
from include.web.pages import page

__all__ = ["company_page"]

_MAX_CHARACTERS = 200
_DEFAULTS: Mapping[str, str] = MappingProxyType(
    {"families": "", "days": "", "months": "0", "pay": "all"}
)
"""Of js/state.js on this page: all of a company's jobs, over all of time."""


def company_page(store: ServingStore, asked: str) -> Response:
    """Return the page of the company that ``asked`` names, as the filter's ``company`` takes it.

    Of several of the name, a page that lists them; of none, a 404 with the nearest names. Without a
    store the dashboard says what to do.
    """
    asked = " ".join(asked.split())[:_MAX_CHARACTERS]
    try:
        with store.read() as snapshot:
            index = snapshot.index
            numbers = list(index.companies.numbers_called(asked))
            found = abstracts(index, numbers) if numbers else similar(snapshot, asked)
            same = index.companies.same_name(numbers[0]) if len(numbers) == 1 else ()
            same_name = abstracts(index, same)
    except ServingError:
        return redirect("dashboard")
    if len(numbers) == 1:
        return _of_one(found[0], same_name)
    status = 200 if numbers else 404
    return page("companies.html", status, is_known=bool(numbers), asked=asked, found=found)


def _of_one(company: CompanyAbstract, same_name: Sequence[CompanyAbstract]) -> Response:
    return page(
        "company.html",
        company=company,
        same_name=same_name,
        sections=COMPANY_SECTIONS,
        methods={**METHODS, **COMPANY},
        defaults=dict(_DEFAULTS),
        as_cell=_cell(company.name),
        as_argument=shlex.quote(company.name),
    )


def _cell(text: str) -> str:
    """Return text as a cell of CSV."""
    cell = io.StringIO()
    csv.writer(cell, lineterminator="").writerow([text])
    return cell.getvalue()
