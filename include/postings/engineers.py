"""Say of which kind a plain "Software Engineer" is, by the text of the posting."""

from __future__ import annotations

import re
from functools import lru_cache

from include.postings.prefilter import PrefilteredPattern

__all__ = ["engineer_kind"]

# How a body says what its plain "Software Engineer" builds: "the whole stack", "back-end".
_BODY_FULLSTACK = PrefilteredPattern(
    r"full[- ]?stack (?:\w+ )?(?:engineer|developer|role|web|work|development|software|"
    r"experience|product)|"
    r"(?:across|on|own|of|up and down|throughout) (?:the|our) (?:entire|whole|full) (?:\w+ )?stack",
    literals=("full", "entire", "whole"),
)
_BODY_BACKEND = re.compile(r"back[- ]?end\b")
_BODY_FRONTEND = re.compile(r"front[- ]?end\b")
# A web framework of the server alone makes it backend work; beside another stack it says nothing.
_SERVERS = ("rails", "django", "laravel", "symfony", "lamp", "codeigniter")
_SERVER_STACK = re.compile(rf"\b(?:{'|'.join(_SERVERS)})\b")
_FRONTEND_STACK = re.compile(r"\b(?:react|angular|vue|ember|backbone|svelte|redux)(?:\.?js)?\b")
_OTHER_STACKS = re.compile(
    r"\b(?:react|angular|vue|ember|backbone|svelte|redux)(?:\.?js)?\b|"
    r"\b(?:javascript|typescript|jquery|html|css|node|phonegap|flutter|ios|android|swift|java|"
    r"scala|golang|rust|haskell|clojure|perl|erlang|spark|hadoop)\b|c\+\+|c#|\.net\b"
)


@lru_cache(maxsize=8)
def engineer_kind(text: str) -> str:
    """Return the kind of a plain "Software Engineer", judged by the text.

    Cached, because a posting and its only job ask for the same text.
    """
    lower = text.lower()
    if "stack" in lower and _BODY_FULLSTACK.search(lower):
        return "fullstack"
    backend, frontend = _BODY_BACKEND.search(lower), _BODY_FRONTEND.search(lower)
    serves = any(map(lower.__contains__, _SERVERS)) and _SERVER_STACK.search(lower)
    if (backend or serves) and (frontend or (backend and _FRONTEND_STACK.search(lower))):
        return "fullstack"
    if backend or (serves and not _OTHER_STACKS.search(lower)):
        return "backend"
    return "frontend" if frontend else "software"
