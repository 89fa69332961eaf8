"""Throttle of progress reports: often enough to cancel quickly, seldom enough not to flood the window."""

import time

_SECONDS = 0.05


class ReportThrottle:
    """A clock for one loop."""

    def __init__(self) -> None:
        self._reported = time.monotonic()

    def is_due(self) -> bool:
        """Say whether a report is due; the caller then makes it."""
        now = time.monotonic()
        if now - self._reported < _SECONDS:
            return False
        self._reported = now
        return True
