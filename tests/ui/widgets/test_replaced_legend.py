"""The legend when its classes are replaced while somebody clicks on it."""

from PySide6.QtWidgets import QAbstractButton, QApplication

from vae_gui.ui.style.theme import DARK, apply_theme
from vae_gui.ui.widgets.legend import Legend


def test_a_chip_that_was_replaced_switches_nothing(qtbot, qapp: QApplication) -> None:
    apply_theme(qapp, DARK)
    legend = Legend()
    qtbot.addWidget(legend)
    legend.set_classes(["0", "1", "2"])
    seen: list[int] = []
    legend.toggled.connect(lambda index, on: seen.append(index))
    old = legend.findChildren(QAbstractButton)[1]
    legend.set_classes(["a", "b"])
    old.toggle()
    old.isolate_requested.emit()
    assert not seen
    assert legend.visible_classes() == (0, 1)


def test_classes_that_are_replaced_by_a_switch_stay_all_shown(qtbot, qapp: QApplication) -> None:
    apply_theme(qapp, DARK)
    legend = Legend()
    qtbot.addWidget(legend)
    legend.set_classes(["0", "1", "2"])
    legend.toggled.connect(lambda: legend.set_classes(["a", "b"]))
    legend.findChildren(QAbstractButton)[0].isolate_requested.emit()
    assert legend.names == ("a", "b")
    assert legend.visible_classes() == (0, 1)
