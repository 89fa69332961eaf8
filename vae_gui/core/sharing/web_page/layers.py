"""A decoder as a list of plain layers and one array of weights, which `decoder.js` carries out."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from vae_gui.core.support.errors import UserError
from vae_gui.core.vae.likelihoods import LIKELIHOODS
from vae_gui.core.vae.models.base import VAE
from vae_gui.core.vae.models.deep_conv import Crop
from vae_gui.core.vae.models.deep_mlp import FourierFeatures, Residual

Shape = tuple[int, ...]
Layer = dict[str, object]


@dataclass(frozen=True, slots=True, eq=False)
class PlainDecoder:
    """layers: each has `kind`, its sizes, and where its arrays begin in `weights` (float16, one after the other)."""

    layers: tuple[Layer, ...]
    weights: NDArray[np.float16]


class _Weights:
    """Collects arrays; each is known by where it begins."""

    def __init__(self) -> None:
        self.parts: list[NDArray[np.float16]] = []
        self.size = 0

    def add(self, values: Tensor) -> int:
        begin = self.size
        self.parts.append(values.detach().to(torch.float16).flatten().numpy())
        self.size += values.numel()
        return begin


def plain_decoder(model: VAE) -> PlainDecoder:
    """Return the decoder of a model in eval mode; raises UserError for a layer that the page does not know."""
    weights, layers = _Weights(), []
    values = torch.zeros(1, model.config.latent_dim)
    with torch.no_grad():
        for layer in model.decoder.children():
            before = tuple(values.shape[1:])
            values = layer(values)
            layers += _plain(layer, before, tuple(values.shape[1:]), weights)
    layers.append({"kind": LIKELIHOODS[model.config.likelihood].page_mean})
    return PlainDecoder(tuple(layers), np.concatenate(weights.parts))


def _plain(layer: nn.Module, before: Shape, after: Shape, weights: _Weights) -> list[Layer]:
    if isinstance(layer, nn.Unflatten):
        return []  # the numbers stay where they are
    convert = CONVERTERS.get(type(layer))
    if convert is None:
        raise UserError(
            f"A web page cannot decode with {type(layer).__name__}: choose another way to share this model."
        )
    return [convert(layer, before, after, weights)]


def _linear(layer: nn.Linear, _before: Shape, _after: Shape, weights: _Weights) -> Layer:
    return {
        "kind": "linear",
        "inputs": layer.in_features,
        "outputs": layer.out_features,
        "weight": weights.add(layer.weight),
        "bias": weights.add(layer.bias),
    }


def _residual(layer: Residual, before: Shape, after: Shape, weights: _Weights) -> Layer:
    return _linear(layer.linear, before, after, weights) | {"kind": "residual"}


def _fourier(layer: FourierFeatures, _before: Shape, _after: Shape, weights: _Weights) -> Layer:
    inputs, count = layer.frequencies.shape
    return {
        "kind": "fourierFeatures",
        "inputs": inputs,
        "count": count,
        "weight": weights.add(layer.frequencies),
    }


def _transposed(layer: nn.ConvTranspose2d, before: Shape, after: Shape, weights: _Weights) -> Layer:
    bias = torch.zeros(layer.out_channels) if layer.bias is None else layer.bias
    return {
        "kind": "transposedConvolution",
        "input": before,
        "output": after,
        "kernel": layer.kernel_size[0],
        "stride": layer.stride[0],
        "padding": layer.padding[0],
        "weight": weights.add(layer.weight),
        "bias": weights.add(bias),
    }


def _normalisation(layer: nn.BatchNorm2d, before: Shape, _after: Shape, weights: _Weights) -> Layer:
    """Describe batch norm as it is in eval mode: x ↦ scale·x + shift of each channel."""
    assert layer.running_mean is not None and layer.running_var is not None
    scale = layer.weight / torch.sqrt(layer.running_var + layer.eps)
    shift = layer.bias - layer.running_mean * scale
    return {
        "kind": "scaleAndShift",
        "input": before,
        "scale": weights.add(scale),
        "shift": weights.add(shift),
    }


def _crop(_layer: Crop, before: Shape, after: Shape, _weights: _Weights) -> Layer:
    return {"kind": "crop", "input": before, "output": after}


CONVERTERS: dict[type[nn.Module], Callable[..., Layer]] = {
    nn.Linear: _linear,
    nn.ReLU: lambda *_: {"kind": "relu"},
    nn.GELU: lambda *_: {"kind": "gelu"},
    nn.ConvTranspose2d: _transposed,
    nn.BatchNorm2d: _normalisation,
    Residual: _residual,
    FourierFeatures: _fourier,
    Crop: _crop,
}
