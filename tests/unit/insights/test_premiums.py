"""Premiums of pay: as counted job by job."""

from __future__ import annotations

import random
from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from itertools import product

import pytest

from include.insights.index.pay_order import PayOrder, SharedPay
from include.insights.pay_cells import premiums_among
from include.insights.premiums import Premiums
from include.insights.statistics.medians import change_by_cells
from include.insights.store import Snapshot


def bits(positions: Iterable[int]) -> int:
    return sum(1 << at for at in positions)


def premiums(cells: Sequence[int], pays: Sequence[float]) -> Premiums:
    return Premiums(PayOrder.of(array("I", cells), pays, pays))


def plain(
    cells: Sequence[int], pays: Sequence[float], having: Collection[int]
) -> tuple[float, float, float, int, int, int] | None:
    with_it: defaultdict[int, list[float]] = defaultdict(list)
    without: defaultdict[int, list[float]] = defaultdict(list)
    for at, (cell, pay) in enumerate(zip(cells, pays, strict=True)):
        if cell:
            (with_it if at in having else without)[cell].append(pay)
    found = change_by_cells(with_it, without)
    if found is None or found.interval is None:
        return None
    return found.change, *found.interval, found.cells, found.now, found.before


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 1.0])
def test_premium_is_that_of_each_job_counted(seed: int, share: float) -> None:
    rng = random.Random(seed)
    size = rng.choice((1, 60, 400, 2_000))
    cells = [rng.randrange(rng.choice((2, 12, 30))) for _ in range(size)]
    # Ties, and pays that no binary fraction is equal to.
    pays = [rng.randrange(30_000, 30_050) * rng.choice((1, 1.1, 0.5)) for _ in range(size)]
    having = {at for at in range(size) if rng.random() < share}
    found = premiums(cells, pays).of(bits(having))
    kept = found and (found.change, found.low, found.high, found.cells, found.n, found.n_without)
    assert kept == plain(cells, pays, having), "the same to the last digit"


def test_premium_is_within_cells() -> None:
    """Who names it is paid 10 % more than others of its kind, though most of them are juniors."""
    cells: list[int] = []
    pays: list[float] = []
    having: list[int] = []
    for number, year in product(range(3), range(2)):
        base = 100_000 * (1 + number) * (1.2 if year else 1)
        count = 20 - 5 * number
        having += range(len(pays), len(pays) + count)
        pays += [base * 1.1] * count + [base] * (25 - count)
        cells += [2 * number + year + 1] * 25
    premium = premiums(cells, pays).of(bits(having))
    assert premium is not None
    assert premium.change == pytest.approx(0.1)
    assert (premium.cells, premium.n, premium.n_without) == (6, 90, 60)
    assert premium.low == pytest.approx(0.1)
    few = premiums(cells[:75], pays[:75])
    assert few.of(bits(at for at in having if at < 75)) is None, "three cells are too few"


@pytest.mark.parametrize("cells", [[], [0], [1], [0, 0, 0], [3] * 9])
def test_too_few_pays_have_no_premium(cells: list[int]) -> None:
    found = premiums(cells, [50_000.0] * len(cells))
    assert found.of(0) is None
    assert found.of(bits(range(len(cells)))) is None


def test_a_range_counts_as_its_middle_and_the_order_is_by_cell_and_pay() -> None:
    order = PayOrder.of(array("I", [2, 1, 0, 2]), [30.0, 5.0, 1.0, 10.0], [40.0, 6.0, 1.0, 20.0])
    assert order.positions.to_pylist() == [1, 3, 0]
    assert order.pays.to_pylist() == [5.5, 15.0, 35.0]
    among = order.where(order.has(0b1001))
    assert (among.positions.to_pylist(), among.cells.to_pylist()) == ([3, 0], [2, 2])


@pytest.mark.parametrize("seed", range(10))
def test_what_a_posting_states_once_counts_once(seed: int) -> None:
    rng = random.Random(seed)
    labels = array("I")
    for posting in range(rng.choice((0, 1, 40))):
        # Of a posting's jobs some state none, and the same pay again after another.
        labels += array("I", (rng.choice((0, 3 * posting + 1, 3 * posting + 2)) for _ in range(4)))
    shared = SharedPay(labels)
    for share in (0.0, 0.5, 1.0):
        stating = [at for at, one in enumerate(labels) if one and rng.random() <= share]
        last = {labels[at]: at for at in stating}
        assert shared.once(bits(stating)) == bits(last.values())


def test_jobs_that_state_no_pay_have_no_premium(snapshot: Snapshot) -> None:
    index = snapshot.index
    unstated = index.all & ~index.pay.stated
    for chosen, currency in ((unstated, "USD"), (0, "USD"), (index.all, "JPY"), (index.all, "")):
        assert premiums_among(snapshot, chosen, currency).of(index.all) is None


def test_premiums_are_kept_by_the_pays_they_are_of(snapshot: Snapshot) -> None:
    index = snapshot.index
    every = premiums_among(snapshot, index.all, "USD")
    assert premiums_among(snapshot, index.pay.stated_in("USD"), "USD") is every
    assert premiums_among(snapshot, index.all, "EUR") is not every
