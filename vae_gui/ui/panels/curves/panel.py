"""The loss curves of the run that is shown, in nats per image, with the values at the pointer."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QWidget

from vae_gui.runtime.context import Context
from vae_gui.ui.panels.curves.plot import Curve, CurvePlot
from vae_gui.ui.parts.panel import Panel, RefreshOn

CURVES = (
    Curve("Objective", ("loss",), "Reconstruction + β·KL: what the optimizer lowers"),
    Curve(
        "−ELBO", ("reconstruction", "kl"), "Reconstruction + KL at β = 1: compares runs of any β"
    ),
    Curve("Reconstruction", ("reconstruction",), "−log p(x|z), one sample of z per image"),
    Curve(
        "KL",
        ("kl",),
        "KL(q(z|x) ‖ p(z)). It rises first: the encoder has to tell images apart "
        "before it pays to come closer to the prior",
    ),
)


REDRAW_INTERVAL_MS = (
    50  # from one plot to the next, so that all three never hold the pad up at once
)


class CurvesPanel(Panel):
    """Each batch as a faint line, the test split as points."""

    refresh_on = RefreshOn.NOTHING

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.plots = tuple(CurvePlot(curve, self) for curve in CURVES)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 8)
        layout.setSpacing(16)
        for plot in self.plots:
            layout.addWidget(plot)
            plot.pointed.connect(self._on_pointed)
        self._redraw = QTimer(self, interval=REDRAW_INTERVAL_MS, singleShot=True)
        self._redraw.timeout.connect(self._refresh_next)
        self._outdated: list[CurvePlot] = []
        context.training.progressed.connect(self._on_progressed)

    def refresh(self) -> None:
        entry = self.context.library.shown
        if entry is not None:
            for plot in self.plots:
                plot.show_history(entry.history)

    def restyle(self) -> None:
        for plot in self.plots:
            plot.restyle()

    def _on_progressed(self) -> None:
        if not self._outdated:
            self._outdated = list(self.plots)
            self._redraw.start()

    def _refresh_next(self) -> None:
        entry, plot = self.context.library.shown, self._outdated.pop(0)
        if entry is not None and self.isVisible():
            plot.show_history(entry.history)
        if self._outdated:
            self._redraw.start()

    def _on_pointed(self, step: float) -> None:
        for plot in self.plots:
            plot.show_value_at(step)
