"""PadPicture: axes, background, encodings and marks of a plane that can be zoomed."""

import time
from dataclasses import replace

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPixmap, QRegion, QResizeEvent
from PySide6.QtWidgets import QWidget

from vae_gui.core.pictures.scatter import View
from vae_gui.core.state.pad_layers import NO_BACKGROUND, PadLayers
from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.plane.caption import PadCaption
from vae_gui.ui.plane.edge_handles import (
    EdgeHandle,
    draw_edge_handles,
    edge_handles,
    handle_area,
)
from vae_gui.ui.plane.marks import (
    Marks,
    Point,
    ToPixels,
    draw_focus,
    draw_moving_marks,
    moved_area,
    tile_area,
)
from vae_gui.ui.plane.overlays import Stage, paint_overlays
from vae_gui.ui.plane.posterior_mark import PosteriorMark
from vae_gui.ui.plane.scene import Ellipses, PlaneScene
from vae_gui.ui.plane.still_marks import faint_labels
from vae_gui.ui.plane.to_pixels import to_pixels_of
from vae_gui.ui.style.images import scale_of
from vae_gui.ui.style.painting import guarded, painting
from vae_gui.ui.style.theme import current_theme, small_font, with_type

SETTLE_MS = 15
AWAIT_TILE_MS = 6  # cursor and digit are painted at once, if the digit comes soon
AXIS_WIDTH = 46
FADED = 0.35  # opacity of the encodings over a background, which would be hidden by them


