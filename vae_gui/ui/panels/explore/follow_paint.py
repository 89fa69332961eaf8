"""Paint and z follows: the cursor goes to the nearest z whose image agrees with the stroke, in one step of undo."""

import numpy as np
from PySide6.QtCore import QObject

from vae_gui.core.inference.paint import FollowPaint, survey_for_paint
from vae_gui.core.inference.requests import Frozen
from vae_gui.core.inference.survey import Survey
from vae_gui.core.state.drag import DragId
from vae_gui.core.support.types import Z
from vae_gui.core.vae.encodings import FloatArray
from vae_gui.runtime.inference_thread import Answer
from vae_gui.ui.panels.explore.painted_digit import PaintedDigit
from vae_gui.ui.parts.panel import Panel

CHANNEL, SURVEY_CHANNEL = "follow-paint", "survey-for-paint"
_MIN_MOVE = 1e-3  # latent units: from there on z has arrived


class PaintFollower(QObject):
    """Asks for one answer after the other while a stroke lasts, each from where the last one led, and for a last
    one of the whole stroke when it has ended.

    A model of two dimensions is surveyed when a stroke begins, once for its weights. z follows meanwhile, and goes on
    from where it rested when the survey has come.
    """

    def __init__(self, panel: Panel, digit: PaintedDigit) -> None:
        super().__init__(panel)
        self._panel, self._explorer, self._digit = panel, panel.explorer, digit
        self._drag_id: DragId | None = None
        self._marks, self._start = Frozen(np.zeros((0, 0), np.int8)), Frozen(np.zeros(0))
        self._asked: FollowPaint | None = None
        self._rested_at: Frozen | None = None
        self._survey: Survey | None = None
        self._surveyed: tuple[str, int] | None = None  # run and step of what was asked for last
        digit.stroke_begun.connect(self._on_begun)
        digit.stroke_grew.connect(self._on_grew)
        panel.explorer.model_changed.connect(self.stop)

    def stop(self) -> None:
        """Nothing that is still on its way moves the cursor."""
        self._asked = self._drag_id = self._survey = self._surveyed = None
        self._panel.forget(CHANNEL)
        self._panel.forget(SURVEY_CHANNEL)

    def _on_begun(self) -> None:
        self._explorer.set_hover_point(None)
        self._drag_id, self._asked = DragId(), None
        self._start = _frozen(self._explorer.latent.cursor)
        self._ask_for_survey()

    def _ask_for_survey(self) -> None:
        snapshot = self._explorer.weights.snapshot
        assert snapshot is not None
        weights = snapshot.run_id, snapshot.step
        if self._explorer.latent_dim == 2 and self._surveyed != weights:
            self._surveyed = weights
            request = survey_for_paint(self._explorer.scatter.encodings)
            self._explorer.questions.ask_once(SURVEY_CHANNEL, request, self._take_survey)

    def _take_survey(self, answer: Answer[Survey]) -> None:
        """Go on with the stroke that rested, unless somebody went elsewhere since."""
        self._survey = answer.value
        rested = self._drag_id is not None and self._asked is None
        if rested and self._rested_at == _frozen(self._explorer.latent.cursor):
            self._ask()

    def _on_grew(self) -> None:
        assert self._digit.marks is not None
        self._marks = Frozen(self._digit.marks)
        if self._asked is None:
            self._ask()

    def _ask(self) -> None:
        now = _frozen(self._explorer.latent.cursor)
        self._asked = FollowPaint(self._marks, self._start, now, self._survey)
        self._panel.ask(CHANNEL, self._asked, self._take)

    def _take(self, answer: Answer[FloatArray]) -> None:
        """Go on until all that is painted is answered and z rests."""
        if self._asked is None or answer.request != self._asked or self._drag_id is None:
            return
        before, z = np.asarray(self._asked.now.array), answer.value
        moves = bool(np.abs(z - before).max() > _MIN_MOVE)
        if moves:
            self._explorer.move_cursor(tuple(z.tolist()), self._drag_id)
        if moves or self._asked.marks != self._marks or self._asked.survey is not self._survey:
            self._ask()
        else:
            self._rested_at, self._asked = self._asked.now, None
            self._panel.forget(CHANNEL)


def _frozen(z: Z) -> Frozen:
    return Frozen(np.array(z, np.float32))
