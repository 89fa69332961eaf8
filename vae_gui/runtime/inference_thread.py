"""InferenceThread: answers requests; the newest of a channel wins, and short ones go before long ones."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, cast

from PySide6.QtCore import QDeadlineTimer, QObject, QThread, Signal

from vae_gui.core.inference.requests import (
    MAX_BATCH,
    Answering,
    Decode,
    EngineRequest,
    Value,
    answers_apart,
    decode_together,
)
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.imports import import_lock
from vae_gui.core.vae.snapshot import Snapshot
from vae_gui.runtime.deadline import FOREVER
from vae_gui.runtime.overrides import qt_override

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from vae_gui.core.inference.engine import Engine

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Answer(Generic[Value]):
    """The value of `request` under the weights of (`run_id`, `step`)."""

    channel: str
    request: EngineRequest[Value]
    run_id: str
    step: int
    value: Value


@dataclass(frozen=True, slots=True, eq=False)
class _Work:
    """A request that is being answered part by part, all from one snapshot.

    asked: the channels and their requests; several decodes are answered as one.
    """

    asked: tuple[tuple[str, EngineRequest[object]], ...]
    request: EngineRequest[object]
    snapshot: Snapshot
    answering: Answering[object]


class InferenceThread(QThread):
    """Signals: `answered(Answer)`; `failed(channel, request, text)` where it raised, the first two empty
    where weights were refused."""

    answered = Signal(object)
    failed = Signal(str, object, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._changed = threading.Condition()
        self._pending: dict[str, EngineRequest[object]] = {}
        self._snapshot: Snapshot | None = None
        self._run_id = ""
        self._stopping = self._held = False
        self._engine: Engine | None = None
        self._long_work: _Work | None = None
        self._last: tuple[Snapshot, EngineRequest[object], object] | None = None

    def ask(self, channel: str, request: EngineRequest[object]) -> None:
        """Answer `request` soon; an older one that still waits in the channel is dropped."""
        with self._changed:
            self._pending[channel] = request
            self._changed.notify()

    def forget(self, channel: str) -> None:
        """Drop what waits in the channel."""
        with self._changed:
            self._pending.pop(channel, None)

    def adopt(self, snapshot: Snapshot) -> None:
        """Use these weights for every answer that has not begun."""
        with self._changed:
            if snapshot.run_id != self._run_id:
                self._pending.clear()  # they were asked of another model
            self._run_id = snapshot.run_id
            self._snapshot = snapshot
            self._changed.notify()

    def hold(self, on: bool) -> None:
        """Begin nothing meanwhile."""
        with self._changed:
            self._held = on
            self._changed.notify()

    def stop(self, deadline: QDeadlineTimer = FOREVER) -> bool:
        """End after the part in progress, and wait for that; whether it has ended."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        return self.wait(deadline)

    @qt_override
    def run(self) -> None:
        while self._wait():
            try:
                self._adopt_waiting()
                self._answer_next()
            except Exception as error:  # weights that cannot be taken must not end the thread
                log.exception("the weights were refused")
                self.failed.emit("", None, str(error))

    def _wait(self) -> bool:
        """Sleep until there is something to do; False when it is time to end."""
        with self._changed:
            self._changed.wait_for(
                lambda: (
                    self._stopping
                    or (self._snapshot and not self._held)
                    or (self._engine and (self._pending or self._long_work))
                )
            )
            return not self._stopping

    def _adopt_waiting(self) -> None:
        """Take new weights. A long answer of the same run keeps the engine that it began with."""
        with self._changed:
            snapshot, self._snapshot = self._snapshot, None
        if snapshot is None:
            return
        if self._long_work and self._long_work.snapshot.run_id != snapshot.run_id:
            self._long_work = None
        if self._engine is None or self._long_work:
            with import_lock():
                from vae_gui.core.inference.engine import Engine
                from vae_gui.core.vae.devices import use_threads

            use_threads(1)
            self._engine = Engine(snapshot)
        else:
            self._engine.adopt(snapshot)

    def _answer_next(self) -> None:
        work = self._short_work() or self._long_work or self._take(self._waiting_channel())
        if work is None:
            return
        try:
            self._advance(work)
        except UserError as problem:
            self._fail(work, problem)
        except Exception as error:
            log.exception("a request failed")
            self._fail(work, error)

    def _fail(self, work: _Work, error: Exception) -> None:
        for channel, request in work.asked:
            self.failed.emit(channel, request, str(error))

    def _advance(self, work: _Work) -> None:
        """Answer a short request whole, a long one by one part."""
        is_long = work.request.cost > MAX_BATCH
        if is_long:
            self._long_work = None  # unless it has another part
        if self._is_known(work.request):
            assert self._last is not None
            self._report(work, self._last[2])
            return
        try:
            next(work.answering)
            while not is_long:
                next(work.answering)
            self._long_work = work
        except StopIteration as stop:
            self._last = None if is_long else (work.snapshot, work.request, stop.value)
            self._report(work, stop.value)

    def _waiting_channel(self) -> str | None:
        with self._changed:
            return next(iter(self._pending), None)

    def _is_known(self, request: EngineRequest[object]) -> bool:
        """Say whether the request was the last one answered: two panels show the same digit."""
        assert self._engine is not None
        return self._last is not None and self._last[:2] == (self._engine.snapshot, request)

    def _report(self, work: _Work, value: object) -> None:
        values = [value]
        if len(work.asked) > 1:
            decodes = [cast("Decode", request) for _, request in work.asked]
            values = [*answers_apart(decodes, cast("NDArray[np.uint8]", value))]
        run_id, step = work.snapshot.run_id, work.snapshot.step
        for (channel, request), its_value in zip(work.asked, values, strict=True):
            self.answered.emit(Answer(channel, request, run_id, step, its_value))

    def _short_work(self) -> _Work | None:
        with self._changed:
            short = (c for c, request in self._pending.items() if request.cost <= MAX_BATCH)
            channel = next(short, None)
        return self._take(channel)

    def _take(self, channel: str | None) -> _Work | None:
        """Begin to answer, unless weights wait: what is asked after `adopt` is answered from them."""
        with self._changed:
            if channel is None or self._snapshot is not None:
                return None
            request = self._pending.pop(channel, None)
            if request is None:
                return None
            asked = [(channel, request), *self._others_to_decode(request)]
        if len(asked) > 1:
            request = decode_together([cast("Decode", other) for _, other in asked])
        assert self._engine is not None
        return _Work(tuple(asked), request, self._engine.snapshot, request.answer(self._engine))

    def _others_to_decode(
        self, request: EngineRequest[object]
    ) -> list[tuple[str, EngineRequest[object]]]:
        """Take what waits and fits in one pass with `request`."""
        if not isinstance(request, Decode) or self._is_known(request):
            return []
        room, taken = MAX_BATCH - request.cost, []
        for channel, other in list(self._pending.items()):
            if isinstance(other, Decode) and other.cost <= room:
                room -= other.cost
                taken.append((channel, self._pending.pop(channel)))
        return taken
