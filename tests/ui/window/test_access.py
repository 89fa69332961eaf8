"""What a screen reader and the keyboard find: a name for every control, and an order that runs as the eye does."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QDialog, QLabel, QWidget

from tests.conftest import REPOSITORY
from tests.screen import panel
from vae_gui.ui.panels import PANELS
from vae_gui.ui.window.appearance import SIZES
from vae_gui.ui.window.banner import MessageKind
from vae_gui.ui.window.lessons.lesson import lessons
from vae_gui.ui.window.main_window import MainWindow
from vae_gui.ui.window.own_images_dialog import OwnImagesDialog
from vae_gui.ui.window.shortcuts import ShortcutSheet

# What has no name of its own, by class or object name, and why nobody misses it.
WITHOUT_A_NAME = {
    "QComboBoxListView": "Qt's list of a combo box, which has the name",
    "qt_spinbox_lineedit": "Qt's field in a spin box, which has the name",
    "maxTracesSpin": "in pyqtgraph's menu of a plot, which the app does not open",
    "downsampleSpin": "the same",
    "gridAlphaSlider": "the same",
}


def focusable(root: QWidget) -> list[QWidget]:
    """All controls that the keyboard reaches."""
    return [
        widget
        for widget in (root, *root.findChildren(QWidget))
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus
    ]


def nameless(root: QWidget) -> list[str]:
    """Controls for which a screen reader has no name, but for those that are known."""
    return [
        f"{type(widget).__name__} in {type(widget.parentWidget()).__name__}"
        for widget in focusable(root)
        if not QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
        and not {widget.metaObject().className(), widget.objectName()} & set(WITHOUT_A_NAME)
    ]


def test_every_control_has_a_name(qtbot, window) -> None:
    for entry in PANELS:
        window.docks.bring_up(entry.name)
    window.banner.show_message(
        MessageKind.ERROR, "It failed.", "Again", list, other=("Leave it", list)
    )
    window.lesson_dock.open_lesson(lessons(Path("no such folder"))[0])
    window.tour.start()
    assert len(focusable(window)) > 200 and nameless(window) == []
    window.tour.stop()


POPUPS: dict[str, Callable[[MainWindow], None]] = {
    "settings of a run": lambda window: window.run_bar.settings_button.click(),
    "export of the strip": lambda window: window.open_export(),
    "export of the replay": lambda window: window.timeline_bar.open_export(),
    "layers of the pad": lambda window: panel(window, "pad").layers_button.click(),
    "settings of the embedding": lambda window: panel(window, "embedding").controls.more.click(),
    "explanation": lambda window: window.docks.docks["pad"].explain(),
}


@pytest.mark.parametrize("name", POPUPS)
def test_every_control_of_a_popup_has_a_name(qtbot, window, name: str) -> None:
    POPUPS[name](window)
    popups = [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]
    popups.remove(window)
    assert popups
    for popup in popups:
        assert nameless(popup) == []
        popup.close()


DIALOGS: dict[str, Callable[[MainWindow], QDialog]] = {
    "own images": lambda window: OwnImagesDialog(window.context, None, window),
    "keys": ShortcutSheet,
}


@pytest.mark.parametrize("name", DIALOGS)
def test_every_control_of_a_dialog_has_a_name(qtbot, window, name: str) -> None:
    dialog = DIALOGS[name](window)
    dialog.show()
    assert len(focusable(dialog)) >= 1 and nameless(dialog) == []
    dialog.close()


def test_the_guide_has_every_key_of_the_menus_and_of_the_pad(window) -> None:
    page = (REPOSITORY / "docs" / "guide" / "access.md").read_text(encoding="utf-8")
    sheet = ShortcutSheet(window)
    keys = [label.text() for label in sheet.findChildren(QLabel) if label.property("role")]
    told = {key for text in keys for key in text.replace("Ctrl+,", "Ctrl+comma").split(", ")}
    told = {key.replace("comma", ",") for key in told if key.startswith(("Ctrl+", "F"))}
    assert {"Ctrl+T", "F11", "Ctrl+,"} <= told
    assert [key for key in sorted(told) if key not in page] == []


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


def test_type_grows_and_shrinks_and_is_kept(qtbot, window) -> None:
    label, sizes = window.run_bar.status, []

    def pixels_now() -> int:
        return label.fontInfo().pixelSize()

    usual = pixels_now()
    for act, key in (("larger", "+"), ("larger", "+"), ("smaller", "-"), ("usual", "0")):
        QTest.keyClick(window, key, Qt.KeyboardModifier.ControlModifier)
        sizes.append(pixels_now())
        assert window.context.settings.type_size == [1.15, 1.3, 1.15, 1.0][len(sizes) - 1], act
    assert usual < sizes[0] < sizes[1] and sizes[2] == sizes[0] and sizes[3] == usual
    for _ in SIZES:
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


def is_scrolled(widget: QWidget) -> bool:
    return isinstance(widget, QAbstractScrollArea)


def test_tab_goes_round_through_what_is_to_be_seen(qtbot, window) -> None:
    window.run_bar.dataset_box.setFocus()
    first = QApplication.focusWidget()
    walked, unseen = [], []
    while not walked or QApplication.focusWidget() is not first:
        assert len(walked) < 300, "the round does not close"
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        walked.append(QApplication.focusWidget())
        # What is painted of a scroll area is its viewport.
        seen = walked[-1].viewport() if is_scrolled(walked[-1]) else walked[-1]
        if seen.visibleRegion().isEmpty():
            unseen.append(walked[-1].accessibleName())
    assert len(walked) > 30 and unseen == []
    legend = panel(window, "pad").legend
    chips = [widget for widget in walked if legend.isAncestorOf(widget)]
    assert len(chips) == 1
    chips[0].setFocus()
    QTest.keyClick(chips[0], Qt.Key.Key_Right)
    assert QApplication.focusWidget().accessibleName() == "Class 1"
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Up)
    assert QApplication.focusWidget() is chips[0]
