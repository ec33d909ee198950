from __future__ import annotations

from pathlib import Path

import pytest

from bench import report
from bench.report import Goal, Result, at_least, at_most
from bench.rows.history import growth


def result(key: str = "fetch", measured: str = "24 ×") -> Result:
    return Result(
        key=key,
        work=f"work of {key}",
        goals=[Goal("≥ 20 ×", measured, met=True), Goal("≤ 1 s", "2 s", met=False)],
        lines=[{"candidate": "ours", "median s": "1.00"}, {"candidate": "theirs"}],
        command="python -m bench fetch",
    )


def test_a_goal_is_met_by_exactly_what_was_asked() -> None:
    assert at_least("", 20, 20.0).met
    assert not at_least("", 20, 19.99).met
    assert at_most("", 1, 1.0, "s").met
    assert not at_most("", 1, 1.01, "s").met


def test_what_is_measured_is_said_in_three_figures() -> None:
    assert at_least("postings", 3_000, 3_123.4, "a second").measured == "3,123 a second"
    assert at_least("dlt", 2, 4.5678).measured == "4.57 ×"


def test_a_row_measured_anew_replaces_the_old_one_and_no_other(tmp_path: Path) -> None:
    kept = tmp_path / "results.json"
    report.keep([result("fetch", "1 ×"), result("load")], kept)
    report.keep([result("fetch", "2 ×")], kept)
    found = report.load_results(kept)
    assert found["fetch"].goals[0].measured == "2 ×"
    assert found["load"].goals[1] == Goal("≤ 1 s", "2 s", met=False)
    assert "duckdb" in found["load"].facts["versions"]


def test_the_page_keeps_what_stands_around_the_marks(tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    page.write_text("before\n<!-- measured: begin -->\nold\n<!-- measured: end -->\nafter\n")
    report.write_page({"load": result("load"), "fetch": result()}, ("fetch", "load"), page)
    text = page.read_text()
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    assert "old" not in text
    assert text.index("### work of fetch") < text.index("### work of load")
    assert "| work of fetch | ≥ 20 × | 24 × | met |" in text
    assert "|  | ≤ 1 s | 2 s | **not met** |" in text


def test_the_page_of_the_project_shows_what_was_measured_last() -> None:
    from bench.__main__ import KEYS

    results = report.load_results()
    assert set(results) <= set(KEYS)
    assert report.as_page([results[key] for key in KEYS if key in results]) in (
        report.PAGE.read_text()
    )


@pytest.mark.parametrize(
    ("costs", "grown"),
    [([2.0, 2.0, 2.0, 2.0], 1.0), ([1.0, 2.0, 3.0], 3.0), ([2.0, 1.5, 1.0], 0.5)],
)
def test_growth_is_the_last_cost_by_the_first_on_a_straight_line(
    costs: list[float], grown: float
) -> None:
    assert growth(costs) == pytest.approx(grown)
