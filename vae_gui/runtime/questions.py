"""Questions to the model that is shown: standing ones are answered again under every new set of weights.

The thread answers, but for the digit at one z of a quick model: that is decoded before `ask` and `use` return.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from PySide6.QtCore import QDeadlineTimer, QObject, Signal

from vae_gui.core.inference.requests import MAX_BATCH, EngineRequest, Value
from vae_gui.core.vae.snapshot import Snapshot
from vae_gui.runtime.deadline import FOREVER
from vae_gui.runtime.deferred_refresh import DeferredRefresh
from vae_gui.runtime.inference_thread import Answer, InferenceThread
from vae_gui.runtime.notices import Notices
from vae_gui.runtime.quick_answers import QuickAnswers

Reply = Callable[[Answer[Value]], None]
Failed = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Question:
    request: EngineRequest[object]
    reply: Reply[object]
    once: bool = False
    failed: Failed | None = None


class Questions(QObject):
    """One question per channel; the newest wins. `reply_ms`: how long the last short answer took.

    Signals: `answered(Answer)` after each reply; `settled()` soon after a move, once all that was asked at once is answered.
    """

    answered = Signal(object)
    settled = Signal()

    def __init__(self, notices: Notices, parent: QObject) -> None:
        super().__init__(parent)
        self._notices = notices
        self.reply_ms = 0.0
        self._questions: dict[str, _Question] = {}
        self._asked_at: dict[str, float] = {}
        self._snapshot: Snapshot | None = None
        self._quick = QuickAnswers()
        self._closed = self._thread_is_warm = False
        self._quick_channels: set[str] = set()  # what the thread still answers there is older
        self._deferred_refresh = DeferredRefresh(self)
        self._deferred_refresh.due.connect(self.settled)
        self._inference = InferenceThread(self)
        self._inference.answered.connect(self._on_answered)
        self._inference.failed.connect(self._on_failed)
        self._inference.start()

    def hold(self, on: bool) -> None:
        """Ask the thread for nothing yet: it loads torch, beside which the window is slow to open."""
        self._inference.hold(on)

    def ask(
        self,
        channel: str,
        request: EngineRequest[Value],
        reply: Reply[Value],
        failed: Failed | None = None,
    ) -> None:
        """Have `reply` or `failed` called now and after each change of the weights, until `forget`."""
        known = self._questions.get(channel)
        self._questions[channel] = _Question(request, cast("Reply[object]", reply), failed=failed)
        if known is None or known.once or known.request != request:
            self._send_standing(channel, request)

    def ask_once(
        self,
        channel: str,
        request: EngineRequest[Value],
        reply: Reply[Value],
        failed: Failed | None = None,
    ) -> None:
        """Have `reply` or `failed` called once."""
        self._questions[channel] = _Question(request, cast("Reply[object]", reply), True, failed)
        self._send(channel, request)

    def forget(self, channel: str) -> None:
        """Stop answering; for panels that are hidden."""
        if self._questions.pop(channel, None) is not None:
            self._asked_at.pop(channel, None)
            self._inference.forget(channel)

    def use(self, snapshot: Snapshot) -> None:
        """Answer with these weights: those of another model end all questions, newer ones ask them again."""
        if self._snapshot is None or snapshot.run_id != self._snapshot.run_id:
            self._questions.clear()
            self._asked_at.clear()
        self._snapshot = snapshot
        self._inference.adopt(snapshot)
        self._quick.use(snapshot)
        for channel, question in list(self._questions.items()):
            if not question.once:
                self._send_standing(channel, question.request)

    def moved(self) -> None:
        """The cursor is elsewhere: `settled` follows."""
        self._deferred_refresh.moved()

    def shutdown(self, deadline: QDeadlineTimer = FOREVER) -> bool:
        """Stop answering and wait; whether the thread has ended. Safe to call twice."""
        self._closed = True
        self._deferred_refresh.stop()
        self._questions.clear()
        return self._inference.stop(deadline)

    def _send_standing(self, channel: str, request: EngineRequest[object]) -> None:
        self._asked_at.setdefault(channel, time.perf_counter())
        value = None if self._closed else self._quick.value(request)
        if value is None:
            self._send(channel, request)
            return
        assert self._snapshot is not None
        self._inference.forget(channel)
        self._quick_channels.add(channel)
        run_id, step = self._snapshot.run_id, self._snapshot.step
        self._take(Answer(channel, request, run_id, step, value))

    def _send(self, channel: str, request: EngineRequest[object]) -> None:
        self._quick_channels.discard(channel)
        self._asked_at.setdefault(channel, time.perf_counter())
        self._inference.ask(channel, request)

    def _on_answered(self, answer: Answer[object]) -> None:
        if not self._thread_is_warm:
            self._thread_is_warm = True
            self._asked_at.pop(answer.channel, None)  # it waited for torch
        if answer.channel not in self._quick_channels:
            self._take(answer)

    def _take(self, answer: Answer[object]) -> None:
        question = self._questions.get(answer.channel)
        if question is None or self._snapshot is None or answer.run_id != self._snapshot.run_id:
            return
        asked = self._asked_at.pop(answer.channel, None)
        if question.once:
            if answer.request is not question.request:
                return  # of an older one
            del self._questions[answer.channel]
        if asked is not None and answer.request.cost <= MAX_BATCH:
            self.reply_ms = 1000 * (time.perf_counter() - asked)
        question.reply(answer)
        self.answered.emit(answer)
        if not self._asked_at:
            self._deferred_refresh.answered()

    def _on_failed(self, channel: str, request: EngineRequest[object] | None, text: str) -> None:
        question = self._questions.get(channel)
        if question is None or question.failed is None:
            self._notices.error(text)
            return
        if request is not question.request:
            return  # of an older one
        if question.once:
            del self._questions[channel]
        self._asked_at.pop(channel, None)
        question.failed(text)
