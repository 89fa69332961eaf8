"""The window at the sizes of screens: nothing outside of it, no text cut, no field too narrow for its value."""

import os
import subprocess
import sys
from contextlib import suppress

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QDockWidget,
    QLabel,
    QLineEdit,
    QScrollArea,
    QWidget,
)
from pytestqt.exceptions import TimeoutError

from tests.conftest import REPOSITORY
from tests.runtime.conftest import entry
from tests.waiting import WAIT_SECONDS
from vae_gui.ui.panels import PANELS, Area
from vae_gui.ui.style import type_size
from vae_gui.ui.window.main_window import MainWindow

SIZES = ((960, 600), (1024, 640), (1280, 800), (1920, 1080))
BENCH = [entry.name for entry in PANELS if entry.area is Area.BENCH]


def shown(window: MainWindow) -> list[QWidget]:
    """What a person sees of the window: no popups, nothing that is scrolled to, no dock of another tab."""
    return [
        widget
        for widget in window.findChildren(QWidget)
        if widget.isVisible() and widget.window() is window and not _elsewhere(widget)
    ]


def _elsewhere(widget: QWidget) -> bool:
    parent = widget
    while parent is not None:
        behind = isinstance(parent, QDockWidget) and parent.widget().isHidden()
        if behind or (isinstance(parent, QScrollArea) and parent is not widget):
            return True
        parent = parent.parentWidget()
    return False


def outside(window: MainWindow) -> list[str]:
    """Controls that are not wholly in the window."""
    found = []
    for widget in shown(window):
        rect = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus and not window.rect().contains(rect):
            found.append(f"{type(widget).__name__} {widget.accessibleName()} {rect}")
    return found


def cut(window: MainWindow) -> list[str]:
    """Texts that are wider or higher than the widget that shows them."""
    found = []
    for widget in shown(window):
        if isinstance(widget, QLabel) and widget.text() and not widget.wordWrap():
            needed = widget.sizeHint()
        elif isinstance(widget, QAbstractButton) and widget.text():
            needed = widget.minimumSizeHint()
        else:
            continue
        if widget.width() < needed.width() or widget.height() < needed.height() - 2:
            found.append(f"{type(widget).__name__} “{widget.text()}” {widget.size()} < {needed}")
    return found


def too_narrow(window: MainWindow) -> list[str]:
    """Number fields whose value does not fit."""
    found = []
    for box in shown(window):
        if isinstance(box, QAbstractSpinBox):
            line: QLineEdit = box.lineEdit()
            room = line.width() - line.textMargins().left() - line.textMargins().right()
            if line.fontMetrics().horizontalAdvance(line.text()) > room:
                found.append(f"{box.accessibleName()} “{line.text()}” in {room}")
    return found


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", SIZES, ids=[f"{width}x{height}" for width, height in SIZES])
def test_every_panel_fits(qtbot, window, size: tuple[int, int], theme: str) -> None:
    window.appearance.set_theme(theme)
    window.run_bar.learning_rate.set_value(1.24e-4)
    window.resize(*size)
    assert (window.width(), window.height()) == size
    for name in BENCH:
        window.docks.bring_up(name)
        qtbot.waitUntil(window.docks.panels[name].isVisible)
        for faults in (outside, cut, too_narrow):
            with suppress(TimeoutError):  # panels fit themselves a moment after they were resized
                qtbot.waitUntil(lambda of=faults: of(window) == [], timeout=1500)
            assert faults(window) == [], name
        assert (window.width(), window.height()) == size, name


def test_the_pad_is_tall_and_the_bench_has_room(window) -> None:
    window.resize(1280, 800)
    pad, bench = window.docks.docks["pad"], window.docks.docks["explore"]
    assert pad.height() >= 470
    assert window.docks.panels["explore"].width() >= 560
    assert window.docks.panels["explore"].height() >= 400
    assert bench.x() > pad.x() + pad.width() - 10
    strip = window.docks.docks["interpolation"]
    assert strip.width() >= window.width() - 4


