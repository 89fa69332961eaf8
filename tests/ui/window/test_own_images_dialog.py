"""Own images are seen before they are used, and then stand among the data sets."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog

from tests.core.datasets.own.own_files import strokes, write_folder
from vae_gui.core.datasets import DATASETS
from vae_gui.core.datasets.own.source import OwnImages, own_images
from vae_gui.runtime.context import Context
from vae_gui.ui.window.dataset_box import DatasetBox
from vae_gui.ui.window.own_images_dialog import OwnImagesDialog
from vae_gui.ui.window.run_bar import RunBar


@pytest.fixture
def dialog(qtbot, context: Context) -> OwnImagesDialog:
    dialog = OwnImagesDialog(context)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    write_folder(tmp_path / "mine", strokes(40), ("a", "b"))
    return tmp_path / "mine"


def look_at(qtbot, dialog: OwnImagesDialog, path: Path) -> None:
    dialog.set_path(path)
    qtbot.waitUntil(lambda: dialog._job is None)


def test_nothing_can_be_used_before_it_is_seen(qtbot, dialog: OwnImagesDialog, mine: Path) -> None:
    assert not dialog.use_button.isEnabled()
    dialog.set_path(mine)
    assert not dialog.use_button.isEnabled()
    qtbot.waitUntil(dialog.use_button.isEnabled)
    assert dialog.grid.count() == 32


def test_the_preview_says_what_there_is(qtbot, dialog: OwnImagesDialog, mine: Path) -> None:
    (mine / "a" / "0000.png").write_bytes(b"broken")
    look_at(qtbot, dialog, mine)
    assert dialog.summary.text() == (
        "40 images become 28×28 pixels; one in ten is held out for the test.\n2 classes: a, b."
    )
    assert dialog.skipped.text() == "Left out so far: 1\na/0000.png: it cannot be read"
    assert dialog.skipped.isVisible()
    assert not dialog.problem.isVisible()


def test_dark_on_light_is_reported_and_can_be_kept(
    qtbot, dialog: OwnImagesDialog, tmp_path: Path
) -> None:
    write_folder(tmp_path / "paper", 255 - strokes(30))
    look_at(qtbot, dialog, tmp_path / "paper")
    assert "Dark on light: inverted." in dialog.summary.text()
    assert "No classes." in dialog.summary.text()
    assert dialog._shown is not None
    assert dialog._shown.images.mean() < 127

    dialog.form.editor("invert").setCurrentIndex(1)
    dialog.form.editor("invert").activated.emit(1)
    qtbot.waitUntil(lambda: dialog._job is None and dialog._shown is not None)

    assert dialog.source().invert == "no"
    assert "inverted" not in dialog.summary.text()
    assert dialog._shown.images.mean() > 127


def test_a_problem_is_one_sentence_in_place(qtbot, dialog: OwnImagesDialog, tmp_path: Path) -> None:
    write_folder(tmp_path / "few", strokes(3))
    look_at(qtbot, dialog, tmp_path / "few")
    assert dialog.problem.isVisible()
    assert dialog.problem.text().startswith("“few” holds 3 images that can be used, but 20")
    assert not dialog.use_button.isEnabled()
    assert dialog.grid.count() == 0


def test_only_the_newest_choice_is_shown(
    qtbot, dialog: OwnImagesDialog, mine: Path, tmp_path: Path
) -> None:
    write_folder(tmp_path / "other", strokes(25))
    dialog.set_path(mine)
    dialog.set_path(tmp_path / "other")
    qtbot.waitUntil(lambda: not dialog._context.jobs.running)
    assert dialog._shown is not None
    assert dialog._shown.source.path == tmp_path / "other"


def test_use_gives_what_was_seen(qtbot, dialog: OwnImagesDialog, mine: Path) -> None:
    look_at(qtbot, dialog, mine)
    with qtbot.waitSignal(dialog.chosen) as chosen:
        qtbot.mouseClick(dialog.use_button, Qt.MouseButton.LeftButton)
    assert chosen.args == [OwnImages(mine)]
    assert not dialog.isVisible()


def test_cancel_gives_nothing_and_ends_the_preview(
    qtbot, dialog: OwnImagesDialog, mine: Path
) -> None:
    dialog.set_path(mine)
    with qtbot.assertNotEmitted(dialog.chosen):
        qtbot.mouseClick(dialog.cancel_button, Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()
    qtbot.waitUntil(lambda: not dialog._context.jobs.running)


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_a_folder_or_a_file_is_chosen_with_the_desktops_dialog(
    qtbot, dialog: OwnImagesDialog, mine: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    file = mine.with_name("mine.npz")
    np.savez(file, images=strokes(30))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(mine))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    button = dialog.folder_button if kind == "folder" else dialog.file_button
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(dialog.use_button.isEnabled)
    assert dialog.source().path == (mine if kind == "folder" else file)
    assert dialog._context.settings.last_folder == mine.parent


@pytest.fixture
def box(qtbot, context: Context) -> DatasetBox:
    box = DatasetBox(context)
    qtbot.addWidget(box)
    box.show()
    return box


def last(box: DatasetBox) -> int:
    return box.count() - 1


def dialogs(box: DatasetBox) -> list[OwnImagesDialog]:
    return [dialog for dialog in box.findChildren(OwnImagesDialog) if dialog.isVisible()]


def test_every_data_set_can_be_chosen_and_the_last_entry_asks(box: DatasetBox) -> None:
    names = [box.itemData(index) for index in range(box.count())]
    assert names == [*DATASETS, ""]
    assert box.itemText(last(box)) == "Your images…"
    assert box.name() == "digits"


def test_own_images_stand_among_the_data_sets_once_chosen(box: DatasetBox, mine: Path) -> None:
    box.setCurrentIndex(last(box))
    box.activated.emit(last(box))
    (dialog,) = dialogs(box)
    assert box.currentText() == "Digits", "the entry that asks is never the data set"

    dialog.chosen.emit(OwnImages(mine))

    assert box.name() == OwnImages(mine).name
    assert box.currentText() == "mine"
    assert box.itemText(last(box)) == "Your images…"


def test_the_next_own_images_take_the_place_of_the_last(box: DatasetBox, mine: Path) -> None:
    box.choose(OwnImages(mine).name)
    box.choose(OwnImages(mine, side=20).name)
    assert box.count() == len(DATASETS) + 2
    chosen = own_images(box.name())
    assert chosen is not None
    assert chosen.side == 20


@pytest.mark.parametrize("name", ["", "from-a-later-version"])
def test_what_is_not_there_cannot_be_chosen(box: DatasetBox, name: str) -> None:
    box.choose(name)
    assert box.name() == "digits"


def test_the_keys_and_the_wheel_open_no_dialog(qtbot, box: DatasetBox) -> None:
    qtbot.keyClick(box, Qt.Key.Key_End)
    for _ in range(10):
        down = QWheelEvent(
            QPointF(5, 5), QPointF(5, 5), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(box, down)
    assert dialogs(box) == []
    assert box.currentIndex() == last(box) - 1
    assert box.name() == list(DATASETS)[-1]


def test_train_uses_the_own_images(qtbot, context: Context, mine: Path) -> None:
    bar = RunBar(context)
    qtbot.addWidget(bar)
    bar.dataset_box.choose(OwnImages(mine).name)
    with qtbot.waitSignal(bar.train_requested) as wanted:
        bar.train()
    assert wanted.args[0].dataset == OwnImages(mine).name


def test_labels_and_test_images_of_their_own_are_chosen_and_taken_back(
    qtbot, dialog: OwnImagesDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    np.save(tmp_path / "x.npy", strokes(40))
    np.save(tmp_path / "t.npy", strokes(24))
    for name, count in (("y", 40), ("u", 24)):
        (tmp_path / f"{name}.txt").write_text("\n".join("ab"[i % 2] for i in range(count)))

    def press(button: QAbstractButton, name: str = "") -> None:
        answer = staticmethod(lambda *_: (str(tmp_path / name), ""))
        monkeypatch.setattr(QFileDialog, "getOpenFileName", answer)
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: dialog._job is None)

    assert not dialog.labels_row.isVisible()
    look_at(qtbot, dialog, tmp_path / "x.npy")
    assert dialog.labels_row.isVisible()
    assert not dialog.test_labels_row.isVisible()
    press(dialog.labels_row.file_button, "y.txt")
    assert "2 classes: a, b." in dialog.summary.text()
    press(dialog.test_row.file_button, "t.npy")
    assert "have no labels" in dialog.problem.text()
    assert not dialog.use_button.isEnabled()
    press(dialog.test_labels_row.file_button, "u.txt")
    assert dialog.summary.text().startswith(
        "40 images become 28×28 pixels; 24 others are the test."
    )
    with qtbot.waitSignal(dialog.chosen) as chosen:
        qtbot.mouseClick(dialog.use_button, Qt.MouseButton.LeftButton)
    (source,) = chosen.args
    assert own_images(source.name) == source
    parts = (source.labels, source.test, source.test_labels)
    assert [path.name for path in parts] == ["y.txt", "t.npy", "u.txt"]
    dialog.show()
    press(dialog.test_row.clear_button)
    assert dialog.source() == OwnImages(tmp_path / "x.npy", labels=tmp_path / "y.txt")
    assert "one in ten" in dialog.summary.text()
