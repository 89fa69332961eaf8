"""The scrubber: the loss curve of a run, whose playhead is dragged to any moment of the timeline."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QPixmap,
    QPolygonF,
)
from PySide6.QtWidgets import QAbstractSlider, QToolTip, QWidget

from vae_gui.core.vae.config import HyperparameterChange
from vae_gui.core.vae.history import COLUMNS, HistoryRows, means_of_neighbours
from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.parts.change_words import change_text
from vae_gui.ui.parts.em_steps import EM_WORDS, band_color, broken
from vae_gui.ui.style.images import scale_of
from vae_gui.ui.style.numbers import grouped
from vae_gui.ui.style.painting import painted, painting
from vae_gui.ui.style.theme import current_theme, small_font, with_type

KEYS = (
    Qt.Key.Key_Left,
    Qt.Key.Key_Right,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
    Qt.Key.Key_Space,
    Qt.Key.Key_L,
)
HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 64, 40, 10, 6, 6
POINTS = 1000  # of a curve, or up to twice as many
SETTLED = 0.1  # share of a run after which its values set the scale
REACH, MAX_TOLD = 5, 5  # pixels from a mark, within which it says its value; of so many
EM_TIP = f"{EM_WORDS}, as their z is of p(z|x): no −ELBO of the encoder, so the line breaks where that begins and ends"
Points = NDArray[np.float64]
Scale = tuple[float, float]  # low, high


@dataclass(frozen=True, slots=True, eq=False)
class RunCurve:
    """What is drawn of a run: step and −ELBO of the batches and of the test images, (n, 2); the changes.

    A line breaks where a value is no number. em: the steps of exact EM, in which the batches bound −log p(x).
    """

    title: str
    batches: Points
    tests: Points
    changes: tuple[HyperparameterChange, ...] = ()
    em: range = range(0)

    @classmethod
    def of(
        cls,
        title: str,
        rows: HistoryRows,
        changes: tuple[HyperparameterChange, ...],
        em: range = range(0),
    ) -> "RunCurve":
        """Return the curve of a history, with about as many points as a screen has pixels."""
        return cls(title, _thinned(broken(rows.seen, em)), _thinned(rows.tests), changes, em)

    @property
    def last_step(self) -> float:
        ends = [float(rows[-1, 0]) for rows in (self.batches, self.tests) if len(rows)]
        return max(ends, default=0.0)

    @property
    def changed(self) -> Points:
        """The steps of the changes, (n,)."""
        return np.array([change.step for change in self.changes], np.float64)

    def scale(self) -> Scale | None:
        """Low and high, None without any value; the first steps of a run fall from far above and do not count."""
        settled = [rows[int(SETTLED * len(rows)) :, 1] for rows in (self.batches, self.tests)]
        values = np.concatenate(settled)
        values = values[np.isfinite(values)]
        if not len(values):
            return None
        low, high = float(values.min()), float(values.max())
        return low, max(high, low + 0.1)


def _thinned(rows: Points) -> Points:
    """Rows (n, 4) of a history -> step and −ELBO, means of neighbours; without step 0, which is far above."""
    terms = rows[:, COLUMNS.index("reconstruction")] + rows[:, COLUMNS.index("kl")]
    drawn = rows[:, 0] > 0
    return np.column_stack(means_of_neighbours(rows[drawn, 0], terms[drawn], 2 * POINTS))


def unbroken(rows: Points) -> list[Points]:
    """Return the parts (m, 2) of a curve between its gaps."""
    gaps = np.flatnonzero(~np.isfinite(rows[:, 1]))
    parts = np.split(rows, gaps)
    return [part for part in (parts[0], *(part[1:] for part in parts[1:])) if len(part)]


class Scrubber(QAbstractSlider):
    """Its value is the index of a moment. Left and Right move by one, Home and End to the first and the last.

    Signals: `replay_requested()` by Space; `live_requested()` by L.
    """

    replay_requested = Signal()
    live_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._curve = RunCurve("", np.zeros((0, 2)), np.zeros((0, 2)))
        self._steps: Points = np.zeros(0)
        self._picture: QPixmap | None = None
        self._picture_of: tuple[object, ...] = ()
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Moment of the run")

    def set_curve(self, curve: RunCurve) -> None:
        self._curve, self._picture = curve, None
        self.update()

    def set_moments(self, moments: Points) -> None:
        """The steps (n,) that the playhead can go to."""
        if not np.array_equal(moments, self._steps):
            self._steps, self._picture = moments, None
            self.setRange(0, max(0, len(moments) - 1))
            self._tell()
            self.update()

    @qt_override
    def sliderChange(self, change: QAbstractSlider.SliderChange) -> None:
        super().sliderChange(change)
        self._tell()

    def _tell(self) -> None:
        """The step of the moment, for a screen reader: Qt's own number is an index."""
        if self.value() < len(self._steps):
            step, count = grouped(round(self._steps[self.value()])), len(self._steps)
            self.setAccessibleDescription(f"step {step}, moment {self.value() + 1} of {count}")

    @qt_override
    def sizeHint(self) -> QSize:
        return QSize(400, HEIGHT)

    @qt_override
    def minimumSizeHint(self) -> QSize:
        return QSize(120, HEIGHT)

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(with_type(LEFT, self.font()), TOP, -RIGHT, -BOTTOM)

    def _last(self) -> float:
        moment = float(self._steps[-1]) if len(self._steps) else 0.0
        return max(1.0, self._curve.last_step, moment)

    def x_of(self, step: float) -> float:
        """Where a step stands, in pixels."""
        return float(self._across(np.array([step], np.float64))[0])

    def _across(self, steps: Points) -> Points:
        """The same of many."""
        area = self._area()
        across: Points = area.left() + area.width() * steps / self._last()
        return across

    def _index_at(self, x: float) -> int:
        area = self._area()
        step = (x - area.left()) / max(1.0, area.width()) * self._last()
        return int(np.abs(self._steps - step).argmin())

    @qt_override
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
            if plain and event.key() in KEYS:
                event.accept()
                return True
        if isinstance(event, QHelpEvent):
            text = self._words_at(event.pos().x()) or self.toolTip()
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    @qt_override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            self.replay_requested.emit()
        elif event.key() == Qt.Key.Key_L:
            self.live_requested.emit()
        else:
            super().keyPressEvent(event)

    @qt_override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and len(self._steps):
            self.setSliderDown(True)
            self.setValue(self._index_at(event.position().x()))

    @qt_override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self.setValue(self._index_at(event.position().x()))

    @qt_override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(False)

    def _words_at(self, x: float) -> str:
        """Return the newest changes that are marked there, else what the band says."""
        near = np.flatnonzero(np.abs(self._across(self._curve.changed) - x) <= REACH)[-MAX_TOLD:]
        changes = "\n".join(
            f"{change_text(change)} from step {grouped(change.step)}"
            for change in (self._curve.changes[index] for index in near)
        )
        band = self._em_area(self._area())
        return changes or (EM_TIP if band.left() <= x < band.right() else "")

    @painted
    def paintEvent(self, painter: QPainter) -> None:
        """The playhead over a picture of the rest: a curve has a thousand points."""
        scale = scale_of(painter)
        what = self.size(), scale, current_theme(), self.font().toString()
        if self._picture is None or self._picture_of != what:
            self._picture_of, self._picture = what, self._draw(scale)
        painter.drawPixmap(0, 0, self._picture)
        if len(self._steps) > 1:
            self._paint_playhead(painter, self._area())

    def _draw(self, scale: float) -> QPixmap:
        """Axis, curves, changes and moments, `scale` pixels a unit."""
        picture = QPixmap(self.size() * scale)
        picture.setDevicePixelRatio(scale)
        picture.fill(Qt.GlobalColor.transparent)
        with painting(picture) as painter:
            self._paint_still(painter)
        return picture

    def _paint_still(self, painter: QPainter) -> None:
        theme, area = current_theme(), self._area()
        painter.setFont(small_font(self.font()))
        painter.setPen(QPen(QColor(theme.border), 1))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        self._paint_em(painter, area)
        scale = self._curve.scale()
        if scale is not None:
            self._paint_axis(painter, area, scale)
            self._paint_changes(painter, area)
            faint = QColor(theme.accent)
            faint.setAlpha(130)
            self._paint_curve(painter, area, scale, self._curve.batches, faint)
            self._paint_curve(painter, area, scale, self._curve.tests, QColor(theme.warning))
        if len(self._steps) > 1:
            self._paint_moments(painter, area)

    def _title(self) -> str:
        return f"{self._curve.title} · {grouped(round(self._last()))} steps"

    def _paint_axis(self, painter: QPainter, area: QRectF, scale: Scale) -> None:
        low, high = scale
        painter.setPen(QColor(current_theme().muted))
        left = QRectF(0, 0, area.left() - 6, self.height())
        right = Qt.AlignmentFlag.AlignRight
        painter.drawText(left, right | Qt.AlignmentFlag.AlignTop, f"{high:.0f}")
        painter.drawText(left, right | Qt.AlignmentFlag.AlignBottom, f"{low:.0f}")
        painter.drawText(area, right | Qt.AlignmentFlag.AlignTop, self._title())

    def _paint_curve(
        self, painter: QPainter, area: QRectF, scale: Scale, rows: Points, color: QColor
    ) -> None:
        low, high = scale
        x = self._across(rows[:, 0])
        y = area.bottom() - area.height() * np.clip((rows[:, 1] - low) / (high - low), 0, 1)
        pen = QPen(color, 1)
        pen.setCosmetic(True)  # a wider one takes 40 ms for a thousand points
        painter.setPen(pen)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for part in unbroken(np.column_stack((x, y))):
            painter.drawPolyline(QPolygonF([QPointF(*point) for point in part]))

    def _em_area(self, area: QRectF) -> QRectF:
        """Return the place of the band over exact EM, as far as the run has come; empty without one."""
        em, last = self._curve.em, self._last()
        left, right = (self.x_of(min(step, last)) for step in (em.start, em.stop))
        return QRectF(left, area.top(), right - left, area.height())

    def _paint_em(self, painter: QPainter, area: QRectF) -> None:
        """Name the band as long as there is room for, above its line, which is low; below the words of changes."""
        band = self._em_area(area)
        if not self._curve.em or band.width() <= 0:
            return
        painter.fillRect(band, band_color())
        painter.setPen(QColor(current_theme().muted))
        width = painter.fontMetrics().horizontalAdvance
        for words in (EM_WORDS, EM_WORDS.partition(":")[0]):
            if width(words) + 6 <= band.width():
                bottom, top = Qt.AlignmentFlag.AlignBottom, Qt.AlignmentFlag.AlignTop
                edge = bottom if self._curve.changes else top
                painter.drawText(
                    band.adjusted(0, 0, 0, -4), Qt.AlignmentFlag.AlignHCenter | edge, words
                )
                break

    def _paint_changes(self, painter: QPainter, area: QRectF) -> None:
        """One line for those that share a pixel, with the newest value where there is room for it."""
        painter.setPen(QPen(QColor(current_theme().muted), 1, Qt.PenStyle.DashLine))
        xs = np.round(self._across(self._curve.changed)).tolist()
        newest = dict(zip(xs, self._curve.changes, strict=True))
        for x in newest:
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        width = painter.fontMetrics().horizontalAdvance
        free, end = area.left(), area.right() - width(self._title())
        for x, change in newest.items():
            text = change_text(change)
            if free <= x + 3 < end - width(text):
                painter.drawText(QPointF(x + 3, area.top() + 9), text)
                free = x + 12 + width(text)

    def _paint_moments(self, painter: QPainter, area: QRectF) -> None:
        painter.setPen(QPen(QColor(current_theme().muted), 1))
        for x in np.unique(np.round(self._across(self._steps))).tolist():
            painter.drawLine(QPointF(x, area.bottom() - 3), QPointF(x, area.bottom()))

    def _paint_playhead(self, painter: QPainter, area: QRectF) -> None:
        theme = current_theme()
        x = self.x_of(self._steps[min(self.value(), len(self._steps) - 1)])
        color = QColor(theme.text if self.isEnabled() else theme.disabled)
        painter.setPen(QPen(color, 1.5))
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.accent) if self.isEnabled() else color)
        painter.drawEllipse(QPointF(x, area.center().y()), 6, 6)
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QPointF(x, area.center().y()), 9, 9)
