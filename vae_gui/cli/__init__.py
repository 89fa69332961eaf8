"""The command line: the core without a window, for terminals, scripts and tests. Never imports Qt."""

from collections.abc import Sequence

# Every command and the module that has it; reading this loads nothing.
COMMANDS = {
    "presets": "listing",
    "datasets": "listing",
    "train": "train",
    "info": "report",
    "evaluate": "report",
    "export": "export",
    "ship": "ship",
    "self-check": "self_check",
}


def main(arguments: Sequence[str]) -> int:
    """Run one command; returns its exit code: 0, 2 for bad input, 130 after Ctrl-C."""
    from vae_gui.cli.parser import run

    return run(arguments)
