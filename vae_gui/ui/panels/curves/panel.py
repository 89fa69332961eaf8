"""The loss curves of the run that is shown, with the values at the pointer."""

import math
from functools import partial
from itertools import chain

from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from vae_gui.core.export.writers import export_history_csv
from vae_gui.core.vae.held_out import IMAGES, measured_on
from vae_gui.core.vae.loss_terms import only_term, unit
from vae_gui.runtime.context import Context
from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.panels.curves.plot import CurvePlot, LossCurve
from vae_gui.ui.parts.em_steps import em_steps_of
from vae_gui.ui.parts.panel import Panel, RefreshOn
from vae_gui.ui.parts.panel_export import PanelExport

CURVES = (
    LossCurve("Objective", ("loss",), "Reconstruction + β·KL: what the optimizer lowers"),
    LossCurve(
        "−ELBO", ("reconstruction", "kl"), "Reconstruction + KL at β = 1: compares runs of any β"
    ),
    LossCurve("Reconstruction", ("reconstruction",), "−log p(x|z), one sample of z per image"),
    LossCurve(
        "KL",
        ("kl",),
        "KL(q(z|x) ‖ p(z)). It rises first: the encoder has to tell images apart "
        "before it pays to come closer to the prior",
    ),
)
ONLY_CURVE = {
    "squared error": LossCurve(
        "Squared error per image",
        ("reconstruction",),
        "Summed over the pixels. An autoencoder has no likelihood, so this is no number of nats: "
        "there is neither KL nor ELBO",
    ),
    "reconstruction": LossCurve(
        "Reconstruction",
        ("reconstruction",),
        "−log p(x|z). An autoencoder encodes to a point: there is neither KL nor ELBO",
    ),
}
LINES = "line: batches{}, points: {}"
NOISY = (
    "\nThe batches are encoded with input noise of σ = {:g}, the {} without: on clean images "
    "the batches' loss is lower (by about 2 nats on MNIST), so more is learned by heart than the line shows."
)

WIDE = 2.5  # times its height
REDRAW_INTERVAL_MS = 50  # from one plot to the next: all at once would hold the pad up


class CurvesPanel(Panel):
    """Each batch as a faint line, the test split as points. All values that stand together are of one step."""

    refresh_on = RefreshOn.NOTHING

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._of_vae = tuple(CurvePlot(curve, self) for curve in CURVES)
        self._of_autoencoder = {
            name: (CurvePlot(curve, self),) for name, curve in ONLY_CURVE.items()
        }
        self.plots = self._of_vae
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(8, 4, 8, 8)
        self._grid.setSpacing(12)
        for plot in self._all_plots():
            plot.pointed.connect(self._on_pointed)
            plot.sought.connect(self._on_sought)
        self._show_plots()
        self._redraw = QTimer(self, interval=REDRAW_INTERVAL_MS, singleShot=True)
        self._redraw.timeout.connect(self._refresh_next)
        self._outdated: list[CurvePlot] = []
        self._newer = False
        self._step = math.nan
        context.training.progressed.connect(self._on_progressed)
        context.explorer.weights.entry_changed.connect(self._show_playhead)

    def set_model(self) -> None:
        entry = self.context.library.shown
        assert entry is not None
        model, noise = entry.config.model, entry.config.train.input_noise
        of = measured_on(entry.config.train)
        term = only_term(model)
        self.plots = self._of_vae if term is None else self._of_autoencoder[term]
        self._outdated = []
        self._show_plots()
        for plot in self._all_plots():
            plot.set_images(of)
            plot.set_note(
                f"{unit(model).capitalize()}.{NOISY.format(noise, IMAGES[of]) if noise else ''}"
            )
        self._show_playhead()
        em = em_steps_of(self.context, entry.config)
        for plot in self._of_vae:
            plot.em_band.set_steps(em)
        lines = LINES.format(f" with input noise σ = {noise:g}" if noise else "", IMAGES[of])
        self.hint_changed.emit(f"{unit(model)}; {lines}")

    @qt_override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_plots()

    def _show_plots(self) -> None:
        """Side by side where that is wide and low, else two a row."""
        wide = self.width() > WIDE * self.height()
        columns = len(self.plots) if wide else min(2, len(self.plots))
        for plot in self._all_plots():
            plot.setVisible(plot in self.plots)
            self._grid.removeWidget(plot)
        for index, plot in enumerate(self.plots):
            self._grid.addWidget(plot, *divmod(index, columns))

    def _all_plots(self) -> tuple[CurvePlot, ...]:
        return self._of_vae + tuple(chain.from_iterable(self._of_autoencoder.values()))

    def refresh(self) -> None:
        self._take()
        for plot in self.plots:
            plot.draw()
        self._outdated = []

    def _take(self) -> None:
        """The history as it is now, for all plots."""
        entry = self.context.library.shown
        if entry is not None:
            rows, changes = entry.history.frozen(), tuple(entry.history.changes)
            for plot in self.plots:
                plot.set_history(rows, changes)
                plot.show_value_at(self._step)

    def exports(self) -> tuple[PanelExport, ...]:
        entry = self.context.library.shown
        if entry is None:
            return ()
        make = partial(export_history_csv, entry.history.frozen(), model=entry.config.model)
        return (PanelExport("Table (CSV)", "curves", ".csv", make),)

    def restyle(self) -> None:
        for plot in self._all_plots():
            plot.restyle()

    def _show_playhead(self) -> None:
        """Where that of the timeline stands."""
        moment = self.context.explorer.weights.entry
        for plot in self.plots:
            plot.set_playhead(math.nan if moment is None else moment.step)

    def _on_sought(self, step: float) -> None:
        """The timeline goes to the moment that is nearest, and all panels with it."""
        entry = self.context.library.shown
        if entry is not None and len(entry.timeline) > 1:
            moment = entry.timeline.entries[entry.timeline.nearest(round(step))]
            self.context.explorer.weights.show_entry(moment)

    def _on_progressed(self) -> None:
        self._newer = True
        if not self._redraw.isActive():
            self._refresh_next()

    def _refresh_next(self) -> None:
        """The next plot of a round; a round is over when nothing newer has come meanwhile."""
        if not self.isVisible():
            return
        if not self._outdated and self._newer:
            self._newer = False
            self._take()
            self._outdated = list(self.plots)
        if self._outdated:
            self._outdated.pop(0).draw()
            self._redraw.start()

    def _on_pointed(self, step: float) -> None:
        self._step = step
        for plot in self.plots:
            plot.show_value_at(step)
