"""Exact numbers and the labelled slider."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QApplication, QSlider

from vae_gui.ui.widgets.log_slider import LogSlider
from vae_gui.ui.widgets.number_box import NumberBox, limit_text

Key = Qt.Key


def typed(qtbot, box: NumberBox, text: str) -> None:
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, text)


def slider_of(widget: LogSlider) -> QSlider:
    return widget.findChild(QSlider)


@pytest.fixture
def box(qtbot) -> NumberBox:
    box = NumberBox(0, 100, unit="epochs")
    qtbot.addWidget(box)
    box.show()
    return box


@pytest.fixture
def rate(qtbot) -> LogSlider:
    rate = LogSlider("Learning rate", 1e-5, 0.1)
    qtbot.addWidget(rate)
    rate.resize(300, 32)
    rate.show()
    return rate


@pytest.mark.parametrize(
    ("value", "text"), [(0.001, "0.001"), (1e-6, "1e-06"), (20.0, "20"), (2.5, "2.5")]
)
def test_numbers_are_shown_short(box: NumberBox, value: float, text: str) -> None:
    box.setValue(value)

    assert box.text() == f"{text} epochs"


@given(value=st.floats(1e-6, 100))
def test_values_are_kept_exactly(qapp: QApplication, value: float) -> None:
    box = NumberBox(0, 100)

    box.set_value(value)
    box.interpretText()

    assert box.value() == value


def test_the_text_is_the_same_in_a_country_with_commas(qtbot, box: NumberBox) -> None:
    box.setLocale(QLocale(QLocale.Language.German))

    typed(qtbot, box, "0.5")
    qtbot.keyClick(box, Key.Key_Return)

    assert box.value() == 0.5
    assert box.text() == "0.5 epochs"


def test_letters_are_not_taken(qtbot, box: NumberBox) -> None:
    typed(qtbot, box, "1x2")

    assert box.text().startswith("12")


def test_a_number_beyond_the_limit_says_so_and_is_brought_back(qtbot, box: NumberBox) -> None:
    typed(qtbot, box, "250")
    assert box.problem() == "Between 0 and 100."
    assert box.property("invalid") is True

    qtbot.keyClick(box, Key.Key_Return)

    assert (box.value(), box.problem()) == (100, "")


def test_a_half_number_comes_back_to_the_last_value(qtbot, box: NumberBox) -> None:
    box.set_value(7)
    typed(qtbot, box, "-")
    assert box.problem() == "A number is needed."

    qtbot.keyClick(box, Key.Key_Return)

    assert (box.value(), box.text()) == (7, "7 epochs")


def test_a_whole_number_takes_no_fraction(qtbot) -> None:
    box = NumberBox(1, 64, whole=True)
    qtbot.addWidget(box)

    typed(qtbot, box, "2.5")

    assert box.problem() == "A whole number is needed."


def test_only_a_person_changes_the_value_loudly(qtbot, box: NumberBox) -> None:
    with qtbot.assertNotEmitted(box.value_changed):
        box.set_value(3)
    with qtbot.waitSignal(box.value_changed) as changed:
        qtbot.keyClick(box, Key.Key_Up)

    assert changed.args == [4]


@pytest.mark.parametrize(
    ("start", "key", "end"),
    [(0.001, Key.Key_Up, 0.002), (0.002, Key.Key_Up, 0.005), (0.001, Key.Key_Down, 0.0005),
     (0.003, Key.Key_Up, 0.005), (0.003, Key.Key_Down, 0.002)],
)  # fmt: skip
def test_a_logarithmic_box_steps_through_round_numbers(
    qtbot, start: float, key: Key, end: float
) -> None:
    box = NumberBox(1e-6, 10, logarithmic=True)
    qtbot.addWidget(box)
    box.set_value(start)

    qtbot.keyClick(box, key)

    assert box.value() == end


@pytest.mark.parametrize(
    ("value", "text"), [(2**31 - 1, "2\u202f147\u202f483\u202f647"), (1e-6, "1e-06"), (10.0, "10")]
)
def test_limits_are_readable(value: float, text: str) -> None:
    assert limit_text(value) == text


def test_the_middle_of_a_logarithmic_slider_is_the_geometric_mean(rate: LogSlider) -> None:
    slider_of(rate).setValue(500)

    assert rate.value() == 0.001


def test_a_slider_speaks_for_a_person_only(qtbot, rate: LogSlider) -> None:
    with qtbot.assertNotEmitted(rate.value_changed):
        rate.set_value(0.01)
    assert slider_of(rate).value() == 750

    with qtbot.waitSignal(rate.value_changed) as changed:
        qtbot.keyClick(slider_of(rate), Key.Key_Right)

    assert changed.args[0] > 0.01
    assert rate.value() == changed.args[0]


def test_a_typed_value_moves_the_slider_once(qtbot, rate: LogSlider) -> None:
    values: list[float] = []
    rate.value_changed.connect(values.append)
    box = rate.findChild(NumberBox)

    typed(qtbot, box, "0.0001")
    qtbot.keyClick(box, Key.Key_Return)

    assert values == [0.0001]
    assert slider_of(rate).value() == 250


def test_zero_lies_below_a_logarithmic_scale(qtbot) -> None:
    beta = LogSlider("β", 0.01, 10, zero_below=True)
    qtbot.addWidget(beta)
    beta.set_value(1)
    assert slider_of(beta).value() > 600

    slider_of(beta).setValue(0)

    assert beta.value() == 0


def test_values_beyond_the_scale_are_kept(qtbot) -> None:
    beta = LogSlider("β", 0, 10, logarithmic=False, limits=(0, 100))
    qtbot.addWidget(beta)

    beta.set_value(50)

    assert (beta.value(), slider_of(beta).value()) == (50, 1000)


def test_the_minimum_may_have_a_word(qtbot) -> None:
    box = NumberBox(0, 1000, whole=True, unit="epochs", least="off")
    qtbot.addWidget(box)
    box.show()
    assert box.text() == "off" and box.problem() == ""
    box.selectAll()
    qtbot.keyClicks(box, "5")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert (box.value(), box.text()) == (5, "5 epochs")
    box.selectAll()
    qtbot.keyClicks(box, "0")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert (box.value(), box.text(), box.problem()) == (0, "off", "")
