"""Icons from `resources/icons`, drawn in the colours of the current theme at any scale."""

from pathlib import Path

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

from vae_gui.resources import resources_dir
from vae_gui.runtime.overrides import qt_override, qt_override_or
from vae_gui.ui.style.colors import current_theme
from vae_gui.ui.style.painting import guarded, painting


class _SvgEngine(QIconEngine):
    """Draws one SVG in a colour that is looked up at each paint, so that it follows the theme."""

    def __init__(self, svg: str, color: str) -> None:
        super().__init__()
        self._svg = svg
        self._color = color

    @qt_override
    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        theme = current_theme()
        name = "disabled" if mode == QIcon.Mode.Disabled else self._color
        if state == QIcon.State.On and name == "text":
            name = "accent"
        with guarded(painter):
            svg = self._svg.replace("currentColor", getattr(theme, name))
            renderer = QSvgRenderer(QByteArray(svg.encode()))
            renderer.setAspectRatioMode(Qt.AspectRatioMode.KeepAspectRatio)
            renderer.render(painter, QRectF(rect))

    @qt_override_or(QPixmap)
    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        if size.isEmpty():  # of a widget that is pressed to nothing: not to be painted on
            return QPixmap()
        key = f"{current_theme().name} {self._color} {mode} {state} {size.toTuple()} {self._svg}"
        pixmap = QPixmap(size)
        if not QPixmapCache.find(key, pixmap):
            pixmap.fill(Qt.GlobalColor.transparent)
            with painting(pixmap) as painter:
                self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
            QPixmapCache.insert(key, pixmap)
        return pixmap

    @qt_override_or(lambda: _SvgEngine("", "text"))
    def clone(self) -> "_SvgEngine":
        return _SvgEngine(self._svg, self._color)


def icon(name: str, color: str = "text") -> QIcon:
    """The icon `resources/icons/<name>.svg`.

    color: the name of a colour of `Theme`. Disabled icons are drawn in `disabled`, and a checked
    action's icon in `accent`.
    """
    return themed_svg(resources_dir() / "icons" / f"{name}.svg", color)


def themed_svg(path: Path, color: str) -> QIcon:
    """A drawing whose `currentColor` is a colour of the current theme."""
    return QIcon(_SvgEngine(path.read_text(encoding="utf-8"), color))
