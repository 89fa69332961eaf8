"""Controls of the paths: spacing, keyframes, and attribute vectors for the end."""

from functools import partial

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vae_gui.core.latent.attributes import Attribute, apply, class_attribute
from vae_gui.core.state.drag import DragId
from vae_gui.core.support.types import Z
from vae_gui.core.vae.encodings import Encodings
from vae_gui.runtime.context import Context
from vae_gui.ui.parts.path_button import show_spacing, spacing_box
from vae_gui.ui.style.keys import with_keys
from vae_gui.ui.style.theme import icon
from vae_gui.ui.widgets.flow_layout import FlowLayout
from vae_gui.ui.widgets.label import Label
from vae_gui.ui.widgets.log_slider import LogSlider
from vae_gui.ui.widgets.type_width import fix_width

TITLE_WIDTH = 56
MIN_LETTERS = 4  # of a class that are seen
DRAW_TIP = "The next drag on the pad draws a path; its ends become A and B (P on the pad)"
NO_KEYFRAMES = "K on the pad adds a keyframe"
KEYFRAME_TIP = "A point that every path passes; {key:Delete} on the pad removes it"


class KeyframeChips(QWidget):
    """Signals: `shown(index)`: go there; `removed(index)`."""

    shown = Signal(int)
    removed = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.chips: list[QToolButton] = []
        self._flow = FlowLayout(self, spacing=4)
        self._hint = Label(NO_KEYFRAMES, self)
        self._hint.setProperty("role", "small")
        self._hint.setToolTip(with_keys(KEYFRAME_TIP))
        self._flow.addWidget(self._hint)

    def show_keyframes(self, keyframes: tuple[Z, ...]) -> None:
        """A pair of buttons for each: go there, remove it."""
        self._hint.setVisible(not keyframes)
        if 2 * len(keyframes) != len(self.chips):
            old = self.chips
            self.chips = [chip for index in range(len(keyframes)) for chip in self._pair(index)]
            self._flow.replace(old, self.chips)
        for go, z in zip(self.chips[::2], keyframes, strict=True):
            go.setToolTip(f"Move the cursor to ({', '.join(f'{value:.2f}' for value in z[:6])})")

    def _pair(self, index: int) -> tuple[QToolButton, QToolButton]:
        go, remove = QToolButton(self), QToolButton(self)
        go.setText(f"◆ {index + 1}")
        go.setAccessibleName(f"Go to keyframe {index + 1}")
        go.clicked.connect(partial(self.shown.emit, index))
        remove.setIcon(icon("close", "muted"))
        remove.setToolTip(f"Remove keyframe {index + 1}")
        remove.setAccessibleName(f"Remove keyframe {index + 1}")
        remove.clicked.connect(partial(self.removed.emit, index))
        return go, remove


