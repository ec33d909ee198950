"""A property that is computed once: ``functools.cached_property`` without a lock.

Up to Python 3.11 that takes a lock for each property, a twentieth of the time of a whole reading.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

__all__ = ["lazily"]

Value = TypeVar("Value")


class lazily(Generic[Value]):  # noqa: N801 - a decorator
    """Decorate a method without arguments; the instance keeps its first answer."""

    def __init__(self, read: Callable[[Any], Value]) -> None:
        self._read = read
        self.__doc__ = read.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, instance: Any, owner: type) -> Value:
        value = instance.__dict__[self._name] = self._read(instance)
        return value
