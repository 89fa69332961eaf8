"""The weights alone as safetensors, with the settings of the model as metadata."""

from pathlib import Path

import numpy as np
from safetensors.numpy import save

from vae_gui.core.sharing.metadata import metadata_of
from vae_gui.core.storage.workspace import Workspace
from vae_gui.core.support.files import atomic_write
from vae_gui.core.support.progress import Job, Progress


def write_weights(workspace: Workspace, path: Path) -> Job[Path]:
    """The names and shapes of the `state_dict`; metadata as in `metadata_of`."""
    yield Progress(0, None, "Writing")
    weights = workspace.checkpoint.snapshot.weights
    arrays = {name: np.ascontiguousarray(array) for name, array in weights.items()}
    with atomic_write(path) as file:
        file.write(save(arrays, metadata_of(workspace)))
    return path
