"""Presentation mode: pad, digit and strip alone on the whole screen, in larger type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QObject
from PySide6.QtWidgets import QToolBar, QWidget

from vae_gui.ui.panels.explore.panel import ExplorePanel
from vae_gui.ui.style.keys import with_keys
from vae_gui.ui.window.banner import MessageKind
from vae_gui.ui.window.menus import Command, make_action

if TYPE_CHECKING:
    from vae_gui.ui.window.main_window import MainWindow

PANELS_SHOWN = ("pad", "explore", "interpolation")
SAID = "Presentation: {key:Esc} or {key:F11} ends it."


class Presentation(QObject):
    """F11 begins and ends it; Escape ends it, and the view of one panel alone."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._geometry = QByteArray()
        self.on = False
        self.action = make_action(window, Command("Presentation", self.toggle, "F11"))
        self._end_action = make_action(window, Command("End it", self.end, "Esc"))
        self._end_action.setEnabled(False)
        window.docks.alone_changed.connect(self._end_action.setEnabled)
        window.addActions([self.action, self._end_action])  # the menu bar is hidden meanwhile

    def toggle(self) -> None:
        self._show(not self.on)

    def end(self) -> None:
        """Back to the window as it was."""
        if self.on:
            self._show(False)
        else:
            self._window.docks.restore_all()

    def _show(self, on: bool) -> None:
        window, self.on = self._window, on
        if on:
            self._geometry = window.saveGeometry()
            window.docks.show_alone(PANELS_SHOWN)
            window.lesson_dock.hide()
        bars: list[QWidget] = [window.menuBar(), window.statusBar(), *window.findChildren(QToolBar)]
        for bar in bars:
            bar.setVisible(not on)
        window.docks.panel(ExplorePanel).show_digit_alone(on)
        window.appearance.set_presenting(on)
        if on:
            window.showFullScreen()
            if not window.banner.text():
                window.banner.show_message(MessageKind.INFO, with_keys(SAID), passing=True)
        else:
            if window.banner.text() == with_keys(SAID):
                window.banner.close_message()
            window.showNormal()
            window.restoreGeometry(self._geometry)
            window.docks.restore_all()
        window.docks.restyle()
