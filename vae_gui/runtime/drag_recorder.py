"""DragRecorder: keeps the last drag of the cursor while it is made, for its export."""

import time

from vae_gui.core.state.drag import Drag, DragId
from vae_gui.core.support.types import Z

_MAX_POINTS = 20_000  # points, some minutes
_MIN_POINTS = 3


class DragRecorder:
    """`last` is None before the first drag of the model that is shown."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Another model is shown."""
        self._drag_id: DragId | None = None
        self._seconds: list[float] = []
        self._points: list[Z] = []
        self._before: Drag | None = None

    def take(self, z: Z, drag_id: DragId | None) -> None:
        """The cursor was moved; by itself, or as part of a drag."""
        if drag_id is None:
            return
        if drag_id is not self._drag_id:
            self._before = self.last
            self._drag_id, self._seconds, self._points = drag_id, [], []
        if len(self._points) < _MAX_POINTS:
            self._seconds.append(time.monotonic())
            self._points.append(z)

    @property
    def last(self) -> Drag | None:
        """A press alone is no drag."""
        if len(set(self._points)) < _MIN_POINTS:
            return self._before
        start = self._seconds[0]
        return Drag(tuple(at - start for at in self._seconds), tuple(self._points))
