"""The bar of the samples panel: source, number, class and seed."""

from dataclasses import dataclass, replace
from enum import Enum

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from vae_gui.core.latent.sampling import ClassSigma
from vae_gui.core.support.errors import UserError
from vae_gui.ui.style.theme import icon
from vae_gui.ui.widgets.label import Label
from vae_gui.ui.widgets.number_box import NumberBox
from vae_gui.ui.widgets.type_width import fix_width

MAX_IMAGES, MAX_PER_IMAGE, MAX_PER_CLASS = 1000, 20, 100


class Mode(Enum):
    """Where z comes from."""

    PRIOR = "Prior"
    POSTERIOR = "Posterior"
    PERCENTILES = "Class percentiles"
    RANDOM = "Class random"
    PROTOTYPES = "Prototypes"


CLASS_MODES = (Mode.PERCENTILES, Mode.RANDOM, Mode.PROTOTYPES)
TIPS = {
    Mode.PRIOR: "z ~ N(0, I), decoded: what the model makes up",
    Mode.POSTERIOR: "Samples of q(z|x) under the image x that they belong to",
    Mode.PERCENTILES: "From the 0.05 to the 0.95 percentile of the Normal of a class",
    Mode.RANDOM: "Random draws of the Normal of a class",
    Mode.PROTOTYPES: "The mean μ of each class, decoded",
}
SIGMA_TITLES = {
    ClassSigma.MEAN_POSTERIOR: "σ: mean posterior σ (tutorial)",
    ClassSigma.TOTAL: f"σ: {ClassSigma.TOTAL.value}",
}


@dataclass(frozen=True, slots=True)
class SampleChoice:
    """prior: images; posterior: samples of each image; per_class: of each class; label: None for all classes."""

    mode: Mode = Mode.PRIOR
    seed: int = 0
    prior: int = 49
    posterior: int = 3
    per_class: int = 20
    label: int | None = None
    sigma: ClassSigma = ClassSigma.MEAN_POSTERIOR

    def __post_init__(self) -> None:
        limits = (
            (self.prior, MAX_IMAGES),
            (self.posterior, MAX_PER_IMAGE),
            (self.per_class, MAX_PER_CLASS),
        )
        if not all(type(count) is int and 1 <= count <= most for count, most in limits):
            raise UserError("So many samples cannot be shown.")
        if type(self.seed) is not int or self.seed < 0 or not isinstance(self.label, int | None):
            raise UserError("A seed is a whole number from 0 on.")


