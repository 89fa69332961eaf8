"""The process that trains: reads a request and commands from its input, writes the messages of the run to its output.

It has loaded torch before the request comes, waits for it, runs once, and ends; it also ends, wherever it
stands, as soon as its input is closed: when the app has gone, however that ended.
"""

import os
import threading
import traceback
from functools import partial
from typing import IO

from vae_gui.core.support import child
from vae_gui.core.vae.run import frames
from vae_gui.core.vae.run.loop import TrainingLoop
from vae_gui.core.vae.run.messages import Allow, Command, RunRequest
from vae_gui.core.vae.warm_up import warm_up_training

NICENESS = 5  # the window comes first


def main(_arguments: list[str]) -> int:
    """Train one run; returns the exit code."""
    child.step_back(NICENESS)
    source, sink = child.own_pipes()
    warm_up_training()
    try:
        request, first = frames.read(source), frames.read(source)
    except EOFError:  # nobody trains any more: the app has gone
        return 0
    assert isinstance(request, RunRequest) and isinstance(first, Allow)
    loop = TrainingLoop(request, first.steps, partial(frames.write, sink))
    threading.Thread(target=_listen, args=(source, loop), daemon=True).start()
    try:
        loop.run()
    except OSError:  # nobody reads any more: the app has gone
        os._exit(1)
    return 0


def _listen(source: IO[bytes], loop: TrainingLoop) -> None:
    """Pass commands on; a run that can be told nothing more ends, whatever the cause."""
    try:
        while True:
            command = frames.read(source)
            assert isinstance(command, Command)
            loop.take(command)
    except (EOFError, OSError):
        pass  # the app has gone
    except Exception:
        traceback.print_exc()
    finally:
        os._exit(1)
