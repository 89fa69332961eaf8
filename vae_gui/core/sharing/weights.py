"""The weights alone as safetensors, with the settings of the model as metadata."""

import json
from pathlib import Path

import numpy as np
from safetensors.numpy import save

from vae_gui.core.storage.workspace import Workspace
from vae_gui.core.support.files import atomic_write
from vae_gui.core.support.progress import Job, Progress
from vae_gui.core.vae.config import to_json


def write_weights(workspace: Workspace, path: Path) -> Job[Path]:
    """The names and shapes of the `state_dict`; metadata `run`, the RunConfig as JSON, and `step`."""
    yield Progress(0, None, "Writing")
    checkpoint = workspace.checkpoint
    arrays = {
        name: np.ascontiguousarray(array) for name, array in checkpoint.snapshot.weights.items()
    }
    metadata = {
        "run": json.dumps(to_json(checkpoint.config)),
        "step": str(checkpoint.snapshot.step),
    }
    with atomic_write(path) as file:
        file.write(save(arrays, metadata))
    return path
