"""A message over the content of the window, where a dialog would be in the way."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum

import shiboken6
from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QEnterEvent, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.style.keys import with_keys
from vae_gui.ui.style.painting import painted
from vae_gui.ui.style.theme import current_theme, icon
from vae_gui.ui.widgets.label import Label

WIDEST, MARGIN, GAP = 760, 24, 8  # pixels
PLACING = {QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide}
MIN_MS, MS_A_LETTER = 5000, 60  # that a passing message stays


class MessageKind(Enum):
    """Value: the name of the message's icon."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"

    @property
    def color(self) -> str:
        """The name of its colour in `Theme`."""
        return "danger" if self is MessageKind.ERROR else self.value


class Banner(QWidget):
    """One message at a time: what happened, what to do, buttons that do it, details on request.

    Hidden while there is nothing to say. Escape closes it. It moves nothing of what it lies over.

    Signals: `closed()` when the person is done with a message.
    """

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = MessageKind.INFO
        self._on_action: Callable[[], object] | None = None
        self._anchors: tuple[QWidget, ...] = ()
        self._passing = QTimer(self, singleShot=True)
        self._passing.timeout.connect(self.close_message)
        self._on_other: Callable[[], object] | None = None
        self._on_dismissed: Callable[[], object] | None = None
        self._symbol = Label()
        self._text = Label()
        self._text.setAccessibleName("Message")
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._action, self._other = QPushButton(), QPushButton()
        self._more = QToolButton()
        self._more.setText("Details")
        self._more.setCheckable(True)
        self._close = QToolButton()
        self._close.setIcon(icon("close", "muted"))
        self._close.setToolTip(with_keys("Close ({key:Esc})"))
        self._close.setAccessibleName("Close the message")
        self._details = QPlainTextEdit()
        self._details.setReadOnly(True)
        self._details.setMaximumHeight(160)
        self._details.setAccessibleName("Details")
        self._lay_out()
        self._action.clicked.connect(self._act)
        self._other.clicked.connect(self._act_otherwise)
        self._more.toggled.connect(self._on_more)
        self._close.clicked.connect(self.close_message)
        self.hide()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._symbol)
        row.addWidget(self._text, 1)
        for widget in (self._more, self._action, self._other, self._close):
            row.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 8, 8)
        column.setSpacing(8)
        column.addLayout(row)
        column.addWidget(self._details)

    def keep_above(self, anchor: QWidget, otherwise: QWidget) -> None:
        """Lie over the window, in its middle, above `anchor`, or above the other one while that is not in the window."""
        self._anchors = anchor, otherwise
        for watched in (anchor.window(), *self._anchors):
            watched.installEventFilter(self)

    @contextmanager
    def left_out(self) -> Iterator[None]:
        """Keep the message out of a picture of the window that is taken in the block."""
        shown = self.isVisible()
        self.hide()
        try:
            yield
        finally:
            self.setVisible(shown)

    @qt_override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in PLACING:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        parent = self.parentWidget()
        if parent is None or self.isHidden():
            return
        # A window that closes deletes its docks in turn.
        there = (it for it in self._anchors if shiboken6.isValid(it))
        anchors = [it for it in there if it.isVisible() and it.window() is parent]
        if not anchors:
            return
        width = min(WIDEST, parent.width() - 2 * MARGIN)
        bottom = anchors[0].mapTo(parent, QPoint(0, 0)).y() - GAP
        height = (
            self.heightForWidth(width) if self.hasHeightForWidth() else self.sizeHint().height()
        )
        self.setGeometry((parent.width() - width) // 2, max(0, bottom - height), width, height)
        self.raise_()

    @qt_override
    def enterEvent(self, event: QEnterEvent) -> None:
        """While the pointer is on it a message does not pass."""
        self._passing.stop()
        super().enterEvent(event)

    def show_message(
        self,
        kind: MessageKind,
        text: str,
        action_text: str | None = None,
        on_action: Callable[[], object] | None = None,
        details: str = "",
        other: tuple[str, Callable[[], object]] | None = None,
        on_dismissed: Callable[[], object] | None = None,
        passing: bool = False,
    ) -> None:
        """Replace what is shown. A button closes the banner and calls what it stands for.

        other: a second button. on_dismissed: called where the person closes the message without an answer.
        passing: it goes by itself, after the time that it takes to read it.
        """
        self._kind, self._on_action, self._on_dismissed = kind, on_action, on_dismissed
        self._on_other = None if other is None else other[1]
        self._other.setText("" if other is None else other[0])
        self._other.setVisible(other is not None)
        self._symbol.setPixmap(
            icon(kind.value, kind.color).pixmap(QSize(20, 20), self.devicePixelRatioF())
        )
        self._symbol.setAccessibleName(kind.name.capitalize())
        self._text.setText(text)
        self._action.setText(action_text or "")
        self._action.setVisible(bool(action_text))
        self._details.setPlainText(details)
        self._more.setChecked(False)
        self._more.setVisible(bool(details))
        self._details.hide()
        self.setAccessibleName(f"{kind.name.capitalize()}: {text}")
        self.show()
        self._place()
        self.update()
        if passing:
            self._passing.start(max(MIN_MS, MS_A_LETTER * len(text)))
        else:
            self._passing.stop()

    def close_message(self) -> None:
        """Hide the banner."""
        self._close_with(self._on_dismissed)

    def text(self) -> str:
        """The message that is shown, "" while hidden."""
        return "" if self.isHidden() else self._text.text()

    def _act(self) -> None:
        self._close_with(self._on_action)

    def _act_otherwise(self) -> None:
        self._close_with(self._on_other)

    def _on_more(self, on: bool) -> None:
        self._details.setVisible(on)
        self._place()

    def _close_with(self, answer: Callable[[], object] | None) -> None:
        self._passing.stop()
        self.hide()
        self._on_action = self._on_other = self._on_dismissed = None
        if answer is not None:
            answer()
        self.closed.emit()

    @qt_override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_message()
        else:
            super().keyPressEvent(event)

    @painted
    def paintEvent(self, painter: QPainter) -> None:
        theme = current_theme()
        painter.fillRect(self.rect(), QColor(theme.raised))
        painter.setPen(QPen(QColor(theme.border), 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.fillRect(QRectF(0, 0, 3, self.height()), QColor(getattr(theme, self._kind.color)))
