"""The ONNX files: what another runtime makes of them is what the app shows."""

import importlib.util
import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx.reference import ReferenceEvaluator

from tests.core.sharing.conftest import write
from tests.tiny import tiny_config, tiny_data
from vae_gui.core.inference.engine import Engine
from vae_gui.core.sharing import onnx_tracing
from vae_gui.core.storage.workspace import Workspace
from vae_gui.core.support.errors import UserError
from vae_gui.core.vae.likelihoods import LIKELIHOODS
from vae_gui.core.vae.models import MODELS
from vae_gui.core.vae.models.base import VAE, build
from vae_gui.core.vae.snapshot import decoder_only

METADATA = {"title": "Bars", "run": "{}", "step": "6"}


def restored(architecture: str, likelihood: str = "bernoulli") -> VAE:
    config = replace(tiny_config(architecture, latent_dim=3).model, likelihood=likelihood)
    torch.manual_seed(1)
    return build(config).eval().requires_grad_(False)


def test_the_decoder_gives_the_images_that_the_app_shows(
    workspace: Workspace, tmp_path: Path
) -> None:
    """Also of a moment that keeps the decoder alone, of which the encoder is refused."""
    snapshot = decoder_only(workspace.checkpoint.snapshot)
    moment = replace(workspace, checkpoint=replace(workspace.checkpoint, snapshot=snapshot))
    with pytest.raises(UserError, match="decoder alone"):
        write("onnx-encoder", moment, tmp_path)
    session = ReferenceEvaluator(str(write("onnx-decoder", moment, tmp_path)))
    z = np.random.default_rng(2).normal(size=(5, 2)).astype(np.float32)
    (images,) = session.run(["image"], {"z": z})
    assert images.dtype == np.float32
    np.testing.assert_allclose(images[:, 0], Engine(snapshot).mean_images(z), atol=1e-5)


def test_the_encoder_gives_mu_and_logvar(workspace: Workspace, tmp_path: Path) -> None:
    path = write("onnx-encoder", workspace, tmp_path)
    images = tiny_data().test.images[:3]
    found = ReferenceEvaluator(str(path)).run(
        ["mu", "logvar"], {"x": (images[:, None] / 255).astype(np.float32)}
    )
    for array, expected in zip(
        found, Engine(workspace.checkpoint.snapshot).encode(images), strict=True
    ):
        np.testing.assert_allclose(array, expected, atol=1e-5)
    model = onnx.load(path)
    said = {item.key: item.value for item in model.metadata_props}
    assert (said["title"], said["step"]) == ("Bars", "0")
    assert json.loads(said["run"])["preset"] == workspace.checkpoint.config.preset
    assert b".py" not in path.read_bytes()


@pytest.mark.parametrize("architecture", MODELS)
def test_both_halves_of_every_architecture_agree(architecture: str) -> None:
    """Also of an autoencoder, whose encoder has one output."""
    model = restored(architecture)
    for part in (onnx_tracing.Decoder(model).eval(), onnx_tracing.Encoder(model).eval()):
        content = onnx_tracing.to_onnx(part, METADATA)
        onnx_tracing.compare(part, content)
        outputs = [output.name for output in onnx.load_from_string(content).graph.output]
        assert outputs == list(part.outputs)


@pytest.mark.parametrize("likelihood", [n for n, e in LIKELIHOODS.items() if e.scale != "error"])
def test_the_mean_of_every_likelihood_is_that_of_torch(likelihood: str) -> None:
    part = onnx_tracing.Decoder(restored("mlp-256", likelihood)).eval()
    onnx_tracing.compare(part, onnx_tracing.to_onnx(part, METADATA))


def test_a_file_that_differs_is_refused() -> None:
    part = onnx_tracing.Decoder(restored("mlp-256")).eval()
    content = onnx_tracing.to_onnx(part, METADATA)
    with torch.no_grad():
        part.model.decoder[0].bias.add_(0.1)
    with pytest.raises(UserError, match="differ"):
        onnx_tracing.compare(part, content)


def test_a_model_of_no_numbers_leaves_no_file(workspace: Workspace, tmp_path: Path) -> None:
    weights = workspace.checkpoint.snapshot.weights
    name = next(name for name in weights if name.startswith("decoder") and name.endswith("bias"))
    weights[name][:] = np.nan
    with pytest.raises(UserError, match="was not written"):
        write("onnx-decoder", workspace, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_installed_is_named_with_the_line_that_installs_it(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "onnxscript" else real(name)
    )
    with pytest.raises(UserError) as raised:
        write("onnx-decoder", workspace, tmp_path)
    assert f'{sys.executable} -m pip install "onnxscript>=0.6"' in str(raised.value)
