"""The commands of the window, menu by menu."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence

from vae_gui.core.sharing import SHARES
from vae_gui.runtime.training import Phase
from vae_gui.ui.style.keys import key_sequences
from vae_gui.ui.widgets.label import plain_tip
from vae_gui.ui.window.dock import Dock
from vae_gui.ui.window.help_menu import HelpMenu
from vae_gui.ui.window.menus import ROLE, Command, Menu, add_menu
from vae_gui.ui.window.theme_menu import ThemeMenu

if TYPE_CHECKING:
    from vae_gui.ui.window.main_window import MainWindow

KEY = QKeySequence.StandardKey
MORE_EPOCHS = 10


class MenuBar(QObject):
    """Fills the window's menu bar, and the recent files whenever they are looked at."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._context = window.context
        self._add_file()
        self._add_edit()
        self._add_run()
        self._add_view()
        self._add_rest()

    def _add_file(self) -> None:
        window, files = self._window, self._window.files
        menu = add_menu(self._window, "&File", [
            Command("Open…", files.open, KEY.Open),
            Command("Open sweep…", window.comparing.open_sweep, "Ctrl+Shift+O", "Compare the runs of a folder, also while a sweep fills it"),
            None,
            Command("Save", files.save, KEY.Save),
            Command("Save as…", files.save_as, "Ctrl+Shift+S"),
            None,
            Command("Rename…", window.tabs.bar.rename_shown, None, "Or double click on the name in its tab"),
            Command("Close the model", window.close_shown_model, "Ctrl+W"),
            Command("Open the closed model again", window.reopen_closed, "Ctrl+Shift+T"),
            None,
            Command("Data folder…", self._choose_data_folder, None, "Where MNIST is looked for"),
            None,
            Command("Quit", window.close, KEY.Quit, role=ROLE.QuitRole),
        ])  # fmt: skip
        self._recent = Menu("Open recent", menu)
        menu.insertMenu(menu.actions()[1], self._recent)
        self._recent.aboutToShow.connect(self._fill_recent)

    def _add_edit(self) -> None:
        window, stack = self._window, self._context.explorer.undo_stack
        undo, redo = stack.createUndoAction(self, "Undo"), stack.createRedoAction(self, "Redo")
        for action, key in ((undo, KEY.Undo), (redo, KEY.Redo)):
            action.setShortcuts(key_sequences(key))
        menu = add_menu(window, "&Edit", [
            None,
            Command("Bookmark the cursor", window.bookmarks.add_cursor, "Ctrl+D"),
            Command("Paste a picture", window.drops.paste, KEY.Paste, "What the model makes of it"),
        ])  # fmt: skip
        menu.insertActions(menu.actions()[0], [undo, redo])

    def _add_run(self) -> None:
        bar, training = self._window.run_bar, self._context.training
        repeat = self._context.session.repeat_run
        menu = add_menu(self._window, "&Run", [
            Command("Train", bar.train, "Ctrl+R", "A new run from fresh weights"),
            Command("Pause or resume", bar.toggle_pause, "Ctrl+P"),
            Command("One step", training.step, "Ctrl+."),
            Command("Stop", training.stop, "Ctrl+Shift+."),
            None,
            Command(f"Continue for {MORE_EPOCHS} epochs", self._continue_run),
            Command("Vary one setting…", self._window.comparing.vary, None, "The same run again with other values, one after the other"),
            Command("Repeat this run", repeat, None, "The same seed, settings and live changes of β and learning rate"),
            Command("Settings…", bar.settings_button.click, "Ctrl+,"),
        ])  # fmt: skip
        self._of_a_run = menu.actions()[1:4]
        training.phase_changed.connect(self._show_phase)
        self._show_phase()

    def _show_phase(self) -> None:
        """Pause, One step and Stop, and their keys, are for a run that goes on."""
        live = self._context.training.phase in (Phase.RUNNING, Phase.PAUSED)
        for action in self._of_a_run:
            action.setEnabled(live)

    def _add_view(self) -> None:
        docks, library = self._window.docks, self._context.library
        appearance = self._window.appearance
        menu = add_menu(self._window, "&View", [
            Command("Larger type", appearance.larger, KEY.ZoomIn),
            Command("Smaller type", appearance.smaller, KEY.ZoomOut),
            Command("Usual type", appearance.usual, "Ctrl+0"),
            Command("Reset the layout", docks.arrange),
            None,
            Command("Next model", library.show_next, "Ctrl+Tab"),
            Command("Previous model", library.show_previous, "Ctrl+Shift+Tab"),
            None,
        ])  # fmt: skip
        first = menu.actions()[0]
        menu.insertMenu(first, ThemeMenu(appearance, self._window, menu))
        menu.insertAction(first, self._window.presentation.action)
        for name, dock in docks.docks.items():
            menu.addAction(self._panel_action(name, dock))

    def _panel_action(self, name: str, dock: Dock) -> QAction:
        """Bring a panel to the front, or close the one that is there; checked while it is open."""
        docks, shown = self._window.docks, dock.toggleViewAction()
        action = QAction(dock.windowTitle(), self._window, checkable=True)
        action.setChecked(shown.isChecked())
        shown.toggled.connect(action.setChecked)

        def choose() -> None:
            docks.toggle(name)
            action.setChecked(not dock.isHidden())

        action.triggered.connect(choose)
        return action

    def _add_rest(self) -> None:
        window = self._window
        add_menu(window, "E&xport", [
            Command("Interpolation…", window.open_export, "Ctrl+E"),
            Command("Replay of the run…", window.timeline_bar.open_export),
            Command("Curves as CSV…", window.files.export_curves),
            Command("Window as PNG…", window.files.export_window, None, "As it looks now"),
            None,
            *self._shares(),
        ])  # fmt: skip
        HelpMenu(window)

    def _shares(self) -> list[Command | None]:
        share = self._window.files.share
        return [
            Command(f"Model as {kind.title}…", partial(share, kind), None, kind.description)
            for kind in SHARES.values()
        ]

    def _continue_run(self) -> None:
        self._context.session.continue_run(MORE_EPOCHS)

    def _choose_data_folder(self) -> None:
        found = self._window.files.choose_data_folder()
        if found is not None:
            self._window.run_bar.dataset_box.choose(found)
            self._context.session.look_for_images()

    def _fill_recent(self) -> None:
        self._recent.clear()
        for path in self._context.settings.recent_files:
            action = self._recent.addAction(path.name)
            action.setToolTip(plain_tip(str(path)))
            action.setData(path)
            action.triggered.connect(self._open_recent)
        if not self._recent.actions():
            self._recent.addAction("No files yet").setEnabled(False)

    def _open_recent(self) -> None:
        self._window.files.open_path(self.sender().data())  # type: ignore[attr-defined]
