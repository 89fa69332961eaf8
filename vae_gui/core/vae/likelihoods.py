"""The LIKELIHOODS registry: one entry for each p(x|z) of a pixel; reading it loads no torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vae_gui.core.vae.losses import Likelihood


SIGMOID = "sigmoid"


@dataclass(frozen=True, slots=True)
class LikelihoodEntry:
    """p(x|z) of a pixel.

    scale: losses compare within one scale, on the same data: "mass", "density" or "error".
    build: its mathematics, from `losses`.
    page_mean: how `decoder.js` of the web page calls the function from logits to the mean image.
    parameters: what the model learns for it beside the image: "log_sigma", one scalar for all pixels.
    affine: whether −log p(x|z) is affine in x, but for a part that no z changes; the quadrature of the
        exact p(z|x) needs it.
    """

    name: str
    title: str
    help: str
    scale: str
    build: Callable[[], Likelihood]
    page_mean: str
    parameters: tuple[str, ...] = ()
    affine: bool = True

    @property
    def sigmoid_mean(self) -> bool:
        """Say whether the mean image is the sigmoid of the logits."""
        return self.page_mean == SIGMOID


def _bernoulli() -> Likelihood:
    from vae_gui.core.vae.losses import BERNOULLI

    return BERNOULLI


def _continuous_bernoulli() -> Likelihood:
    from vae_gui.core.vae.losses import CONTINUOUS_BERNOULLI

    return CONTINUOUS_BERNOULLI


def _gaussian() -> Likelihood:
    from vae_gui.core.vae.losses import GAUSSIAN

    return GAUSSIAN


def _gaussian_learned() -> Likelihood:
    from vae_gui.core.vae.losses import GAUSSIAN_LEARNED

    return GAUSSIAN_LEARNED


def _squared_error() -> Likelihood:
    from vae_gui.core.vae.losses import SQUARED_ERROR

    return SQUARED_ERROR


LIKELIHOODS = {
    entry.name: entry
    for entry in (
        LikelihoodEntry(
            "bernoulli",
            "Bernoulli",
            "Binary cross-entropy. On grey pixels it is no density and cannot reach 0: its floor, "
            "the entropy of the pixels, is 45.5 nats on the MNIST test set. Compares with Bernoulli only.",
            "mass",
            _bernoulli,
            SIGMOID,
        ),
        LikelihoodEntry(
            "continuous-bernoulli",
            "Continuous Bernoulli",
            "The Bernoulli made a density on [0, 1] (Loaiza-Ganem & Cunningham 2019). "
            "Compares with the Gaussians; may be negative. At pixels of exactly 0 or 1 the density has no "
            "upper bound, so the loss falls for as long as one trains; the original paper adds noise to them.",
            "density",
            _continuous_bernoulli,
            "continuousBernoulliMean",
        ),
        LikelihoodEntry(
            "gaussian",
            "Gaussian, σ² = ½",
            "Squared error plus a constant of 392·log π = 448.7 nats for 28×28 pixels. "
            "Compares with the other densities.",
            "density",
            _gaussian,
            SIGMOID,
        ),
        LikelihoodEntry(
            "gaussian-learned",
            "Gaussian, learned σ",
            "One σ for all pixels, learned (Rybkin et al. 2021): balances sharpness and KL by itself. "
            "Compares with the other densities; may be negative.",
            "density",
            _gaussian_learned,
            SIGMOID,
            parameters=("log_sigma",),
        ),
        LikelihoodEntry(
            "squared-error",
            "Squared error",
            "No likelihood: for the plain autoencoder, which has no ELBO.",
            "error",
            _squared_error,
            SIGMOID,
        ),
    )
}
