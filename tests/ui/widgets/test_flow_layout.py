"""Widgets in lines: very many are put in at the cost of one arrangement."""

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QApplication, QToolButton, QWidget

from vae_gui.ui.widgets.flow_layout import FlowLayout


def test_replacing_many_widgets_arranges_them_once(
    qtbot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    container = QWidget(window)
    flow = FlowLayout(container)
    container.resize(300, 200)
    window.resize(300, 200)
    window.show()
    first = QToolButton(container)
    flow.replace((), (first,))
    calls: list[QRect] = []
    arrange = FlowLayout._arrange

    def counted(self, rect: QRect, apply: bool) -> int:
        calls.append(rect)
        return arrange(self, rect, apply)

    monkeypatch.setattr(FlowLayout, "_arrange", counted)
    many = [QToolButton(container) for _ in range(200)]
    flow.replace((first,), many)
    QApplication.processEvents()
    assert len(calls) < 10
    assert all(button.isVisible() for button in many)
    assert len({button.pos().toTuple() for button in many}) == 200


def test_a_hidden_container_stays_hidden(qtbot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    container = QWidget(window)
    flow = FlowLayout(container)
    container.hide()
    window.show()
    flow.replace((), (QToolButton(container),))
    assert container.isHidden()
