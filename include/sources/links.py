"""Canonicalise a posting's URL: drop tracking parameters and fragments that name no job."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

__all__ = ["canonical_url", "is_link", "without_tracking"]

# https://en.wikipedia.org/wiki/UTM_parameters and the click ids of large networks. Only names that
# never identify a job: on some sites `ref` or `source` is the job number.
_TRACKING_STARTS = ("utm_", "mc_", "hsa_", "pk_")
_TRACKING = frozenset({"fbclid", "gclid", "dclid", "msclkid", "yclid", "igshid", "trk"})

_TEXT_DIRECTIVE = ":~:"
"""Starts a text fragment, which only scrolls (https://wicg.github.io/scroll-to-text-fragment/)."""
_ADDTHIS = re.compile(r"\.[\w-]{11,12}(?:\.\w+)?")
"""The click id that AddThis appended to shared links, such as ``#.V9R9pMrJTYA.gmail``."""
_WORD = re.compile(r"[a-z]+")
# A digit or an escape ("#job-7", "#caf%C3%A9") may be an id, so the fragment is kept.
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
"""A fragment of only these words names a section of the page ("#open-positions"), not a job."""


def is_link(value: object) -> bool:
    """Return whether a value is an http(s) URL with a host."""
    if not isinstance(value, str) or not value.startswith(("http://", "https://")):
        return False
    try:
        return bool(urlsplit(value).hostname)
    except ValueError:
        return False


def canonical_url(url: str) -> str:
    """Return the canonical URL, from which a posting's id is derived.

    The host is lower-cased; tracking parameters and fragments that only name a section of the page
    are dropped. The rest stays byte for byte: some servers treat a decoded and re-encoded URL as a
    different one (``?12345``, ``?q=%E9``). In doubt a fragment stays: one job with two ids is found
    as a duplicate later, but two jobs with one id lose a job. Anything that is not an http(s) URL,
    such as ``remotive://7``, is returned unchanged.
    """
    if not is_link(url):
        return url
    parts = urlsplit(url.strip())
    query = "&".join(filter(None, _without_tracking(parts.query).split("&")))
    fragment = _naming_fragment(parts.fragment)
    return urlunsplit((parts.scheme, parts.netloc.lower(), parts.path, query, fragment))


def without_tracking(payload: dict[str, Any]) -> dict[str, Any]:
    """Return the payload with canonical URLs, for detecting whether a record has changed."""
    return {
        name: canonical_url(value) if isinstance(value, str) else value
        for name, value in payload.items()
    }


def _without_tracking(query: str) -> str:
    return "&".join(part for part in query.split("&") if not _is_tracking(part))


def _is_tracking(parameter: str) -> bool:
    # Decoded only for the comparison: "utm%5Fsource" is tracking too.
    name = unquote(parameter.partition("=")[0]).lower()
    return name in _TRACKING or name.startswith(_TRACKING_STARTS)


def _naming_fragment(fragment: str) -> str:
    """Return the part of a fragment that names a job (route, number, title); "" if none does."""
    named = fragment.partition(_TEXT_DIRECTIVE)[0]
    route, mark, query = named.rpartition("?")  # a client-side route: "#/jobs?id=7"
    named = f"{route}{mark}{kept}" if (kept := _without_tracking(query)) else route
    return "" if _is_place_on_page(named) else named


def _is_place_on_page(fragment: str) -> bool:
    if _ADDTHIS.fullmatch(fragment):
        return True
    # The section words are English; any other script may spell a title.
    if not fragment.isascii() or _NUMBER_OR_CODE.search(fragment):
        return False
    return _SECTION_WORDS.issuperset(_WORD.findall(fragment.lower()))
