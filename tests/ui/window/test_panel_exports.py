"""Each panel is written from its title, and opened again with the library that other programs use."""

import csv
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence
from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QImage
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from tests.answers import wait_for_answers
from tests.conftest import REPOSITORY
from vae_gui.core.export.options import SHARP, enlarge
from vae_gui.core.inference.engine import Engine
from vae_gui.core.support.progress import finish
from vae_gui.ui.parts.panel_export import picture_exports
from vae_gui.ui.window.main_window import MainWindow

# The offscreen platform can neither raise a menu nor give it the keyboard.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def export(qtbot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Exports a panel from the menu of its title, as a person does; returns the file."""

    def act(panel: str, title: str) -> Path:
        proposed: list[str] = []

        def choose(_: object, __: str, name: str, ___: str) -> tuple[str, str]:
            proposed.append(Path(name).name)
            return str(tmp_path / Path(name).name), ""

        monkeypatch.setattr(QFileDialog, "getSaveFileName", staticmethod(choose))
        window.docks.bring_up(panel)
        button = window.docks.docks[panel].title.export_button
        qtbot.waitUntil(button.isVisible)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        menu = window.docks.docks[panel]._exports
        (action,) = [action for action in menu.actions() if action.text() == f"{title}…"]
        with qtbot.waitSignal(
            window.context.notices.published, check_params_cb=lambda notice: notice.path is not None
        ):
            action.trigger()
        menu.close()
        return tmp_path / proposed[0]

    return act


def as_shown(panel: QWidget) -> np.ndarray:
    """(h, w, 3) uint8: what the person sees, in pixels of the screen."""
    image = panel.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def test_the_picture_of_each_panel_is_what_it_shows(
    qtbot, window: MainWindow, tmp_path: Path
) -> None:
    """The same in every place, but for the edges of letters and lines, which have finer pixels."""
    apart = {}
    for name, panel in window.docks.panels.items():
        window.docks.bring_up(name)
        wait_for_answers(qtbot, window.context)
        picture, *_ = picture_exports(panel, name)
        shown = as_shown(panel)  # at once: an answer that comes meanwhile would change it
        with Image.open(finish(picture.make(tmp_path / f"{name}.png"))) as image:
            assert image.size == (2 * panel.width(), 2 * panel.height())
            scaled = image.convert("RGB").resize(shown.shape[1::-1], Image.Resampling.BOX)
        difference = np.abs(np.asarray(scaled, np.int16) - shown).max(axis=-1)
        apart[name] = round(float((difference > 60).mean()), 4)
    assert {name: share for name, share in apart.items() if share > 0.015} == {}


