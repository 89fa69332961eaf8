"""Columns that grow, and views that stay."""

import numpy as np
import pytest

from vae_gui.core.vae.config import HyperparameterChange
from vae_gui.core.vae.history import History, HistoryRows, Table, Thinned


def rows(first: int, count: int) -> np.ndarray:
    return np.arange(4 * first, 4 * (first + count), dtype=float).reshape(count, 4)


def test_rows_come_back_in_order_however_they_are_appended() -> None:
    table = Table("step", "loss", "reconstruction", "kl")
    first = 0
    for count in (1, 63, 0, 1, 500, 3):
        table.extend(rows(first, count))
        first += count
    assert len(table) == 568
    assert np.array_equal(table.rows(), rows(0, 568))
    assert np.array_equal(table.column("kl"), rows(0, 568)[:, 3])


def test_a_view_keeps_its_values_while_the_table_grows() -> None:
    table = Table("step", "loss", "reconstruction", "kl")
    table.extend(rows(0, 60))
    before = table.column("loss")
    table.extend(rows(60, 200))
    assert np.array_equal(before, rows(0, 60)[:, 1])


def test_a_view_cannot_be_written_to() -> None:
    table = Table("step", "loss")
    table.extend(np.ones((3, 2)))
    for view in (table.column("loss"), table.rows()):
        with pytest.raises(ValueError, match="read-only"):
            view[0] = 7


def test_reading_copies_nothing() -> None:
    table = Table("step", "loss")
    table.extend(np.ones((100_000, 2)))
    assert np.shares_memory(table.column("loss"), table.rows())


def test_memory_grows_by_doubling() -> None:
    table = Table("step")
    homes = set()
    for step in range(5000):
        table.extend(np.array([[step]]))
        homes.add(table.column("step").__array_interface__["data"][0])
    assert len(homes) <= 8


@pytest.mark.parametrize("count", [2000, 2001, 5000, 100_001])
def test_thinned_rows_are_the_means_of_neighbours_however_they_came(count: int) -> None:
    values = np.random.default_rng(0).normal(size=(count, 4))
    table = Table("step", "loss", "reconstruction", "kl")
    for part in np.array_split(values, 37):
        table.extend(part)
        found = table.thinned()
    width = next(w for w in (1, 2, 4, 8, 16, 32, 64) if count // w <= 2000)
    whole = count // width * width
    assert np.allclose(found, values[:whole].reshape(-1, width, 4).mean(axis=1))
    assert 1000 <= len(found) <= 2000
    assert np.allclose(HistoryRows(values, values[:0]).seen, found)


def test_thinned_rows_are_forgotten_with_those_that_are_cut() -> None:
    table = Table("step", "loss", "reconstruction", "kl")
    table.extend(rows(0, 5000))
    table.thinned()
    table.cut(3000)
    table.extend(rows(0, 2000))
    expected = np.concatenate((rows(0, 3000), rows(0, 2000)))[: 5000 // 4 * 4]
    assert np.array_equal(table.thinned(), expected.reshape(-1, 4, 4).mean(axis=1))


def test_a_history_takes_steps_tests_and_changes() -> None:
    history = History()
    history.extend(rows(0, 3), rows(3, 1), [HyperparameterChange(2, "beta", 2.0)])
    assert (len(history.steps), len(history.tests)) == (3, 1)
    assert history.changes == [HyperparameterChange(2, "beta", 2.0)]


def test_the_curve_of_a_history_that_is_cut_can_be_kept_and_grows_anew() -> None:
    history = History()
    rows = np.arange(1, 6, dtype=float)[:, None] * np.ones(4)
    history.extend(rows, rows[[0, 3]])
    before = history.steps.column("loss")
    history.cut(3)
    history.extend(-rows[:2], np.empty((0, 4)))
    assert before.tolist() == [1, 2, 3, 4, 5]
    assert history.steps.column("loss").tolist() == [1, 2, 3, -1, -2]
    assert history.tests.column("step").tolist() == [1]


@pytest.mark.parametrize("count", [0, 1, 2000, 2001, 9000])
def test_a_history_that_goes_on_from_a_file_copies_nothing_and_means_no_step_again(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = np.random.default_rng(0).normal(size=(count, 4))
    steps.flags.writeable = False
    read = HistoryRows(steps, steps[:2], Thinned().of(steps))
    history = History.of(read, ())
    assert not count or np.shares_memory(history.frozen().steps, steps)
    assert np.array_equal(history.frozen().seen, read.seen)
    meant: list[int] = []
    real = np.stack
    monkeypatch.setattr(np, "stack", lambda a, **k: meant.append(len(a[0])) or real(a, **k))
    history.steps.thinned()
    assert sum(meant) == 0
    history.extend(steps[:0], steps[:0])
    history.extend(rows(0, 5000), rows(0, 3))
    whole = np.concatenate((steps, rows(0, 5000)))
    assert np.array_equal(history.steps.rows(), whole) and len(history.tests) == min(count, 2) + 3
    assert np.allclose(history.frozen().seen, Thinned().of(whole))
