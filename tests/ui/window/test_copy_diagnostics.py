"""Help ▸ Copy diagnostics."""

from pathlib import Path

from PySide6.QtGui import QAction, QGuiApplication


def test_the_menu_puts_the_diagnostics_into_the_clipboard_and_says_so(qtbot, window) -> None:
    action = next(a for a in window.findChildren(QAction) if a.text() == "Copy diagnostics")
    QGuiApplication.clipboard().clear()
    action.trigger()
    qtbot.waitUntil(lambda: QGuiApplication.clipboard().text() != "")
    text = QGuiApplication.clipboard().text()
    assert "this machine has" in text and "cpu" in text
    assert text.startswith("VAE explorer ") and "torch" in text and "platform offscreen" in text
    assert str(Path.home()) not in text
    assert "clipboard" in window.statusBar().currentMessage()
