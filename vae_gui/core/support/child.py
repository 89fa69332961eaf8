"""Processes of the app's own: a module whose `main(arguments)` runs alone, also in a bundle that has no interpreter.

All of them are started here, so that none imports from the folder in which the app happens to be started.
"""

import importlib
import io
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from vae_gui.core.support.packages import in_bundle

FLAG = "--child"  # what the app is started with in the place of a command
# What a process is given that computes on the CPU alone: torch then sees no card, which may be full or lost.
VISIBLE_CARDS = "CUDA_VISIBLE_DEVICES"
NO_CARD = {VISIBLE_CARDS: ""}
_ROOT = Path(__file__).resolve().parents[3]
_PR_SET_PDEATHSIG = 1  # of Linux's prctl
_BELOW_NORMAL_PRIORITY_CLASS = 0x4000  # of Windows


def start(
    module: str, *arguments: str, more: Mapping[str, str] | None = None, **options: Any
) -> subprocess.Popen[bytes]:
    """Start a module of this package, whose standard input is a pipe; raises OSError where that cannot be.

    more: variables beside those of `environment`. options: as of Popen. The module has to end when its input
    does: then it ends with this process, however that goes, and on Linux even where it had been stopped.
    """
    if (
        sys.__stderr__ is None
    ):  # as under pythonw, where a child's would lead to a pipe without a reader
        options.setdefault("stderr", subprocess.DEVNULL)
    return subprocess.Popen(
        command(module, *arguments),
        stdin=subprocess.PIPE,
        env=environment() | dict(more or {}),
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        **options,
    )


def outcome(
    module: str, *arguments: str, timeout_seconds: float
) -> subprocess.CompletedProcess[str]:
    """Run a module of this package to its end; raises OSError, or TimeoutExpired once it is killed."""
    return subprocess.run(
        command(module, *arguments),
        stdin=subprocess.DEVNULL,
        env=environment(),
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        timeout=timeout_seconds,
        check=False,
    )


def command(module: str, *arguments: str) -> list[str]:
    """Return the line that runs a module of this package; start it with `environment`."""
    program = [sys.executable, *([] if in_bundle() else ["-m", "vae_gui"])]
    return [*program, FLAG, module, *arguments]


def environment() -> dict[str, str]:
    """Return the environment of a child: this process's, with `variables`."""
    return os.environ | variables()


def variables() -> dict[str, str]:
    """Return what is set for every process of a run: it finds this package wherever it is started, and writes UTF-8.

    It imports neither from its working folder nor from a part of PYTHONPATH that depends on it.
    """
    known = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    parts = [str(_ROOT), *(part for part in known if Path(part).is_absolute())]
    return {
        "PYTHONPATH": os.pathsep.join(parts),
        "PYTHONSAFEPATH": "1",
        "PYTHONIOENCODING": "utf-8",
    }


@contextmanager
def inherited() -> Iterator[None]:
    """Give `environment` to processes that a library starts, which inherit this one's variables and `sys.path`."""
    before, path = dict(os.environ), list(sys.path)
    os.environ.update(variables())
    sys.path[:] = [part for part in path if not _is_working_folder(part)]
    try:
        yield
    finally:
        sys.path[:] = path
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def without_cards() -> Iterator[None]:
    """Have this process itself see no card; torch looks when it is first asked for one."""
    before = {name: os.environ.get(name) for name in NO_CARD}
    os.environ.update(NO_CARD)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _is_working_folder(part: str) -> bool:
    """Say whether a part of `sys.path` is the working folder, unless this package lies there."""
    return not Path(part).is_absolute() or Path(part) == Path.cwd() != _ROOT


def run(arguments: list[str]) -> int:
    """Run the module that follows FLAG with its own arguments; returns its exit code."""
    for stream in (sys.stdout, sys.stderr):  # a bundle does not read PYTHONIOENCODING
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    _wake_when_the_parent_ends()
    module = importlib.import_module(arguments[0])
    code: int = module.main(arguments[1:])
    return code


def step_back(niceness: int) -> None:
    """Have this process give way to the window; niceness: how far, where a system has steps."""
    if sys.platform != "win32":
        os.nice(niceness)
        return
    import ctypes

    kernel = ctypes.WinDLL("kernel32")
    kernel.GetCurrentProcess.restype = ctypes.c_void_p  # its default would cut the handle
    kernel.SetPriorityClass.argtypes = (ctypes.c_void_p, ctypes.c_uint32)
    kernel.SetPriorityClass(kernel.GetCurrentProcess(), _BELOW_NORMAL_PRIORITY_CLASS)


def own_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Return input and output for messages alone: what a library prints goes to the errors, and reads nothing."""
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    return source, sink


def end_with_the_parent(source: int = 0, clean: Callable[[], None] = lambda: None) -> None:
    """End this process, whatever it does, once its input is closed; for a child that is told nothing by it.

    source: the descriptor of the input.
    """

    def wait() -> None:
        os.read(source, 1)  # sys.stdin holds a lock that Python wants at its end
        clean()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _wake_when_the_parent_ends() -> None:
    """Have Linux continue this process, if it was stopped, when its parent ends: a stopped one sees no closed input."""
    if sys.platform == "linux":
        import ctypes  # the app itself, which reads this module too, does without

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGCONT)
