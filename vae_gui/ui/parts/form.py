"""A form made from a config dataclass: one editor for each `Setting`."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Generic

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QLineEdit, QWidget

from vae_gui.core.support.errors import UserError
from vae_gui.core.support.settings import ConfigType, Setting, SettingField, Value, settings_of
from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.widgets.label import Label
from vae_gui.ui.widgets.number_box import NumberBox, limit_text

Titles = Mapping[str, Mapping[str, str]]
_NO_TITLES: Titles = {}
MOST_CHARACTERS = 21  # of a choice that are sure to be seen


class ChoiceBox(QComboBox):
    """Shows titles and gives values; the wheel changes it only while it has the focus."""

    def __init__(self, choices: Iterable[str], titles: Mapping[str, str]) -> None:
        super().__init__()
        texts = {choice: titles.get(choice, choice.capitalize()) for choice in choices}
        for choice, text in texts.items():
            self.addItem(text, choice)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(min(MOST_CHARACTERS, max(map(len, texts.values()))))

    @qt_override
    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


@dataclass(frozen=True, slots=True)
class _Editor:
    """A field's editor, with how to read and to write it."""

    widget: QWidget
    label: QLabel
    problem: QLabel
    read: Callable[[], Value]
    write: Callable[[Value], None]


class ConfigForm(QWidget, Generic[ConfigType]):
    """Labels at the left, editors at the right, what is wrong below the field.

    titles: for a field's name, what its choices are called.

    Signals
        changed(object): the person changed a field; the new config.
    """

    changed = Signal(object)

    def __init__(
        self, config: ConfigType, titles: Titles = _NO_TITLES, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._config: ConfigType = config
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        self._editors = {
            item.name: self._add(item, titles.get(item.name, {}))
            for item in settings_of(type(config))
        }
        self._refused = _problem_label()
        self._grid.addWidget(self._refused, self._grid.rowCount(), 0, 1, 2)
        self._write(config)

    def value(self) -> ConfigType:
        """The config as it stands; of a field that cannot be taken, the last value that could."""
        for editor in self._editors.values():
            if isinstance(editor.widget, NumberBox):
                editor.widget.interpretText()
        return self._config

    def set_value(self, config: ConfigType) -> None:
        """Show another config of the same class without a signal."""
        assert type(config) is type(self._config)
        self._config = config
        self._write(config)

    def set_locked(self, reasons: Mapping[str, str]) -> None:
        """The fields that cannot be changed now, and why, where their help does not say so; all others can."""
        assert reasons.keys() <= self._editors.keys()
        for item in settings_of(type(self._config)):
            editor, reason = self._editors[item.name], reasons.get(item.name, "")
            editor.widget.setEnabled(item.name not in reasons)
            for part in (editor.label, editor.widget):
                part.setToolTip(reason or _help(item))

    def editor(self, name: str) -> QWidget:
        """The editor of a field."""
        return self._editors[name].widget

    def _add(self, item: SettingField, titles: Mapping[str, str]) -> _Editor:
        setting = item.setting
        label, problem = Label(setting.label), _problem_label()
        label.setProperty("role", "muted")
        if item.kind is not str:
            editor = self._number(item, label, problem)
        elif setting.choices:
            editor = self._choice(setting, titles, label, problem)
        else:
            editor = self._line(label, problem)
        widget = editor.widget
        label.setBuddy(widget)
        widget.setAccessibleName(setting.label)
        for part in (label, widget):
            part.setToolTip(_help(item))
        row = self._grid.rowCount()
        self._grid.addWidget(label, row, 0)
        self._grid.addWidget(widget, row, 1)
        self._grid.addWidget(problem, row + 1, 1)
        return editor

    def _number(self, item: SettingField, label: QLabel, problem: QLabel) -> _Editor:
        setting, whole = item.setting, item.kind is int
        box = NumberBox(
            setting.minimum,
            setting.maximum,
            step=1.0 if whole else 0.1,
            logarithmic=setting.logarithmic,
            whole=whole,
            unit=setting.unit,
            least=setting.least,
        )
        box.value_changed.connect(self._on_edited)

        def show(text: str) -> None:
            problem.setText(text)
            problem.setVisible(bool(text))

        box.problem_changed.connect(show)

        def read() -> Value:
            return round(box.value()) if whole else box.value()

        def write(value: Value) -> None:
            with QSignalBlocker(box):
                box.setValue(float(value))

        return _Editor(box, label, problem, read, write)

    def _choice(
        self, setting: Setting, titles: Mapping[str, str], label: QLabel, problem: QLabel
    ) -> _Editor:
        box = ChoiceBox(setting.choices, titles)
        box.activated.connect(self._on_edited)

        def write(value: Value) -> None:
            box.setCurrentIndex(box.findData(value))

        return _Editor(box, label, problem, lambda: str(box.currentData()), write)

    def _line(self, label: QLabel, problem: QLabel) -> _Editor:
        line = QLineEdit()
        line.editingFinished.connect(self._on_edited)
        return _Editor(line, label, problem, line.text, lambda value: line.setText(str(value)))

    def _write(self, config: ConfigType) -> None:
        for name, editor in self._editors.items():
            editor.write(getattr(config, name))
        self._refused.hide()

    def _on_edited(self) -> None:
        values = {name: editor.read() for name, editor in self._editors.items()}
        try:
            config = replace(self._config, **values)
        except UserError as error:
            self._refused.setText(str(error))
            self._refused.show()
            return
        self._refused.hide()
        if config != self._config:
            self._config = config
            self.changed.emit(config)


def _problem_label() -> QLabel:
    label = Label()
    label.setProperty("role", "problem")
    label.setWordWrap(True)
    label.hide()
    return label


def _help(item: SettingField) -> str:
    """The help of a setting and, for a number, its limits."""
    setting = item.setting
    if item.kind is str:
        return setting.help
    unit = f" {setting.unit}" if setting.unit else ""
    low, high = limit_text(setting.minimum), limit_text(setting.maximum)
    return f"{setting.help}\nFrom {low} to {high}{unit}."
