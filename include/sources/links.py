"""A posting's link without what only says who led there."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

__all__ = ["canonical_url", "is_link", "without_tracking"]

# https://en.wikipedia.org/wiki/UTM_parameters, and the click ids of the large networks. Only what
# never names a job: `ref`, `source` and the like are some sites' job numbers.
_TRACKING_STARTS = ("utm_", "mc_", "hsa_", "pk_")
_TRACKING = frozenset({"fbclid", "gclid", "dclid", "msclkid", "yclid", "igshid", "trk"})


def is_link(value: object) -> bool:
    """Tell whether a value is an http(s) address with a host."""
    if not isinstance(value, str) or not value.startswith(("http://", "https://")):
        return False
    try:
        return bool(urlsplit(value).hostname)
    except ValueError:
        return False


def canonical_url(url: str) -> str:
    """Return the address without tracking parameters and fragment, its host in lower case.

    The same posting keeps the same address, and so the same id, whoever led to it.
    """
    parts = urlsplit(url.strip())
    kept = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not _is_tracking(name.lower())
    ]
    return urlunsplit((parts.scheme, parts.netloc.lower(), parts.path, urlencode(kept), ""))


def _is_tracking(name: str) -> bool:
    return name in _TRACKING or name.startswith(_TRACKING_STARTS)


def without_tracking(payload: dict[str, Any]) -> dict[str, Any]:
    """Return the payload with its links canonical: what tells whether a record has changed."""
    return {
        name: canonical_url(value) if is_link(value) else value for name, value in payload.items()
    }
