"""A posting's link as the name of the job: without what only says who led there."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

__all__ = ["canonical_url", "is_link", "without_tracking"]

# https://en.wikipedia.org/wiki/UTM_parameters, and the click ids of the large networks. Only what
# never names a job: `ref`, `source` and the like are some sites' job numbers.
_TRACKING_STARTS = ("utm_", "mc_", "hsa_", "pk_")
_TRACKING = frozenset({"fbclid", "gclid", "dclid", "msclkid", "yclid", "igshid", "trk"})

_TEXT_DIRECTIVE = ":~:"
"""Where the browser scrolls to a quotation (https://wicg.github.io/scroll-to-text-fragment/)."""
_ADDTHIS = re.compile(r"\.[\w-]{11,12}(?:\.\w+)?")
"""The click id that AddThis appended to shared links, such as ``#.V9R9pMrJTYA.gmail``."""
_WORD = re.compile(r"[a-z]+")
_NUMBER_OR_CODE = re.compile(r"[\d%]")
_SECTION_WORDS = frozenset((
    "a", "about", "all", "anchor", "app", "application", "apply", "at", "available", "benefits",
    "body", "bottom", "career", "careers", "company", "contact", "content", "culture",
    "current", "description", "detail", "details", "footer", "for", "form", "header", "hiring",
    "home", "info", "information", "intro", "is", "job", "jobs", "join", "list", "listing",
    "listings", "main", "menu", "nav", "now", "of", "on", "open", "opening", "openings",
    "opportunities", "opportunity", "our", "overview", "page", "perks", "position", "positions",
    "recruiting", "requirements", "role", "roles", "section", "team", "the", "to", "top", "up",
    "us", "vacancies", "vacancy", "we", "were", "who", "why", "with", "work", "working", "you",
))  # fmt: skip
"""A fragment of these words alone is a part of a page ("#open-positions"), no job."""


def is_link(value: object) -> bool:
    """Tell whether a value is an http(s) address with a host."""
    if not isinstance(value, str) or not value.startswith(("http://", "https://")):
        return False
    try:
        return bool(urlsplit(value).hostname)
    except ValueError:
        return False


def canonical_url(url: str) -> str:
    """Return the address that names the job, whoever led to it: the same job, the same id.

    The host is in lower case, and what never names a job is dropped: tracking parameters, and a
    fragment that is only a place on the page. All else stays as it was sent, byte for byte: an
    address decoded and encoded again is another one for some servers (``?12345``, ``?q=%E9``).
    In doubt a fragment stays: one job under two ids is found as a duplicate later, two jobs under
    one id are one job less. What is no link, such as ``remotive://7``, is its own name.
    """
    if not is_link(url):
        return url
    parts = urlsplit(url.strip())
    query = "&".join(filter(None, _without_tracking(parts.query).split("&")))
    fragment = _naming_fragment(parts.fragment)
    return urlunsplit((parts.scheme, parts.netloc.lower(), parts.path, query, fragment))


def without_tracking(payload: dict[str, Any]) -> dict[str, Any]:
    """Return the payload with its links canonical: what tells whether a record has changed."""
    return {
        name: canonical_url(value) if isinstance(value, str) else value
        for name, value in payload.items()
    }


def _without_tracking(query: str) -> str:
    return "&".join(part for part in query.split("&") if not _is_tracking(part))


def _is_tracking(parameter: str) -> bool:
    name = unquote(parameter.partition("=")[0]).lower()
    return name in _TRACKING or name.startswith(_TRACKING_STARTS)


def _naming_fragment(fragment: str) -> str:
    """Return what of a fragment names a job: a route, a number, a title; "" where nothing does."""
    named = fragment.partition(_TEXT_DIRECTIVE)[0]
    route, mark, query = named.rpartition("?")  # a page of its own within the page: "#/jobs?id=7"
    named = f"{route}{mark}{kept}" if (kept := _without_tracking(query)) else route
    return "" if _is_place_on_page(named) else named


def _is_place_on_page(fragment: str) -> bool:
    if _ADDTHIS.fullmatch(fragment):
        return True
    if not fragment.isascii() or _NUMBER_OR_CODE.search(fragment):
        return False
    return _SECTION_WORDS.issuperset(_WORD.findall(fragment.lower()))
