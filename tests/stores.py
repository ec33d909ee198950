"""Serving stores for tests, on either database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["NewStores"]

_PUBLISHED: dict[tuple[str, str], str] = {}


@dataclass(frozen=True)
class NewStores:
    """Gives the URL of a store that is not there yet."""

    database: str
    make_url: Callable[[], str]

    def __call__(self) -> str:
        return self.make_url()

    def once(self, name: str, publish: Callable[[str], object]) -> str:
        """Publish a store once a process, for all tests that only read it; return its URL.

        A fixture alone would publish it for each file again: pytest ends what depends on the
        database whenever the next test is on the other one.
        """
        key = (self.database, name)
        if key not in _PUBLISHED:
            url = self()
            publish(url)
            _PUBLISHED[key] = url
        return _PUBLISHED[key]
