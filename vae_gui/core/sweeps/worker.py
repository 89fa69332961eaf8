"""A worker: a process that carries out one call after the other, and what is said to it and by it on the wire."""

import importlib
import os
import queue
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import IO, Any

from vae_gui.core.support import child, wire
from vae_gui.core.support.errors import UserError
from vae_gui.core.sweeps.one_run import Order
from vae_gui.core.sweeps.plan import PlannedRun, SweepPlan
from vae_gui.core.sweeps.rows import EvaluationRow, Finished, RunRow
from vae_gui.core.sweeps.search_space import Range, Search


@dataclass(frozen=True, slots=True)
class Call:
    """A function at the top of an importable module, and what it is called with."""

    module: str
    name: str
    arguments: tuple[object, ...]
    keywords: dict[str, object]


@dataclass(frozen=True, slots=True)
class CallResult:
    """The value that the function returned."""

    value: object


@dataclass(frozen=True, slots=True)
class CallRefused:
    """The sentence of a UserError."""

    text: str


@dataclass(frozen=True, slots=True)
class CallFailed:
    """The text of any other exception, with its name."""

    text: str


KINDS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        *(Call, CallResult, CallRefused, CallFailed, Order, SweepPlan, PlannedRun, Search, Range),
        *(Finished, RunRow, EvaluationRow),
    )
}


def call_of(task: Callable[..., object], arguments: tuple[Any, ...], keywords: Any) -> Call:
    """Return the call of a function, or of a `partial` of one, as it goes over the wire."""
    if isinstance(task, partial):
        arguments, keywords = (*task.args, *arguments), {**task.keywords, **keywords}
        task = task.func
    return Call(task.__module__, task.__qualname__, arguments, dict(keywords))


def main(_arguments: list[str]) -> int:
    """Carry out calls until the input ends; Ctrl-C is left to the process that started this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    source, sink = child.own_pipes()
    calls: queue.SimpleQueue[Call] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(source, calls), daemon=True).start()
    try:
        while True:
            wire.write(sink, _answer(calls.get()))
    except OSError:  # nobody listens any more
        os._exit(1)


def _listen(source: IO[bytes], calls: "queue.SimpleQueue[Call]") -> None:
    try:
        while True:
            call = wire.read(source, KINDS)
            assert isinstance(call, Call)
            calls.put(call)
    except (EOFError, OSError):
        os._exit(1)


def _answer(call: Call) -> CallResult | CallRefused | CallFailed:
    try:
        function = getattr(importlib.import_module(call.module), call.name)
        return CallResult(function(*call.arguments, **call.keywords))
    except UserError as problem:
        return CallRefused(str(problem))
    except Exception as problem:  # whatever it is, the run of this call has failed
        return CallFailed(f"{type(problem).__name__}: {problem}")
