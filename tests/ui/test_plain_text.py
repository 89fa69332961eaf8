"""What comes from files is shown as it is: no label, message box or tool tip reads it as HTML."""

import ast
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

from tests.conftest import REPOSITORY
from vae_gui.ui.widgets.label import Label, ask, plain_tip

HTML = "<b>seven</b> <img src='//share/x.png'> & more"
MARKDOWN = {"vae_gui/ui/window/explanation.py"}  # the app's own text, with drawings


def calls() -> Iterator[tuple[str, str]]:
    """The files of the window and what they call."""
    for path in (REPOSITORY / "vae_gui" / "ui").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield path.relative_to(REPOSITORY).as_posix(), ast.unparse(node.func)
            if isinstance(node, ast.ClassDef):
                yield from (
                    (path.relative_to(REPOSITORY).as_posix(), ast.unparse(base))
                    for base in node.bases
                )


def test_every_label_and_question_of_the_window_is_of_plain_text() -> None:
    helper = "vae_gui/ui/widgets/label.py"
    made = {path for path, name in calls() if name == "QLabel"}
    assert made == {helper, *MARKDOWN}
    boxes = {path for path, name in calls() if name.split(".")[0] == "QMessageBox"}
    assert boxes == {helper}
    formats = {path for path, name in calls() if name.endswith("setTextFormat")}
    assert formats == {helper, *MARKDOWN}


def test_a_label_shows_html_as_it_is_written(qtbot) -> None:
    label, bold = Label(HTML), Label("seven")
    for widget in (label, bold):
        qtbot.addWidget(widget)
    assert label.textFormat() is Qt.TextFormat.PlainText
    width = label.fontMetrics().horizontalAdvance(HTML)
    assert label.sizeHint().width() >= width > bold.sizeHint().width()


def test_a_question_shows_html_as_it_is_written_and_returns_the_answer(qtbot) -> None:
    parent, button, seen = QWidget(), QMessageBox.StandardButton, []
    qtbot.addWidget(parent)

    def answer() -> None:
        box = QApplication.activeModalWidget()
        seen.append((box.text(), box.textFormat(), box.button(button.Yes).text()))
        box.button(button.Yes).click()

    QTimer.singleShot(0, answer)
    got = ask(parent, "Keep it?", HTML, button.Yes | button.No, names={button.Yes: "Keep"})
    assert got is button.Yes
    assert seen == [(HTML, Qt.TextFormat.PlainText, "Keep")]


@pytest.mark.parametrize("text", [HTML, "plain", "a < b", "two\nlines <i>"])
def test_a_tool_tip_shows_what_it_is_given(qapp: object, text: str) -> None:
    document = QTextDocument()
    document.setHtml(plain_tip(text)) if plain_tip(text) != text else document.setPlainText(text)
    assert document.toPlainText().replace("\u2028", "\n") == text


def test_tips_that_name_files_classes_and_points_are_plain() -> None:
    for path in (
        "window/menu_bar.py",
        "window/model_tabs.py",
        "panels/interpolation/endpoint.py",
        "panels/explore/bar.py",
    ):
        assert (f"vae_gui/ui/{path}", "plain_tip") in set(calls())
