"""Reads the arguments, calls the command, and turns whatever goes wrong into one line and an exit code."""

import argparse
import contextlib
import importlib
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from vae_gui import __version__
from vae_gui.cli import COMMANDS
from vae_gui.cli.output import print_error
from vae_gui.core.support.errors import UserError

BAD_INPUT, INTERRUPTED, BROKEN_PIPE = 2, 130, 141
DESCRIPTION = (
    "Train a variational autoencoder and feel its latent space. "
    "Without a command the app opens: vae-gui, or vae-gui FILE for a workspace (.vae)."
)


class Parser(argparse.ArgumentParser):
    """One line instead of the usage when the arguments are wrong."""

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
    """Parse and carry out; returns the exit code."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a Windows code page has no σ
    try:
        options = build_parser().parse_args(arguments)
        code: int = options.run(options)
        sys.stdout.flush()
        return code
    except SystemExit as done:  # of --help and --version
        return done.code if isinstance(done.code, int) else 0
    except UserError as error:
        print_error(str(error))
        return BAD_INPUT
    except MemoryError:
        print_error(
            "There is not enough memory: choose a smaller batch, fewer samples or less data."
        )
        return BAD_INPUT
    except KeyboardInterrupt:
        print_error("Stopped.")
        return INTERRUPTED
    except BrokenPipeError:
        with contextlib.suppress(OSError, ValueError):
            # Python flushes stdout once more at its end and must not find the closed pipe.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE


def add_json(parser: argparse.ArgumentParser) -> None:
    """The option of every command that other programs read."""
    parser.add_argument("--json", action="store_true", help="print JSON, for other programs")


def add_data(parser: argparse.ArgumentParser, required: bool = False) -> None:
    """The options of every command that needs images."""
    parser.add_argument(
        "--dataset",
        metavar="D",
        required=required,
        help="a name (see vae-gui datasets), or the path of own images: a folder, IDX or NPZ"
        + ("" if required else "; without it that of the file"),
    )
    add_data_folder(parser)
    parser.add_argument(
        "--download", action="store_true", help="fetch the data set if it is not there"
    )


def add_data_folder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data-dir",
        type=Path,
        metavar="DIR",
        help="where data sets are looked for; without it the app's own folder",
    )
