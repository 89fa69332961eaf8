"""The coverage band under a strip: how well the encodings cover each of its frames."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from vae_gui.core.analysis.coverage import LogDensityAt
from vae_gui.core.inference.requests import Frozen
from vae_gui.core.paths.curves import Points
from vae_gui.runtime.inference_thread import Answer
from vae_gui.ui.parts.panel import Panel
from vae_gui.ui.parts.path_strip import PathStrip
from vae_gui.ui.style.numbers import number


class CoverageBand(QObject):
    """Follows the coverage by itself. `panel` asks the questions, in `channel`."""

    def __init__(self, panel: Panel, strip: PathStrip, channel: str) -> None:
        super().__init__(panel)
        self._panel, self._strip, self._channel = panel, strip, channel
        self._points: Points | None = None
        self._coverage = panel.context.coverage
        panel.watch_while_visible(self._coverage)
        self._coverage.changed.connect(self._on_coverage)

    def follow(self, points: Points) -> None:
        """These are the frames of the strip, (n, latent_dim)."""
        self._points, coverage = points, self._coverage.value
        if coverage is None or coverage.mixture.latent_dim != points.shape[1]:
            self._strip.set_band((), ())
            return
        question = LogDensityAt(coverage, Frozen(points.astype(np.float32)))
        self._panel.ask(self._channel, question, self._take)

    def _on_coverage(self) -> None:
        if self._points is not None and self._panel.isVisible():
            self.follow(self._points)

    def _take(self, answer: Answer[NDArray[np.float32]]) -> None:
        assert isinstance(answer.request, LogDensityAt)
        coverage = answer.request.coverage
        values = [float(value) for value in answer.value]
        band = tuple(coverage.level(value) for value in values)
        name = "log density" if coverage.mixture.kernel else "log q(z)"
        self._strip.set_band(
            band,
            tuple(
                f"{level.value} · {name} {number(value)}\nClick to move the cursor here"
                for level, value in zip(band, values, strict=True)
            ),
        )
