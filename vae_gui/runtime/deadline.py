"""How long somebody who ends a thread waits for it."""

from PySide6.QtCore import QDeadlineTimer

FOREVER = QDeadlineTimer(QDeadlineTimer.ForeverConstant.Forever)
