"""The Export menu writes the model itself: with the weights of the moment that is shown."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QFileDialog, QMenu
from safetensors.numpy import load_file

from vae_gui.core.sharing import SHARES
from vae_gui.ui.window.main_window import MainWindow


def export_menu(window: MainWindow) -> QMenu:
    (menu,) = [a.menu() for a in window.menuBar().actions() if a.text() == "E&xport"]
    return menu


@pytest.fixture
def share(qtbot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Chooses a kind in the Export menu; returns the file."""

    def act(name: str) -> Path:
        path = tmp_path / f"model{SHARES[name].suffix}"
        monkeypatch.setattr(
            QFileDialog, "getSaveFileName", staticmethod(lambda *_: (str(path), ""))
        )
        title = f"Model as {SHARES[name].title}…"
        (action,) = [action for action in export_menu(window).actions() if action.text() == title]
        with qtbot.waitSignal(
            window.context.notices.published,
            check_params_cb=lambda notice: notice.path is not None,
        ):
            action.trigger()
        return path

    return act


def test_the_weights_of_a_moment_of_the_timeline_are_those_that_are_written(
    window: MainWindow, share
) -> None:
    weights = window.context.explorer.weights
    weights.show_entry(window.context.library.shown.timeline.entries[0])
    snapshot = weights.snapshot
    written = load_file(share("weights"))
    assert written.keys() == snapshot.weights.keys()
    for name, array in snapshot.weights.items():
        np.testing.assert_array_equal(written[name], array.astype(written[name].dtype))
        assert written[name].dtype != np.float16


def test_each_kind_is_in_the_menu(window: MainWindow) -> None:
    texts = [action.text() for action in export_menu(window).actions()]
    assert {f"Model as {entry.title}…" for entry in SHARES.values()} <= set(texts)
