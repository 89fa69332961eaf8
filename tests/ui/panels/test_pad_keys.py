"""A single letter acts where the pad has the focus, and nowhere else."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.screen import pad_of, panel

# The offscreen platform can neither raise a popup nor give it the keyboard.
pytestmark = pytest.mark.qt_log_ignore(r"grabbing the keyboard", r"raise\(\)", extend=True)


@pytest.mark.parametrize("key", [Qt.Key.Key_F, Qt.Key.Key_L, Qt.Key.Key_P])
def test_a_letter_acts_with_the_focus_on_the_pad_alone(window, key: Qt.Key) -> None:
    pad, view = panel(window, "pad"), pad_of(window)

    def acted() -> bool:
        popup = pad._popup.isVisible()
        pad._popup.hide()
        return {
            Qt.Key.Key_F: pad._fitted,
            Qt.Key.Key_L: popup,
            Qt.Key.Key_P: window.context.path_lab.drawing,
        }[key]

    pad._fitted = False
    window.activateWindow()
    for elsewhere in (window.run_bar.train_button, window.tabs.bar):
        elsewhere.setFocus()
        QTest.keyClick(elsewhere, key)
        assert not acted()
    view.setFocus()
    QTest.keyClick(view, key)
    assert acted()
