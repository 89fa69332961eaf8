"""The quick decoder: one z through a decoder of linear layers as a few NumPy products, without torch.

A product of a matrix with one vector is all that a digit takes; torch's way to it is longer than the product.
"""

import math
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.vae.config import ModelConfig
from vae_gui.core.vae.encodings import FloatArray
from vae_gui.core.vae.likelihoods import LIKELIHOODS
from vae_gui.core.vae.models import MODELS
from vae_gui.core.vae.snapshot import Snapshot, dense

Weights = Mapping[str, FloatArray]

# Half of the coefficients of that formula, which is for erf.
_GELU = np.array([0.127414796, -0.142248368, 0.7107068705, -0.7265760135, 0.5307027145], np.float32)


def can_decode(model: ModelConfig) -> bool:
    """Say whether the decoder has only linear layers and the mean image is the sigmoid of its logits."""
    return bool(MODELS[model.architecture].decoder) and LIKELIHOODS[model.likelihood].sigmoid_mean


class QuickDecoder:
    """Decodes with one snapshot of a model that it can; arrays are used as they are, those in float16 as float32."""

    def __init__(self, snapshot: Snapshot) -> None:
        assert can_decode(snapshot.model)
        snapshot = dense(snapshot)
        self._side = snapshot.model.side
        self._steps = [
            (STEPS[kind], _weights_of(snapshot, f"decoder.{index}."))
            for index, kind in enumerate(MODELS[snapshot.model.architecture].decoder)
        ]

    def decode(self, z: FloatArray) -> NDArray[np.uint8]:
        """z: (latent_dim,) -> mean image (side, side), bright on dark: the sigmoid of the logits."""
        h = z
        with np.errstate(all="ignore"):  # the weights of a file may be anything that is finite
            for function, weights in self._steps:
                h = function(h, weights)
            means = 0.5 + 0.5 * np.tanh(0.5 * h)
            pixels: NDArray[np.uint8] = np.rint(255 * np.nan_to_num(means)).astype(np.uint8)
        return pixels.reshape(self._side, self._side)


def _weights_of(snapshot: Snapshot, prefix: str) -> Weights:
    return {
        name.removeprefix(prefix): np.asarray(array, np.float32)
        for name, array in snapshot.weights.items()
        if name.startswith(prefix)
    }


def _linear(h: FloatArray, weights: Weights) -> FloatArray:
    return weights["weight"] @ h + weights["bias"]


def _residual(h: FloatArray, weights: Weights) -> FloatArray:
    return h + _gelu(weights["linear.weight"] @ h + weights["linear.bias"], weights)


def _fourier_features(h: FloatArray, weights: Weights) -> FloatArray:
    phase = h @ weights["frequencies"]
    return np.concatenate((h, np.sin(phase), np.cos(phase)))


def _relu(h: FloatArray, _weights: Weights) -> FloatArray:
    return np.maximum(h, np.float32(0))


def _gelu(h: FloatArray, _weights: Weights) -> FloatArray:
    """h·Φ(h), Φ by the rational approximation 7.1.26 of Abramowitz & Stegun (1964), to 1e-7."""
    x = np.abs(h)
    t = 1 / (1 + np.float32(0.3275911 * math.sqrt(0.5)) * x)
    tail = t * (_GELU[0] + t * (_GELU[1] + t * (_GELU[2] + t * (_GELU[3] + t * _GELU[4]))))
    tail *= np.exp(np.float32(-0.5) * x * x)  # 1 − Φ(|h|)
    share: FloatArray = np.where(h < 0, tail, 1 - tail)
    return h * share


STEPS: Mapping[str, Callable[[FloatArray, Weights], FloatArray]] = {
    "linear": _linear,
    "residual": _residual,
    "fourier features": _fourier_features,
    "relu": _relu,
    "gelu": _gelu,
}
