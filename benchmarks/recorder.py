"""Films the window with captions, for the animation of the README."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtCore import QObject, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap
from PySide6.QtWidgets import QApplication

from vae_gui.ui.style.theme import current_theme
from vae_gui.ui.window.main_window import MainWindow

WIDTH, CAPTION = 760, 34
INTERVAL_MS, STILL_MS = 250, 1600
MAX_FRAMES = 14  # of one stage
COLORS, SWATCHES = 128, 900  # of the palette; width of a sample of each class in pixels


class Recorder(QObject):
    """Takes a frame every INTERVAL_MS; `caption` begins a stage."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._stages: list[list[Image.Image]] = []
        self._text = ""
        self._timer = QTimer(self, interval=INTERVAL_MS)
        self._timer.timeout.connect(self._take)
        self._timer.start()

    def caption(self, text: str) -> None:
        self._text = text
        self._stages.append([])
        self._take()

    def save(self, path: Path) -> None:
        """A GIF that loops; of long stages a few frames, and their last one stands still."""
        self._timer.stop()
        frames, times = [], []
        for stage in self._stages:
            chosen = np.unique(np.linspace(0, len(stage) - 1, MAX_FRAMES).round().astype(int))
            frames += [stage[index] for index in chosen]
            times += [INTERVAL_MS] * (len(chosen) - 1) + [STILL_MS]
        palette = _palette([stage[-1] for stage in self._stages])
        shared = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
        shared[0].save(path, save_all=True, append_images=shared[1:], duration=times, loop=0)

    def _take(self) -> None:
        if self._stages:
            picture = self._picture().scaledToWidth(
                WIDTH, Qt.TransformationMode.SmoothTransformation
            )
            self._stages[-1].append(Image.fromarray(to_array(self._with_caption(picture))))

    def _picture(self) -> QPixmap:
        """The window with what has dropped down from it."""
        picture = self._window.grab()
        painter = QPainter(picture)
        for widget in QApplication.topLevelWidgets():
            if widget.isVisible() and widget is not self._window and widget.parent() is not None:
                at = self._window.mapFromGlobal(widget.mapToGlobal(QPoint(0, 0)))
                painter.drawPixmap(at, widget.grab())
        painter.end()
        return picture

    def _with_caption(self, picture: QPixmap) -> QImage:
        theme = current_theme()
        image = QImage(WIDTH, picture.height() + CAPTION, QImage.Format.Format_RGB888)
        image.fill(QColor(theme.window))
        painter = QPainter(image)
        painter.drawPixmap(0, CAPTION, picture)
        font = painter.font()
        font.setPixelSize(16)
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(theme.text))
        painter.drawText(QRect(0, 0, WIDTH, CAPTION), Qt.AlignmentFlag.AlignCenter, self._text)
        painter.end()
        return image


def _palette(frames: list[Image.Image]) -> Image.Image:
    """Choose a palette for these frames and the classes' colours, whose dots are too small to be counted in."""
    width, height = frames[0].size
    colors = current_theme().classes
    swatch = height // len(colors)
    all_of_them = Image.new("RGB", (width * len(frames) + SWATCHES, height))
    for index, frame in enumerate(frames):
        all_of_them.paste(frame, (index * width, 0))
    for index, color in enumerate(colors):
        box = (width * len(frames), index * swatch, all_of_them.width, (index + 1) * swatch)
        all_of_them.paste(color, box)
    return all_of_them.quantize(COLORS, dither=Image.Dither.NONE)


def to_array(image: QImage) -> NDArray[np.uint8]:
    """(h, w, 3) uint8."""
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()
