"""What a screen reader and the keyboard find: a name for every control, and an order that runs as the eye does."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QMenu,
    QMenuBar,
    QWidget,
)

from vae_gui.ui.panels import PANELS
from vae_gui.ui.window.appearance import SIZES


def focusable(window: QWidget) -> list[QWidget]:
    """All controls that the keyboard reaches, but for the insides of Qt's own."""

    def is_inside(widget: QWidget) -> bool:
        parent = widget.parentWidget()
        of_combo = isinstance(widget, QAbstractItemView) and isinstance(
            parent and parent.parentWidget(), QComboBox
        )
        of_box = isinstance(parent, QAbstractSpinBox)
        of_view = isinstance(parent, QAbstractScrollArea) and parent.viewport() is widget
        return of_combo or of_box or of_view or isinstance(widget, QMenu | QMenuBar)

    return [
        widget
        for widget in window.findChildren(QWidget)
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus and not is_inside(widget)
    ]


def name_of(widget: QWidget) -> str:
    if widget.accessibleName():
        return widget.accessibleName()
    return widget.text() if isinstance(widget, QAbstractButton | QLabel) else ""


def test_every_control_has_a_name(qtbot, window) -> None:
    for entry in PANELS:
        window.docks.bring_up(entry.name)
    controls = focusable(window)
    hidden = [window.banner]  # its buttons have a text when they are shown
    nameless = [
        f"{type(widget).__name__} in {type(widget.parentWidget()).__name__}"
        for widget in controls
        if not name_of(widget) and widget.parentWidget() not in hidden
    ]
    assert len(controls) > 200 and not nameless, "\n".join(nameless)


def test_the_run_bar_is_walked_through_from_left_to_right(qtbot, window) -> None:
    bar = window.run_bar
    walked, widget = [], bar.dataset_box
    while widget is not None and len(walked) < 40:
        walked.append(widget)
        widget = widget.nextInFocusChain()
        while not (
            widget.focusPolicy() & Qt.FocusPolicy.TabFocus
            and widget.isVisible()
            and widget.isEnabled()
        ):
            widget = widget.nextInFocusChain()
        if not bar.isAncestorOf(widget):
            break
    assert bar.train_button in walked and len(walked) >= 5
    lefts = [widget.mapTo(bar, widget.rect().topLeft()).x() for widget in walked]
    assert lefts == sorted(lefts)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_a_theme_that_is_switched_reaches_every_label(qtbot, window, theme: str) -> None:
    window.appearance.set_theme(theme)
    text = window.palette().windowText().color()
    ground = window.palette().window().color()
    for label in window.findChildren(QLabel):
        ink = label.palette().windowText().color()
        assert abs(ink.lightness() - ground.lightness()) > 60, label.text()
    assert abs(text.lightness() - ground.lightness()) > 150


@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080)])
def test_type_grows_and_shrinks_and_is_kept(qtbot, window, size: tuple[int, int]) -> None:
    window.resize(*size)
    label, sizes = window.run_bar.status, []

    def pixels_now() -> int:
        return label.fontInfo().pixelSize()

    usual = pixels_now()
    for act, key in (("larger", "+"), ("larger", "+"), ("smaller", "-"), ("usual", "0")):
        QTest.keyClick(window, key, Qt.KeyboardModifier.ControlModifier)
        sizes.append(pixels_now())
        assert window.context.settings.type_size == [1.15, 1.3, 1.15, 1.0][len(sizes) - 1], act
    assert usual < sizes[0] < sizes[1] and sizes[2] == sizes[0] and sizes[3] == usual
    for _ in range(9):
        window.appearance.smaller()
    assert window.context.settings.type_size == SIZES[0]


def test_a_presentation_and_a_theme_leave_the_size_of_the_type(window) -> None:
    label = window.docks.panels["explore"].decoded.coverage_label
    window.appearance.larger()
    chosen = label.fontInfo().pixelSize()
    window.presentation.toggle()
    shown = label.fontInfo().pixelSize()
    window.appearance.toggle_theme()
    assert label.fontInfo().pixelSize() == shown > chosen
    window.presentation.end()
    window.appearance.toggle_theme()
    assert label.fontInfo().pixelSize() == chosen


@pytest.mark.parametrize("value", ["huge", "0", "99", "nan"])
def test_a_size_in_the_settings_that_cannot_be_is_the_usual_one(window, value: str) -> None:
    window.context.settings._store.set("type_size", value)
    assert window.context.settings.type_size == 1.0
