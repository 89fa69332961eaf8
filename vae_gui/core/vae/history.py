"""The losses of a run as columns that grow by doubling, so that a million steps cost as little as ten."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.vae.config import HyperparameterChange

COLUMNS = ("step", "loss", "reconstruction", "kl")
NO_ROWS = np.empty((0, len(COLUMNS)))
MAX_SEEN = 2000  # rows of a curve, which has no more pixels than that


class Table:
    """Named float64 columns of equal length; appending is amortised O(1), reading gives views."""

    def __init__(self, *names: str) -> None:
        self.names = names
        self._rows = np.empty((64, len(names)), np.float64)
        self._length = 0
        self._thin = Thinned()

    def __len__(self) -> int:
        return self._length

    @classmethod
    def of(cls, rows: NDArray[np.float64], means: NDArray[np.float64] | None) -> "Table":
        """Return a table that begins with rows (n, 4) of a run, which it copies only as it grows.

        means: what `Thinned` has made of them, where that is known.
        """
        table = cls(*COLUMNS)
        table._rows, table._length = rows, len(rows)
        table._thin = Thinned(means, len(rows))
        return table

    def extend(self, rows: NDArray[np.float64]) -> None:
        """Append rows (n, columns)."""
        if not len(rows):
            return
        needed = self._length + len(rows)
        if needed > len(self._rows):
            grown = np.empty((max(needed, 2 * len(self._rows)), len(self.names)), np.float64)
            grown[: self._length] = self._rows[: self._length]
            self._rows = grown
        self._rows[self._length : needed] = rows
        self._length = needed

    def cut(self, length: int) -> None:
        """Keep the first rows only; views of before keep theirs."""
        self._rows = self._rows[:length].copy()
        self._length = len(self._rows)
        self._thin = Thinned()

    def thinned(self) -> NDArray[np.float64]:
        """Return means (m, columns) of neighbours; all rows where they are few.

        The cost grows only with what was appended since the last call.
        """
        return self._thin.of(self.rows())

    def column(self, name: str) -> NDArray[np.float64]:
        """A read-only view (n,); later appends do not change it."""
        view = self._rows[: self._length, self.names.index(name)]
        view.flags.writeable = False
        return view

    def rows(self) -> NDArray[np.float64]:
        """A read-only view (n, columns)."""
        view = self._rows[: self._length]
        view.flags.writeable = False
        return view


class Thinned:
    """Means of 2^k rows each, of which there are MAX_SEEN at most; kept while the rows grow at their end."""

    def __init__(self, means: NDArray[np.float64] | None = None, length: int = 0) -> None:
        """Go on from the means of so many rows, where those are known."""
        self._means = means if length > MAX_SEEN else None
        self._width = 1
        while length // self._width > MAX_SEEN and self._means is not None:
            self._width *= 2

    def of(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """rows: (n, columns), those of before first -> (m, columns); an unfinished mean is left out."""
        if len(rows) <= MAX_SEEN:
            return rows
        if self._means is None:
            self._means = rows[:0]
        while len(rows) // self._width > MAX_SEEN:
            self._means = _pairs(self._means) if self._width > 1 else rows[:0]
            self._width *= 2
        new = rows[len(self._means) * self._width : len(rows) // self._width * self._width]
        # Column by column: NumPy adds four numbers at a time else.
        columns = [column.reshape(-1, self._width).mean(axis=1) for column in new.T]
        self._means = np.concatenate((self._means, np.stack(columns, axis=1)))
        return self._means


def _pairs(means: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean of each pair of rows; leave out a last row without a partner, which the caller computes again."""
    whole = len(means) // 2 * 2
    pairs: NDArray[np.float64] = means[:whole].reshape(-1, 2, means.shape[1]).mean(axis=1)
    return pairs


