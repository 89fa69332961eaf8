"""Columns that grow, and views that stay."""

import numpy as np
import pytest

from vae_gui.core.vae.config import HyperparameterChange
from vae_gui.core.vae.history import History, Table


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
