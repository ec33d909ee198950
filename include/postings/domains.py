"""Find the domains that a posting names: in links, e-mail addresses, and bare."""

from __future__ import annotations

import re
import string
from typing import Final

__all__ = ["domain_of", "domains_in"]

MAX_DOMAINS: Final = 20
"""A posting with more lists other sites; the first ones are the company's."""
# The end of a host: ".test" of "https://jobs.acme.test/7". It begins with a literal, which the
# scanner finds fast; what stands before is taken by str.rstrip.
_END = re.compile(r"\.([A-Za-z]{2,24})(?![\w@-]|\.[A-Za-z0-9])")
_HOST_CHARACTERS = string.ascii_letters + string.digits + ".-_"
_MAX_HOST_CHARS = 120
# Hacker News writes "/" as an entity.
_SCHEME = ("//", "&#x2F;&#x2F;", "@")
_IN_PATH = ("/", "&#x2F;", "=", "%", "?", "&", "#", "+")
# Names of files and of technologies: "Node.js", "jobs.html".
_NO_DOMAINS = frozenset((
    "asp", "aspx", "csv", "cfm", "doc", "docx", "gif", "htm", "html", "jpeg", "jpg", "js", "json",
    "jsp", "jsx", "pdf", "php", "png", "rb", "shtml", "svg", "ts", "tsx", "txt", "xml", "yml",
))  # fmt: skip
# Registries that sell below a second level: "acme.co.uk", "acme.com.au".
_SECOND_LEVELS = frozenset((
    "ac", "co", "com", "edu", "gob", "gov", "gv", "ltd", "me", "mil", "ne", "net", "or", "org",
    "plc",
))  # fmt: skip
_COUNTRY_CHARS = 2


def domains_in(markup: str) -> tuple[str, ...]:
    """Return the registrable domains named in HTML or plain text, in its order, each once.

    Of e-mail addresses only the domain is taken. At most MAX_DOMAINS.
    """
    found: dict[str, None] = {}
    for end in _END.finditer(markup):
        start = end.start()
        before = markup[max(0, start - _MAX_HOST_CHARS) : start]
        rest = before.rstrip(_HOST_CHARACTERS)
        host = before[len(rest) :] + end.group()
        if _is_domain(host, end.group(1), rest):
            found[domain_of(host)] = None
            if len(found) == MAX_DOMAINS:
                break
    return tuple(found)


def domain_of(host: str) -> str:
    """Return the registrable domain of a host, lower case: acme.co.uk of ``Jobs.Acme.co.uk``."""
    labels = host.lower().strip(".-_").split(".")
    in_country = len(labels[-1]) == _COUNTRY_CHARS and labels[-2:-1][0] in _SECOND_LEVELS
    return ".".join(labels[-3 if in_country else -2 :])


def _is_domain(host: str, last: str, rest: str) -> bool:
    """Return whether a host that follows ``rest`` is one, and no path, file or sentence's end."""
    # "ovens...and": the points of a pause.
    if not host[0].isalnum() or ".." in host or last.lower() in _NO_DOMAINS:
        return False
    if rest.endswith(_SCHEME):
        return True
    # "the team.We hire": a bare domain ends in lower case.
    return last.islower() and not rest.endswith(_IN_PATH) and not rest[-1:].isalnum()
