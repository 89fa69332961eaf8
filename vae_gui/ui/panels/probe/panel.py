"""The probe: logistic regression on μ against raw pixels, side by side."""

from dataclasses import replace
from functools import partial
from typing import cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vae_gui.core.analysis.probe import (
    ProbeProgress,
    ProbeResult,
    ProbeSettings,
    probe,
)
from vae_gui.core.export.tables import export_confusion_csv
from vae_gui.core.support.progress import Progress
from vae_gui.core.support.settings import settings_of
from vae_gui.runtime.context import Context
from vae_gui.runtime.latest_job import LatestJob
from vae_gui.ui.panels.probe.accuracy_bars import AccuracyBars, Bar
from vae_gui.ui.panels.probe.confusion_view import ConfusionView
from vae_gui.ui.panels.probe.words import MU, PIXELS, counts_text, numbers_text, scores_of
from vae_gui.ui.parts.get_data import GetDataButton
from vae_gui.ui.parts.panel import Panel, RefreshOn
from vae_gui.ui.parts.panel_export import PanelExport
from vae_gui.ui.widgets.label import Label
from vae_gui.ui.widgets.number_box import NumberBox
from vae_gui.ui.widgets.scroll_area import ScrollArea
from vae_gui.ui.widgets.type_width import fix_width

BOX_WIDTH = 84


