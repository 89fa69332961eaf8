"""The table of runs: one line for each, sorted by any column, filtered by any word."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)

from vae_gui.core.datasets import title_of
from vae_gui.core.sweeps.labels import RunLabel
from vae_gui.core.sweeps.summary import Run
from vae_gui.core.vae.encodings import MIN_KL
from vae_gui.core.vae.presets import recipe_title
from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.style.numbers import grouped
from vae_gui.ui.widgets.label import plain_tip

Index = QModelIndex | QPersistentModelIndex
SORT_ROLE = Qt.ItemDataRole.UserRole
NAME = 0
UNKNOWN = "—"


@dataclass(frozen=True, slots=True)
class Column:
    """value: a number, which stands at the right, or a text; nan is what is not known."""

    title: str
    tip: str
    value: Callable[[Run, RunLabel], float | str]
    decimals: int = 0


def active_units(run: Run) -> float:
    """Return nan where nobody counted them, which rows write as 0: such a run has a KL, or none is known."""
    row = run.row
    collapsed = row.kl < MIN_KL * max(1, row.latent_dim)
    return math.nan if row.active_units == 0 and not collapsed else float(row.active_units)


COLUMNS = (
    Column("Run", "Its name; F2 gives another", lambda run, label: label.title or run.row.title),
    Column("−ELBO", "Of the images that “Of” names, nats per image", lambda run, _: run.row.negative_elbo, 2),
    Column("Recon.", "Reconstruction, −log p(x|z)", lambda run, _: run.row.reconstruction, 2),
    Column("KL", "Of q(z|x) to the prior, nats per image", lambda run, _: run.row.kl, 2),
    Column("β", "Weight of the KL term", lambda run, _: run.row.beta, 2),
    Column("Dim.", "Latent dimensions", lambda run, _: float(run.row.latent_dim)),
    Column("Active", "Dimensions that carry anything", lambda run, _: active_units(run)),
    Column("Seed", "Of the run", lambda run, _: float(run.row.seed)),
    Column("Steps", "Of the optimizer", lambda run, _: float(run.row.steps)),
    Column("Probe", "Share of test images whose class a linear probe tells from μ",
           lambda run, _: run.row.probe_accuracy, 3),
    Column("Time", "Seconds of training", lambda run, _: run.row.seconds, 1),
    Column("Recipe", "Which it began with", lambda run, _: recipe_title(run.row.preset)),
    Column("Data", "The data set", lambda run, _: title_of(run.row.dataset)),
    Column("Of", "By which images it was measured: test, or held-out training images",
           lambda run, _: run.row.measured_on),
    Column("Tag", "A word of your own", lambda _, label: label.tag),
    Column("State", "Open in the window, done, pruned or failed", lambda run, _: run.row.status),
)  # fmt: skip


class RunsModel(QAbstractTableModel):
    """Lines that are added are inserted, so that a selection stays."""

    def __init__(self) -> None:
        super().__init__()
        self.runs: list[Run] = []
        self._labels: list[RunLabel] = []

    def set_runs(self, runs: Sequence[Run], label_of: Callable[[str], RunLabel]) -> None:
        labels = [label_of(run.key) for run in runs]
        keys = [run.key for run in runs]
        known = [run.key for run in self.runs]
        if keys[: len(known)] == known:
            self._put(runs[: len(known)], labels[: len(known)])
            if len(runs) > len(known):
                self.beginInsertRows(QModelIndex(), len(known), len(runs) - 1)
                self.runs, self._labels = list(runs), labels
                self.endInsertRows()
            return
        self.beginResetModel()
        self.runs, self._labels = list(runs), labels
        self.endResetModel()

    def _put(self, runs: Sequence[Run], labels: list[RunLabel]) -> None:
        pairs = zip(self.runs, self._labels, runs, labels, strict=True)
        changed = [i for i, (a, b, c, d) in enumerate(pairs) if a is not c or b != d]
        for row in changed:
            self.runs[row], self._labels[row] = runs[row], labels[row]
            self.dataChanged.emit(self.index(row, 0), self.index(row, len(COLUMNS) - 1))

    @qt_override
    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.runs)

    @qt_override
    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    @qt_override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        texts = {Qt.ItemDataRole.DisplayRole: COLUMNS[section].title}
        texts[Qt.ItemDataRole.ToolTipRole] = COLUMNS[section].tip
        return texts.get(Qt.ItemDataRole(role))

    @qt_override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        run, label, column = (
            self.runs[index.row()],
            self._labels[index.row()],
            COLUMNS[index.column()],
        )
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.EditRole:
                return _text(column, column.value(run, label))
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(run.row.error) if run.row.error else None
            case Qt.ItemDataRole.TextAlignmentRole:
                number = not isinstance(column.value(run, label), str)
                side = Qt.AlignmentFlag.AlignRight if number else Qt.AlignmentFlag.AlignLeft
                return int(side | Qt.AlignmentFlag.AlignVCenter)
            case role if role == SORT_ROLE:
                return column.value(run, label)
        return None


class RunsFilter(QSortFilterProxyModel):
    """Every word has to be in some cell; unknown ones are last, whichever way is sorted."""

    def __init__(self, model: RunsModel) -> None:
        super().__init__()
        self._model = model
        self._words: tuple[str, ...] = ()
        self.setSourceModel(model)
        self.setSortRole(SORT_ROLE)

    def set_words(self, text: str) -> None:
        self.beginFilterChange()
        self._words = tuple(text.casefold().split())
        self.endFilterChange()

    @qt_override
    def filterAcceptsRow(self, row: int, parent: Index) -> bool:
        if not self._words:
            return True
        cells = (str(self._model.data(self._model.index(row, c))) for c in range(len(COLUMNS)))
        line = " ".join(cells).casefold()
        return all(word in line for word in self._words)

    @qt_override
    def lessThan(self, left: Index, right: Index) -> bool:
        first, second = (self._model.data(index, SORT_ROLE) for index in (left, right))
        if isinstance(first, str):
            return first.casefold() < str(second).casefold()
        descending = self.sortOrder() == Qt.SortOrder.DescendingOrder
        last = -math.inf if descending else math.inf
        a, b = (
            last if math.isnan(cast(float, value)) else cast(float, value)
            for value in (first, second)
        )
        return a < b


def _text(column: Column, value: float | str) -> str:
    if isinstance(value, str):
        return value
    if math.isnan(value):
        return UNKNOWN
    return f"{value:.{column.decimals}f}" if column.decimals else grouped(round(value))
