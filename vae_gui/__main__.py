"""Entry point: hands over to a command of the command line, or to the app, alone or on a file."""

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from vae_gui.cli import COMMANDS
from vae_gui.cli import main as run_command
from vae_gui.core.support import child
from vae_gui.core.support.imports import load_torch_before_qt

BAD_INPUT, UNEXPECTED, INTERRUPTED = 2, 70, 130
ALIASES = {"--self-check": "self-check"}
COMPLETING = "_ARGCOMPLETE"  # set by a shell that asks how a line could go on


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command without Qt, or the app once it is known that Qt can start; returns the exit code."""
    _open_closed_streams()
    try:
        return _run(list(sys.argv[1:] if arguments is None else arguments))
    except KeyboardInterrupt:  # before the app or a command sees to it
        return INTERRUPTED


def _run(given: list[str]) -> int:
    first = ALIASES.get(given[0], given[0]) if given else ""
    if first == child.FLAG:
        return child.run(given[1:])
    if first in COMMANDS or first.startswith("-") or COMPLETING in os.environ:
        return run_command([first, *given[1:]] if given else [])
    try:
        with _leaving_on_interrupt():
            problem = _problem(given)
            if problem is not None:
                return _refuse(problem, BAD_INPUT)
            load_torch_before_qt()
            from vae_gui.app import main as run_app
        return run_app(given)
    except Exception as error:  # a library that does not load raises whatever it likes
        return _refuse(_failure(error), UNEXPECTED)


def _refuse(sentence: str, code: int) -> int:
    """Tell the person why no window opens, however the app was started."""
    from vae_gui import desktop
    from vae_gui.cli.output import print_error

    print_error(sentence)
    if desktop.nobody_reads_stderr():
        desktop.show_error(sentence)
    return code


def _failure(error: Exception) -> str:
    """Keep the trace; the sentence that says where, and what to do."""
    from vae_gui.core.support.app_folder import keep_trace
    from vae_gui.core.support.packages import in_bundle

    mend = "please report it"
    if isinstance(error, ImportError | OSError):
        mend = "install it again" if in_bundle() else "“vae-gui self-check” says what is missing"
    path = keep_trace(error, "start-error.txt")
    trace = "" if path is None else f" The trace is in “{path}”."
    return f"An error ended VAE explorer ({type(error).__name__}: {error}): {mend}.{trace}"


@contextmanager
def _leaving_on_interrupt() -> Iterator[None]:
    """End the process at Ctrl-C: what is imported makes other errors of it, or nothing at all."""
    before = signal.getsignal(signal.SIGINT)
    if before != signal.SIG_IGN:
        signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _open_closed_streams() -> None:
    """Lead closed standard streams nowhere: else the next file that is opened would become stdout."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115


def _problem(files: Sequence[str]) -> str | None:
    """Why the app cannot open on these files, in a sentence."""
    if len(files) > 1:
        return f"“{files[0]}” is no command, and the app opens one file: see vae-gui --help."
    # Path.exists would raise where a name is too long.
    if files and not os.path.exists(files[0]):  # noqa: PTH110
        return (
            f"“{files[0]}” is neither a file, a folder nor a command: "
            f"open a workspace (.vae), or choose one of {', '.join(COMMANDS)}."
        )
    from vae_gui.cli.display import problem_with_display

    return problem_with_display()


if __name__ == "__main__":
    sys.exit(main())
