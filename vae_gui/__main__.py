"""Decides what was asked for: a command of the command line, or the app, alone or on a file."""

import sys
from collections.abc import Sequence
from pathlib import Path

from vae_gui.cli import COMMANDS
from vae_gui.cli import main as run_command

BAD_INPUT = 2
ALIASES = {"--self-check": "self-check"}
CHILD = "--child"  # how the bundled app starts the processes that it can kill


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command without Qt, or the app once it is known that Qt can start; returns the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    first = ALIASES.get(given[0], given[0]) if given else ""
    if first == CHILD:
        from vae_gui.core.support.subprocess_job import main as run_child

        return run_child(given[1:])
    if first in COMMANDS or first.startswith("-"):
        return run_command([first, *given[1:]])
    problem = _problem(given)
    if problem is not None:
        sys.stderr.write(problem + "\n")
        return BAD_INPUT
    from vae_gui.app import main as run_app

    return run_app(given)


def _problem(files: Sequence[str]) -> str | None:
    """Why the app cannot open on these files, in a sentence."""
    if len(files) > 1:
        return f"“{files[0]}” is no command, and the app opens one file: see vae-gui --help."
    if files and not Path(files[0]).is_file():
        return (
            f"“{files[0]}” is neither a file nor a command: "
            f"open a workspace (.vae), or choose one of {', '.join(COMMANDS)}."
        )
    from vae_gui.cli.display import problem_with_display

    return problem_with_display()


if __name__ == "__main__":
    sys.exit(main())
