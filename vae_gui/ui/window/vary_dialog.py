"""Vary one setting: the run that is shown again, once for each of some values."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from vae_gui.core.support.errors import UserError
from vae_gui.core.sweeps.vary import QueuedRun, varied
from vae_gui.core.vae.config import RunConfig
from vae_gui.core.vae.run_settings import MODEL_FIELDS, TRAIN_FIELDS
from vae_gui.ui.widgets.label import Label

FIRST, VALUES = "beta", "0.5, 1, 2, 4"
FIXED = ("side", "device", "threads")  # of the data and the machine


class VaryDialog(QDialog):
    """`runs` are what it stands for; empty while it says why there are none. Signals: `queued(runs)`."""

    queued = Signal(object)

    def __init__(self, config: RunConfig, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Vary one setting")
        self.runs: tuple[QueuedRun, ...] = ()
        self._config = config
        self.setting_box, self.values_edit = QComboBox(self), QLineEdit(VALUES, self)
        self.note = Label(self)
        self.note.setProperty("role", "muted")
        self.note.setWordWrap(True)
        for name, item in (MODEL_FIELDS | TRAIN_FIELDS).items():
            if name not in FIXED:
                self.setting_box.addItem(item.setting.label, name)
        self.setting_box.setCurrentIndex(self.setting_box.findData(FIRST))
        self.setting_box.setAccessibleName("The setting")
        self.values_edit.setAccessibleName("Its values")
        self.values_edit.setToolTip("Values with commas between them")
        buttons = QDialogButtonBox(self)
        self.queue_button = buttons.addButton("Queue", QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        form = QFormLayout()
        form.addRow("Setting", self.setting_box)
        form.addRow("Values", self.values_edit)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(self.note)
        layout.addWidget(buttons)
        self.setting_box.currentIndexChanged.connect(self._on_setting)
        self.values_edit.textChanged.connect(self._show)
        buttons.accepted.connect(self._on_accepted)
        buttons.rejected.connect(self.reject)
        self.resize(380, self.sizeHint().height())
        self._show()

    def _on_accepted(self) -> None:
        self.queued.emit(self.runs)
        self.accept()

    def _on_setting(self) -> None:
        name = self.setting_box.currentData()
        item = (MODEL_FIELDS | TRAIN_FIELDS)[name]
        owner = self._config.model if name in MODEL_FIELDS else self._config.train
        of_now = VALUES if name == FIRST else str(getattr(owner, name))
        self.values_edit.setText(", ".join(item.setting.choices) or of_now)
        self.values_edit.setToolTip(item.setting.help)

    def _show(self) -> None:
        try:
            name = self.setting_box.currentData()
            self.runs, said = varied(self._config, name, self.values_edit.text()), ""
        except UserError as problem:
            self.runs, said = (), str(problem)
        count = len(self.runs)
        self.note.setText(
            said or f"{count} {'run' if count == 1 else 'runs'}, one after the other."
        )
        self.queue_button.setEnabled(bool(self.runs))
