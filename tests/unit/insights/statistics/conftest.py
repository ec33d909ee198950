"""Packages that have the same figures, for tests alone."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def oracles() -> Iterator[None]:
    """Have the oracles on the path, which `make install` keeps off it (docs/dependencies.md)."""
    path = str(Path(sys.prefix) / "oracles")
    sys.path.append(path)
    yield
    sys.path.remove(path)
