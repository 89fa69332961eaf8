"""A plane of two latent dimensions that can be zoomed, panned and dragged on."""

from itertools import count

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from vae_gui.core.raster import View
from vae_gui.ui.theme import current_theme, small_font
from vae_gui.ui.widgets.pad_caption import PadCaption
from vae_gui.ui.widgets.pad_marks import (
    MARKER_RADIUS,
    Marks,
    Point,
    draw_bubbles,
    draw_marks,
    moved_area,
)

ZOOM_PER_NOTCH = 1.2
STEP = 0.1
STEPS = {Qt.KeyboardModifier.ShiftModifier: 0.5, Qt.KeyboardModifier.ControlModifier: 0.01}
SETTLE_MS = 15
HIT_SLACK = 5  # pixels around a marker that still grab it
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}


class PadView(pg.PlotWidget):
    """Left drag moves the cursor or a marker, middle or Space drag pans, the wheel zooms.

    Signals: `dragged(x, y, gesture)`, `marker_dragged(name, x, y, gesture)`, `hovered(x, y)`,
    `hover_ended()`, `nudged(dx, dy)` by the arrow keys, `homed()`, `marked(name)` by the keys A and B,
    `menu_requested(global position, x, y)`, `zoomed()` by hand (a pan too), `view_settled()` soon after
    any change of the visible range.
    """

    dragged = Signal(float, float, int)
    marker_dragged = Signal(str, float, float, int)
    hovered = Signal(float, float)
    hover_ended = Signal()
    nudged = Signal(float, float)
    homed = Signal()
    marked = Signal(str)
    menu_requested = Signal(QPoint, float, float)
    zoomed = Signal()
    view_settled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, background=None)
        self.marks = Marks()
        self._gestures = count(1)
        self._gesture = 0
        self._grabbed: str | None = None  # "" is the cursor
        self._pan_from: QPointF | None = None
        self._space = False
        self._ground = pg.ImageItem(axisOrder="row-major")
        self._cloud = pg.ImageItem(axisOrder="row-major")
        self._still: QPixmap | None = None
        self.scene().changed.connect(self._repaint_still)
        self._bubbles: NDArray[np.floating] = np.zeros((0, 4))
        self._bubble_colors: list[str] = []
        self.caption = PadCaption(self.viewport())
        self._settle = QTimer(self, interval=SETTLE_MS, singleShot=True)
        self._settle.timeout.connect(self.view_settled)
        plot = self.getPlotItem()
        plot.hideButtons()
        plot.setMenuEnabled(False)
        self._box: pg.ViewBox = plot.getViewBox()
        self._box.setMouseEnabled(False, False)
        self._box.setAspectLocked(True)
        self._box.setDefaultPadding(0)
        self._box.addItem(self._ground, ignoreBounds=True)
        self._box.addItem(self._cloud, ignoreBounds=True)
        self._box.sigRangeChanged.connect(self._start_settling)
        self._box.sigResized.connect(self._start_settling)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName("Latent pad")
        self.restyle()
        self.fit(-3, 3, -3, 3)

    def restyle(self) -> None:
        """Take the colours of the current theme."""
        theme = current_theme()
        self.setBackground(QColor(theme.pad))
        for side in ("bottom", "left"):
            axis = self.getPlotItem().getAxis(side)
            axis.setPen(QColor(theme.grid))
            axis.setTextPen(QColor(theme.muted))
            axis.setStyle(tickFont=small_font(self.font()), tickLength=-4)
        self.getPlotItem().showGrid(x=True, y=True, alpha=0.35 if theme.name == "dark" else 0.7)

    def set_axes(self, x: str, y: str) -> None:
        """Names of the axes, such as z1 and z2; an empty one hides the axis."""
        color = current_theme().muted
        self.getPlotItem().showAxis("left", bool(y))
        self.getPlotItem().setLabel("bottom", x, color=color)
        self.getPlotItem().setLabel("left", y, color=color)

    def set_cloud(self, rgba: NDArray[np.uint8] | None, view: View) -> None:
        """The encodings as one picture of `view`, row 0 at the top."""
        _put(self._cloud, rgba, view)

    def set_ground(self, rgba: NDArray[np.uint8] | None, view: View) -> None:
        """The background layer as one picture of `view`, row 0 at the top."""
        _put(self._ground, rgba, view)

    def set_marks(self, marks: Marks) -> None:
        """Cursor, endpoints, path and the digit beside the cursor."""
        region = moved_area(self.marks, marks, self.to_pixels, self._box.sceneBoundingRect())
        self.marks = marks
        if region is None:
            self.viewport().update()
        else:
            self.viewport().update(region)

    def set_bubbles(self, ellipses: NDArray[np.floating], colors: list[str]) -> None:
        """(n, 4): x, y and both half axes in latent units; a colour for each."""
        self._bubbles, self._bubble_colors = ellipses, colors
        self._repaint_still()

    def settle_after(self, milliseconds: int) -> None:
        """How often `view_settled` may come while the view moves; at least SETTLE_MS apart."""
        self._settle.setInterval(max(SETTLE_MS, milliseconds))

    def fit(self, x0: float, x1: float, y0: float, y1: float) -> None:
        """Show at least this rectangle."""
        self._box.setRange(xRange=(x0, x1), yRange=(y0, y1), padding=0.04)

    def zoom(self, factor: float, around: QPointF | None = None) -> None:
        """factor > 1 magnifies; around a point in latent units, else around the middle."""
        center = around if around is not None else self._box.viewRect().center()
        self._box.scaleBy((1 / factor, 1 / factor), center=pg.Point(center.x(), center.y()))
        self.zoomed.emit()

    @property
    def view(self) -> View:
        """What is visible, in latent units and in pixels of the screen."""
        (x0, x1), (y0, y1) = self._box.viewRange()
        scale = self.devicePixelRatioF()
        rect = self._box.sceneBoundingRect()
        return View(
            x0,
            x1,
            y0,
            y1,
            max(1, round(rect.width() * scale)),
            max(1, round(rect.height() * scale)),
        )

    def units_per_pixel(self) -> float:
        """Latent units in one pixel of the window."""
        return float(self._box.viewPixelSize()[0])

    def to_latent(self, position: QPointF) -> Point:
        """A position in the widget as (x, y) in latent units."""
        point = self._box.mapSceneToView(self._to_scene(position))
        return point.x(), point.y()

    def to_pixels(self, point: Point) -> QPointF:
        """(x, y) in latent units as a position in the widget."""
        return QPointF(self.viewportTransform().map(self._in_scene(point)))

    def _to_scene(self, position: QPointF) -> QPointF:
        """Finer than Qt's own, which knows whole pixels only."""
        return QPointF(self.viewportTransform().inverted()[0].map(position))

    # --- Qt events ----------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Marks over a picture of the rest, so that a move of the cursor paints little."""
        if self._still is None or self._still.devicePixelRatio() != self.devicePixelRatioF():
            self._still = self._render_still()
        area = self._box.sceneBoundingRect()
        painter = QPainter(self.viewport())
        painter.setClipRegion(event.region())
        painter.drawPixmap(0, 0, self._still)
        painter.setTransform(self.viewportTransform(), True)
        draw_marks(painter, self.marks, self._in_scene, area, current_theme())

    def _render_still(self) -> QPixmap:
        """Axes, background, encodings and bubbles."""
        scale = self.devicePixelRatioF()
        still = QPixmap(self.viewport().size() * scale)
        still.setDevicePixelRatio(scale)
        self.scene().prepareForPaint()
        painter = QPainter(still)
        self.render(painter)
        painter.setTransform(self.viewportTransform(), True)
        painter.setClipRect(self._box.sceneBoundingRect())
        draw_bubbles(painter, self._bubbles, self._bubble_colors, self._in_scene)
        return still

    def _repaint_still(self) -> None:
        self._still = None
        self.viewport().update()

    def _in_scene(self, point: Point) -> QPointF:
        return QPointF(self._box.mapViewToScene(QPointF(*point)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._still = None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if event.button() == Qt.MouseButton.MiddleButton or (
            event.button() == Qt.MouseButton.LeftButton and self._space
        ):
            self._pan_from = event.position()
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        elif event.button() == Qt.MouseButton.LeftButton:
            self._gesture = next(self._gestures)
            self._grabbed = self._marker_at(event.position())
            self._drag(event.position())

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
            self._show_hand(bool(self._marker_at(position)))
            self.hovered.emit(*self.to_latent(position))
        else:
            self.hover_ended.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()
        self._grabbed = self._pan_from = None
        self.viewport().setCursor(Qt.CursorShape.CrossCursor)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.hover_ended.emit()
        super().leaveEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.accept()
        notches = event.angleDelta().y() / 120
        if notches:
            self.zoom(ZOOM_PER_NOTCH**notches, QPointF(*self.to_latent(event.position())))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        point = self.to_latent(QPointF(event.pos()))
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            point = self.marks.cursor
        self.menu_requested.emit(event.globalPos(), *point)

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
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(ZOOM_PER_NOTCH)
        elif key == Qt.Key.Key_Minus:
            self.zoom(1 / ZOOM_PER_NOTCH)
        elif key == Qt.Key.Key_Space:
            self._space = True
        else:
            QWidget.keyPressEvent(self, event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = False
        QWidget.keyReleaseEvent(self, event)

    def _drag(self, position: QPointF) -> None:
        x, y = self.to_latent(position)
        if self._grabbed:
            self.marker_dragged.emit(self._grabbed, x, y, self._gesture)
        else:
            self.dragged.emit(x, y, self._gesture)

    def _marker_at(self, position: QPointF) -> str:
        """The nearest marker within reach; "" for none."""
        reach = (MARKER_RADIUS + HIT_SLACK) ** 2
        best = ""
        for name, point in self.marks.markers:
            offset = self.to_pixels(point) - position
            distance = QPointF.dotProduct(offset, offset)
            if distance <= reach:
                best, reach = name, distance
        return best

    def _show_hand(self, on: bool) -> None:
        shape = Qt.CursorShape.OpenHandCursor if on else Qt.CursorShape.CrossCursor
        if self.viewport().cursor().shape() != shape:
            self.viewport().setCursor(shape)

    def _start_settling(self) -> None:
        corner = self._box.sceneBoundingRect().topLeft()
        self.caption.move(round(corner.x()) + 8, round(corner.y()) + 8)
        if not self._settle.isActive():
            self._settle.start()


def _put(item: pg.ImageItem, rgba: NDArray[np.uint8] | None, view: View) -> None:
    if rgba is None:
        item.clear()
        return
    item.setImage(np.ascontiguousarray(rgba[::-1]), autoLevels=False, levels=None)
    item.setRect(QRectF(view.x0, view.y0, view.x1 - view.x0, view.y1 - view.y0))
