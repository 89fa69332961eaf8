"""PadView: a plane of two latent dimensions under the mouse and the keys."""

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from vae_gui.core.state.drag import DragId
from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.plane.edge_handles import handle_at
from vae_gui.ui.plane.path_marks import KEYFRAME_RADIUS
from vae_gui.ui.plane.picture import PadPicture
from vae_gui.ui.plane.still_marks import MARKER_RADIUS
from vae_gui.ui.style.keys import DELETING

ZOOM_PER_NOTCH = 1.2
STEP = 0.1
STEPS = {Qt.KeyboardModifier.ShiftModifier: 0.5, Qt.KeyboardModifier.ControlModifier: 0.01}
HIT_SLACK = 5  # pixels around a marker that still grab it
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}


class PadView(PadPicture):
    """Left drag moves the cursor or a marker, middle or Space drag pans, the wheel zooms; a handle at the
    edge leads to what is out of view.

    Signals: `dragged(x, y, drag_id)`, `marker_dragged(name, x, y, drag_id)`, `hovered(x, y)`,
    `hover_ended()`, `nudged(dx, dy)` by the arrow keys, `homed()`, `marked(name)` by the keys A and B,
    `keyframe_added()` and `keyframe_removed()` by K and Delete; a keyframe is a marker named by its index;
    while `draws`, `drawn(x, y, drag_id)` instead of `dragged` and then `draw_ended()`,
    `menu_requested(global position, x, y)`, `copy_requested()`.
    """

    dragged = Signal(float, float, object)
    marker_dragged = Signal(str, float, float, object)
    hovered = Signal(float, float)
    hover_ended = Signal()
    nudged = Signal(float, float)
    homed = Signal()
    marked = Signal(str)
    keyframe_added = Signal()
    keyframe_removed = Signal()
    drawn = Signal(float, float, object)
    draw_ended = Signal()
    menu_requested = Signal(QPoint, float, float)
    copy_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drag_id = DragId()
        self._grabbed: str | None = None  # "" is the cursor
        self._pan_from: QPointF | None = None
        self._space = False
        self.draws = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName("Latent pad")

    @qt_override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if event.button() == Qt.MouseButton.MiddleButton or (
            event.button() == Qt.MouseButton.LeftButton and self._space
        ):
            self._pan_from = event.position()
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        elif event.button() == Qt.MouseButton.LeftButton and (
            handle := handle_at(self.handles(), event.position())
        ):
            self.look_at(handle.target)
        elif event.button() == Qt.MouseButton.LeftButton:
            self._drag_id = DragId()
            self._grabbed = "" if self.draws else self._marker_at(event.position())
            self._drag(event.position())

    @qt_override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        event.accept()
        position = event.position()
        if self._pan_from is not None:
            (x0, y0), (x1, y1) = self.to_latent(self._pan_from), self.to_latent(position)
            self._box.translateBy(x=x0 - x1, y=y0 - y1)
            self.zoomed.emit()
            self._pan_from = position
        elif self._grabbed is not None:
            self._drag(position)
        elif self._box.sceneBoundingRect().contains(self._to_scene(position)):
            handle = handle_at(self.handles(), position)
            self.setToolTip("" if handle is None else handle.tip)
            self._show_hand(handle is not None or bool(self._marker_at(position)))
            self.hovered.emit(*self.to_latent(position))
        else:
            self.hover_ended.emit()

    @qt_override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()
        drew = self.draws and self._grabbed is not None
        self._grabbed = self._pan_from = None
        if drew:
            self.draw_ended.emit()
        self.viewport().setCursor(Qt.CursorShape.CrossCursor)

    @qt_override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    @qt_override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    @qt_override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    @qt_override
    def leaveEvent(self, event: QEvent) -> None:
        self.hover_ended.emit()
        super().leaveEvent(event)

    @qt_override
    def wheelEvent(self, event: QWheelEvent) -> None:
        event.accept()
        notches = event.angleDelta().y() / 120
        if notches:
            self.zoom(ZOOM_PER_NOTCH**notches, QPointF(*self.to_latent(event.position())))

    @qt_override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        point = self.to_latent(QPointF(event.pos()))
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            point = self.marks.cursor
        self.menu_requested.emit(event.globalPos(), *point)

    @qt_override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, modifiers = Qt.Key(event.key()), event.modifiers()
        if key in ARROWS:
            step = next((size for held, size in STEPS.items() if modifiers & held), STEP)
            dx, dy = ARROWS[key]
            self.nudged.emit(dx * step, dy * step)
        elif key == Qt.Key.Key_Home:
            self.homed.emit()
        elif key in (Qt.Key.Key_A, Qt.Key.Key_B) and not modifiers:
            self.marked.emit(event.text().upper())
        elif key == Qt.Key.Key_K and not modifiers:
            self.keyframe_added.emit()
        elif key in DELETING:
            self.keyframe_removed.emit()
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy_requested.emit()
        elif key == Qt.Key.Key_Escape and self.draws:
            self.draw_ended.emit()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(ZOOM_PER_NOTCH)
        elif key == Qt.Key.Key_Minus:
            self.zoom(1 / ZOOM_PER_NOTCH)
        elif key == Qt.Key.Key_Space:
            self._space = True
        else:
            QWidget.keyPressEvent(self, event)

    @qt_override
    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = False
        QWidget.keyReleaseEvent(self, event)

    def _drag(self, position: QPointF) -> None:
        x, y = self.to_latent(position)
        if self._grabbed:
            self.marker_dragged.emit(self._grabbed, x, y, self._drag_id)
        elif self.draws:
            self.drawn.emit(x, y, self._drag_id)
        else:
            self.dragged.emit(x, y, self._drag_id)

    def _marker_at(self, position: QPointF) -> str:
        """The nearest marker within reach; "" for none."""
        keyframes = [(str(index), point) for index, point in enumerate(self.marks.keyframes)]
        best = ""
        for markers, radius in ((self.marks.markers, MARKER_RADIUS), (keyframes, KEYFRAME_RADIUS)):
            reach = (radius + HIT_SLACK) ** 2
            for name, point in () if best else markers:
                offset = self.to_pixels(point) - position
                distance = QPointF.dotProduct(offset, offset)
                if distance <= reach:
                    best, reach = name, distance
        return best

    def _show_hand(self, on: bool) -> None:
        shape = Qt.CursorShape.OpenHandCursor if on else Qt.CursorShape.CrossCursor
        if self.viewport().cursor().shape() != shape:
            self.viewport().setCursor(shape)
