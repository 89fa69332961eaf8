"""Reads the arguments, calls the command, and turns whatever goes wrong into one line and an exit code."""

import argparse
import contextlib
import importlib
import io
import sys
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from vae_gui import __version__
from vae_gui.cli import COMMANDS
from vae_gui.cli.output import OutputLostError, print_error, print_text
from vae_gui.core.datasets import DATASETS
from vae_gui.core.support.errors import UserError

SPLITS = (TRAIN, TEST, ALL) = ("train", "test", "all")
HELD_OUT = "held-out"  # of a run that holds training images out
BAD_INPUT, UNEXPECTED, INTERRUPTED, BROKEN_PIPE = 2, 70, 130, 141
LOST_OUTPUT = 74
SIGNALLED = 128  # and the number of the signal
NO_MEMORY = "There is not enough memory: choose a smaller batch, fewer samples or less data."
DESCRIPTION = (
    "Train a variational autoencoder and feel its latent space. "
    "Without a command the app opens: vae-gui, vae-gui FILE for a workspace (.vae), or vae-gui DIR for the runs of a folder."
)


class Help(argparse.HelpFormatter):
    """Says behind the help of an option what it is without being given."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        valued = action.option_strings and action.nargs != 0
        if not action.help or not valued or action.default in (None, [], argparse.SUPPRESS):
            return action.help
        return f"{action.help} (default: %(default)s)"


class Parser(argparse.ArgumentParser):
    """One line instead of the usage when the arguments are wrong; the parsers of the commands are such too."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **{"formatter_class": Help} | options)

    def error(self, message: str) -> NoReturn:
        raise UserError(f"{self.prog}: {message} (see {self.prog} --help)")


def build_parser() -> Parser:
    """The parser of all commands. Each module adds its own with `add_commands`."""
    parser = Parser(prog="vae-gui", description=DESCRIPTION, allow_abbrev=False)
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for module in dict.fromkeys(COMMANDS.values()):
        importlib.import_module(f"vae_gui.cli.{module}").add_commands(commands)
    return parser


def run(arguments: Sequence[str]) -> int:
    """Parse and carry out; returns the exit code. Whatever goes wrong becomes one line, never a trace."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a Windows code page has no σ
    try:
        return _carry_out(arguments)
    except OutputLostError as lost:
        if lost.closed:
            return BROKEN_PIPE
        return _fail(str(lost), LOST_OUTPUT)
    except UserError as error:
        return _fail(str(error))
    except MemoryError:
        return _fail(NO_MEMORY)
    except KeyboardInterrupt:
        return _fail("Stopped.", INTERRUPTED)
    except OSError as error:
        name = "" if error.filename is None else f"“{error.filename}”: "
        return _fail(f"{name}{error.strerror or error}: choose another file or folder.")
    except Exception as error:
        return _fail(_unexpected(error), UNEXPECTED)


def _carry_out(arguments: Sequence[str]) -> int:
    said = io.StringIO()  # argparse would not tell that --help and --version were lost
    try:
        with contextlib.redirect_stdout(said):
            parser = build_parser()
            _complete(parser)
            options = parser.parse_args(arguments)
    except SystemExit as done:
        print_text(said.getvalue())
        return done.code if isinstance(done.code, int) else 0
    code: int = options.run(options)
    return code


def _complete(parser: Parser) -> None:
    """Answer a shell that asks how a line could go on, where argcomplete is installed; that ends the process."""
    with contextlib.suppress(ImportError):
        import argcomplete

        argcomplete.autocomplete(parser)


def offer(
    action: argparse.Action, values: Collection[str] | Callable[[str], Collection[str]]
) -> None:
    """Have a shell offer the values of an option, or those of what was begun; where none fits it offers files.

    They are no `choices`: what else may be given, and the sentence for what may not, is the command's.
    """

    def complete(prefix: str, **_: object) -> Collection[str]:
        return values(prefix) if callable(values) else values

    action.completer = complete  # type: ignore[attr-defined]  # argcomplete looks for it there


def _fail(sentence: str, code: int = BAD_INPUT) -> int:
    print_error(sentence)
    return code


def _unexpected(error: Exception) -> str:
    """Keep the trace of a programming error; the sentence that says where."""
    from vae_gui.core.support.app_folder import keep_trace

    path = keep_trace(error, "command-line-error.txt")
    said = f"This should not have happened ({type(error).__name__}: {error}): please report it"
    return f"{said}." if path is None else f"{said} with “{path}”."


def add_out(parser: argparse.ArgumentParser, endings: Iterable[str]) -> None:
    """Add the file that an export writes, in the format that its ending names."""
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="F" + "|".join(endings),
        help="its ending says what it is",
    )


def add_json(parser: argparse.ArgumentParser) -> None:
    """The option of every command that other programs read."""
    parser.add_argument("--json", action="store_true", help="print JSON, for other programs")


def add_data(parser: argparse.ArgumentParser) -> None:
    """The options of every command that needs images."""
    dataset = parser.add_argument(
        "--dataset",
        metavar="D",
        help="a name (see vae-gui datasets), or the path of own images: a folder, IDX, NPZ or NPY "
        "(default: that of the file)",
    )
    offer(dataset, DATASETS)
    own = parser.add_argument_group("own images")
    own.add_argument("--labels", type=Path, metavar="F", help="their labels: NPY, CSV, text or IDX")
    own.add_argument(
        "--test", type=Path, metavar="PATH", help="test images (default: a tenth of those)"
    )
    own.add_argument("--test-labels", type=Path, metavar="F", help="the labels of those")
    add_data_folder(parser)
    parser.add_argument(
        "--download", action="store_true", help="fetch the data set if it is not there"
    )


def add_split(parser: argparse.ArgumentParser, held_out: bool = False) -> None:
    """Add the option for which images of the data set; held_out: or those that the run held out."""
    choices = (*SPLITS, HELD_OUT) if held_out else SPLITS
    parser.add_argument("--split", choices=choices, default=TEST, help="which images")


def add_data_folder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data-dir",
        type=Path,
        metavar="DIR",
        help="where data sets are looked for (default: $VAE_EXPLORER_DATA, or the app's own folder)",
    )
