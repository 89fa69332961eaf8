"""Traces half of a model to ONNX and compares both; runs in a child process."""

import json
from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import Progress
from vae_gui.core.support.subprocess_job import Arrays, Report
from vae_gui.core.vae.config_json import run_config_from_json
from vae_gui.core.vae.losses import mean_image
from vae_gui.core.vae.models.base import VAE, restore
from vae_gui.core.vae.snapshot import Snapshot

TOLERANCE = 1e-5  # of an output, as a share of its largest value where that is above 1
TRACED, COMPARED = 2, (1, 7)  # images at once
_WEIGHTS = "weights/"


class Decoder(nn.Module):
    """z (n, latent_dim) -> (n, 1, side, side) in [0, 1]."""

    inputs, outputs = ("z",), ("image",)

    def __init__(self, model: VAE) -> None:
        super().__init__()
        self.model = model

    def forward(self, z: Tensor) -> Tensor:
        return mean_image(self.model.config.likelihood, self.model.decode(z))

    def examples(self, count: int) -> Tensor:
        """Samples of the prior."""
        return torch.randn(count, self.model.config.latent_dim)


class Encoder(nn.Module):
    """x (n, 1, side, side) in [0, 1] -> mu and, of a VAE, logvar (n, latent_dim)."""

    inputs = ("x",)

    def __init__(self, model: VAE) -> None:
        super().__init__()
        self.model = model
        self.outputs = ("mu",) if model.config.deterministic else ("mu", "logvar")

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        mu, logvar = self.model.encode(x)
        return (mu,) if logvar is None else (mu, logvar)

    def examples(self, count: int) -> Tensor:
        """Images of noise."""
        side = self.model.config.side
        return torch.rand(count, 1, side, side)


def trace(arrays: Arrays, report: Report) -> Arrays:
    """arrays: the weights, `part` and `metadata`, JSON of texts -> `content`, the file; raises UserError."""
    metadata: dict[str, str] = json.loads(str(arrays["metadata"]))
    config = run_config_from_json(json.loads(metadata["run"]))
    weights = {
        name.removeprefix(_WEIGHTS): array
        for name, array in arrays.items()
        if name.startswith(_WEIGHTS)
    }
    model = restore(Snapshot("", int(metadata["step"]), config.model, weights))
    part = (Encoder if str(arrays["part"]) == "encoder" else Decoder)(model).eval()
    torch.manual_seed(0)
    content = to_onnx(part, metadata)
    report(Progress(0, None, "Comparing with torch"), {})
    compare(part, content)
    return {"content": np.frombuffer(content, np.uint8)}


def to_onnx(part: Decoder | Encoder, metadata: Mapping[str, str]) -> bytes:
    """A file with a free number of images, without the paths of this machine that torch leaves in it."""
    import onnx

    program = torch.onnx.export(
        part,
        (part.examples(TRACED),),
        input_names=part.inputs,
        output_names=part.outputs,
        dynamic_shapes=({0: torch.export.Dim("n")},),
        dynamo=True,
        verbose=False,
    )
    assert program is not None
    model = program.model_proto
    for node in (*model.graph.node, *(n for function in model.functions for n in function.node)):
        node.ClearField("metadata_props")
    for value in (*model.graph.value_info, *model.graph.input, *model.graph.output):
        value.ClearField("metadata_props")
    model.doc_string = f"{type(part).__name__} of “{metadata['title']}”. {type(part).__doc__}"
    onnx.helper.set_model_props(model, dict(metadata))
    onnx.checker.check_model(model)
    content: bytes = model.SerializeToString()
    return content


def compare(part: Decoder | Encoder, content: bytes) -> None:
    """Raise UserError unless ONNX Runtime gives what torch gives."""
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    for count in COMPARED:
        given = part.examples(count)
        found = session.run(None, {part.inputs[0]: given.numpy()})
        expected = part(given)
        for name, ours, theirs in zip(
            part.outputs,
            expected if isinstance(expected, tuple) else (expected,),
            found,
            strict=True,
        ):
            error = difference(ours.numpy(), theirs)
            if not error <= TOLERANCE:  # what is no number is no agreement either
                raise UserError(
                    f"The ONNX file would differ from the model ({name} by {error:.1g}) and was not written: "
                    "train at a lower learning rate, or install the newest onnx, onnxscript and onnxruntime."
                )


def difference(expected: NDArray[np.float32], found: NDArray[np.float32]) -> float:
    """The largest, as a share of the largest expected value where that is above 1."""
    return float(np.abs(expected - found).max() / max(1.0, np.abs(expected).max()))
