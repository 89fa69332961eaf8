"""The coverage at the cursor as a number and a word beside the digit: the off-the-map meter."""

from PySide6.QtCore import QEvent

from vae_gui.core.analysis.coverage import CoverageLevel
from vae_gui.runtime.live.throttle import Throttle
from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.panels.explore.coverage_bar import CoverageBar
from vae_gui.ui.parts.panel import Panel
from vae_gui.ui.style.numbers import number
from vae_gui.ui.style.theme import small_font
from vae_gui.ui.widgets.label import Label

TEXT_SECONDS = 0.06
HELP = (
    "log q(z), the aggregated posterior: how much the encodings of all images cover this place, in "
    "nats. Where it is lower than at 99 of 100 samples of held-out images, the decoder has learned "
    "little about it: off the map."
)
KERNEL_HELP = (
    "An autoencoder has no posterior, so this is the log of a kernel density of its codes (Gaussian "
    "kernels of Scott's bandwidth). Where it is lower than at 99 of 100 codes of held-out images, the "
    "decoder has learned little about the place: off the map."
)


class CoverageLabel(Label):
    """Of the place that is looked at; as wide as its widest text, so that nothing beside it jumps.

    bar: shows the same.
    """

    def __init__(self, panel: Panel) -> None:
        super().__init__(panel)
        self.bar = CoverageBar(panel)
        self.setProperty("role", "small")
        self.setToolTip(HELP)
        self.setAccessibleName("Off-the-map meter")
        self._explorer, self._coverage = panel.explorer, panel.context.coverage
        self._fit()
        self._throttle = Throttle(self)
        self._throttle.due.connect(self._show_text)
        panel.watch_while_visible(self._coverage)
        self._coverage.changed.connect(self._show_text)
        self._explorer.model_changed.connect(self._show_text)
        self._explorer.latent_changed.connect(self._on_moved)
        self._explorer.hover_changed.connect(self._on_moved)

    @qt_override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        room = Label(_widest_text())
        parent = self.parentWidget()
        room.setFont(small_font(self.font() if parent is None else parent.font()))
        self.setFixedSize(room.sizeHint())

    def _on_moved(self) -> None:
        if self.isVisible():
            self._throttle.throttle(TEXT_SECONDS)

    def _show_text(self) -> None:
        coverage, z = self._coverage.value, self._explorer.focus_point
        if coverage is None or len(z) != coverage.mixture.latent_dim:
            self.setText("")
            self.bar.show_value(None, 0.0)
            return
        value, kernel = coverage.log_density(z), coverage.mixture.kernel
        name = "log kde" if kernel else "log q"
        self.setToolTip(KERNEL_HELP if kernel else HELP)
        self.setText(f"{name} {number(value)}\n{coverage.level(value).value}")
        self.bar.show_value(coverage, value)
        self.bar.setToolTip(self.toolTip())


def _widest_text() -> str:
    longest = max((level.value for level in CoverageLevel), key=len)
    return f"log kde −888.8\n{longest}"
