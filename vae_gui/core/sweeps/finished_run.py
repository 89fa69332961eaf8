"""The workspace of a finished run: everything that its file carries."""

from vae_gui.core.datasets.base import ImageData
from vae_gui.core.inference.encode_split import encode
from vae_gui.core.storage.workspace import Workspace
from vae_gui.core.support.progress import Job
from vae_gui.core.vae.history import HistoryRows
from vae_gui.core.vae.snapshot import Checkpoint
from vae_gui.core.vae.timeline import Timeline


def as_workspace(
    title: str,
    checkpoint: Checkpoint,
    rows: HistoryRows,
    data: ImageData,
    timeline: Timeline | None = None,
) -> Job[Workspace]:
    """Return a run as it is saved: its state, its curves, its moments, and the encodings of the test split."""
    encodings = yield from encode(checkpoint.snapshot, data.test, data.class_names)
    return Workspace(title, checkpoint, history=rows, encodings=encodings, timeline=timeline)