def check_every_panel(qtbot, window: MainWindow) -> None:
    for name in BENCH:
        window.docks.bring_up(name)
        qtbot.waitUntil(window.docks.panels[name].isVisible)
        for faults in (outside, cut, too_narrow):
            with suppress(TimeoutError):
                qtbot.waitUntil(lambda of=faults: of(window) == [], timeout=1500)
            assert faults(window) == [], name
        assert (window.width(), window.height()) == (1280, 800), name


@pytest.mark.parametrize("steps", [1, 2])
def test_every_panel_fits_in_larger_type(qtbot, window, steps: int) -> None:
    window.resize(1280, 800)
    for _ in range(steps):
        window.appearance.larger()
    check_every_panel(qtbot, window)


@pytest.mark.parametrize("pixels", [11, 16, 20])
def test_every_panel_fits_in_the_type_of_a_desktop(qtbot, window, monkeypatch, pixels: int) -> None:
    monkeypatch.setattr(type_size, "desktop_px", lambda: pixels)
    window.resize(1280, 800)
    window.appearance.usual()
    assert window.run_bar.preset_box.fontInfo().pixelSize() == pixels
    check_every_panel(qtbot, window)


def small(window: MainWindow) -> list[str]:
    """What is shown in type of less than 11 pixels."""
    return [
        f"{type(widget).__name__} {widget.accessibleName()} {widget.fontInfo().pixelSize()}"
        for widget in shown(window)
        if widget.fontInfo().pixelSize() < 11
    ]


@pytest.mark.parametrize("pixels", [10, 12, 13])
def test_no_type_is_smaller_than_11_pixels(qtbot, window, monkeypatch, pixels: int) -> None:
    """Also in a narrow window, where a desktop's type is small, and what is chosen smaller than that."""
    monkeypatch.setattr(type_size, "desktop_px", lambda: pixels)
    window.resize(960, 600)
    window.appearance.smaller()
    window.tour.start()
    for name in BENCH:
        window.docks.bring_up(name)
        qtbot.waitUntil(window.docks.panels[name].isVisible)
        assert len(shown(window)) > 80 and small(window) == [], name


def test_every_panel_fits_at_two_pixels_for_one() -> None:
    """2560×1600 at 200 %: Qt takes the scale once, before the app, so that a process of its own looks."""
    which = f"{__file__}::test_every_panel_fits[1280x800-dark]"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", which]
    environment = {**os.environ, "QT_SCALE_FACTOR": "2"}
    done = subprocess.run(
        command,
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        timeout=WAIT_SECONDS,
    )
    assert done.returncode == 0, done.stdout[-2000:]


def test_a_file_brings_its_panels_and_not_its_sizes(qtbot, window, tmp_path) -> None:
    path, docks = tmp_path / "mine.vae", window.docks
    window.resize(1280, 800)
    docks.bring_up("probe")
    window.context.library.add(entry("mine", steps=2))
    with qtbot.waitSignal(window.context.files.saved):
        window.context.files.save(path, window._ui_state())
    window.context.session.close("mine")
    window.resize(1920, 1080)
    docks.bring_up("explore")
    with qtbot.waitSignal(window.context.explorer.model_changed):
        window.context.files.open(path)
    assert docks.panels["probe"].isVisible()
    assert (window.width(), window.height()) == (1920, 1080)
    assert docks.docks["pad"].width() > 700


def test_the_proportions_hold_when_the_window_grows(window) -> None:
    shares = []
    for width, height in ((1280, 800), (1920, 1080)):
        window.resize(width, height)
        pad, strip = window.docks.docks["pad"], window.docks.docks["interpolation"]
        shares.append((pad.width() / width, strip.height() / height))
    assert shares[0][0] == pytest.approx(shares[1][0], abs=0.05)
    assert shares[1][1] < 0.2
