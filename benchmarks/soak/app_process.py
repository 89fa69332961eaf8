"""The real app in a process of its own, which can be told what to do, listened to, and killed."""

import os
import subprocess
import sys
import threading
import time
from collections import defaultdict, deque
from pathlib import Path
from types import TracebackType

from vae_gui.runtime.autosave import Pace

REPOSITORY = Path(__file__).parents[2]
PATIENCE_SECONDS = 240.0  # a guard against hangs


class AppProcess:
    """home: of its user, with settings, data, autosaves and temporary files. Events: see `driven_app`."""

    def __init__(self, home: Path, pace: Pace | None = None) -> None:
        temporary = home / "tmp"
        temporary.mkdir(exist_ok=True)
        homes = {"HOME": str(home), "TMPDIR": str(temporary)} | {
            f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "DATA", "CACHE")
        }
        arguments = [] if pace is None else [str(pace.first), str(pace.rest), str(pace.most_lost)]
        self.output = ""  # all but the progress
        self.progress: list[tuple[int, float]] = []  # steps, and when each was reached
        self._events: defaultdict[str, deque[str]] = defaultdict(deque)
        self._told, self._ended = threading.Condition(), False
        self._process = subprocess.Popen(
            [sys.executable, "-X", "faulthandler", "-m", "benchmarks.soak.driven_app", *arguments],
            env=os.environ | homes | {"QT_QPA_PLATFORM": "offscreen"},
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._listener = threading.Thread(target=self._listen)
        self._listener.start()

    def __enter__(self) -> "AppProcess":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.kill()

    def do(self, command: str) -> None:
        """One of those of `driven_app`; returns once it is done."""
        assert self._process.stdin is not None
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()
        self.wait_for("done")

    def wait_for(self, event: str, seconds: float = PATIENCE_SECONDS) -> str:
        """Return what follows the name of the next event of this name that nobody has waited for."""
        waiting = self._events[event]
        with self._told:
            self._told.wait_for(lambda: waiting or self._ended, seconds)
            if waiting:
                return waiting.popleft()
            ended = self._ended
        if ended:
            raise EOFError(f"the app ended before “{event}”: {self.output}")
        raise TimeoutError(f"no “{event}” within {seconds:.0f} s: {self.output}")

    def has_told(self, event: str) -> bool:
        """Say whether there is an event that nobody has waited for."""
        with self._told:
            return bool(self._events[event])

    def kill(self) -> float:
        """End the app by SIGKILL; return the moment."""
        moment = time.monotonic()
        self._process.kill()
        self._finish()
        return moment

    def send(self, number: int) -> None:
        """A signal."""
        self._process.send_signal(number)

    def exit_code(self, seconds: float = PATIENCE_SECONDS) -> int:
        """Waits for its end."""
        code = self._process.wait(seconds)
        self._finish()
        return code

    def reached(self, step: int) -> float:
        """Return the moment at which the run had taken so many steps."""
        return next(moment for steps, moment in self.progress if steps >= step)

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            name, _, rest = line.strip().partition(" ")
            with self._told:
                if name == "at":
                    step, moment = rest.split()
                    self.progress.append((int(step), float(moment)))
                else:
                    self.output += line
                    self._events[name].append(rest)
                self._told.notify_all()
        with self._told:
            self._ended = True
            self._told.notify_all()

    def _finish(self) -> None:
        self._process.wait()
        self._listener.join()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None and not stream.closed:
                stream.close()
