"""E-mail addresses taken out of names that are shown."""

from __future__ import annotations

import re

__all__ = ["without_addresses"]

# "jo@acme.test" where a source has it as its company: the domain stays. Bounded, so that a name of
# thousands of letters takes linear time.
_ADDRESS = re.compile(r"[\w.+-]{1,64}@(?=[\w-]{1,63}\.\w)")


def without_addresses(text: str) -> str:
    """Return text with each e-mail address cut to its domain."""
    return _ADDRESS.sub("", text) if "@" in text else text