class ProbePanel(Panel):
    """Measured when asked for; the result says of which step it is."""

    refresh_on = RefreshOn.NOTHING

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.settings = ProbeSettings()
        self.result: ProbeResult | None = None
        self._job = LatestJob(context.jobs, self)
        self.note, self.problem = Label(self), Label(self)
        self.pointed = Label(self)
        self.get_button = GetDataButton(context, self)
        self.measure_button = QPushButton(self)
        self.all_button = QToolButton(self)
        limits = {field.name: field.setting for field in settings_of(ProbeSettings)}
        self.images_box = NumberBox(
            limits["images"].minimum, limits["images"].maximum, whole=True, logarithmic=True
        )
        self.seed_box = NumberBox(limits["seed"].minimum, limits["seed"].maximum, whole=True)
        self.bars = AccuracyBars(self)
        self.matrices = {name: ConfusionView(name, self) for name in (MU, PIXELS)}
        self.matrix_area = QWidget(self)
        self._lay_out()
        self._connect()
        self._show_settings()

    def set_model(self) -> None:
        self.cancel()
        self.result = None
        self.problem.setText("")
        self._show()

    def exports(self) -> tuple[PanelExport, ...]:
        if self.result is None:
            return ()
        names = self.result.class_names
        return tuple(
            PanelExport(
                f"Confusion from {name} (CSV)",
                "confusion",
                ".csv",
                partial(export_confusion_csv, score.confusion, names),
            )
            for name, score in scores_of(self.result).items()
            if score is not None
        )

    def refresh(self) -> None:
        self._show()

    def measure(self) -> None:
        """Fit and score with the current weights, in the background."""
        snapshot, images = self.explorer.weights.snapshot, self.explorer.scatter.images
        if snapshot is None or images is None:
            return
        self.problem.setText("")
        settings = self.settings
        self._job.start(lambda: probe(snapshot, images, settings), "Probe")
        self._show()

    def cancel(self) -> None:
        """Give up the measurement in progress."""
        if self._job.busy:
            self._job.cancel()
            self._show()

    def _lay_out(self) -> None:
        for label, role in ((self.note, "muted"), (self.problem, "problem")):
            label.setProperty("role", role)
            label.setWordWrap(True)
        self.pointed.setProperty("role", "small")
        top = QHBoxLayout()
        top.setSpacing(24)
        top.addLayout(self._settings_row())
        top.addWidget(self.bars, 1)
        matrices = QGridLayout(self.matrix_area)
        matrices.setContentsMargins(0, 0, 0, 0)
        matrices.setHorizontalSpacing(24)
        matrices.setVerticalSpacing(0)
        for index, (name, view) in enumerate(self.matrices.items()):
            title = Label(f"From {name}: true classes down, predicted across", self.matrix_area)
            title.setProperty("role", "small")
            matrices.addWidget(title, 0, index)
            matrices.addWidget(view, 1, index)
        matrices.addWidget(self.pointed, 2, 0, 1, 2)
        matrices.setRowStretch(1, 1)
        self._matrices_area = ScrollArea(self.matrix_area)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 8)
        layout.setSpacing(6)
        layout.addLayout(top)
        layout.addWidget(self.get_button, 0, Qt.AlignmentFlag.AlignLeft)
        for widget in (self.note, self.problem):
            layout.addWidget(widget)
        layout.addWidget(self._matrices_area, 1)
        layout.addStretch()

    def _settings_row(self) -> QGridLayout:
        row = QGridLayout()
        row.setSpacing(4)
        for column, (text, box, tip) in enumerate(
            (
                ("Training images", self.images_box, "How many to fit on; more take longer"),
                ("Seed", self.seed_box, "Chooses the training images"),
            )
        ):
            label = Label(text, self)
            label.setProperty("role", "small")
            label.setBuddy(box)
            fix_width(box, BOX_WIDTH)
            box.setAccessibleName(text)
            box.setToolTip(tip)
            row.addWidget(label, 0, 2 * column)
            row.addWidget(box, 1, 2 * column)
        self.all_button.setText("All")
        self.all_button.setToolTip("Fit on all training images; that can take minutes")
        self.all_button.setAccessibleName("All training images")
        row.addWidget(self.all_button, 1, 1)
        row.addWidget(self.measure_button, 1, 3)
        row.setColumnStretch(4, 1)
        return row

    def _connect(self) -> None:
        self._job.progressed.connect(self._on_progressed)
        self._job.done.connect(self._on_done)
        self._job.failed.connect(self._on_failed)
        self._job.cancelled.connect(self._show)
        self.explorer.scatter.images_changed.connect(self._refresh_if_visible)
        self.explorer.weights.changed.connect(self._refresh_if_visible)
        self.images_box.value_changed.connect(self._on_edited)
        self.seed_box.value_changed.connect(self._on_edited)
        self.all_button.clicked.connect(self._on_all)
        self.measure_button.clicked.connect(self._on_pressed)
        for view in self.matrices.values():
            view.pointed.connect(self.pointed.setText)

    def _show(self) -> None:
        images, busy = self.explorer.scatter.images, self._job.busy
        labelled = images is not None and images.train.labels is not None
        self.get_button.offer()
        self.measure_button.setText("Cancel" if busy else "Measure")
        self.measure_button.setEnabled(busy or labelled)
        self.measure_button.setToolTip(
            "Stop measuring" if busy else "Fit both classifiers; pixels take about half a minute"
        )
        self.all_button.setEnabled(labelled)
        stale = self.result is not None and self._is_stale(self.result)
        urged = labelled and not busy and (self.result is None or stale)
        if self.measure_button.property("primary") != urged:
            self.measure_button.setProperty("primary", urged)
            self.measure_button.style().unpolish(self.measure_button)
            self.measure_button.style().polish(self.measure_button)
        result = self.result
        self.bars.setVisible(result is not None)
        self._matrices_area.setVisible(result is not None)
        self.note.setText(self._what_is_missing() if result is None else counts_text(result, stale))

    def _show_result(self, result: ProbeResult) -> None:
        self.result = result
        scores = scores_of(result)
        self.bars.set_bars(
            tuple(
                Bar(f"from {name}{numbers_text(score)}", None if score is None else score.accuracy)
                for name, score in scores.items()
            ),
            result.chance,
        )
        for name, score in scores.items():
            self.matrices[name].setVisible(score is not None)
            if score is not None:
                self.matrices[name].set_counts(score.confusion, result.class_names)
        self._show()

    def _show_settings(self) -> None:
        self.images_box.set_value(self.settings.images)
        self.seed_box.set_value(self.settings.seed)

    def _is_stale(self, result: ProbeResult) -> bool:
        snapshot = self.explorer.weights.snapshot
        return snapshot is None or (snapshot.run_id, snapshot.step) != (result.run_id, result.step)

    def _what_is_missing(self) -> str:
        images = self.explorer.scatter.images
        if images is None:
            return "The probe needs the images and their labels, and they are not in memory."
        if images.train.labels is None:
            return "These images have no labels: there is no class to predict."
        if self._job.busy:
            return "Encoding, then fitting on μ and on pixels…"
        return (
            "Can a linear classifier read the class from μ? Measure fits one on μ and one on the "
            "raw pixels, both standardised, and scores them on the test images."
        )

    def _on_edited(self) -> None:
        self.settings = replace(
            self.settings,
            images=round(self.images_box.value()),
            seed=round(self.seed_box.value()),
        )

    def _on_all(self) -> None:
        images = self.explorer.scatter.images
        if images is not None:
            most = round(self.images_box.maximum())
            self.settings = replace(self.settings, images=min(max(20, len(images.train)), most))
            self._show_settings()

    def _on_pressed(self) -> None:
        if self._job.busy:
            self.cancel()
        else:
            self.measure()

    def _on_progressed(self, progress: Progress) -> None:
        if isinstance(progress, ProbeProgress):
            self._show_result(progress.result)

    def _on_done(self, value: object) -> None:
        self._show_result(cast(ProbeResult, value))

    def _on_failed(self, text: str) -> None:
        self.problem.setText(text)
        self._show()
