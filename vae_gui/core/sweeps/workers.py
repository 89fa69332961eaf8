"""LocalWorkers: worker processes of this machine behind the interface of `concurrent.futures`."""

import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar, cast

from vae_gui.core.support import child, wire
from vae_gui.core.support.errors import UserError
from vae_gui.core.sweeps import worker

Value = TypeVar("Value")
DIED = "its process was ended from outside: close other programs if memory is short"


class WorkError(Exception):
    """An error that a function in a worker raised, with the name of its exception."""


class LocalWorkers(ThreadPoolExecutor):
    """Each thread keeps one process of its own: a process that dies takes its run with it, and no other.

    places: the variables of each worker, by which it sees a card or none.

    A process is started once and imports torch once. What is called has to be a function at the top of a module.
    A future raises UserError as the function did, WorkError for any other exception, and BrokenExecutor where
    the process died; the next call has a new one.
    """

    def __init__(self, places: Sequence[Mapping[str, str]]) -> None:
        super().__init__(len(places), "sweep-worker")
        self._own = threading.local()
        self._free = list(reversed(places))  # those that no thread has taken yet
        self._processes: list[subprocess.Popen[bytes]] = []
        self._stopped = False

    def submit(self, task: Callable[..., Value], /, *args: Any, **kwargs: Any) -> "Future[Value]":
        return super().submit(self._in_process, worker.call_of(task, args, kwargs))

    def stop(self) -> None:
        """End the processes without waiting for their runs."""
        self._stopped = True
        self.shutdown(wait=False, cancel_futures=True)
        for process in tuple(self._processes):
            process.kill()
        self.shutdown()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        super().shutdown(wait, cancel_futures=cancel_futures)
        for process in tuple(self._processes) if wait else ():
            self._close(process)

    def _in_process(self, call: worker.Call) -> Any:
        process = getattr(self._own, "process", None)
        if process is None:
            if not hasattr(self._own, "place"):
                self._own.place = self._free.pop()
            process = self._own.process = child.start(
                worker.__name__, stdout=subprocess.PIPE, more=self._own.place
            )
            self._processes.append(process)
            if self._stopped:
                process.kill()
        assert process.stdin is not None and process.stdout is not None
        try:
            wire.write(process.stdin, call)
            answer = wire.read(process.stdout, worker.KINDS)
        except (EOFError, OSError) as error:
            self._own.process = None
            self._close(process)
            raise BrokenExecutor(DIED) from error
        match answer:
            case worker.CallRefused(text):
                raise UserError(text)
            case worker.CallFailed(text):
                raise WorkError(text)
        return cast(worker.CallResult, answer).value

    def _close(self, process: "subprocess.Popen[bytes]") -> None:
        process.kill()
        self._processes.remove(process)
        with suppress(OSError), process:  # what it has not read
            pass