class AttributeForm(QWidget):
    """B = A + strength · (mean μ of one class − mean μ of another). Signals: `moved(z, drag_id)`: B is there."""

    moved = Signal(object, object)

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._explorer = context.explorer
        self._drag_id: DragId | None = None
        self.towards_box, self.away_box = QComboBox(self), QComboBox(self)
        for box, name in ((self.towards_box, "towards class"), (self.away_box, "away from class")):
            box.setAccessibleName(f"Attribute {name}")
            box.setMinimumContentsLength(MIN_LETTERS)
            box.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            box.setToolTip(f"Attribute {name}: mean of its encodings")
        self.strength = LogSlider("× strength", -2.0, 2.0, logarithmic=False, limits=(-10.0, 10.0))
        self.strength.setToolTip("1 is the whole difference between the two classes")
        self.strength.set_value(1.0)
        self.set_button = QPushButton("Set B", self)
        self.set_button.setToolTip("B = A + strength × (class − class); the slider sets it live")
        title = Label("B = A +", self)
        title.setProperty("role", "muted")
        fix_width(title, TITLE_WIDTH)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for widget in (title, self.towards_box, Label("−", self), self.away_box):
            row.addWidget(widget)
        row.addSpacing(8)
        row.addWidget(self.strength, 1)
        row.addWidget(self.set_button)
        self.set_button.clicked.connect(self._on_set)
        self.strength.value_changed.connect(self._on_strength)
        self.strength.drag_finished.connect(self._on_let_go)

    def show_classes(self, encodings: Encodings | None) -> None:
        """Hidden without labels."""
        labelled = encodings is not None and encodings.labels is not None
        names = encodings.class_names if encodings is not None and labelled else ()
        self.setVisible(len(names) > 1)
        for box, first in ((self.towards_box, 1), (self.away_box, 0)):
            if tuple(box.itemText(i) for i in range(box.count())) != names:
                with QSignalBlocker(box):
                    box.clear()
                    box.addItems(list(names))
                    box.setCurrentIndex(min(first, len(names) - 1))

    def attribute(self) -> Attribute | None:
        """None where a class has no encodings."""
        encodings = self._explorer.scatter.encodings
        towards, away = self.towards_box.currentIndex(), self.away_box.currentIndex()
        if encodings is None or encodings.labels is None or min(towards, away) < 0:
            return None
        if not all((encodings.labels == index).any() for index in (towards, away)):
            return None
        return class_attribute(encodings, towards, away)

    def _set(self, drag_id: DragId | None) -> None:
        attribute = self.attribute()
        if attribute is not None:
            strength = np.array([self.strength.value()])
            z = apply(self._explorer.latent.a, attribute, strength)[0]
            self.moved.emit(tuple(z.tolist()), drag_id)

    def _on_set(self) -> None:
        self._set(None)

    def _on_strength(self) -> None:
        """One drag of the slider is one step of undo."""
        self._drag_id = self._drag_id or DragId()
        self._set(self._drag_id)

    def _on_let_go(self) -> None:
        self._drag_id = None


class PathSide(QWidget):
    """What holds for all paths, in two lines above the strips."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self.spacing_box = spacing_box(context, self)
        self.draw_button = QPushButton(icon("draw-path"), "Draw", self)
        self.draw_button.setCheckable(True)
        self.draw_button.setToolTip(DRAW_TIP)
        self.draw_button.setAccessibleName("Draw a path on the pad")
        self.keyframes = KeyframeChips(self)
        self.attributes = AttributeForm(context, self)
        first = QHBoxLayout()
        first.setSpacing(8)
        first.addWidget(self._title("Steps"))
        first.addWidget(self.spacing_box)
        first.addWidget(self.draw_button)
        first.addSpacing(8)
        first.addWidget(self.keyframes, 1, Qt.AlignmentFlag.AlignVCenter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 2, 8, 6)
        layout.setSpacing(6)
        layout.addLayout(first)
        layout.addWidget(self.attributes)
        self.draw_button.clicked.connect(context.path_lab.set_drawing)
        context.path_lab.drawing_changed.connect(self._on_drawing)
        self.keyframes.shown.connect(self._on_shown)
        self.keyframes.removed.connect(context.path_lab.remove_keyframe)
        self.attributes.moved.connect(self._on_moved)

    def _title(self, text: str) -> QLabel:
        label = Label(text, self)
        label.setProperty("role", "muted")
        fix_width(label, TITLE_WIDTH)
        return label

    def refresh(self) -> None:
        explorer = self._context.explorer
        show_spacing(self.spacing_box, explorer.latent.spacing)
        self.keyframes.show_keyframes(explorer.latent.keyframes)
        self.attributes.show_classes(explorer.scatter.encodings)

    def _on_drawing(self) -> None:
        self.draw_button.setChecked(self._context.path_lab.drawing)

    def _on_shown(self, index: int) -> None:
        explorer = self._context.explorer
        explorer.move_cursor(explorer.latent.keyframes[index])

    def _on_moved(self, z: Z, drag_id: DragId | None) -> None:
        self._context.explorer.set_endpoint("B", z, drag_id)