class PadPicture(pg.PlotWidget):
    """frame_ms: how long the last frame took to paint.

    Signals: `zoomed()` by the person (a pan too); `view_settled()` soon after any change of the visible range.
    """

    zoomed = Signal()
    view_settled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, background=None, enableMenu=False)
        self.marks = Marks()
        self.frame_ms = 0.0
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.viewport().setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the plane itself has the keyboard
        self.caption = PadCaption(self.viewport())
        self._still: QPixmap | None = None
        self._marked: QPixmap | None = None
        self._faint: frozenset[str] = frozenset()
        self._layers = PadLayers()
        self._ellipses = Ellipses()
        self._posterior: PosteriorMark | None = None
        self._layer = pg.ImageItem(axisOrder="row-major")
        self._scatter = pg.ImageItem(axisOrder="row-major")
        self._moved = QRegion()
        self._await_tile = QTimer(self, interval=AWAIT_TILE_MS, singleShot=True)
        self._await_tile.timeout.connect(self._paint_moved)
        self._settle = QTimer(self, interval=SETTLE_MS, singleShot=True)
        self._settle.timeout.connect(self.view_settled)
        plot = self.getPlotItem()
        plot.hideButtons()
        self._box: pg.ViewBox = plot.getViewBox()
        self._box.setMouseEnabled(False, False)
        self._box.setAspectLocked(True)
        self._box.setDefaultPadding(0)
        self._box.addItem(self._layer, ignoreBounds=True)
        self._box.addItem(self._scatter, ignoreBounds=True)
        self._box.sigRangeChanged.connect(self._start_settling)
        self._box.sigResized.connect(self._start_settling)
        self.scene().changed.connect(self._repaint_still)
        self.restyle()
        self.fit(-3, 3, -3, 3)

    def restyle(self) -> None:
        """Take the colours of the current theme."""
        theme = current_theme()
        self.setBackground(QColor(theme.pad))
        for side in ("bottom", "left"):
            axis = self.getPlotItem().getAxis(side)
            axis.enableAutoSIPrefix(False)  # z has no unit
            axis.setPen(QColor(theme.grid))
            axis.setTextPen(QColor(theme.muted))
            if side == "left":  # else longer numbers would move the plot
                axis.setWidth(with_type(AXIS_WIDTH, self.font()))
            axis.setStyle(tickFont=small_font(self.font()), tickLength=-4, maxTickLevel=1)
        self.getPlotItem().showGrid(x=True, y=True, alpha=0.35 if theme.name == "dark" else 0.7)

    def set_axes(self, x: str, y: str) -> None:
        """Names of the axes, such as z1 and z2; an empty one hides the axis."""
        size = small_font(self.font()).pixelSize()
        style = {"color": current_theme().muted, "font-size": f"{size}px"}
        self.getPlotItem().setLabel("bottom", x, **style)
        self.getPlotItem().setLabel("left", y, **style)
        self.getPlotItem().showAxis("left", bool(y))

    def set_scatter(self, rgba: NDArray[np.uint8] | None, view: View) -> None:
        """The encodings as one picture of `view`, row 0 at the top."""
        _put(self._scatter, rgba, view)

    def set_background(self, rgba: NDArray[np.uint8] | None, view: View) -> None:
        """The background layer as one picture of `view`, row 0 at the top."""
        _put(self._layer, rgba, view)

    def set_marks(self, marks: Marks) -> None:
        """Cursor, endpoints, path and the digit beside the cursor."""
        before, self.marks = self.marks, marks
        to_pixels = self._mapping(widget=True)
        faint = faint_labels(marks, to_pixels)
        if faint != self._faint or before.still != marks.still:
            self._faint = faint
            self._repaint_marks()
        else:
            area = self._box.sceneBoundingRect()
            self._moved += moved_area(before, marks, to_pixels, area)
            for each in (before, marks):
                for handle in self._handles_of(each, to_pixels, area):
                    self._moved += handle_area(handle)
            if not self._await_tile.isActive():
                self._await_tile.start()

    def set_tile(self, tile: NDArray[np.uint8] | None) -> None:
        """The digit beside the cursor, and with it what has moved."""
        self.marks = replace(self.marks, tile=tile)
        self._moved += tile_area(self.marks, self._mapping(widget=True))
        self._paint_moved()

    def _paint_moved(self) -> None:
        self._await_tile.stop()
        self.viewport().update(self._moved)
        self._moved = QRegion()

    def set_layers(self, layers: PadLayers) -> None:
        """Which overlays are on."""
        if layers != self._layers:
            self._layers = layers
            self._scatter.setOpacity(1.0 if layers.background == NO_BACKGROUND else FADED)
            self._repaint_still()

    def set_ellipses(self, ellipses: Ellipses) -> None:
        """The posteriors of some encodings."""
        self._ellipses = ellipses
        self._repaint_still()

    def set_posterior(self, mark: PosteriorMark | None) -> None:
        """Where the drawing lies."""
        if mark is not self._posterior:
            self._posterior = mark
            self._repaint_marks()

    def settle_after(self, milliseconds: int) -> None:
        """How often `view_settled` may come while the view moves; at least SETTLE_MS apart."""
        self._settle.setInterval(max(SETTLE_MS, milliseconds))

    def fit(self, x0: float, x1: float, y0: float, y1: float) -> None:
        """Show at least this rectangle."""
        self._box.setRange(xRange=(x0, x1), yRange=(y0, y1), padding=0.04)

    def look_at(self, point: Point) -> None:
        """Move the view so that a point in latent units is in its middle."""
        middle = self._box.viewRect().center()
        self._box.translateBy(x=point[0] - middle.x(), y=point[1] - middle.y())
        self.zoomed.emit()

    def handles(self) -> tuple[EdgeHandle, ...]:
        """Of what is out of view, in the widget's pixels."""
        area = self._box.sceneBoundingRect()
        return self._handles_of(self.marks, self._mapping(widget=True), area)

    def _handles_of(
        self, marks: Marks, to_pixels: ToPixels, area: QRectF
    ) -> tuple[EdgeHandle, ...]:
        drawing = None if self._posterior is None else self._posterior.middle
        return edge_handles(marks, drawing, to_pixels, area)

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
        return self._mapping(widget=True)(point)

    def _to_scene(self, position: QPointF) -> QPointF:
        """Finer than Qt's own, which knows whole pixels only."""
        return QPointF(self.viewportTransform().inverted()[0].map(position))

    @qt_override
    def paintEvent(self, event: QPaintEvent) -> None:
        """What follows the pointer over a picture of the rest, so that a move paints little."""
        began = time.perf_counter()
        with painting(self.viewport()) as painter:
            scale = scale_of(painter)
            if self._still is None or self._still.devicePixelRatio() != scale:
                self._still, self._marked = self._render_still(scale), None
            if self._marked is None:
                self._marked = self._render_marked(self._still)
            painter.setClipRegion(event.region())
            painter.drawPixmap(0, 0, self._marked)
            painter.setTransform(self.viewportTransform(), True)
            scene = self._overlay_scene()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setClipRect(scene.area, Qt.ClipOperation.IntersectClip)
            with guarded(painter):
                draw_moving_marks(painter, self.marks, scene.to_pixels, scene.area, scene.theme)
            paint_overlays(painter, Stage.MOVING, scene)
            with guarded(painter):
                handles = self._handles_of(self.marks, scene.to_pixels, scene.area)
                draw_edge_handles(painter, handles, scene.theme)
            if self.hasFocus():
                with guarded(painter):
                    draw_focus(painter, scene.area, scene.theme)
        self.frame_ms = 1000 * (time.perf_counter() - began)

    def _render_still(self, scale: float) -> QPixmap:
        """Axes, background, encodings and the still overlays, `scale` pixels a unit."""
        still = QPixmap(self.viewport().size() * scale)
        still.setDevicePixelRatio(scale)
        self.scene().prepareForPaint()
        with painting(still) as painter:
            area = self.viewport().rect()  # Qt would take the pixmap's size in its own pixels
            with guarded(painter):
                self.render(painter, QRectF(area), area)
            self._paint(painter, Stage.STILL)
        return still

    def _render_marked(self, still: QPixmap) -> QPixmap:
        """The same with the drawing, class names, paths, A and B."""
        marked = QPixmap(still)
        with painting(marked) as painter:
            self._paint(painter, Stage.MARKS)
        return marked

    def _paint(self, painter: QPainter, stage: Stage) -> None:
        scene = self._overlay_scene()
        painter.setTransform(self.viewportTransform(), True)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(scene.area)
        paint_overlays(painter, stage, scene)

    def _overlay_scene(self) -> PlaneScene:
        area, theme = self._box.sceneBoundingRect(), current_theme()
        mapping = self._mapping()
        return PlaneScene(
            self._layers,
            self.marks,
            mapping,
            area,
            theme,
            self._ellipses,
            self._posterior,
            self._faint,
        )

    def _repaint_still(self) -> None:
        self._still = None
        self._repaint_marks()

    def _repaint_marks(self) -> None:
        self._marked = None
        self.viewport().update()

    def _mapping(self, widget: bool = False) -> ToPixels:
        """From latent units to the scene, or to the widget."""
        return to_pixels_of(self._box, self.viewportTransform() if widget else None)

    @qt_override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._still = None

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
