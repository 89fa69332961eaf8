"""The keeping of a run on the command line: signals that stop it, saves that fail, and where it goes then."""

import argparse
import secrets
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from vae_gui.cli.output import print_error
from vae_gui.core.storage import workspace as files
from vae_gui.core.storage.workspace import SUFFIX, Workspace
from vae_gui.core.support.app_folder import app_folder
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.files import check_writable

# Ctrl-C, a polite kill, a closed terminal, and Ctrl-Break of Windows.
_STOPPING = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
_NAME_CHARACTERS = 40


@contextmanager
def stop_signals() -> Iterator[list[int]]:
    """The numbers of the signals that asked to stop. A second Ctrl-C ends the program as usual; other
    signals may come twice by themselves: a terminal that closes sends SIGHUP, and so does its shell.
    """
    received: list[int] = []

    def on_signal(number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGINT and number in received:
            raise KeyboardInterrupt
        received.append(number)

    previous = {}
    for name in _STOPPING:
        number = getattr(signal, name, None)
        # Under nohup a run goes on when the terminal is closed.
        if number is not None and (name != "SIGHUP" or signal.getsignal(number) != signal.SIG_IGN):
            previous[number] = signal.signal(number, on_signal)
    try:
        yield received
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def add_overwrite(parser: argparse.ArgumentParser) -> None:
    """Add the option of every command that writes what `check_new` protects."""
    parser.add_argument("--overwrite", action="store_true", help="replace a file that is there")


def check_new(path: Path, overwrite: bool, goes_on: Path | None = None) -> None:
    """Raise UserError, before long work, where `path` cannot be written or holds what may not be replaced unasked.

    That is what no command can make again: a run, and a text that somebody may have gone on writing. Pictures,
    tables and weights are made of a run, and replaced. goes_on: a run whose own file may be replaced.
    """
    check_writable(path)
    if path.exists() and not overwrite and not (goes_on and goes_on.samefile(path)):
        raise UserError(
            f"“{path.name}” is there already: choose another name, or add --overwrite to replace it."
        )


def save_somewhere(workspace: Workspace, out: Path) -> Path:
    """Save to `out`, or where that fails to the app's own folder, and say so; returns where it is.

    Raises UserError where it can be kept in neither.
    """
    try:
        files.save(workspace, out)
        return out
    except UserError as error:
        problem = error
    folder = app_folder() / "rescued"
    place = folder / f"{out.stem[:_NAME_CHARACTERS]}-{secrets.token_hex(4)}{SUFFIX}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        files.save(workspace, place)
    except (OSError, UserError) as error:
        raise UserError(f"{problem} Nor could it be kept in “{folder}”.") from error
    print_error(f"{problem} It was saved as “{place}”.")
    return place


class PeriodicSave:
    """Saves while a run goes on. A save that fails is a warning, said once until one works again."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self._failed = False

    def save(self, workspace: Workspace) -> None:
        try:
            files.save(workspace, self._out)
        except UserError as error:
            if not self._failed:
                print_error(f"{error} The run goes on and is saved later.")
            self._failed = True
        else:
            self._failed = False