class History:
    """The losses of a run, in the units of `loss_terms`.

    `loss` is the objective (reconstruction + β·KL); −ELBO is reconstruction + KL.
    steps: one row for each optimizer step, on its own batch; during exact EM with z of p(z|x).
    tests: one row for each evaluation of the whole test split, with z of the encoder's q(z|x).
    exact: the same with z of p(z|x), where the evaluation follows a step of exact EM.
    changes: of live hyperparameters.
    """

    def __init__(self) -> None:
        self.steps = Table(*COLUMNS)
        self.tests = Table(*COLUMNS)
        self.exact = Table(*COLUMNS)
        self.changes: list[HyperparameterChange] = []

    @property
    def tables(self) -> tuple[Table, Table, Table]:
        return self.steps, self.tests, self.exact

    @classmethod
    def of(cls, rows: "HistoryRows", changes: Sequence[HyperparameterChange]) -> "History":
        """Return the history of a run that goes on from these rows, at no cost however many they are."""
        history = cls()
        history.steps = Table.of(rows.steps, rows.thinned)
        history.tests = Table.of(rows.tests, None)
        history.exact = Table.of(rows.exact, None)
        history.changes = list(changes)
        return history

    def frozen(self) -> "HistoryRows":
        """Return the history as it is now, read-only and without a copy."""
        return HistoryRows(
            self.steps.rows(), self.tests.rows(), self.steps.thinned(), self.exact.rows()
        )

    def extend(
        self,
        steps: NDArray[np.float64] = NO_ROWS,
        tests: NDArray[np.float64] = NO_ROWS,
        changes: Sequence[HyperparameterChange] = (),
        exact: NDArray[np.float64] = NO_ROWS,
    ) -> None:
        """Append rows (n, 4) of step, loss, reconstruction, kl."""
        for table, rows in zip(self.tables, (steps, tests, exact), strict=True):
            table.extend(rows)
        self.changes.extend(changes)

    def cut(self, step: int) -> None:
        """Forget the losses of after a step, from which the run goes on anew."""
        for table in self.tables:
            table.cut(int(np.searchsorted(table.column("step"), step, side="right")))


@dataclass(frozen=True, slots=True, eq=False)
class HistoryRows:
    """The curves of a run, rows of (step, loss, reconstruction, kl); steps (n, 4), tests and exact (m, 4) float64.

    A row of tests is nan where only `exact` is known, as in files of before there was that.
    thinned: what `Thinned` makes of the steps, where that is known.
    """

    steps: NDArray[np.float64]
    tests: NDArray[np.float64]
    thinned: NDArray[np.float64] | None = None
    exact: NDArray[np.float64] = field(default_factory=NO_ROWS.copy)

    @property
    def known_tests(self) -> NDArray[np.float64]:
        """The rows of `tests` that are numbers, (m, 4)."""
        known = np.isfinite(self.tests).all(axis=1)
        return self.tests if known.all() else self.tests[known]

    def test_at(self, step: int) -> NDArray[np.float64] | None:
        """The row (4,) of `tests` after so many steps; None where nobody measured."""
        known = self.known_tests
        found = known[known[:, 0] == step]
        return found[-1] if len(found) else None

    def until(self, step: int) -> "HistoryRows":
        """The curves without what comes after a step."""
        kept = [rows[rows[:, 0] <= step] for rows in (self.steps, self.tests, self.exact)]
        return HistoryRows(kept[0], kept[1], exact=kept[2])

    @property
    def seen(self) -> NDArray[np.float64]:
        """`steps` as a screen can show them: means (m, 4) of neighbours, where there are very many."""
        return Thinned().of(self.steps) if self.thinned is None else self.thinned


def means_of_neighbours(
    x: NDArray[np.float64], y: NDArray[np.float64], most: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A curve of x and y, (n,) each, with no more than about `most` points; all of them where they are fewer."""
    width = -(-len(x) // most)
    if width <= 1:
        return x, y
    whole = len(x) // width * width
    return x[:whole].reshape(-1, width).mean(axis=1), y[:whole].reshape(-1, width).mean(axis=1)
