"""Whether what the panel shows is of the drawing and the weights of now; said first, and dimmed where it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from vae_gui.core.analysis.image_posterior import ImagePosterior, InferPosterior
from vae_gui.runtime.inference_thread import Answer
from vae_gui.ui.panels.draw.answer_words import READING, answer_words

if TYPE_CHECKING:
    from vae_gui.ui.panels.draw.panel import DrawPanel

LATE_MS = 100  # after which an older moment is dimmed: most answers are there sooner


class Freshness(QObject):
    """Made once for the panel, whose sentence, tiles and numbers it keeps."""

    def __init__(self, panel: DrawPanel) -> None:
        super().__init__(panel)
        self._panel, self._explorer = panel, panel.explorer
        self._asked: InferPosterior | None = None
        self._answered: Answer[ImagePosterior] | None = None
        self._late = QTimer(self, interval=LATE_MS, singleShot=True)
        self._late.timeout.connect(self._on_late)
        self._explorer.weights.changed.connect(self._follow)

    @property
    def is_now(self) -> bool:
        """Whether the last answer is of what was asked last, by the weights that are shown."""
        answered, snapshot = self._answered, self._explorer.weights.snapshot
        if answered is None or snapshot is None or answered.request != self._asked:
            return False
        return (answered.run_id, answered.step) == (snapshot.run_id, snapshot.step)

    def ask(self, request: InferPosterior) -> None:
        """The drawing of now asks this."""
        self._asked = request
        self._follow()

    def take(self, answered: Answer[ImagePosterior]) -> None:
        """Something was found."""
        self._answered = answered
        self._follow()

    def clear(self) -> None:
        """Nothing is drawn, or nothing was found: nothing is waited for."""
        self._asked = self._answered = None
        self._show(True, "")

    def _follow(self) -> None:
        """An answer that is on its way for a short time dims nothing, so that nothing flickers."""
        if self._answered is not None and self.is_now:
            self._show(True, answer_words(self._answered.value, self._explorer.scatter.encodings))
        elif self._asked is not None and not self._late.isActive():
            self._late.start()

    def _show(self, now: bool, words: str) -> None:
        self._late.stop()
        self._panel.answer.setText(words)
        self._panel.tiles.set_faded(not now)
        self._panel.numbers.setEnabled(now)

    def _on_late(self) -> None:
        self._show(False, READING)
