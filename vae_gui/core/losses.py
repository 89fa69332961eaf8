"""The parts of the ELBO in nats per image: −log p(x|z) by likelihood, and KL(q(z|x) ‖ p(z)) per dimension.

−ELBO = reconstruction + KL (Kingma & Welling 2014); the objective is reconstruction + β·KL (Higgins et al. 2017).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True, slots=True)
class Likelihood:
    """p(x|z). negative_log: (logits, x), both (B, pixels) -> (B,) nats. mean: logits -> E[x|z] in [0, 1]."""

    negative_log: Callable[[Tensor, Tensor], Tensor]
    mean: Callable[[Tensor], Tensor]


def _bernoulli(logits: Tensor, x: Tensor) -> Tensor:
    return functional.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)


def _gaussian(logits: Tensor, x: Tensor) -> Tensor:
    constant = (
        0.5 * x.shape[1] * math.log(math.pi)
    )  # σ² = ½, so that β = 1 weighs squared error once
    return (torch.sigmoid(logits) - x).square().sum(1) + constant


LIKELIHOOD_TERMS = {
    "bernoulli": Likelihood(_bernoulli, torch.sigmoid),
    "gaussian": Likelihood(_gaussian, torch.sigmoid),
}


def reconstruction_loss(likelihood: str, logits: Tensor, x: Tensor) -> Tensor:
    """−log p(x|z) of each image; logits and x: (B, 1, side, side) -> (B,) nats."""
    return LIKELIHOOD_TERMS[likelihood].negative_log(logits.flatten(1), x.flatten(1))


def mean_image(likelihood: str, logits: Tensor) -> Tensor:
    """E[x|z], the image that is shown; same shape as `logits`, values in [0, 1]."""
    return LIKELIHOOD_TERMS[likelihood].mean(logits)


def kl_to_prior(mu: Tensor, logvar: Tensor) -> Tensor:
    """KL(N(μ, σ²) ‖ N(0, 1)) of each dimension; (B, latent_dim) -> (B, latent_dim) nats."""
    return -0.5 * (1 + logvar - mu.square() - logvar.exp())