class SampleBar(QWidget):
    """Shows only what the mode needs.

    Signals
        changed(): the person chose something else.
    """

    changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.choice = SampleChoice()
        self._classes: dict[int, str] = {}
        self._point = False
        self.mode_box = self._combo("What is sampled")
        self.count_box = NumberBox(1, MAX_IMAGES, step=1, whole=True, parent=self)
        fix_width(self.count_box, 112)
        self.class_box = self._combo("Class")
        self.sigma_box = self._combo("Which σ a class has")
        for kind, title in SIGMA_TITLES.items():
            self.sigma_box.addItem(title, kind)
        self.dice_button = QToolButton(self)
        self.dice_button.setIcon(icon("dice"))
        self.dice_button.setAccessibleName("Draw again")
        self._note = Label(self)
        self._note.setProperty("role", "muted")
        self._note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for widget in (self.mode_box, self.class_box, self.count_box, self.dice_button):
            row.addWidget(widget)
        row.addWidget(self.sigma_box)
        row.addWidget(self._note, 1)
        self._fill_modes()
        self._connect()
        self._show()

    def set_classes(self, classes: dict[int, str]) -> None:
        """The classes that have encodings, by label; without any the class modes are not offered."""
        if classes == self._classes:
            return
        self._classes = classes
        if not classes and self.choice.mode in CLASS_MODES:
            self.choice = replace(self.choice, mode=Mode.PRIOR)
        if self.choice.label not in classes:
            self.choice = replace(self.choice, label=None)
        self._fill_modes()
        with QSignalBlocker(self.class_box):
            self.class_box.clear()
            self.class_box.addItem("All classes", None)
            for label, name in classes.items():
                self.class_box.addItem(f"Class {name}", label)
        self._show()

    def set_choice(self, choice: SampleChoice) -> None:
        """Choose, as a click would."""
        self._set(choice)

    def set_point(self, deterministic: bool) -> None:
        """A point encoder has no posterior σ."""
        if deterministic != self._point:
            self._point = deterministic
            self._show()

    def show_note(self, text: str) -> None:
        if text != self._note.text():
            self._note.setText(text)
            self._note.setToolTip(text)

    def _combo(self, name: str) -> QComboBox:
        box = QComboBox(self)
        box.setAccessibleName(name)
        box.setToolTip(name)
        return box

    def _fill_modes(self) -> None:
        with QSignalBlocker(self.mode_box):
            self.mode_box.clear()
            for mode in Mode:
                if mode not in CLASS_MODES or self._classes:
                    self.mode_box.addItem(mode.value, mode)

    def _connect(self) -> None:
        for box in (self.mode_box, self.class_box, self.sigma_box):
            box.activated.connect(self._on_chosen)
        self.count_box.value_changed.connect(self._on_count)
        self.dice_button.clicked.connect(self._on_dice)

    def _show(self) -> None:
        choice, mode = self.choice, self.choice.mode
        by_class = mode in (Mode.PERCENTILES, Mode.RANDOM)
        drawn = mode in (Mode.PRIOR, Mode.POSTERIOR)
        absent = self._point and drawn
        for box, value in (
            (self.mode_box, mode),
            (self.class_box, choice.label),
            (self.sigma_box, choice.sigma),
        ):
            box.setCurrentIndex(max(0, box.findData(value)))
        self.mode_box.setToolTip(TIPS[mode])
        self.class_box.setVisible(by_class)
        self.sigma_box.setVisible(by_class and not self._point)
        self.dice_button.setVisible((drawn or mode is Mode.RANDOM) and not absent)
        self.dice_button.setToolTip(f"Draw again (seed {choice.seed} now)")
        self.count_box.setVisible(mode is not Mode.PROTOTYPES and not absent)
        self._show_count()

    def _show_count(self) -> None:
        choice = self.choice
        count, most, unit, tip = {
            Mode.PRIOR: (choice.prior, MAX_IMAGES, "images", "How many samples"),
            Mode.POSTERIOR: (choice.posterior, MAX_PER_IMAGE, "each", "Samples of each image"),
        }.get(choice.mode, (choice.per_class, MAX_PER_CLASS, "per class", "Samples of each class"))
        with QSignalBlocker(self.count_box):
            self.count_box.setSuffix(f" {unit}")
            self.count_box.setMaximum(most)
            self.count_box.setValue(count)
        self.count_box.setToolTip(f"{tip}, at most {most}")
        self.count_box.setAccessibleName(tip)

    def _on_chosen(self) -> None:
        self._set(
            replace(
                self.choice,
                mode=self.mode_box.currentData(),
                label=self.class_box.currentData(),
                sigma=self.sigma_box.currentData(),
            )
        )

    def _on_count(self, value: float) -> None:
        choice, count = self.choice, round(value)
        match choice.mode:
            case Mode.PRIOR:
                self._set(replace(choice, prior=count))
            case Mode.POSTERIOR:
                self._set(replace(choice, posterior=count))
            case _:
                self._set(replace(choice, per_class=count))

    def _on_dice(self) -> None:
        self._set(replace(self.choice, seed=self.choice.seed + 1))

    def _set(self, choice: SampleChoice) -> None:
        if choice != self.choice:
            self.choice = choice
            self._show()
            self.changed.emit()
