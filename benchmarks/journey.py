"""A person's way through the app, with the mouse: train, look back, draw, compare paths, export.

The test of the journey and the animation of the README walk the same way.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import TypeVar
from unittest.mock import patch

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QWidget

from benchmarks.window import wait, wait_until
from vae_gui.runtime.notices import Notice
from vae_gui.ui.panels.draw.canvas import Canvas
from vae_gui.ui.panels.draw.panel import DrawPanel
from vae_gui.ui.panels.interpolation.panel import InterpolationPanel
from vae_gui.ui.panels.pad.panel import PadPanel
from vae_gui.ui.panels.paths.panel import PathLabPanel
from vae_gui.ui.parts.panel import Panel
from vae_gui.ui.window.main_window import MainWindow

FOUR = (
    ((0.50, 0.12), (0.38, 0.36), (0.28, 0.58), (0.50, 0.58), (0.74, 0.56)),
    ((0.58, 0.40), (0.56, 0.62), (0.54, 0.88)),
)
LEFT = Qt.MouseButton.LeftButton
PanelType = TypeVar("PanelType", bound=Panel)


class Journey:
    """`walk` gives a caption before each stage. pause: seconds that a viewer is given to look."""

    def __init__(self, window: MainWindow, steps: int, target: Path, pause: float = 0.0) -> None:
        self.window, self.steps, self.target, self.pause = window, steps, target, pause
        self.explorer = window.context.explorer

    def walk(self) -> Iterator[str]:
        """Each stage is done when the next caption comes."""
        yield "Drag on the latent pad: the digit follows"
        self._wander()
        yield "Press Train: the cloud forms while every panel follows"
        self._train()
        yield "Drag the timeline back: how a 4 and a 9 parted"
        self._look_back()
        yield "Draw your own 4: where it lands, and how sure the model is"
        self.draw()
        yield "Take it as A, and a 9 as B"
        self._choose_ends()
        yield "Compare the three paths"
        self._compare()
        yield "Export the best as a GIF"
        self._export()

    def panel(self, name: str, kind: type[PanelType]) -> PanelType:
        """One panel, brought to the front of its tabs."""
        self.window.docks.docks[name].raise_()
        found = self.window.docks.panels[name]
        assert isinstance(found, kind)
        wait_until(found.isVisible, 10)
        return found

    def _wander(self) -> None:
        view = self.panel("pad", PadPanel).view
        points = ((0.0, 1.5), (-1.2, 0.8), (-1.6, -0.6), (0.2, -1.4), (1.5, -0.4))
        self._drag(view.viewport(), [view.to_pixels(point).toPoint() for point in points])

    def _train(self) -> None:
        training = self.window.context.training
        self._press(self.window.run_bar.train_button)
        wait_until(lambda: training.run is not None and training.steps_done >= self.steps, 300)
        self._press(self.window.run_bar.stop_button)
        wait_until(lambda: training.checkpoint is not None, 30)

    def _look_back(self) -> None:
        slider = self.window.timeline_bar.slider
        slider.setFocus()
        for key, count in ((Qt.Key.Key_Home, 1), (Qt.Key.Key_Right, slider.maximum() // 2)):
            for _ in range(count):
                QTest.keyClick(slider, key)
                wait(0.02 + self.pause / 20)
        wait(self.pause)
        QTest.keyClick(slider, Qt.Key.Key_L)
        wait_until(lambda: self.explorer.weights.entry is None, 10)

    def draw(self) -> None:
        """A 4 on the canvas, until its posterior is known."""
        panel = self.panel("draw", DrawPanel)
        for stroke in FOUR:
            self._drag(panel.canvas, [_on(panel.canvas, point) for point in stroke])
        wait_until(lambda: self.explorer.posterior is not None, 20)
        wait_until(panel.places.isEnabled, 20)

    def _choose_ends(self) -> None:
        self._press(self.panel("draw", DrawPanel).places.buttons["A"])
        chooser = self.panel("interpolation", InterpolationPanel).ends["B"].chooser
        chooser.fill_menu()
        for entry in chooser.menu().actions():
            for of_class in entry.menu().actions() if entry.menu() else ():  # type: ignore[attr-defined]
                if of_class.text() == "9":
                    of_class.trigger()
        wait(self.pause)

    def _compare(self) -> None:
        panel, lab = self.panel("paths", PathLabPanel), self.window.context.path_lab
        wait_until(lambda: lab.up_to_date, 60)
        wait(self.pause)
        lengths = {name: lab.measured(name).length for name in lab.names()}  # type: ignore[union-attr]
        QTest.mouseClick(panel.rows[min(lengths, key=lengths.__getitem__)].button, LEFT)
        wait(self.pause)

    def _export(self) -> None:
        told: list[Notice] = []
        self.window.context.notices.published.connect(told.append)
        self._press(self.panel("interpolation", InterpolationPanel).export_button)
        wait(self.pause)
        with _saving_to(self.target):
            self._press(self.window.export_form.save_button)
        wait_until(lambda: any(notice.path for notice in told), 60)
        wait(self.pause)

    def _press(self, button: QAbstractButton) -> None:
        QTest.mouseClick(button, LEFT)
        wait(0.05)

    def _drag(self, widget: QWidget, points: list[QPoint]) -> None:
        """Drag from point to point in small steps, as a hand does."""
        QTest.mousePress(widget, LEFT, pos=points[0])
        for start, end in pairwise(points):
            for part in range(1, 9):
                at = QPointF(start) + (QPointF(end) - QPointF(start)) * (part / 8)
                QTest.mouseMove(widget, at.toPoint())
                wait(0.012)
        QTest.mouseRelease(widget, LEFT, pos=points[-1])
        wait(self.pause)


@contextmanager
def _saving_to(path: Path) -> Iterator[None]:
    """The file dialog answers with a path."""
    with patch.object(QFileDialog, "getSaveFileName", lambda *_: (str(path), "")):
        yield


def _on(canvas: Canvas, point: tuple[float, float]) -> QPoint:
    square = canvas.square()
    return QPointF(
        square.x() + point[0] * square.width(), square.y() + point[1] * square.height()
    ).toPoint()
