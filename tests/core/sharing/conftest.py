"""A tiny model, and what it leaves as."""

from pathlib import Path

import numpy as np
import pytest
import torch

from tests.tiny import CLASSES, tiny_config
from vae_gui.core.sharing import SHARES
from vae_gui.core.state.latent import LatentState
from vae_gui.core.storage.workspace import Workspace
from vae_gui.core.support.progress import finish
from vae_gui.core.vae.config import RunConfig
from vae_gui.core.vae.encodings import Encodings
from vae_gui.core.vae.models.base import build
from vae_gui.core.vae.snapshot import Checkpoint, Snapshot


def write(name: str, workspace: Workspace, folder: Path) -> Path:
    """The workspace as one of SHARES; returns its file in `folder`."""
    share = SHARES[name]
    return finish(share.write(workspace, folder / f"model{share.suffix}"))


def untrained(config: RunConfig) -> Workspace:
    """A model as it begins, with encodings of two classes around it."""
    torch.manual_seed(0)
    weights = {name: value.numpy() for name, value in build(config.model).state_dict().items()}
    random = np.random.default_rng(3)
    dims, count = config.model.latent_dim, 40
    encodings = Encodings(
        random.normal(size=(count, dims)).astype(np.float32),
        None if config.model.deterministic else np.full((count, dims), -2, np.float32),
        (np.arange(count) % 2).astype(np.int16),
        CLASSES,
    )
    checkpoint = Checkpoint(config, Snapshot("run", 0, config.model, weights), {})
    return Workspace("Bars", checkpoint, LatentState.origin(dims), encodings=encodings)


@pytest.fixture
def workspace() -> Workspace:
    return untrained(tiny_config())
