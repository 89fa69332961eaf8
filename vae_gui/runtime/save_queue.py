"""SaveQueue: workspaces are written in the background, one after the other; each is answered."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from vae_gui.core.datasets.base import ImageData
from vae_gui.core.inference.encode_split import encode
from vae_gui.core.storage import workspace as files
from vae_gui.core.storage.workspace import Workspace
from vae_gui.core.support.progress import Job, Progress
from vae_gui.runtime.job_queue import JobQueue
from vae_gui.runtime.jobs import Jobs
from vae_gui.runtime.request import Request


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """A workspace that is on the disk, whole."""

    path: Path
    workspace: Workspace

    @property
    def run_id(self) -> str:
        return self.workspace.checkpoint.snapshot.run_id

    @property
    def step(self) -> int:
        return self.workspace.checkpoint.snapshot.step


class SaveQueue:
    """Two may go to the same file; the later one stays."""

    def __init__(self, jobs: Jobs) -> None:
        self._queue = JobQueue(jobs)

    def put(
        self, workspace: Workspace, path: Path, title: str = "", images: ImageData | None = None
    ) -> Request[Written]:
        """Write a workspace when those before it are; without a title the job is not shown.

        images: whose test images are encoded first, all of them, where the workspace knows fewer.
        """

        def write() -> Job[Written]:
            whole = workspace if images is None else (yield from _encoded(workspace, images))
            yield Progress(0, None, f"Saving {path.name}")
            files.save(whole, path)
            return Written(path, workspace)

        return cast("Request[Written]", self._queue.put(title, write))


def _encoded(workspace: Workspace, images: ImageData) -> Job[Workspace]:
    """Return the workspace with the encodings of all test images."""
    known = workspace.encodings
    if known is not None and len(known) >= len(images.test):
        return workspace
    snapshot = workspace.checkpoint.snapshot
    encodings = yield from encode(snapshot, images.test, images.class_names)
    return replace(workspace, encodings=encodings)
