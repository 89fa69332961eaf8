"""LiveFront: what panels see of a live value whose owner asks the questions."""

from typing import Generic, TypeVar

from PySide6.QtCore import QObject, Signal

from vae_gui.core.support.progress import Progress
from vae_gui.runtime.live.live import Live

Value = TypeVar("Value")


class LiveFront(QObject, Generic[Value]):
    """A subclass makes `_live`. Signals: `changed()`, when value, progress or problem do."""

    changed = Signal()
    _live: Live[Value]

    @property
    def progress(self) -> Progress | None:
        return self._live.progress

    @property
    def problem(self) -> str:
        return self._live.problem

    @property
    def busy(self) -> bool:
        return self._live.running is not None

    def watch(self, on: bool) -> None:
        """Somebody who shows it came or went."""
        self._live.watch(on)
