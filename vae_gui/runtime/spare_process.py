"""SpareProcess: a process with torch loaded that waits for the next run, so that Train begins at once."""

import logging

from vae_gui.core.vae.run.process import TrainingProcess

log = logging.getLogger(__name__)


class SpareProcess:
    """A holder of at most one spare process, with the cards of this machine or without them, for use by one thread."""

    def __init__(self) -> None:
        self._process: TrainingProcess | None = None

    def start(self, cards: bool) -> None:
        """Have one wait, unless one does."""
        if not self._fits(cards):
            self.close()
            try:
                self._process = TrainingProcess(cards)
            except OSError:
                log.warning("no process waits for the next run", exc_info=True)

    def take(self, cards: bool) -> TrainingProcess | None:
        """Give the one that waits, if it does and is as asked for; it is the caller's from now on."""
        if not self._fits(cards):
            self.close()
        taken, self._process = self._process, None
        return taken

    def _fits(self, cards: bool) -> bool:
        process = self._process
        return process is not None and process.waits and process.cards == cards

    def close(self) -> None:
        """End it, and leave nothing of it."""
        if self._process is not None:
            self._process.close()
            self._process = None
