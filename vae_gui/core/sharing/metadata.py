"""The metadata of a file that leaves the app: it describes the model inside."""

import json
from dataclasses import replace

from vae_gui.core.datasets.own.source import portable_name
from vae_gui.core.storage.workspace import Workspace
from vae_gui.core.support.foreign_text import writable
from vae_gui.core.vae.config import RunConfig
from vae_gui.core.vae.config_json import to_json


def metadata_of(workspace: Workspace) -> dict[str, str]:
    """`title`, `run`, the RunConfig as JSON, and `step`; own images are named without the place where they are."""
    checkpoint = workspace.checkpoint
    return {
        "title": writable(workspace.title),
        "run": writable(json.dumps(to_json(portable(checkpoint.config)), ensure_ascii=False)),
        "step": str(checkpoint.snapshot.step),
    }


def portable(config: RunConfig) -> RunConfig:
    """The settings of the run without the place of own images."""
    return replace(config, dataset=portable_name(config.dataset))
