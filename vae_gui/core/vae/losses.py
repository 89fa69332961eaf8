"""The parts of the ELBO in nats per image: −log p(x|z) by likelihood, and KL(q(z|x) ‖ p(z)) per dimension.

−ELBO = reconstruction + KL (Kingma & Welling 2014); the objective is reconstruction + β·KL (Higgins et al. 2017).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from vae_gui.core.vae.likelihoods import LIKELIHOODS

FIXED_LOG_SIGMA = -0.5 * math.log(2)  # σ² = ½, so that squared error enters the ELBO with weight 1
# Of a logit: closer to 0 the continuous Bernoulli's normaliser and its mean lose their digits.
NEAR_ZERO, MEAN_NEAR_ZERO = 1e-2, 1e-1
NegativeLog = Callable[[Tensor, Tensor, Tensor | None], Tensor]


@dataclass(frozen=True, slots=True)
class Likelihood:
    """p(x|z) of one pixel.

    negative_log: (logits, x, log_sigma), the first two (B, pixels) -> (B,) nats.
    mean: logits -> E[x|z] in [0, 1], the same shape.
    """

    negative_log: NegativeLog
    mean: Callable[[Tensor], Tensor]


def _bernoulli(logits: Tensor, x: Tensor, _log_sigma: Tensor | None) -> Tensor:
    return functional.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)


def _continuous_bernoulli(logits: Tensor, x: Tensor, _log_sigma: Tensor | None) -> Tensor:
    return _bernoulli(logits, x, None) - _log_normaliser(logits).sum(1)


def _log_normaliser(logits: Tensor) -> Tensor:
    """log C(λ) of the continuous Bernoulli: C = η / tanh(η/2) at the logit η (2 at η = 0)."""
    near_zero = logits.abs() < NEAR_ZERO
    safe = torch.where(near_zero, torch.ones_like(logits), logits)
    exact = torch.log(safe / torch.tanh(0.5 * safe))
    return torch.where(near_zero, math.log(2) + logits.square() / 12, exact)


def _continuous_bernoulli_mean(logits: Tensor) -> Tensor:
    """E[x] = 1 / (1 − e^−η) − 1/η at the logit η (½ at η = 0).

    The first term is written ½ + ½ coth(η/2): e^−η overflows at η < −88.7, and its gradient is NaN there.
    """
    near_zero = logits.abs() < MEAN_NEAR_ZERO
    safe = torch.where(near_zero, torch.ones_like(logits), logits)
    exact = 0.5 + 0.5 / torch.tanh(0.5 * safe) - 1 / safe
    return torch.where(near_zero, 0.5 + logits / 12 - logits**3 / 720, exact)


def _gaussian(logits: Tensor, x: Tensor, _log_sigma: Tensor | None) -> Tensor:
    fixed = torch.full((), FIXED_LOG_SIGMA, device=x.device)
    return _gaussian_learned(logits, x, fixed)


def _gaussian_learned(logits: Tensor, x: Tensor, log_sigma: Tensor | None) -> Tensor:
    assert log_sigma is not None
    error = (torch.sigmoid(logits) - x).square().sum(1)
    constant = x.shape[1] * (log_sigma + 0.5 * math.log(2 * math.pi))
    return 0.5 * error * torch.exp(-2 * log_sigma) + constant


def _squared_error(logits: Tensor, x: Tensor, _log_sigma: Tensor | None) -> Tensor:
    return (torch.sigmoid(logits) - x).square().sum(1)


BERNOULLI = Likelihood(_bernoulli, torch.sigmoid)
CONTINUOUS_BERNOULLI = Likelihood(_continuous_bernoulli, _continuous_bernoulli_mean)
GAUSSIAN = Likelihood(_gaussian, torch.sigmoid)
GAUSSIAN_LEARNED = Likelihood(_gaussian_learned, torch.sigmoid)
SQUARED_ERROR = Likelihood(_squared_error, torch.sigmoid)


def reconstruction_loss(
    likelihood: str, logits: Tensor, x: Tensor, log_sigma: Tensor | None = None
) -> Tensor:
    """−log p(x|z) of each image; logits and x: (B, 1, side, side) -> (B,) nats.

    likelihood: a name of LIKELIHOODS. log_sigma: of one whose parameters it is, else not used.
    """
    return negative_log_of(likelihood)(logits.flatten(1), x.flatten(1), log_sigma)


def negative_log_of(likelihood: str) -> NegativeLog:
    """Return the `negative_log` of a likelihood by its name; an exported script knows but one."""
    return LIKELIHOODS[likelihood].build().negative_log


def affine_part(
    likelihood: str, logits: Tensor, log_sigma: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """−log p(x|z) as level + slope·x, but for a part of x alone: (n,) at the black image, and its gradient there.

    logits: (n, 1, side, side), detached; slope: (n, pixels). Of a likelihood that is `affine`.
    """
    with torch.enable_grad():
        black = torch.zeros_like(logits, requires_grad=True)
        level = reconstruction_loss(likelihood, logits, black, log_sigma)
        (slope,) = torch.autograd.grad(level.sum(), black)
    return level.detach(), slope.flatten(1)


def mean_image(likelihood: str, logits: Tensor) -> Tensor:
    """E[x|z], the image that is shown; same shape as `logits`, values in [0, 1]."""
    return LIKELIHOODS[likelihood].build().mean(logits)


def kl_to_prior(mu: Tensor, logvar: Tensor | None) -> Tensor:
    """KL(N(μ, σ²) ‖ N(0, 1)) of each dimension; (B, latent_dim) -> (B, latent_dim) nats; 0 for a point."""
    if logvar is None:
        return torch.zeros_like(mu)
    return -0.5 * (1 + logvar - mu.square() - logvar.exp())
