"""The form of log p(x): exact in two dimensions, else the IWAE bound from a number of samples."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from vae_gui.core.support.progress import Progress
from vae_gui.ui.style.numbers import grouped
from vae_gui.ui.widgets.label import Label

PATIENCE_MS = 600  # before Cancel appears: most answers are there sooner
SAMPLES = (64, 256, 1024, 4096)
POINT = "An autoencoder gives one point: no q(z|x) and no ELBO."
EXACT = "Weigh the whole plane: p(z|x) by quadrature on the pad, and log p(x)"
BOUND = (
    "The exact p(z|x) needs a model with two dimensions. This is a lower bound of log p(x) from "
    "samples of q(z|x), weighted by importance; more samples, nearer to it"
)


class LogEvidenceForm(QWidget):
    """Signals: `changed()`, when something else is asked for, or nothing any more."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.exact, self.bound = (
            QCheckBox("Exact p(z|x)", self),
            QCheckBox("Bound of log p(x)", self),
        )
        self.exact.setChecked(True)
        self.exact.setToolTip(EXACT)
        self.bound.setToolTip(BOUND)
        self.samples = QComboBox(self)
        for count in SAMPLES:
            self.samples.addItem(f"K = {grouped(count)}", count)
        self.samples.setCurrentIndex(SAMPLES.index(1024))
        self.samples.setToolTip("Samples of q(z|x) for the bound")
        self.samples.setAccessibleName("Samples of the bound")
        self.state = Label(self)
        self.state.setProperty("role", "small")
        self.state.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.cancel_button = QPushButton("Cancel", self)
        self.cancel_button.setToolTip("Stop computing log p(x)")
        self._patience = QTimer(self, interval=PATIENCE_MS, singleShot=True)
        self._patience.timeout.connect(self.cancel_button.show)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for widget in (self.exact, self.bound, self.samples, self.cancel_button):
            row.addWidget(widget)
        row.addWidget(self.state, 1)
        self.exact.clicked.connect(self.changed)
        self.bound.clicked.connect(self.changed)
        self.samples.activated.connect(self.changed)
        self.cancel_button.clicked.connect(self._on_cancel)
        self.set_space(2, False)
        self.show_progress(None, False)

    def set_space(self, latent_dim: int, deterministic: bool) -> None:
        """What this model can answer."""
        self.exact.setVisible(latent_dim == 2 and not deterministic)
        for widget in (self.bound, self.samples):
            widget.setVisible(latent_dim != 2 and not deterministic)

    @property
    def wanted(self) -> bool:
        """Whether log p(x) is asked for at all."""
        return any(not box.isHidden() and box.isChecked() for box in (self.exact, self.bound))

    @property
    def bound_samples(self) -> int | None:
        """K of the bound; None for the exact value."""
        return None if self.bound.isHidden() else int(self.samples.currentData())

    def show_progress(self, progress: Progress | None, busy: bool) -> None:
        if not busy:
            self._patience.stop()
            self.cancel_button.hide()
        elif not self._patience.isActive() and self.cancel_button.isHidden():
            self._patience.start()
        self.state.setText(f"{progress.text}…" if busy and progress is not None else "")

    def _on_cancel(self) -> None:
        """It stays off until it is asked for again."""
        self.exact.setChecked(False)
        self.bound.setChecked(False)
        self.changed.emit()
