"""The command line: the core without a window, for terminals, scripts and tests. Never imports Qt."""

from collections.abc import Sequence

# Every command and the module that has it; reading this loads nothing.
COMMANDS = {
    "presets": "listing",
    "datasets": "listing",
    "train": "train",
    "sweep": "sweep",
    "info": "report",
    "evaluate": "report",
    "export": "export",
    "encode": "encode",
    "reconstruct": "encode",
    "ship": "ship",
    "self-check": "self_check",
}


def main(arguments: Sequence[str]) -> int:
    """Run one command; returns its exit code.

    0; 1 where self-check misses something; 2 for bad input; 70 for a fault of the program; 74 where stdout
    takes nothing; 128 + its number after a signal, so 130 after Ctrl-C and 141 where the reader went away.
    """
    from vae_gui.cli.parser import run

    return run(arguments)
