"""The one flow of every export: a file that nobody was asked about is not replaced."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from tests.ui.window.test_main_window import answer_question
from vae_gui.runtime.context import Context
from vae_gui.ui.parts.export_file import ask_path

BUTTON = QMessageBox.StandardButton


@pytest.mark.parametrize(("answer", "replaced"), [(BUTTON.Yes, True), (BUTTON.Cancel, False)])
def test_a_name_without_its_ending_asks_before_it_replaces_a_file(
    qtbot, context: Context, monkeypatch, tmp_path: Path, answer: BUTTON, replaced: bool
) -> None:
    """The dialog asks about the name that is typed, and the ending is added to that."""
    (tmp_path / "curves.csv").touch()
    typed = str(tmp_path / "curves"), ""
    monkeypatch.setattr(QFileDialog, "getSaveFileName", staticmethod(lambda *_: typed))
    parent = QWidget()
    qtbot.addWidget(parent)
    seen = answer_question(answer)
    path = ask_path(parent, context.settings, "Export", "curves.csv", ".csv", "CSV table")
    assert seen == ["“curves.csv” is there already."]
    assert path == (tmp_path / "curves.csv" if replaced else None)
