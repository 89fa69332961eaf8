"""A branch: a run of its own that goes on from a moment of another one."""

import uuid
from dataclasses import replace

from vae_gui.core.state.latent import LatentState
from vae_gui.core.storage.workspace import Workspace
from vae_gui.core.support.errors import UserError
from vae_gui.core.vae.config import OPTIMIZER, HyperparameterChange
from vae_gui.core.vae.history import History
from vae_gui.core.vae.snapshot import Checkpoint, as_float32
from vae_gui.core.vae.timeline import TimelineEntry
from vae_gui.runtime.library import OpenModel

NO_ENCODER = (
    "This moment keeps the decoder alone, so a run cannot go on from it: "
    "press Live, and continue the run from its end, or press Train for a new one."
)


def branch_of(entry: OpenModel, moment: TimelineEntry, latent: LatentState) -> OpenModel:
    """The model as it was then, with its past, under another run id; `latent` is where the person is.

    The optimizer goes on where it is known, which is at the end of the run; else the run says that it began
    anew. Raises UserError for a moment without an encoder.
    """
    if not moment.snapshot.has_encoder:
        raise UserError(NO_ENCODER)
    run_id, step = uuid.uuid4().hex, moment.step
    trained_on = entry.workspace.checkpoint.trained_on
    snapshot = replace(as_float32(moment.snapshot), run_id=run_id)
    changes = tuple(change for change in entry.config.changes if change.step < step)
    optimizer = entry.workspace.checkpoint.optimizer
    if step != entry.workspace.checkpoint.steps_done or not optimizer:
        optimizer = {}
        changes += (HyperparameterChange(step, OPTIMIZER, 0),)
    rows, history = entry.history.frozen().until(step), History()
    history.extend(rows.steps, rows.tests, changes, rows.exact)
    workspace = Workspace(
        f"{entry.workspace.title}, from step {step}",
        Checkpoint(
            replace(entry.config, changes=changes), snapshot, optimizer, trained_on=trained_on
        ),
        latent=latent,
        encodings=moment.encodings,
    )
    return OpenModel(workspace, history, entry.timeline.until(step, run_id), unsaved=True)
