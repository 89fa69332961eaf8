"""A form made from a config dataclass: one editor for each `Setting`."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Generic

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QLineEdit, QWidget

from vae_gui.core.state.chosen import Change, Chosen
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.settings import ConfigType, Setting, SettingField, Value, settings_of
from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.widgets.change_mark import WIDTH, ChangeMark, change_words
from vae_gui.ui.widgets.label import Label
from vae_gui.ui.widgets.number_box import NumberBox, limit_text

Titles = Mapping[str, Mapping[str, str]]
_NO_TITLES: Titles = {}
MAX_CHARACTERS = 21  # of a choice that are sure to be seen
CELLS = 4  # of the grid, for one column: label, mark, editor and the gap to the next one
GAP = 32  # pixels between two columns


class ChoiceBox(QComboBox):
    """Shows titles and gives values; the wheel changes it only while it has the focus."""

    def __init__(self, choices: Iterable[str], titles: Mapping[str, str]) -> None:
        super().__init__()
        texts = {choice: titles.get(choice, choice.capitalize()) for choice in choices}
        for choice, text in texts.items():
            self.addItem(text, choice)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(min(MAX_CHARACTERS, max(map(len, texts.values()))))

    @qt_override
    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


@dataclass(frozen=True, slots=True)
class _Editor:
    """A field's editor, with how to read and to write it, and how it says a value."""

    widget: QWidget
    label: QLabel
    problem: QLabel
    read: Callable[[], Value]
    write: Callable[[Value], None]
    words: Callable[[Value], str] = str


class ConfigForm(QWidget, Generic[ConfigType]):
    """Labels at the left, editors at the right, what is wrong below the field.

    titles: for a field's name, what its choices are called. columns: side by side, filled one after the other.
    What others than the person changed is marked and can be put back.

    Signals
        changed(object): the person changed a field; the new config.
        put_back(): the person put fields back.
    """

    changed = Signal(object)
    put_back = Signal()

    def __init__(
        self,
        config: ConfigType,
        titles: Titles = _NO_TITLES,
        parent: QWidget | None = None,
        columns: int = 1,
    ) -> None:
        super().__init__(parent)
        self._chosen: Chosen[ConfigType] = Chosen(config, config)
        self._marks: dict[str, ChangeMark] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(0)
        self._grid.setVerticalSpacing(4)
        for column in range(columns):
            self._grid.setColumnMinimumWidth(CELLS * column + 1, WIDTH)
            self._grid.setColumnStretch(CELLS * column + 2, 1)
        for column in range(1, columns):
            self._grid.setColumnMinimumWidth(CELLS * column - 1, GAP)
        items = settings_of(type(config))
        rows = -(-len(items) // columns)
        self._editors: dict[str, _Editor] = {}
        for index, item in enumerate(items):
            self._editors[item.name] = self._editor(item, titles.get(item.name, {}))
            self._place(item.name, 2 * (index % rows), CELLS * (index // rows))
        self._refused = _problem_label()
        self._grid.addWidget(self._refused, 2 * rows, 0, 1, CELLS * columns)
        self._write()

    def value(self) -> ConfigType:
        """The config as it stands; of a field that cannot be taken, the last value that could."""
        for editor in self._editors.values():
            if isinstance(editor.widget, NumberBox):
                editor.widget.interpretText()
        return self._chosen.now

    def set_value(self, config: ConfigType, by: str = "") -> None:
        """Show another config of the same class without a signal; by: who changes it, "" for the person."""
        assert type(config) is type(self._chosen.now)
        self._show(self._chosen.changed(config, by))

    def choose(self, config: ConfigType) -> None:
        """Show a config that the person chose as a whole, without a signal."""
        self._show(Chosen(config, config))

    @property
    def own(self) -> ConfigType:
        """The config that the person had chosen before others changed it."""
        return self._chosen.own

    def changes(self) -> dict[str, Change]:
        """Name the fields that others than the person changed."""
        return self._chosen.changes()

    def put_back_field(self, name: str) -> None:
        """Give a field the value that the person had chosen."""
        self._show(self._chosen.put_back(name))
        self.put_back.emit()

    def mark(self, name: str) -> ChangeMark:
        """The mark of a field, which is hidden while only the person has changed it."""
        return self._marks[name]

    def _show(self, chosen: Chosen[ConfigType]) -> None:
        self._chosen = chosen
        self._write()

    def set_locked(self, reasons: Mapping[str, str]) -> None:
        """The fields that cannot be changed now, and why, where their help does not say so; all others can."""
        assert reasons.keys() <= self._editors.keys()
        for item in settings_of(type(self._chosen.now)):
            editor, reason = self._editors[item.name], reasons.get(item.name, "")
            editor.widget.setEnabled(item.name not in reasons)
            for part in (editor.label, editor.widget):
                part.setToolTip(reason or _help(item))

    def editor(self, name: str) -> QWidget:
        """The editor of a field."""
        return self._editors[name].widget

    def _editor(self, item: SettingField, titles: Mapping[str, str]) -> _Editor:
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
        return editor

    def _place(self, name: str, row: int, column: int) -> None:
        editor, mark = self._editors[name], ChangeMark()
        self._grid.addWidget(editor.label, row, column)
        self._grid.addWidget(mark, row, column + 1)
        self._grid.addWidget(editor.widget, row, column + 2)
        self._grid.addWidget(editor.problem, row + 1, column + 2)
        mark.clicked.connect(partial(self.put_back_field, name))
        self._marks[name] = mark

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

        def words(value: Value) -> str:
            low = bool(setting.least) and value == setting.minimum
            return setting.least if low else box.textFromValue(float(value)) + box.suffix()

        return _Editor(box, label, problem, read, write, words)

    def _choice(
        self, setting: Setting, titles: Mapping[str, str], label: QLabel, problem: QLabel
    ) -> _Editor:
        box = ChoiceBox(setting.choices, titles)
        box.activated.connect(self._on_edited)

        def write(value: Value) -> None:
            box.setCurrentIndex(box.findData(value))

        def words(value: Value) -> str:
            return box.itemText(box.findData(value))

        return _Editor(box, label, problem, lambda: str(box.currentData()), write, words)

    def _line(self, label: QLabel, problem: QLabel) -> _Editor:
        line = QLineEdit()
        line.editingFinished.connect(self._on_edited)
        return _Editor(line, label, problem, line.text, lambda value: line.setText(str(value)))

    def _write(self) -> None:
        for name, editor in self._editors.items():
            editor.write(getattr(self._chosen.now, name))
        self._refused.hide()
        self._show_marks()

    def _show_marks(self) -> None:
        changes = self._chosen.changes()
        for name, editor in self._editors.items():
            change = changes.get(name)
            words = "" if change is None else change_words(change.by, editor.words(change.before))
            self._marks[name].say(words)

    def _on_edited(self) -> None:
        values = {name: editor.read() for name, editor in self._editors.items()}
        try:
            config = replace(self._chosen.now, **values)
        except UserError as error:
            self._refused.setText(str(error))
            self._refused.show()
            return
        self._refused.hide()
        if config != self._chosen.now:
            self._chosen = self._chosen.changed(config)
            self._show_marks()
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
