"""The numbers of the drawing: its μ and σ, KL, ELBO and log p(x)."""

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from vae_gui.core.analysis.image_posterior import SAMPLES, Bound, ImagePosterior
from vae_gui.core.analysis.log_evidence import LogEvidence
from vae_gui.ui.style.numbers import grouped
from vae_gui.ui.widgets.label import Label

SHOWN = 2  # of the coordinates; the rest is in the tooltip
COLUMNS = 2
NAMES = {
    "mu": ("μ", "Where the encoder puts the drawing: the mean of q(z|x)"),
    "sigma": ("σ", "How unsure the encoder is, for each dimension"),
    "kl": ("KL", "KL(q(z|x) ‖ p(z)) in nats: how far q(z|x) is from the prior"),
    "elbo": ("ELBO", "In nats, at β = 1: log p(x) is at least this"),
    "evidence": (
        "log p(x)",
        "In nats: how likely the model finds the drawing. It measures ink first: the less, the higher",
    ),
    "gap": (
        "gap",
        "log p(x) − ELBO in nats: KL(q(z|x) ‖ p(z|x)), what the encoder's ellipse misses",
    ),
}


class DrawNumbers(QWidget):
    """Names before values; a name without a value is hidden."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.values = {name: Label(self) for name in NAMES}
        self._names = {name: Label(title, self) for name, (title, _) in NAMES.items()}
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(4)
        grid.setVerticalSpacing(2)
        for index, (name, (title, tip)) in enumerate(NAMES.items()):
            label, value = self._names[name], self.values[name]
            label.setProperty("role", "small")
            label.setToolTip(tip)
            value.setToolTip(tip)
            value.setAccessibleName(title)
            row, column = divmod(index, COLUMNS)
            grid.addWidget(label, row, 3 * column)
            grid.addWidget(value, row, 3 * column + 1)
            grid.setColumnMinimumWidth(3 * column + 2, 8)
        grid.setColumnStretch(3 * COLUMNS, 1)
        rows = len(NAMES) // COLUMNS
        self.setMinimumHeight(rows * self.values["mu"].sizeHint().height() + 2)  # nothing jumps
        self._bound: Bound | None = None
        self._evidence: LogEvidence | None = None
        self.show_interpretation(None)

    def show_interpretation(self, found: ImagePosterior | None) -> None:
        """Under the current weights; None while nothing is drawn."""
        self._set_vector("mu", None if found is None else found.mu)
        self._set_vector("sigma", None if found is None else found.sigma)
        self._bound = None if found is None else found.bound
        self._set("kl", "" if self._bound is None else nats(self._bound.kl))
        self._show_estimate()

    def show_evidence(self, evidence: LogEvidence | None) -> None:
        """None until it is known."""
        self._evidence = evidence
        self._show_estimate()

    def _show_estimate(self) -> None:
        """ELBO + gap = log p(x), all three of one estimate; until that is there a quick ELBO alone."""
        bound, evidence = self._bound, self._evidence
        if bound is None or evidence is None:
            self._set("evidence", "")
            self._set("gap", "")
            self._set("elbo", "" if bound is None else within(bound.elbo, bound.elbo_error))
            self._say("elbo", f"Estimated with {SAMPLES} samples of q(z|x), ± its standard error")
            return
        sign = "≥ " if evidence.exact is None else ""
        step, samples = grouped(evidence.snapshot.step), grouped(evidence.samples)
        self._set("elbo", within(evidence.elbo, evidence.elbo_error))
        self._set("gap", sign + nats(evidence.gap))
        self._set("evidence", sign + nats(evidence.log_evidence))
        how = (
            f"A lower bound from {samples} samples, weighted by importance"
            if evidence.exact is None
            else "Exact, by quadrature over the plane"
        )
        self._say("elbo", f"From {samples} samples of q(z|x), ± its standard error; at step {step}")
        self._say("gap", f"Of this ELBO and this log p(x); at step {step}")
        self._say("evidence", f"{how}; at step {step}")

    def _say(self, name: str, how: str) -> None:
        self.values[name].setToolTip(f"{NAMES[name][1]}. {how}")

    def text(self, name: str) -> str:
        """What is shown of one; empty where it is hidden."""
        return self.values[name].text()

    def _set_vector(self, name: str, values: NDArray[np.float32] | None) -> None:
        if values is None:
            self._set(name, "")
            return
        many = len(values) > SHOWN
        text = ", ".join(short(value) for value in values[:SHOWN].tolist())
        self._set(name, f"{text}, …" if many else text)
        all_of_them = ", ".join(short(value) for value in values.tolist())
        self.values[name].setToolTip(f"{NAMES[name][1]}\n{all_of_them}" if many else NAMES[name][1])

    def _set(self, name: str, text: str) -> None:
        self.values[name].setText(text)
        for label in (self.values[name], self._names[name]):
            label.setVisible(bool(text))


def within(value: float, error: float) -> str:
    """A value with its standard error."""
    return f"{nats(value)} ± {error:.1f}"


def nats(value: float) -> str:
    """One digit after the point, a real minus; a dash for what is no number."""
    return f"{value:.1f}".replace("-", "−") if math.isfinite(value) else "—"


def short(value: float) -> str:
    """Three digits that count at most."""
    if not math.isfinite(value):
        return "—"
    return (
        f"{value:.2f}".replace("-", "−") if abs(value) >= 0.1 else f"{value:.3f}".replace("-", "−")
    )
