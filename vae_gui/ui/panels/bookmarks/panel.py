"""The bookmarks panel: points worth keeping, with the images that they had."""

from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vae_gui.core.inference.requests import Decode
from vae_gui.core.storage.bookmarks import (
    MAX_NAME_LENGTH,
    SUFFIX,
    Bookmark,
    Bookmarks,
    export_bookmarks,
    import_bookmarks,
)
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.types import Pixels, Z
from vae_gui.runtime.context import Context
from vae_gui.runtime.inference_thread import Answer
from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.parts.digit_actions import copy_digit, show_digit_menu
from vae_gui.ui.parts.export_file import export_file
from vae_gui.ui.parts.panel import Panel
from vae_gui.ui.style.keys import DELETING, key_text, with_keys
from vae_gui.ui.widgets.label import Label
from vae_gui.ui.widgets.labelled_grid import LabelledGrid

PATTERN = f"Bookmarks (*{SUFFIX})"
EMPTY = "No bookmarks yet: press {key:Ctrl+D} to keep the point at the cursor with its image."
GRID_TIP = "Click to move the cursor there; F2 renames, {key:Delete} removes"
CHANNEL = "bookmarks"
EDITOR_WIDTH = 120


class BookmarksPanel(Panel):
    """They belong to the model. A thumbnail stays as it was kept, whatever the model learns."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.add_button = self._button(
            "Add the cursor", "Keep the point at the cursor ({key:Ctrl+D})"
        )
        self.import_button = self._button("Import…", "Add the bookmarks of a file")
        self.export_button = self._button("Export…", "Write all bookmarks of this model to a file")
        self.restore_button = self._button("Put back", "Undo the last deletion")
        self.view = LabelledGrid("Bookmarks", self)
        self.view.grid.setToolTip(with_keys(GRID_TIP))
        self.view.grid.set_empty_text(with_keys(EMPTY))
        self.editor = QLineEdit(self.view.grid)
        self.editor.setMaxLength(MAX_NAME_LENGTH)
        self.editor.setAccessibleName("Name of the bookmark")
        self.editor.hide()
        self._note = Label(self)
        self._note.setProperty("role", "muted")
        self._renamed: Bookmark | None = None
        self._deleted: Bookmarks | None = None
        self._shown: tuple[Bookmark, ...] | None = None
        self._wanted: Z = ()
        self._lay_out()
        self._connect()

    @property
    def bookmarks(self) -> Bookmarks:
        entry = self.context.library.shown
        return Bookmarks(self.explorer.latent_dim) if entry is None else entry.bookmarks

    def set_model(self) -> None:
        self._deleted = None

    def refresh(self) -> None:
        self._show_grid()
        cursor = self.explorer.latent.cursor
        places = [bookmark.z for bookmark in self.bookmarks.kept]
        self.view.grid.set_selected(places.index(cursor) if cursor in places else None)

    def _button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setToolTip(with_keys(tip))
        return button

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setSpacing(8)
        for button in (
            self.add_button,
            self.import_button,
            self.export_button,
            self.restore_button,
        ):
            bar.addWidget(button)
        bar.addStretch(1)
        bar.addWidget(self._note)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 8)
        layout.setSpacing(4)
        layout.addLayout(bar)
        layout.addWidget(self.view, 1)

    def _connect(self) -> None:
        self.context.library.changed.connect(self._refresh_if_visible)
        self.add_button.clicked.connect(self.add_cursor)
        self.import_button.clicked.connect(self.import_file)
        self.export_button.clicked.connect(self.export_file)
        self.restore_button.clicked.connect(self.put_back)
        self.view.grid.clicked.connect(self._on_clicked)
        self.view.grid.menu_requested.connect(self._on_menu)
        self.view.grid.copy_requested.connect(self._on_copy)
        self.editor.editingFinished.connect(self._finish_renaming)

    def _show_grid(self) -> None:
        kept = self.bookmarks.kept
        if self._shown is not kept:
            self._shown = kept
            self.editor.hide()
            names = tuple(bookmark.name for bookmark in kept)
            self.view.show_rows(_thumbnails(kept), captions=names)
        self._note.setText(f"{len(kept)} of this model" if kept else "")
        self.export_button.setEnabled(bool(kept))
        self.restore_button.setVisible(self._deleted is not None)

    def add_cursor(self) -> None:
        """Keep the point at the cursor with what it decodes to now."""
        self._wanted = self.explorer.latent.cursor
        self.explorer.questions.ask(CHANNEL, Decode.of(np.array(self._wanted)), self._take)

    def _take(self, answer: Answer[Pixels]) -> None:
        self.explorer.questions.forget(CHANNEL)
        bookmarks = self.bookmarks
        name = bookmarks.unused_name()
        try:
            bookmark = Bookmark(name, self._wanted, answer.value[0].copy())
            self._keep(bookmarks.added(bookmark))
        except UserError as error:
            self.context.notices.error(str(error))
            return
        self.context.notices.done(f"Bookmarked as {name}")

    def delete(self, index: int) -> None:
        """Until the next change it can be put back."""
        before = self.bookmarks
        self._keep(before.removed(index))
        self._deleted = before
        self._refresh_if_visible()

    def put_back(self) -> None:
        """Undo the last deletion."""
        if self._deleted is not None:
            self._keep(self._deleted)

    def rename(self, index: int) -> None:
        """Edit the name where it stands."""
        self._renamed = self.bookmarks.kept[index]
        tile = self.view.grid.tile_rect(index)
        width = max(EDITOR_WIDTH, round(tile.width()))
        height = self.editor.sizeHint().height()
        left = min(max(0, round(tile.center().x() - width / 2)), self.view.grid.width() - width)
        top = min(round(tile.bottom()), self.view.grid.height() - height)
        self.editor.setGeometry(left, top, width, height)
        self.editor.setText(self._renamed.name)
        self.editor.selectAll()
        self.editor.show()
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def import_file(self) -> None:
        """Add the bookmarks of a file; one of another latent size changes nothing."""
        settings = self.context.settings
        name, _ = QFileDialog.getOpenFileName(
            self, "Import bookmarks", str(settings.last_folder), PATTERN
        )
        if not name:
            return
        path = Path(name)
        settings.last_folder = path.parent
        try:
            imported = import_bookmarks(path, self.explorer.latent_dim)
            self._keep(self.bookmarks.added(*imported.kept))
        except UserError as error:
            self.context.notices.error(str(error))

    def export_file(self) -> None:
        """Write all bookmarks of the model."""
        make = partial(export_bookmarks, self.bookmarks)
        export_file(self, self.context, "bookmarks", SUFFIX, "Bookmarks", make)

    def _keep(self, bookmarks: Bookmarks) -> None:
        self._deleted = None
        self.context.library.keep_bookmarks(bookmarks)

    def _finish_renaming(self) -> None:
        """Enter, or a click elsewhere; the bookmark may have gone meanwhile."""
        renamed, self._renamed = self._renamed, None
        self.editor.hide()
        bookmarks = self.bookmarks
        if renamed is None or not any(renamed is bookmark for bookmark in bookmarks.kept):
            return
        index = next(i for i, bookmark in enumerate(bookmarks.kept) if bookmark is renamed)
        name = self.editor.text().strip()
        if name == renamed.name:
            return
        try:
            self._keep(bookmarks.renamed(index, name))
        except UserError as error:
            self.context.notices.error(str(error))

    def _on_clicked(self, index: int) -> None:
        self.explorer.move_cursor(self.bookmarks.kept[index].z)

    def _on_copy(self, index: int) -> None:
        bookmark = self.bookmarks.kept[index]
        copy_digit(bookmark.thumbnail, bookmark.z)

    def _on_menu(self, index: int, position: QPoint) -> None:
        bookmark = self.bookmarks.kept[index]
        more = (
            ("Rename\tF2", lambda: self.rename(index)),
            (f"Delete\t{key_text('Delete')}", lambda: self.delete(index)),
        )
        show_digit_menu(self, self.context, bookmark.thumbnail, bookmark.z, position, more)

    @qt_override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.view.grid.current()
        if event.key() == Qt.Key.Key_Escape and self.editor.isVisible():
            self._renamed = None
            self.editor.hide()
            self.view.grid.setFocus()
        elif index is not None and event.key() == Qt.Key.Key_F2:
            self.rename(index)
        elif index is not None and event.key() in DELETING:
            self.delete(index)
        else:
            super().keyPressEvent(event)


def _thumbnails(kept: tuple[Bookmark, ...]) -> Pixels | None:
    """(n, side, side), as large as the largest: those of another file may have another size."""
    if not kept:
        return None
    side = max(len(bookmark.thumbnail) for bookmark in kept)
    pixel = np.arange(side)
    rows = [pixel * len(bookmark.thumbnail) // side for bookmark in kept]
    return np.stack(
        [bookmark.thumbnail[np.ix_(row, row)] for bookmark, row in zip(kept, rows, strict=True)]
    )
