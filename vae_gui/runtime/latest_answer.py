"""LatestAnswer: one request at a time for one purpose, answered once; a newer one replaces the older."""

from typing import cast

from PySide6.QtCore import QObject

from vae_gui.core.inference.requests import EngineRequest
from vae_gui.runtime.inference_thread import Answer
from vae_gui.runtime.questions import Questions
from vae_gui.runtime.worker import Worker


class LatestAnswer(Worker):
    """Its work is a request. channel: of the questions, its own."""

    def __init__(self, questions: Questions, channel: str, parent: QObject) -> None:
        super().__init__(parent)
        self._questions, self._channel = questions, channel

    def start(self, work: object, title: str = "") -> None:  # noqa: ARG002  # too quick for a title
        request = cast("EngineRequest[object]", work)
        self._questions.ask_once(self._channel, request, self._on_answered, self.failed.emit)

    def cancel(self) -> None:
        self._questions.forget(self._channel)

    def _on_answered(self, answer: Answer[object]) -> None:
        self.done.emit(answer.value)
