"""The queue: which run trains, which wait for their turn, and in what order."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vae_gui.runtime.run_queue import RunQueue
from vae_gui.runtime.training import Training
from vae_gui.ui.style.keys import key_sequences, with_keys
from vae_gui.ui.widgets.label import Label

LIST_HEIGHT = 58


class QueueBox(QWidget):
    """Hidden while nothing waits. Drag a line to another place; Delete takes it out."""

    def __init__(self, queue: RunQueue, training: Training, parent: QWidget) -> None:
        super().__init__(parent)
        self._queue, self._training = queue, training
        self.text = Label(self)
        self.pause_button, self.clear_button = QPushButton(self), QPushButton("Clear", self)
        self.clear_button.setToolTip("Take all runs out that wait")
        self.list = QListWidget(self)
        self.list.setAccessibleName("Runs that wait for their turn")
        self.list.setToolTip(with_keys("Drag to another place; {key:Delete} takes a run out"))
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.list.setFixedHeight(LIST_HEIGHT)
        bar = QHBoxLayout()
        bar.setSpacing(8)
        bar.addWidget(self.text, 1)
        bar.addWidget(self.pause_button)
        bar.addWidget(self.clear_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(bar)
        layout.addWidget(self.list)
        self.pause_button.clicked.connect(lambda: queue.set_paused(not queue.paused))
        self.clear_button.clicked.connect(lambda: queue.reorder(()))
        self.list.model().rowsMoved.connect(self._on_moved)
        focus = Qt.ShortcutContext.WidgetShortcut
        for keys in key_sequences("Delete"):
            QShortcut(keys, self.list, context=focus).activated.connect(self._on_delete)
        queue.changed.connect(self.show_queue)
        training.progressed.connect(self._show_progress)
        self.show_queue()

    def show_queue(self) -> None:
        queue = self._queue
        self.setVisible(bool(queue.waiting or queue.current))
        self.list.setVisible(bool(queue.waiting))
        self.clear_button.setEnabled(bool(queue.waiting))
        self.pause_button.setText("Resume" if queue.paused else "Pause after this")
        self.pause_button.setEnabled(bool(queue.waiting))
        self.list.clear()
        for run in queue.waiting:
            item = QListWidgetItem(run.title)
            item.setData(Qt.ItemDataRole.UserRole, run)
            self.list.addItem(item)
        self._show_progress()

    def _show_progress(self) -> None:
        queue, run = self._queue, self._training.run
        if not self.isVisible():
            return
        waiting = f"{len(queue.waiting)} wait" if queue.waiting else "the last one"
        if queue.current and run is not None and run.total_steps:
            done = 100 * self._training.steps_done / run.total_steps
            self.text.setText(f"{queue.current}: {done:.0f} %; {waiting}")
        else:
            self.text.setText(f"Queue: {waiting}" + ", paused" * queue.paused)

    def _on_moved(self) -> None:
        items = [self.list.item(row) for row in range(self.list.count())]
        self._queue.reorder([item.data(Qt.ItemDataRole.UserRole) for item in items])

    def _on_delete(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            gone = item.data(Qt.ItemDataRole.UserRole)
            self._queue.reorder([run for run in self._queue.waiting if run is not gone])
