"""The gap: −ELBO and −log p(x) of the same test images, side by side while a model learns, and what lies between."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from vae_gui.core.analysis.inference_gap import InferenceGap
from vae_gui.runtime.context import Context
from vae_gui.runtime.live.gaps import LiveGaps
from vae_gui.ui.panels.gap.plot import GapPlot
from vae_gui.ui.parts.get_data import GetDataButton
from vae_gui.ui.parts.panel import Panel, RefreshOn
from vae_gui.ui.style.numbers import grouped
from vae_gui.ui.widgets.label import Label

PLACE = (
    "Wrong place: another Gaussian would have a higher ELBO; the encoder, which has to guess for all images at "
    "once, gives this one."
)
SHAPE = "Shape: p(z|x) itself is bent or has several peaks, and no Gaussian along the axes is closer to it."
BOUND = "log p(x) is bounded from below by importance weighting (IWAE): the gap is at least as wide as it is drawn."
NO_GAP = "An autoencoder has no likelihood: there is neither an ELBO nor a log p(x)."
NO_IMAGES = "The gap is measured on test images, and they are not in memory."
WAITING = "Weighing test images…"


class GapPanel(Panel):
    """Measured again and again while it is visible; each measurement stays as a point."""

    refresh_on = RefreshOn.NOTHING

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.gaps = LiveGaps(context, self)
        self.equation, self.words = Label(self), Label(self)
        self.equation.setProperty("role", "title")
        self.words.setProperty("role", "muted")
        for label in (self.equation, self.words):
            label.setWordWrap(True)
        self.get_button = GetDataButton(context, self)
        self.plot = GapPlot(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 8)
        layout.setSpacing(6)
        layout.addWidget(self.equation)
        layout.addWidget(self.words)
        layout.addWidget(self.get_button, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.plot, 1)
        layout.addStretch()
        self.gaps.changed.connect(self._refresh_if_visible)
        self.explorer.scatter.images_changed.connect(self._refresh_if_visible)
        self.watch_while_visible(self.gaps)

    def refresh(self) -> None:
        gaps = self.gaps.gaps
        self.get_button.offer()
        if gaps:
            self.get_button.hide()  # the images that a file brings are enough
        self.plot.setVisible(bool(gaps))
        self.plot.set_gaps(gaps)
        self.equation.setText(equation(gaps[-1]) if gaps else "")
        self.words.setText(explained(gaps[-1]) if gaps else self._why_none())

    def restyle(self) -> None:
        self.plot.restyle()

    def _why_none(self) -> str:
        snapshot = self.explorer.weights.snapshot
        if snapshot is not None and snapshot.model.deterministic:
            return NO_GAP
        if self.explorer.scatter.images is None:
            return NO_IMAGES
        return self.gaps.problem or WAITING


def equation(gap: InferenceGap) -> str:
    """With its values; of a bound, that the gap is wider."""
    whole = gap.evidence - gap.elbo
    parts = f"{whole:.1f} or more"
    if gap.place is not None and gap.shape is not None:
        parts = f"{gap.place:.1f} wrong place + {gap.shape:.1f} shape"
    return f"−ELBO {-gap.elbo:.1f} = −log p(x) {-gap.evidence:.1f} + {parts}"


def explained(gap: InferenceGap) -> str:
    of = (
        f"Nats per image; means of {gap.images} test images, drawn at random, after step {grouped(gap.step)}. The gap of "
        f"all test images is that of these ± {gap.error:.1f} (standard error): a few hold most of it."
    )
    return f"{of} {PLACE} {SHAPE}" if gap.exact else f"{of} {BOUND}"
