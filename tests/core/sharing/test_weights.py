"""The weights alone: what other programs read of the file."""

import json
from dataclasses import replace
from pathlib import Path

from safetensors import safe_open

from tests.core.sharing.conftest import write
from vae_gui.core.storage.workspace import Workspace
from vae_gui.core.vae.config_json import run_config_from_json
from vae_gui.core.vae.models.base import build


def test_the_state_dict_is_that_of_the_model(workspace: Workspace, tmp_path: Path) -> None:
    with safe_open(write("weights", workspace, tmp_path), "pt") as file:
        weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        metadata = file.metadata()
    snapshot = workspace.checkpoint.snapshot
    build(snapshot.model).load_state_dict(weights)
    assert all((weights[name].numpy() == array).all() for name, array in snapshot.weights.items())
    assert metadata["step"] == str(snapshot.step)
    assert run_config_from_json(json.loads(metadata["run"])) == workspace.checkpoint.config


def test_the_place_of_own_images_stays_at_home(workspace: Workspace, tmp_path: Path) -> None:
    config = replace(workspace.checkpoint.config, dataset="own:28:auto:1:/home/someone/leaves")
    own = replace(workspace, checkpoint=replace(workspace.checkpoint, config=config))
    content = write("weights", own, tmp_path).read_bytes()
    assert b"leaves" in content
    assert b"someone" not in content
