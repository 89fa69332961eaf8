"""Your images: choose a folder or a file, see what becomes of it, then use it as a data set."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import cast

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vae_gui.core.datasets.own.load import OwnPreview, preview
from vae_gui.core.datasets.own.pictures import Skipped
from vae_gui.core.datasets.own.source import OwnImages
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import Job, Progress
from vae_gui.runtime.context import Context
from vae_gui.runtime.jobs import JobThread
from vae_gui.ui.parts.form import ConfigForm
from vae_gui.ui.widgets.image_grid import ImageGrid
from vae_gui.ui.widgets.label import Label
from vae_gui.ui.window.own_images_parts import PartRow

LABEL_FILTER = "Labels (*.csv *.tsv *.txt *.npy *ubyte *ubyte.gz *.idx *.gz);;All files (*)"
FILTER = "Images in one file (*.npz *.npy *ubyte *ubyte.gz *.idx *.gz);;All files (*)"
TITLES = {"invert": {"auto": "If dark on light", "no": "Never", "yes": "Always"}}
EMPTY = (
    "Choose a folder with pictures (a subfolder for each class, if there are classes), "
    "or a file: IDX, NPZ or NPY."
)
PARTS = ("labels", "test", "test_labels")
TEST_PARTS = PARTS[1:]
SIZE = (820, 560)
COLUMNS = 8
CLASSES_SHOWN = 12
SKIPPED_SHOWN = 4


class OwnImagesDialog(QDialog):
    """Nothing is used before its preview has been seen.

    Signals
        chosen(OwnImages): Use was pressed.
    """

    chosen = Signal(object)

    def __init__(
        self, context: Context, source: OwnImages | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._job: JobThread | None = None
        self._shown: OwnPreview | None = None
        self.setWindowTitle("Your images")
        self.resize(*SIZE)
        self.folder_button = QPushButton("Folder…", self)
        self.file_button = QPushButton("File…", self)
        self.path_label = Label(self)
        self.path_label.setWordWrap(True)
        self.labels_row = PartRow("Labels", "Labels of the images", "With the images", self)
        self.test_row = PartRow("Test images", "Test images", "A tenth held out", self)
        self.test_labels_row = PartRow(
            "Their labels", "Labels of the test images", "With the test images", self
        )
        self.rows = (self.labels_row, self.test_row, self.test_labels_row)
        self.form = ConfigForm(source or OwnImages(Path()), TITLES, self)
        self.summary = self._text("muted")
        self.skipped = self._text("small")
        self.problem = self._text("problem")
        self.grid = ImageGrid("Preview of your images", columns=COLUMNS, gap=4, largest_tile=64)
        self.grid.set_empty_text(EMPTY)
        self.use_button = QPushButton("Use these images", self)
        self.use_button.setProperty("primary", True)
        self.cancel_button = QPushButton("Cancel", self)
        self._lay_out()
        self._connect()
        self._look()

    def source(self) -> OwnImages:
        """What is chosen now; its path is empty while nothing is."""
        return self.form.value()

    def set_path(self, path: Path) -> None:
        """Choose a folder or a file."""
        now = self.source()
        self.form.set_value(replace(now, path=path, labels=None, test=None, test_labels=None))
        self._look()

    def set_part(self, name: str, path: Path | None) -> None:
        """Choose `labels`, `test` or `test_labels`; None takes the choice back."""
        parts = {name: path} if name != "test" or path is not None else dict.fromkeys(TEST_PARTS)
        self.form.set_value(replace(self.source(), **parts))
        self._look()

    def _text(self, role: str) -> QLabel:
        label = Label(self)
        label.setProperty("role", role)
        label.setWordWrap(True)
        return label

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(12)
        choose = QHBoxLayout()
        choose.addWidget(self.folder_button)
        choose.addWidget(self.file_button)
        choose.addStretch()
        left.addLayout(choose)
        left.addWidget(self.path_label)
        left.addWidget(self.form)
        parts = QGridLayout()
        parts.setHorizontalSpacing(8)
        parts.setColumnStretch(1, 1)
        for number, row in enumerate(self.rows):
            row.add_to(parts, number)
        left.addLayout(parts)
        left.addWidget(self.summary)
        left.addWidget(self.skipped)
        left.addWidget(self.problem)
        left.addStretch()
        top = QHBoxLayout()
        top.setSpacing(24)
        top.addLayout(left, 2)
        top.addWidget(self.grid, 3)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.use_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(16)
        layout.addLayout(top, 1)
        layout.addLayout(buttons)

    def _connect(self) -> None:
        self.folder_button.clicked.connect(self._choose_folder)
        self.file_button.clicked.connect(self._choose_file)
        self.form.changed.connect(self._look)
        self.labels_row.file_button.clicked.connect(self._choose_labels)
        self.test_row.folder_button.clicked.connect(self._choose_test_folder)
        self.test_row.file_button.clicked.connect(self._choose_test_file)
        self.test_labels_row.file_button.clicked.connect(self._choose_test_labels)
        for name, row in zip(PARTS, self.rows, strict=True):
            row.clear_button.clicked.connect(partial(self.set_part, name, None))
        self.use_button.clicked.connect(self._use)
        self.cancel_button.clicked.connect(self.reject)
        self.finished.connect(self._cancel_job)

    def _choose_folder(self) -> None:
        path = self._ask_folder("Folder with your images")
        if path is not None:
            self.set_path(path)

    def _choose_file(self) -> None:
        path = self._ask_file("File with your images", FILTER)
        if path is not None:
            self.set_path(path)

    def _choose_labels(self) -> None:
        self._set_chosen("labels", self._ask_file("Labels of your images", LABEL_FILTER))

    def _choose_test_folder(self) -> None:
        self._set_chosen("test", self._ask_folder("Folder with the test images"))

    def _choose_test_file(self) -> None:
        self._set_chosen("test", self._ask_file("File with the test images", FILTER))

    def _choose_test_labels(self) -> None:
        self._set_chosen("test_labels", self._ask_file("Labels of the test images", LABEL_FILTER))

    def _set_chosen(self, part: str, path: Path | None) -> None:
        if path is not None:
            self.set_part(part, path)

    def _ask_folder(self, title: str) -> Path | None:
        settings = self._context.settings
        return self._remembered(
            QFileDialog.getExistingDirectory(self, title, str(settings.last_folder))
        )

    def _ask_file(self, title: str, kinds: str) -> Path | None:
        settings = self._context.settings
        name, _ = QFileDialog.getOpenFileName(self, title, str(settings.last_folder), kinds)
        return self._remembered(name)

    def _remembered(self, name: str) -> Path | None:
        if not name:
            return None
        self._context.settings.last_folder = Path(name).parent
        return Path(name)

    def _use(self) -> None:
        if self._shown is not None and self._shown.source == self.source():
            self.chosen.emit(self._shown.source)
            self.accept()

    def _look(self) -> None:
        """Start the preview of what is chosen, in the place of one that goes on."""
        self._cancel_job()
        source = self.source()
        self._show(None, "")
        for name, row in zip(PARTS, self.rows, strict=True):
            row.show_path(getattr(source, name))
            row.set_shown(
                source.path != Path() and (name != "test_labels" or source.test is not None)
            )
        if source.path == Path():
            self.path_label.hide()
            return
        self.path_label.setText(str(source.path))
        self.path_label.show()
        self._tell("Looking…")
        self._job = self._context.jobs.start("", lambda: _answer(source), self._on_done)
        if self._job is not None:
            self._job.progressed.connect(self._on_progress)

    def _cancel_job(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _on_progress(self, progress: Progress) -> None:
        if self._job is self.sender():
            self._tell(progress.text)

    def _tell(self, text: str) -> None:
        self.summary.setText(text)
        self.summary.show()

    def _on_done(self, value: object) -> None:
        source, answer = cast("tuple[OwnImages, OwnPreview | str]", value)
        if source != self.source():
            return
        self._job = None
        if isinstance(answer, str):
            self._show(None, answer)
        else:
            self._show(answer, "")

    def _show(self, answer: OwnPreview | None, problem: str) -> None:
        self._shown = answer
        self.use_button.setEnabled(answer is not None)
        self.summary.setText(summary(answer) if answer is not None else "")
        self.skipped.setText(skipped_text(answer.skipped) if answer is not None else "")
        self.problem.setText(problem)
        for label in (self.summary, self.skipped, self.problem):
            label.setVisible(bool(label.text()))
        has_classes = answer is not None and bool(answer.class_names)
        self.grid.set_captions(answer.captions if answer is not None and has_classes else ())
        if answer is not None or problem or self.source().path == Path():
            self.grid.set_images(answer.images if answer is not None else None)


def _answer(source: OwnImages) -> Job[tuple[OwnImages, OwnPreview | str]]:
    """The preview or the sentence that says why there is none, with what was asked."""
    try:
        return source, (yield from preview(source))
    except UserError as error:
        return source, str(error)


def summary(answer: OwnPreview) -> str:
    """What is there, in sentences."""
    names = answer.class_names
    more = f" and {len(names) - CLASSES_SHOWN} more" if len(names) > CLASSES_SHOWN else ""
    classes = f"{len(names)} classes: {', '.join(names[:CLASSES_SHOWN])}{more}"
    side = answer.source.side
    tested = (
        "one in ten is held out for the test"
        if answer.test_count is None
        else f"{answer.test_count:,} others are the test"
    )
    parts = [
        f"{answer.count:,} images become {side}×{side} pixels; {tested}.",
        f"{classes}." if names else "No classes.",
        "Dark on light: inverted." if answer.inverted and answer.source.invert == "auto" else "",
        answer.note,
    ]
    return "\n".join(part for part in parts if part)


def skipped_text(skipped: tuple[Skipped, ...]) -> str:
    """The images of the preview that will be left out, by name."""
    if not skipped:
        return ""
    named = "\n".join(f"{item.name}: {item.reason}" for item in skipped[:SKIPPED_SHOWN])
    rest = len(skipped) - SKIPPED_SHOWN
    return f"Left out so far: {len(skipped)}\n{named}" + (f"\nand {rest} more" if rest > 0 else "")
