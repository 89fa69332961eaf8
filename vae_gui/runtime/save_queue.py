"""SaveQueue: workspaces are written in the background, one after the other; each is answered."""

from dataclasses import replace
from pathlib import Path
from typing import cast

from PySide6.QtCore import QObject, Signal

from vae_gui.core.datasets.base import ImageData
from vae_gui.core.inference.encode_split import encode
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
        self._waiting: tuple[tuple[Workspace, Path, str, ImageData | None], ...] = ()
        self._writer = LatestJob(jobs, self)
        self._writer.done.connect(self._on_written)
        self._writer.failed.connect(self._on_failed)
        self._writer.cancelled.connect(self._write_next)

    def put(
        self, workspace: Workspace, path: Path, title: str = "", images: ImageData | None = None
    ) -> None:
        """Write a workspace when those before it are; without a title the job is not shown.

        images: whose test images are encoded first, all of them, where the workspace knows fewer.
        """
        self._waiting = (*self._waiting, (workspace, path, title, images))
        if not self._writer.busy:
            self._write_next()

    def _write_next(self) -> None:
        if not self._waiting:
            return
        (workspace, path, title, images), *others = self._waiting
        self._waiting = tuple(others)

        def write() -> Job[tuple[Path, Workspace]]:
            whole = workspace if images is None else (yield from _encoded(workspace, images))
            yield Progress(0, None, f"Saving {path.name}")
            files.save(whole, path)
            return path, workspace

        self._writer.start(write, title)

    def _on_written(self, value: object) -> None:
        self.written.emit(*cast("tuple[Path, Workspace]", value))
        self._write_next()

    def _on_failed(self, text: str) -> None:
        self.failed.emit(text)
        self._write_next()


def _encoded(workspace: Workspace, images: ImageData) -> Job[Workspace]:
    """With the encodings of all test images."""
    known = workspace.encodings
    if known is not None and len(known) >= len(images.test):
        return workspace
    snapshot = workspace.checkpoint.snapshot
    encodings = yield from encode(snapshot, images.test, images.class_names)
    return replace(workspace, encodings=encodings)
