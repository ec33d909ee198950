"""Each row of `make bench` still measures: at small sizes, whatever it finds to be the speed."""

from __future__ import annotations

from importlib import import_module

import pytest

from bench.__main__ import ROWS

WITH_DLT = ("fetch", "load")
"""Compared with packages of requirements-bench.txt, which no test installs."""


@pytest.mark.slow
@pytest.mark.parametrize("row", [row for row in ROWS if row not in WITH_DLT])
def test_a_row_is_measured_at_small_sizes(row: str) -> None:
    results = import_module(f"bench.rows.{row}").run(quick=True)
    assert results or row == "real"  # which needs the recorded history beside the project
    for result in results:
        assert result.lines
        assert result.goals
