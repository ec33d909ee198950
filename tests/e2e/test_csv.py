"""What the page saves as CSV: the figures that are shown, and no formula."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from tests.e2e.conftest import needs_chromium

pytestmark = [pytest.mark.e2e, needs_chromium]

FORMULAS = ["=1+1", "+1", "-1", "@x", "\uff1d1+1", " =1+1", '"=1+1"', '  "" =1+1']
CELLS = [
    *FORMULAS,
    *(f"x{mark}{formula}" for mark in ";\t\n\r" for formula in FORMULAS),
    *(f'say "hi"{mark}{formula};y' for mark in ";\t\n" for formula in FORMULAS),
    ";;=1+1", "\t;=1+1", "a;b;=1+1", ';"";"=1+1"', "\tx",
]  # fmt: skip


_CSV = "rows => import('./static/js/table.js').then((m) => m.csv({columns: ['a'], rows}))"


def test_csv_is_what_is_shown(look: Any, tmp_path: Any) -> None:
    names = look.locator("#skills .bars li .name").all_text_contents()
    with look.expect_download() as download:
        look.get_by_role("button", name="CSV: Top skills").click()
    path = tmp_path / "skills.csv"
    download.value.save_as(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == [
        "skill", "companies", "share of companies", "low (95 %)", "high (95 %)", "postings",
    ]  # fmt: skip
    assert [row[0] for row in rows[1:]] == names
    low, share, high = (float(rows[1][i]) for i in (3, 2, 4))
    assert low < share < high


def test_cell_that_a_spreadsheet_would_run_is_escaped(look: Any) -> None:
    cells = ["=1+1", "+1", "-1", "@x", "\tx", "\uff1d1+1", 'say "hi"', -1.5, None]
    assert look.evaluate(_CSV, [[cell] for cell in cells]).splitlines() == [
        '"a"', "\"'=1+1\"", "\"'+1\"", "\"'-1\"", "\"'@x\"", "\"'\tx\"",
        "\"'\uff1d1+1\"", '"say ""hi"""', '"-1.5"', '""',
    ]  # fmt: skip


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("columns", [1, 2, 3])
def test_no_separator_makes_a_formula_of_a_cell(look: Any, separator: str, columns: int) -> None:
    rows = [["plain"] * (columns - 1) + [cell] for cell in CELLS] + [
        [cell] * columns for cell in CELLS
    ]
    text = look.evaluate(_CSV, rows)
    for lines in (text.splitlines(), io.StringIO(text, newline="")):
        read = [cell for row in csv.reader(lines, delimiter=separator) for cell in row]
        assert len(read) >= len(rows)
        assert [
            cell for cell in read if cell.strip(' "\t\r\n').startswith(tuple("=+-@\uff1d"))
        ] == []


def test_cells_without_a_formula_stay_as_they_are(look: Any) -> None:
    cells = ["C++", "C#; C++", "a;b", "1 - 2", "x=y", "mail@example.com", "node.js\tReact"]
    text = look.evaluate(_CSV, [[cell] for cell in cells])
    assert [row[0] for row in csv.reader(io.StringIO(text, newline=""))] == ["a", *cells]
