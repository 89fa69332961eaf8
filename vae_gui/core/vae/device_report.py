"""Says what this machine can train on, in a process of its own: a card keeps memory for a process that has asked it."""

import subprocess
import sys

from vae_gui.core.support import child
from vae_gui.core.support.errors import reason

MAX_SECONDS = 60


def ask() -> str:
    """Return the devices in words, or why they are not known."""
    try:
        done = child.outcome(__name__, timeout_seconds=MAX_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"its devices are not known: {reason(error)}"
    said = done.stdout if done.returncode == 0 else done.stderr
    return (said.strip().splitlines() or ["its devices are not known"])[-1]


def main(_arguments: list[str]) -> int:
    from vae_gui.core.vae.devices import devices_in_words

    sys.stdout.write(f"this machine has {devices_in_words()}\n")
    return 0