def test_the_picture_of_each_panel_is_what_it_shows_at_two_pixels_for_one() -> None:
    """Qt takes the scale once, before the app, so that a process of its own looks."""
    which = f"{__file__}::test_the_picture_of_each_panel_is_what_it_shows"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", which]
    environment = {**os.environ, "QT_SCALE_FACTOR": "2"}
    done = subprocess.run(
        command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout[-2000:]


def test_the_picture_of_the_window_holds_no_message(
    qtbot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def save(name: str) -> np.ndarray:
        path = str(tmp_path / name)
        answer = staticmethod(lambda *_: (path, ""))
        monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
        with qtbot.waitSignal(window.context.notices.published):
            window.files.export_window()
        with Image.open(path) as image:
            return np.asarray(image.convert("RGB"))

    window.banner.close_message()
    without = save("without.png")
    window.show_error("Choose another folder.")
    place = window.banner.geometry()
    with_message = save("with.png")
    assert window.banner.text() == "Exported with.png"  # it is back, and then says what was done
    rows, columns = (
        slice(2 * place.top(), 2 * place.bottom()),
        slice(2 * place.left(), 2 * place.right()),
    )
    assert place.height() > 20
    np.testing.assert_array_equal(with_message[rows, columns], without[rows, columns])


@pytest.mark.parametrize("name", ["pad", "explore", "curves"])
def test_the_drawing_of_a_panel_has_its_text_as_text(window: MainWindow, export, name: str) -> None:
    path = export(name, "Drawing (SVG)")
    content = path.read_bytes()
    assert QSvgRenderer(QByteArray(content)).isValid()
    texts = [text.text for text in ET.fromstring(content).iter("{http://www.w3.org/2000/svg}text")]
    assert {"pad": "7", "explore": "z1", "curves": "KL"}[name] in [
        str(text).strip() for text in texts
    ]


def test_the_encodings_come_back_as_they_are(window: MainWindow, export) -> None:
    encodings = window.context.explorer.scatter.encodings
    with np.load(export("pad", "Encodings (NPZ)"), allow_pickle=False) as arrays:
        np.testing.assert_array_equal(arrays["mu"], encodings.mu)
        np.testing.assert_array_equal(arrays["logvar"], encodings.logvar)
        np.testing.assert_array_equal(arrays["labels"], encodings.labels)
        assert tuple(arrays["class_names"]) == encodings.class_names
    with export("pad", "Encodings (CSV)").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(encodings)
    mu = np.array([[row["mu1"], row["mu2"]] for row in rows], np.float32)
    np.testing.assert_array_equal(mu, encodings.mu)
    assert rows[5]["class"] == encodings.class_names[encodings.labels[5]]


def test_the_embedding_leaves_with_the_encodings_that_it_lays_out(
    qtbot, window: MainWindow, export
) -> None:
    window.docks.bring_up("embedding")
    panel = window.docks.panels["embedding"]
    qtbot.waitUntil(lambda: panel.embedding is not None)
    shown = panel.embedding
    with np.load(export("embedding", "Encodings (NPZ)"), allow_pickle=False) as arrays:
        np.testing.assert_array_equal(arrays["projection"], shown.points)
        np.testing.assert_array_equal(arrays["mu"], shown.encodings.mu)
    path = export("embedding", "Encodings (TSV)")
    lines = path.with_name(f"{path.stem}.metadata.tsv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 1 + len(shown.points)


def test_the_curves_are_a_table(window: MainWindow, export) -> None:
    with export("curves", "Table (CSV)").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == sum(len(table) for table in window.context.library.shown.history.tables)


@pytest.mark.parametrize("name", ["samples", "manifold", "reconstructions"])
def test_the_digits_of_a_panel_are_those_that_it_shows(
    qtbot, window: MainWindow, export, name: str
) -> None:
    window.docks.bring_up(name)
    panel = window.docks.panels[name]
    grid = panel.grid if name == "reconstructions" else panel.view.grid
    expected = {
        "samples": lambda: 49,
        "manifold": lambda: panel.choice.rows**2,
        "reconstructions": lambda: 2 * panel._columns * panel._pairs,
    }[name]
    at_rest = getattr(panel, "_resized", None)
    qtbot.waitUntil(
        lambda: grid.count() == expected() and (at_rest is None or not at_rest.isActive())
    )
    with Image.open(export(name, "Digits (PNG)")) as image:
        pixels = np.asarray(image.convert("L"))
    tiles = grid.tiles()
    rows, columns, side, _ = tiles.shape
    assert pixels.shape == (2 * side * rows, 2 * side * columns)
    shown = pixels[::2, ::2].reshape(rows, side, columns, side).swapaxes(1, 2)
    np.testing.assert_array_equal(shown, tiles)


def test_the_manifold_is_a_table_of_its_places_and_pixels(
    qtbot, window: MainWindow, export
) -> None:
    window.docks.bring_up("manifold")
    panel = window.docks.panels["manifold"]
    qtbot.waitUntil(lambda: panel.view.grid.count() == panel.choice.rows**2)
    values = np.loadtxt(export("manifold", "Table (CSV)"), delimiter=",", skiprows=1)
    tiles = panel.view.grid.tiles()
    np.testing.assert_array_equal(values[:, 2:], tiles.reshape(len(values), -1))
    assert (np.diff(values[: panel.choice.rows, 0]) > 0).all()  # to the right
    assert values[0, 1] > values[-1, 1]  # z2 points up


def test_the_confusion_of_both_classifiers_is_a_table(
    qtbot, bars, window: MainWindow, export
) -> None:
    window.run_bar.train()
    qtbot.waitUntil(lambda: window.context.training.steps_done > 2)
    window.context.training.stop()
    panel = window.docks.panels["probe"]
    assert panel.exports() == ()
    window.docks.bring_up("probe")
    qtbot.waitUntil(panel.measure_button.isEnabled)
    panel.measure_button.click()
    qtbot.waitUntil(lambda: len(panel.exports()) == 2)
    for name, score in (("μ", panel.result.mu), ("pixels", panel.result.pixels)):
        with export("probe", f"Confusion from {name} (CSV)").open(encoding="utf-8") as file:
            rows = list(csv.reader(file))[1:]
        assert [[int(cell) for cell in row[1:]] for row in rows] == score.confusion.tolist()


def test_a_panel_is_written_as_it_was_when_that_was_asked_for(
    qtbot, window: MainWindow, monkeypatch, tmp_path
) -> None:
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", staticmethod(lambda *_: (str(tmp_path / "pad.png"), ""))
    )
    dock = window.docks.docks["pad"]
    dock.open_exports()
    width = dock.widget().width()
    window.resize(window.width() + 200, window.height())
    QApplication.processEvents()
    with qtbot.waitSignal(
        window.context.notices.published, check_params_cb=lambda notice: notice.path is not None
    ):
        dock._exports.actions()[0].trigger()
    dock._exports.close()
    with Image.open(tmp_path / "pad.png") as image:
        assert image.width == 2 * width != 2 * dock.widget().width()


def test_the_window_is_exported_as_it_looks(
    qtbot, window: MainWindow, monkeypatch, tmp_path
) -> None:
    path = tmp_path / "window.png"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", staticmethod(lambda *_: (str(path), "")))
    with qtbot.waitSignal(
        window.context.notices.published, check_params_cb=lambda notice: notice.path is not None
    ):
        window.files.export_window()
    with Image.open(path) as image:
        assert image.size == (2 * window.width(), 2 * window.height())
        assert np.asarray(image.convert("L")).std() > 0


def test_the_traversal_is_exported_row_by_row_and_as_a_walk(window: MainWindow, export) -> None:
    explorer = window.context.explorer
    explorer.move_cursor((0.5, -0.5))
    rows = window.docks.panels["explore"].traversal.rows
    path = export("explore", "Traversal (PNG)")
    engine = Engine(explorer.weights.snapshot)
    with Image.open(path) as image:
        assert image.size == (21 * 4 * 28, 2 * 4 * 28)
        first = np.asarray(image.convert("L"))[: 4 * 28 : 4, : 4 * 28 : 4]
    low = np.array([[rows[0].low, -0.5]], np.float32)
    assert np.abs(first.astype(int) - engine.decode(low)[0]).max() <= 1
    with Image.open(export("explore", "Traversal (GIF)")) as walk:
        frames = [np.asarray(frame.convert("L")) for frame in ImageSequence.Iterator(walk)]
    assert len(frames) > 100 and frames[0].shape == (256, 256)
    here = enlarge(engine.decode(np.array([[0.5, -0.5]], np.float32))[0], 256, SHARP)
    assert np.abs(frames[0].astype(int) - here).mean() < 16  # it begins next to the cursor


def test_the_digits_of_the_strip_are_exported(qtbot, window: MainWindow, export) -> None:
    qtbot.waitUntil(lambda: window.docks.panels["interpolation"].strip.count() == 12)
    with Image.open(export("interpolation", "Digits (PNG)")) as image:
        assert image.size == (12 * 56, 56)
