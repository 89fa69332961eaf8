"""Decoder and encoder as ONNX files; each is compared with torch before it is there.

They are made in a child process: to trace a model, torch changes its own classes for the whole process, in
which the window decodes and trains meanwhile.
"""

import json
from pathlib import Path

import numpy as np

from vae_gui.core.sharing.metadata import metadata_of
from vae_gui.core.storage.workspace import Workspace
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.files import atomic_write, check_writable
from vae_gui.core.support.imports import import_lock
from vae_gui.core.support.packages import require
from vae_gui.core.support.progress import Job, Progress
from vae_gui.core.support.subprocess_job import run_in_subprocess

PACKAGES = {
    "onnx": "onnx>=1.20",
    "onnxscript": "onnxscript>=0.6",
    "onnxruntime": "onnxruntime>=1.23",
}


def write_decoder(workspace: Workspace, path: Path) -> Job[Path]:
    """z (n, latent_dim) float32 -> image (n, 1, side, side) in [0, 1], the mean of p(x|z)."""
    return (yield from _write(workspace, path, "decoder"))


def write_encoder(workspace: Workspace, path: Path) -> Job[Path]:
    """x (n, 1, side, side) float32 in [0, 1] -> mu, logvar (n, latent_dim); of an autoencoder mu alone."""
    if not workspace.checkpoint.snapshot.has_encoder:
        raise UserError(
            "This moment of the run keeps the decoder alone: press Live to write the encoder."
        )
    return (yield from _write(workspace, path, "encoder"))


def _write(workspace: Workspace, path: Path, part: str) -> Job[Path]:
    """part: “decoder” or “encoder”. Metadata of the file as in `metadata_of`."""
    yield Progress(0, None, "Tracing the model")
    require(PACKAGES, "Writing ONNX")
    check_writable(path)
    with import_lock():
        from vae_gui.core.sharing.onnx_tracing import trace

    given = {f"weights/{k}": array for k, array in workspace.checkpoint.snapshot.weights.items()}
    given["part"] = np.array(part)
    given["metadata"] = np.array(json.dumps(metadata_of(workspace)))
    made = yield from run_in_subprocess(trace, given)
    with atomic_write(path) as file:
        file.write(made["content"].tobytes())
    return path
