"""Long stress of the real window: cycles of open, train and close, and thousands of random events.

`python -m benchmarks.soak_window --cycles 100 --events 10000 --seeds 1 2 3` runs each part in a process
of its own, with faulthandler on, and prints a table; the exit code says whether all of it held.
"""

import argparse
import gc
import json
import logging
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from benchmarks.monkey import Monkey, alone
from benchmarks.window import app_window, wait, wait_until
from vae_gui.runtime.training import Phase

EXPECTED = "This plugin does not support"  # the offscreen platform: size hints, raise, grab
TRAIN_STEPS = 20
MAX_MB = 5.0  # above the plateau
PROCESS_SECONDS = 3600
ENDING_SECONDS = 30


class Faults(logging.Handler):
    """All that goes wrong meanwhile: exceptions of any thread, errors in the log, Qt's warnings."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        self.found.append(f"{record.getMessage()} {error!r}")

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Take the hooks of the interpreter, of the log and of Qt for the block."""
        hooks = sys.excepthook, threading.excepthook
        sys.excepthook = lambda *given: self.found.append(repr(given[1]))
        threading.excepthook = lambda given: self.found.append(repr(given.exc_value))
        logging.getLogger().addHandler(self)
        messages = qInstallMessageHandler(self._on_message)
        try:
            yield
        finally:
            sys.excepthook, threading.excepthook = hooks
            logging.getLogger().removeHandler(self)
            qInstallMessageHandler(messages)

    def _on_message(self, kind: QtMsgType, context: object, text: str) -> None:
        if kind not in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg) and EXPECTED not in text:
            self.found.append(text)


@dataclass(frozen=True, slots=True)
class Left:
    """The remains of a window after it was closed.

    threads: of the process; 0 where they cannot be counted.
    """

    windows: int
    threads: int
    megabytes: float


def cycle(steps: int = TRAIN_STEPS) -> Left:
    """Open the window, train on the digits, stop and close it."""
    with app_window() as window:
        context, bar = window.context, window.run_bar
        train = bar.settings.train_form.value()
        bar.settings.set_train(replace(train, epochs=10_000, threads=1, device="cpu"))
        bar.train()
        wait_until(lambda: context.training.steps_done >= steps, 300)
        context.training.stop()
        wait_until(lambda: context.training.phase is Phase.IDLE, 60)
        window.hide()
    wait(0.05)
    return left()


def left(threads: int = 0) -> Left:
    """Collects first, also what the app spares from collections for as long as it lives.

    threads: that are expected to be left. The system takes a moment to end one that has been told to, longer on a
    busy machine; up to ENDING_SECONDS are waited for that.
    """
    gc.unfreeze()
    gc.collect()
    windows = [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]
    with suppress(AssertionError):
        wait_until(lambda: not threads or _threads() <= threads, ENDING_SECONDS)
    return Left(len(windows), _threads(), _resident_mb())


def _threads() -> int:
    tasks = Path("/proc/self/task")
    return len(list(tasks.iterdir())) if tasks.exists() else 0


def growth_mb(after: list[Left]) -> float:
    """Return how far the last tenth of the cycles lies above those after the first third, the plateau."""
    values = [one.megabytes for one in after]
    tenth = max(1, len(values) // 10)
    plateau = values[len(values) // 3 :][:tenth]
    return statistics.median(values[-tenth:]) - statistics.median(plateau)


def _resident_mb() -> float:
    statm = Path("/proc/self/statm")
    if not statm.exists():
        return 0.0
    pages = int(statm.read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def random_events(seed: int, count: int) -> None:
    """Send random events to a window of its own, which then closes."""
    with tempfile.TemporaryDirectory() as folder, alone(Path(folder)), app_window() as window:
        Monkey(window, seed).run(count)
        window.hide()


@dataclass(frozen=True, slots=True)
class Outcome:
    """The findings of one part."""

    name: str
    faults: tuple[str, ...]
    crashed: str = ""
    windows: int = 0
    threads: int = 0
    growth: float = 0.0
    seconds: float = 0.0

    @property
    def held(self) -> bool:
        clean = not (self.faults or self.crashed or self.windows or self.threads)
        return clean and self.growth <= MAX_MB


def watch(name: str, work: Callable[[], list[Left]]) -> Outcome:
    """Run a part here."""
    faults, began = Faults(), time.perf_counter()
    with faults.watched():
        after = work()
    extra = after[-1].threads - after[0].threads
    took = time.perf_counter() - began
    windows, growth = after[-1].windows, growth_mb(after)
    return Outcome(name, tuple(faults.found), "", windows, max(0, extra), growth, took)


def run_cycles(count: int) -> Outcome:
    def work() -> list[Left]:
        after = [cycle() for _ in range(count)]
        return [*after, left(after[0].threads)]

    return watch(f"{count} × open, train, close", work)


def run_events(seed: int, count: int) -> Outcome:
    def work() -> list[Left]:
        random_events(seed, 0)  # what is loaded once is there
        before = left()
        random_events(seed, count)
        return [replace(before, megabytes=0), replace(left(before.threads), megabytes=0)]

    return watch(f"{count} random events, seed {seed}", work)


def in_a_process(*part: str) -> Outcome:
    """Run a part in a process that may crash, with settings of its own."""
    with tempfile.TemporaryDirectory() as home:
        homes = {f"XDG_{name}_HOME": f"{home}/{name}" for name in ("CONFIG", "DATA", "CACHE")}
        done = subprocess.run(
            [sys.executable, "-X", "faulthandler", "-m", "benchmarks.soak_window", "--part", *part],
            env={"QT_QPA_PLATFORM": "offscreen"} | os.environ | homes,
            cwd=Path(__file__).parents[1],
            capture_output=True,
            text=True,
            timeout=PROCESS_SECONDS,
            check=False,
        )
    if done.returncode:
        return Outcome(" ".join(part), (), f"exit code {done.returncode}: {done.stderr[-4000:]}")
    said = json.loads(done.stdout.splitlines()[-1])
    return Outcome(**(said | {"faults": tuple(said["faults"])}))


def main() -> int:
    parser = argparse.ArgumentParser(prog="soak_window", description=__doc__)
    parser.add_argument("--cycles", type=int, default=100)
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--seeds", type=int, nargs="*", default=[1, 2, 3])
    parser.add_argument("--part", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        kind, *numbers = options.part
        run = {"cycles": run_cycles, "events": run_events}[kind]
        outcome = run(*map(int, numbers))
        print(json.dumps({name: getattr(outcome, name) for name in outcome.__slots__}))
        return 0
    parts = [("cycles", str(options.cycles))] if options.cycles else []
    parts += [("events", str(seed), str(options.events)) for seed in options.seeds]
    outcomes = []
    print("| part | exceptions | crashed | windows | threads | growth, MB | s | held |")
    print("|---|---|---|---|---|---|---|---|")
    for part in parts:
        o = in_a_process(*part)
        outcomes.append(o)
        held = "yes" if o.held else "**no**"
        row = (o.name, len(o.faults), bool(o.crashed), o.windows, o.threads, f"{o.growth:.1f}")
        print("|", " | ".join(map(str, (*row, f"{o.seconds:.0f}", held))), "|", flush=True)
        for fault in (*sorted(set(o.faults)), o.crashed):
            if fault:
                print(fault, file=sys.stderr)
    return 0 if all(outcome.held for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
