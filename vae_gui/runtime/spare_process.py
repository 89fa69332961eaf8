"""SpareProcess: a process with torch loaded that waits for the next run, so that Train begins at once."""

import logging

from vae_gui.core.vae.run.process import TrainingProcess

log = logging.getLogger(__name__)


class SpareProcess:
    """At most one. For use by one thread."""

    def __init__(self) -> None:
        self._process: TrainingProcess | None = None

    def start(self) -> None:
        """Have one wait, unless one does."""
        if self._process is None or not self._process.waits:
            self.close()
            try:
                self._process = TrainingProcess()
            except OSError:
                log.warning("no process waits for the next run", exc_info=True)

    def take(self) -> TrainingProcess | None:
        """The one that waits, if it does; it is the caller's from now on."""
        if self._process is not None and not self._process.waits:
            self.close()
        taken, self._process = self._process, None
        return taken

    def close(self) -> None:
        """End it, and leave nothing of it."""
        if self._process is not None:
            self._process.close()
            self._process = None
