"""The status line: device, speed, reply time, file, and the job that runs with its cancel button."""

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QProgressBar, QStatusBar, QWidget

from vae_gui.core.support.progress import Progress
from vae_gui.runtime.context import Context
from vae_gui.runtime.jobs import JobThread
from vae_gui.runtime.training import Phase
from vae_gui.ui.widgets.label import Label
from vae_gui.ui.widgets.tool_button import tool_button

TEXT_INTERVAL_MS = 500
HEIGHT = 28


class StatusLine(QStatusBar):
    """Text changes slowly enough to be read. frame_ms: gives how long the pad's last frame took."""

    def __init__(
        self, context: Context, frame_ms: Callable[[], float], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._context, self._frame_ms = context, frame_ms
        self._job: JobThread | None = None
        self.text = Label(self)
        self.job_text = Label(self)
        self.job_bar = QProgressBar(self)
        self.job_bar.setFixedWidth(140)
        self.job_bar.setTextVisible(False)
        self.cancel_button = tool_button("close", "Cancel", self)
        self.addWidget(self.text)
        for widget in (self.job_text, self.job_bar, self.cancel_button):
            self.addPermanentWidget(widget)
        self.setMinimumHeight(HEIGHT)
        self._timer = QTimer(self, interval=TEXT_INTERVAL_MS)
        self._timer.timeout.connect(self._show_text)
        self._timer.start()
        self.cancel_button.clicked.connect(self._cancel)
        context.jobs.started.connect(self._on_job_started)
        context.jobs.ended.connect(self._on_job_ended)
        context.training.phase_changed.connect(self._show_text)
        self._show_job(None)
        self._show_text()

    def _show_text(self) -> None:
        training, explorer = self._context.training, self._context.explorer
        run, parts = training.run, []
        if run is not None and run.device:
            parts.append(f"{run.device} ({run.why_there})" if run.why_there else run.device)
        if training.phase is Phase.RUNNING and run is not None:
            rate = training.steps_per_second * run.config.train.batch_size
            parts.append(f"{rate:,.0f} images/s".replace(",", " "))
        if explorer.weights.snapshot is not None:
            parts.append(f"step {explorer.weights.snapshot.step:,}".replace(",", " "))
        if explorer.questions.reply_ms:
            parts.append(f"decode {explorer.questions.reply_ms:.1f} ms")
        if self._frame_ms():
            parts.append(f"frame {self._frame_ms():.1f} ms")
        self.text.setText("  ·  ".join(parts))

    def _on_job_started(self, job: JobThread) -> None:
        if not job.title:
            return
        job.progressed.connect(self._on_progressed)
        self._show_job(job)

    def _on_job_ended(self, job: JobThread) -> None:
        running = [other for other in self._context.jobs.running if other.title]
        self._show_job(running[-1] if running else None)

    def _show_job(self, job: JobThread | None) -> None:
        self._job = job
        for widget in (self.job_text, self.job_bar, self.cancel_button):
            widget.setVisible(job is not None)
        if job is not None:
            self.job_text.setText(job.title)
            self.job_bar.setRange(0, 0)

    def _on_progressed(self, progress: Progress) -> None:
        if self.sender() is not self._job:
            return
        self.job_text.setText(progress.text)
        if progress.total:
            self.job_bar.setRange(0, 1000)
            self.job_bar.setValue(round(1000 * progress.done / progress.total))
        else:
            self.job_bar.setRange(0, 0)

    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()
