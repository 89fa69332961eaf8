"""Painters that end whatever is raised while they paint, so that one bad mark costs itself alone.

An exception keeps its frames, and in them a painter that still paints: its pixmap or its widget is freed
first, and Qt ends the process. So no painter is made but here, and what goes wrong is reported.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import TypeVar

from PySide6.QtGui import QPaintDevice, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from vae_gui.runtime.overrides import qt_override, reported

Widget = TypeVar("Widget", bound=QWidget)


def painted(paint: Callable[[Widget, QPainter], None]) -> Callable[[Widget, QPaintEvent], None]:
    """Make the paint event of a widget from a method that takes its painter."""

    @qt_override
    @wraps(paint)
    def paint_event(self: Widget, _: QPaintEvent) -> None:
        with painting(self) as painter:
            paint(self, painter)

    return paint_event


@contextmanager
def painting(device: QPaintDevice) -> Iterator[QPainter]:
    """A painter of `device` for the block; of a block that fails, what it has painted stays."""
    painter = QPainter(device)
    try:
        with reported():
            yield painter
    finally:
        painter.end()


@contextmanager
def guarded(painter: QPainter) -> Iterator[None]:
    """A mark of its own: it changes no pen, clip or font of the next, and fails alone."""
    with reported(), saved(painter):
        yield


@contextmanager
def saved(painter: QPainter) -> Iterator[None]:
    """The painter's state is restored after the block, however that ends."""
    painter.save()
    try:
        yield
    finally:
        painter.restore()
