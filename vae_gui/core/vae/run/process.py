"""A run in a process of its own, so that window and trainer do not wait for each other's interpreter."""

from __future__ import annotations

import logging
import subprocess
import threading
from contextlib import suppress
from queue import SimpleQueue
from typing import IO

from vae_gui.core.support import child as child_process
from vae_gui.core.vae.run import child, frames
from vae_gui.core.vae.run.messages import (
    Allow,
    Command,
    Ended,
    Message,
    Put,
    RunRequest,
    Started,
    WaysOut,
)

log = logging.getLogger(__name__)
DIED = (
    "The process that trains was ended from outside: close other programs if memory is short, "
    "or train with a smaller batch."
)
DIED_ON_CARD = (
    "The process that trains has ended, as the GPU or its driver does it where something goes wrong: "
    "train on the CPU."
)


class TrainingProcess:
    """A child that loads what training needs and waits for one run. Raises OSError where there can be none.

    cards: whether it may see the cards of this machine.
    """

    def __init__(self, cards: bool) -> None:
        self.cards = cards
        self._process = child_process.start(
            child.__name__,
            stdout=subprocess.PIPE,
            more={} if cards else child_process.NO_CARD,
            start_new_session=True,  # Ctrl-C is for the app, which asks this to end
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self.commands: IO[bytes] = self._process.stdin
        self.messages: IO[bytes] = self._process.stdout

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def waits(self) -> bool:
        """Say whether the child is alive and can take a run."""
        return self._process.poll() is None

    def kill(self) -> None:
        """Let it do nothing more; `close` is still to come."""
        self._process.kill()

    def close(self) -> int:
        """End it, whatever it does, and leave nothing of it; returns its exit code."""
        self._process.kill()
        self.messages.close()
        code = self._process.wait()
        with suppress(OSError):  # what it has not read
            self.commands.close()
        return code


class ProcessRunner:
    """Carries a run out in a child; the messages are those of a TrainingLoop, to the bit."""

    def __init__(
        self, process: TrainingProcess, request: RunRequest, allowed_steps: float, put: Put
    ) -> None:
        self._process, self._put = process, put
        self._outgoing: SimpleQueue[RunRequest | Command | None] = SimpleQueue()
        self._outgoing.put(request)
        self._outgoing.put(Allow(allowed_steps))
        self._failure: Exception | None = None
        self._on_card = False

    def take(self, command: Command) -> None:
        """Take a command from any thread; never wait for the child."""
        self._outgoing.put(command)

    def run(self) -> None:
        """Pass on what the child says, until it says Ended or is no more; the child never outlives this call.

        What can be neither read nor sent is raised.
        """
        writer = threading.Thread(target=self._write, daemon=True)
        try:
            writer.start()
            ended = self._read()
            if ended is None and self._failure is not None:
                raise self._failure
        finally:
            self._outgoing.put(None)
            code = self._process.close()
            if writer.is_alive():
                writer.join()
        if ended is None:
            log.error("the process that trains ended with code %d", code)
            ended = Ended(None, False, DIED)
            if self._on_card:  # an assertion of CUDA or Metal ends it, and nothing but it
                ended = Ended(None, False, DIED_ON_CARD, WaysOut(0, cpu=True))
        self._put(ended)

    def _read(self) -> Ended | None:
        """Pass messages on until the run has ended; return None where the child ended before."""
        try:
            while True:
                message = frames.read(self._process.messages)
                if isinstance(message, Ended):
                    return message
                if isinstance(message, Started):
                    self._on_card = message.device != "cpu"
                assert isinstance(message, Message)
                self._put(message)
        except (EOFError, OSError):
            return None

    def _write(self) -> None:
        try:
            while (frame := self._outgoing.get()) is not None:
                frames.write(self._process.commands, frame)
        except OSError:
            pass  # nobody reads any more
        except Exception as error:
            # The child would wait for ever for what did not reach it; its end ends `_read`.
            self._failure = error
            self._process.kill()
