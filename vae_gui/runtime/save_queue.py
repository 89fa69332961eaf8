"""SaveQueue: workspaces are written in the background, one after the other; each is answered."""

from pathlib import Path
from typing import cast

from PySide6.QtCore import QObject, Signal

from vae_gui.core.storage import workspace as files
from vae_gui.core.storage.workspace import Workspace
from vae_gui.core.support.progress import Job, Progress
from vae_gui.runtime.jobs import Jobs
from vae_gui.runtime.latest_job import LatestJob


class SaveQueue(QObject):
    """Two may go to the same file; the later one stays. Signals: `written(path, Workspace)`, `failed(text)`."""

    written = Signal(object, object)
    failed = Signal(str)

    def __init__(self, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self._waiting: tuple[tuple[Workspace, Path, str], ...] = ()
        self._writer = LatestJob(jobs, self)
        self._writer.done.connect(self._on_written)
        self._writer.failed.connect(self._on_failed)
        self._writer.cancelled.connect(self._write_next)

    def put(self, workspace: Workspace, path: Path, title: str = "") -> None:
        """Write a workspace when those before it are; without a title the job is not shown."""
        self._waiting = (*self._waiting, (workspace, path, title))
        if not self._writer.busy:
            self._write_next()

    def _write_next(self) -> None:
        if not self._waiting:
            return
        (workspace, path, title), *others = self._waiting
        self._waiting = tuple(others)

        def write() -> Job[tuple[Path, Workspace]]:
            yield Progress(0, None, f"Saving {path.name}")
            files.save(workspace, path)
            return path, workspace

        self._writer.start(write, title)

    def _on_written(self, value: object) -> None:
        self.written.emit(*cast("tuple[Path, Workspace]", value))
        self._write_next()

    def _on_failed(self, text: str) -> None:
        self.failed.emit(text)
        self._write_next()
