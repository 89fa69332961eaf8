"""The deadline for somebody who ends a thread and waits for it: there is none."""

from PySide6.QtCore import QDeadlineTimer

FOREVER = QDeadlineTimer(QDeadlineTimer.ForeverConstant.Forever)
