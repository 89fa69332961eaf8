"""The Help menu: the tour, the lessons, the example model, the keys, and what a report needs."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, qVersion
from PySide6.QtGui import QDesktopServices, QGuiApplication

from vae_gui import __version__
from vae_gui.runtime.diagnostics import diagnostics_of, log_file, version_of
from vae_gui.runtime.settings import own_folder
from vae_gui.ui.widgets.label import tell
from vae_gui.ui.window.lessons.lesson import lessons
from vae_gui.ui.window.menus import ROLE, Command, Menu, add_menu

if TYPE_CHECKING:
    from vae_gui.ui.window.main_window import MainWindow

COPIED_MS = 4000  # for which the status line says so
REPORT_TIP = (
    "Versions, device and the end of the log, to send along with a report; no personal paths"
)
NAMED = ("PySide6-Essentials", "torch", "pyqtgraph", "numpy")
LESSONS_TIP = "Put a Markdown file here to add a lesson"


class HelpMenu(QObject):
    """Its lessons are read whenever they are looked at, so that a file that is added is there."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        menu = add_menu(window, "&Help", [
            Command("What is a VAE?", self._open_first_lesson),
            Command("Take the tour", window.tour.start),
            None,
            Command("Open the example model", window.open_example),
            Command("Keyboard shortcuts", self._show_shortcuts, "F1"),
            None,
            Command("Open the log folder", self._open_log_folder),
            Command("Copy diagnostics", self._copy_diagnostics, None, REPORT_TIP),
            Command("About", self._show_about, role=ROLE.AboutRole),
        ])  # fmt: skip
        self._lessons = Menu("Lessons", menu)
        menu.insertMenu(menu.actions()[2], self._lessons)
        self._lessons.aboutToShow.connect(self._fill_lessons)

    def _fill_lessons(self) -> None:
        self._lessons.clear()
        for lesson in lessons(lessons_folder()):
            action = self._lessons.addAction(lesson.title.replace("&", "&&"))
            action.setData(lesson)
            action.triggered.connect(self._on_lesson)
        self._lessons.addSeparator()
        own = self._lessons.addAction("Your own lessons…")
        own.setToolTip(LESSONS_TIP)
        own.triggered.connect(self._open_lessons_folder)

    def _on_lesson(self) -> None:
        self._window.lesson_dock.open_lesson(self.sender().data())  # type: ignore[attr-defined]

    def _open_first_lesson(self) -> None:
        self._window.lesson_dock.open_lesson(lessons(lessons_folder())[0])

    def _open_lessons_folder(self) -> None:
        folder = lessons_folder()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            self._window.show_error(f"The folder {folder} cannot be made.")
            return
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def _open_log_folder(self) -> None:
        file = log_file()
        if file is None:
            self._window.show_error("There is no log: its folder cannot be written.")
        else:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(file.parent)))

    def _show_shortcuts(self) -> None:
        from vae_gui.ui.window.shortcuts import ShortcutSheet

        ShortcutSheet(self._window).open()

    def _show_about(self) -> None:
        tell(self._window, "About the VAE explorer", about_text())

    def _copy_diagnostics(self) -> None:
        window = self._window
        run = window.context.training.run
        size, screen = window.screen().size(), window.screen()
        platform = f"platform {QGuiApplication.platformName()}"
        words = f"{platform}, {size.width()}×{size.height()} at {screen.devicePixelRatio():g}"
        make = partial(diagnostics_of, "" if run is None else run.device, words)
        window.context.jobs.start("Copy diagnostics", make, self._copy)

    def _copy(self, text: object) -> None:
        QGuiApplication.clipboard().setText(str(text))
        self._window.statusBar().showMessage("The diagnostics are in the clipboard.", COPIED_MS)


def lessons_folder() -> Path:
    """Where a person's own lessons lie."""
    return own_folder("lessons")


def about_text() -> str:
    """Versions and licence."""
    lines = [f"VAE explorer {__version__}", "Feel a latent space.", ""]
    lines.append(f"Qt {qVersion()}")
    lines += (f"{package} {version_of(package)}" for package in NAMED)
    return "\n".join([*lines, "", "MIT licence. Qt is used under the LGPL."])
