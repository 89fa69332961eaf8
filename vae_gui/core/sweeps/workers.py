"""LocalWorkers: worker processes of this machine behind the interface of `concurrent.futures`."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import connection
from typing import Any, TypeVar

Value = TypeVar("Value")


class LocalWorkers(ThreadPoolExecutor):
    """Each thread keeps one process of its own: a process that dies takes its run with it, and no other.

    A process is spawned once and imports torch once. BrokenExecutor where one died; the next run has a new one.
    """

    def __init__(self, workers: int) -> None:
        super().__init__(workers, "sweep-worker")
        self._own = threading.local()
        self._pools: list[ProcessPoolExecutor] = []

    def submit(self, task: Callable[..., Value], /, *args: Any, **kwargs: Any) -> "Future[Value]":
        return super().submit(self._in_process, task, *args, **kwargs)

    def stop(self) -> None:
        """End the processes without waiting for their runs."""
        self.shutdown(wait=False, cancel_futures=True)
        for pool in self._pools:
            for process in tuple((pool._processes or {}).values()):
                process.kill()
        self.shutdown()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        super().shutdown(wait, cancel_futures=cancel_futures)
        for pool in self._pools if wait else ():
            pool.shutdown(cancel_futures=True)

    def _in_process(self, task: Callable[..., Value], *args: Any, **kwargs: Any) -> Value:
        pool = getattr(self._own, "pool", None)
        if pool is None:
            spawn = multiprocessing.get_context("spawn")
            pool = ProcessPoolExecutor(1, spawn, _begin)
            self._own.pool = pool
            self._pools.append(pool)
        try:
            return pool.submit(task, *args, **kwargs).result()
        except BrokenExecutor:
            self._own.pool = None
            raise


def _begin() -> None:
    """A worker leaves Ctrl-C to the process that started it, and ends when that is gone, however it went."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None
    threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)
