"""Decoders in 8 bits: a quarter of float32, for the moments of a timeline that is shipped.

A weight of a linear layer becomes a whole number from −127 to 127 times the scale of its group, GROUP inputs in a
row of the matrix. Its columns are rounded one after the other, and those that are left make good what that does to
the layer's outputs (GPTQ: Frantar et al. 2023, “Accurate Post-Training Quantization for Generative Pre-trained
Transformers”). All other weights are in half precision.
"""

from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from vae_gui.core.vae.models import MODELS
from vae_gui.core.vae.models.base import VAE, load_to_infer
from vae_gui.core.vae.snapshot import GROUP, SCALES, Snapshot, decoder_only, half

Matrix = NDArray[np.float64]

TRIED, SPREAD = 8192, 2.0  # points z for which the outputs are kept, normal with this σ
LEVELS = 127
RIDGE = 1e-5  # of the mean square of the inputs


def in_eight_bits(snapshot: Snapshot) -> Snapshot:
    """Return the decoder alone, with its larger linear layers in 8 bits."""
    source = decoder_only(snapshot)
    exact, rounded = _model(source), _model(source)
    z = torch.randn(TRIED, snapshot.model.latent_dim, generator=torch.Generator().manual_seed(0))
    weights = dict(half(source).weights)
    for name, layer in rounded.named_modules():
        key = f"{name}.weight"
        if isinstance(layer, torch.nn.Linear) and key in weights and layer.in_features >= GROUP:
            wanted, given = _inputs(exact, name, z * SPREAD), _inputs(rounded, name, z * SPREAD)
            matrix = layer.weight.detach().double().numpy()
            weights[key], weights[key + SCALES] = _rounded(matrix, wanted, given)
            load_to_infer(rounded, replace(source, weights=weights))
    return replace(source, weights=weights)


def _model(decoder: Snapshot) -> VAE:
    model = MODELS[decoder.model.architecture].build(decoder.model)
    load_to_infer(model, decoder)
    return model.eval()


def _inputs(model: VAE, layer: str, z: torch.Tensor) -> Matrix:
    """Return what a layer is given when these z are decoded: (points, inputs)."""
    seen: list[torch.Tensor] = []
    hook = model.get_submodule(layer).register_forward_pre_hook(
        lambda _module, given: seen.append(given[0])
    )
    try:
        with torch.no_grad():
            model.decoder(z)
    finally:
        hook.remove()
    return seen[0].double().numpy()


def _rounded(
    matrix: Matrix, wanted: Matrix, given: Matrix
) -> tuple[NDArray[np.int8], NDArray[np.float16]]:
    """Return numbers and scales of the matrix by which `given` leads to what `wanted` led to before."""
    ridge = RIDGE * np.square(given).mean() * len(given) * np.eye(matrix.shape[1])
    inverse = np.linalg.inv(given.T @ given + ridge)
    left = matrix @ (wanted.T @ given + ridge) @ inverse
    effects = np.linalg.cholesky(inverse).T
    numbers = np.empty(matrix.shape, np.int8)
    scales = []
    for start in range(0, matrix.shape[1], GROUP):
        group = slice(start, start + GROUP)
        scales.append(_scales(left[:, group]))
        numbers[:, group], errors = _round_columns(
            left[:, group], scales[-1], effects[group, group]
        )
        left[:, start + GROUP :] -= errors @ effects[group, start + GROUP :]
    return numbers, np.stack(scales, axis=1)


def _round_columns(
    group: Matrix, scales: NDArray[np.float16], effects: Matrix
) -> tuple[NDArray[np.int8], Matrix]:
    """Return the numbers, and the errors that later groups have to make good."""
    left, scale = group.copy(), scales.astype(np.float64)
    numbers, errors = np.empty(left.shape, np.int8), np.empty(left.shape)
    for column in range(left.shape[1]):
        numbers[:, column] = np.clip(np.rint(left[:, column] / scale), -LEVELS, LEVELS)
        missed = left[:, column] - numbers[:, column] * scale
        errors[:, column] = missed / effects[column, column]
        left[:, column:] -= np.outer(errors[:, column], effects[column, column:])
    return numbers, errors


def _scales(group: Matrix) -> NDArray[np.float16]:
    """Return one for each row, by which its largest number is within the levels."""
    scales = (np.abs(group).max(axis=1) / LEVELS).astype(np.float16)
    above: NDArray[np.float16] = np.nextafter(scales, np.float16(np.inf))
    return above
