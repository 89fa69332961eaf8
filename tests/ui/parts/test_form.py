"""The form: every value of a config goes through it unchanged; wrong ones are refused in place."""

from dataclasses import dataclass, replace
from typing import Annotated

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget

from vae_gui.core.support.errors import UserError
from vae_gui.core.support.settings import Setting, settings_of
from vae_gui.core.vae.config import ModelConfig, TrainConfig
from vae_gui.ui.parts.form import ChoiceBox, ConfigForm
from vae_gui.ui.widgets.number_box import NumberBox

Key = Qt.Key


@dataclass(frozen=True, slots=True)
class Export:
    """A config that is not the project's own, with a rule between two fields."""

    first: Annotated[int, Setting("First", "The first frame.", 0, 99)] = 0
    last: Annotated[int, Setting("Last", "The last frame.", 0, 99)] = 9
    title: Annotated[str, Setting("Title", "Any text.")] = "digits"

    def __post_init__(self) -> None:
        if self.first >= self.last:
            raise UserError("The first frame must come before the last.")


def shown(form: QWidget, text: str) -> bool:
    labels = [label for label in form.findChildren(QLabel) if label.text() == text]
    return any(label.isVisibleTo(form) for label in labels)


def type_into(qtbot, editor: QWidget, text: str) -> None:
    assert isinstance(editor, NumberBox)
    editor.selectAll()
    qtbot.keyClicks(editor, text)


@pytest.fixture
def form(qtbot) -> ConfigForm[TrainConfig]:
    form = ConfigForm(TrainConfig(threads=2))
    qtbot.addWidget(form)
    form.show()
    return form


@pytest.mark.parametrize("config", [TrainConfig(threads=3), ModelConfig(), Export()])
def test_there_is_an_editor_for_every_setting(qtbot, config: object) -> None:
    form = ConfigForm(config)
    qtbot.addWidget(form)

    for item in settings_of(type(config)):
        assert form.editor(item.name).accessibleName() == item.setting.label
        assert item.setting.help in form.editor(item.name).toolTip()
    assert form.value() == config


@given(
    rate=st.floats(1e-6, 10), beta=st.floats(0, 100), seed=st.integers(0, 2**31 - 1),
    epochs=st.integers(1, 10_000), schedule=st.sampled_from(["constant", "one-cycle"]),
)  # fmt: skip
@settings(max_examples=30)
def test_a_config_goes_through_unchanged(
    form: ConfigForm[TrainConfig], rate: float, beta: float, seed: int, epochs: int, schedule: str
) -> None:
    config = TrainConfig(
        learning_rate=rate, beta=beta, seed=seed, epochs=epochs, schedule=schedule, threads=2
    )

    form.set_value(config)

    assert form.value() == config


def test_setting_a_config_is_silent(qtbot, form: ConfigForm[TrainConfig]) -> None:
    with qtbot.assertNotEmitted(form.changed):
        form.set_value(TrainConfig(epochs=3, device="cpu", threads=2))


def test_a_typed_number_changes_the_config_and_nothing_else(
    qtbot, form: ConfigForm[TrainConfig]
) -> None:
    before = replace(form.value(), learning_rate=0.1 + 0.2)
    form.set_value(before)

    with qtbot.waitSignal(form.changed) as changed:
        type_into(qtbot, form.editor("epochs"), "35")
        qtbot.keyClick(form.editor("epochs"), Key.Key_Return)

    assert changed.args == [replace(before, epochs=35)]
    assert form.value() == changed.args[0]


def test_a_number_that_is_not_confirmed_counts_too(qtbot, form: ConfigForm[TrainConfig]) -> None:
    type_into(qtbot, form.editor("epochs"), "35")

    assert form.value().epochs == 35


def test_a_choice_is_made_by_key(qtbot, form: ConfigForm[TrainConfig]) -> None:
    with qtbot.waitSignal(form.changed):
        qtbot.keyClick(form.editor("optimizer"), Key.Key_Down)

    assert form.value().optimizer == "adamw"


def test_a_number_outside_its_limits_is_said_below_the_field(
    qtbot, form: ConfigForm[TrainConfig]
) -> None:
    form.editor("batch_size").setFocus()
    type_into(qtbot, form.editor("batch_size"), "9999")
    assert shown(form, "Between 1 and 8\u202f192.")

    qtbot.keyClick(form.editor("batch_size"), Key.Key_Return)

    assert form.value().batch_size == 8192
    assert not shown(form, "Between 1 and 8\u202f192.")


def test_locked_fields_cannot_be_changed(qtbot, form: ConfigForm[TrainConfig]) -> None:
    form.set_locked({"seed": ""})
    assert not form.editor("seed").isEnabled()
    assert form.editor("epochs").isEnabled()

    form.set_locked({})

    assert form.editor("seed").isEnabled()


def test_choices_are_shown_by_their_titles(qtbot) -> None:
    titles = {"architecture": {"deep-mlp": "Deep MLP"}}
    form = ConfigForm(ModelConfig(), titles)
    qtbot.addWidget(form)
    editor = form.editor("architecture")
    assert isinstance(editor, ChoiceBox)

    assert editor.currentText() == "Deep MLP"
    assert form.value().architecture == "deep-mlp"


def test_a_rule_between_fields_is_said_and_the_last_good_config_kept(qtbot) -> None:
    form = ConfigForm(Export())
    qtbot.addWidget(form)
    form.show()

    with qtbot.assertNotEmitted(form.changed):
        type_into(qtbot, form.editor("first"), "20")
        qtbot.keyClick(form.editor("first"), Key.Key_Return)
    assert shown(form, "The first frame must come before the last.")
    assert form.value() == Export()

    type_into(qtbot, form.editor("last"), "30")
    qtbot.keyClick(form.editor("last"), Key.Key_Return)

    assert form.value() == Export(first=20, last=30)
    assert not shown(form, "The first frame must come before the last.")


def test_a_free_text_is_a_line(qtbot) -> None:
    form = ConfigForm(Export())
    qtbot.addWidget(form)
    line = form.editor("title")
    assert isinstance(line, QLineEdit)

    line.setText("")
    qtbot.keyClicks(line, "sevens")
    qtbot.keyClick(line, Key.Key_Return)

    assert form.value().title == "sevens"


def test_units_stand_behind_the_numbers(qapp: QApplication, form: ConfigForm[TrainConfig]) -> None:
    editor = form.editor("batch_size")
    assert isinstance(editor, NumberBox)

    assert editor.text() == "128 images"
