"""Exact EM in two dimensions: z of an image is drawn from p(z|x) itself instead of from the encoder's q(z|x).

With q(z|x) = p(z|x) the ELBO is log p(x), and an ordinary step of the decoder raises it (Dempster, Laird &
Rubin 1977; with part of the images at a time, Neal & Hinton 1998). In a plane p(z|x) is a sum over cells. The
encoder meanwhile learns to tell z from x, −log q(z|x), as in the wake phase of Bornschein & Bengio (2015).
"""

import math
from collections.abc import Generator
from dataclasses import dataclass

import torch
from torch import Tensor

from vae_gui.core.vae.config import ModelConfig
from vae_gui.core.vae.likelihoods import LIKELIHOODS
from vae_gui.core.vae.losses import affine_part
from vae_gui.core.vae.models.base import VAE

CELLS = 128  # along each side of the square that holds the plane
SIDE = 8.0  # of that square, in σ of the prior
REACH = 3.6  # of the cells that are used: beyond lie 0.15 % of the prior
_PART = 1024  # cells that are decoded at once


@dataclass(frozen=True, slots=True, eq=False)
class PosteriorGrid:
    """p(x|z) of any image at the middles of the cells: −log p(x|z) = level + slope·x, but for a part of x alone.

    z: (cells, 2). log_prior: (cells,), sums to 1. level: (cells,). slope: (pixels, cells). All float32.
    """

    z: Tensor
    log_prior: Tensor
    level: Tensor
    slope: Tensor

    def draw(self, x: Tensor, uniform: Tensor) -> tuple[Tensor, Tensor]:
        """z ~ p(z|x) of each image, (B, 2), and KL(p(z|x) ‖ p(z)), (B,) nats.

        x: (B, 1, side, side). uniform: (B, 3) in [0, 1): the cell, and the place in it.
        """
        log_joint, log_evidence = self._log_joint(x)
        posterior = torch.softmax(log_joint, 1)
        kl = self._kl(posterior, log_joint, log_evidence)
        shares = posterior.cumsum_(1)
        cell = torch.searchsorted(shares, uniform[:, :1].contiguous() * shares[:, -1:]).squeeze(1)
        place = (uniform[:, 1:] - 0.5) * (SIDE / CELLS)
        return self.z[cell.clamp_(max=len(self.z) - 1)] + place, kl

    def _log_joint(self, x: Tensor) -> tuple[Tensor, Tensor]:
        log_joint = torch.addmm(self.log_prior - self.level, x.flatten(1), self.slope, alpha=-1)
        return log_joint, log_joint.logsumexp(1)

    def _kl(self, posterior: Tensor, log_joint: Tensor, log_evidence: Tensor) -> Tensor:
        """E[log p(x|z)] − log p(x), with z ~ p(z|x)."""
        expected = torch.linalg.vecdot(posterior, log_joint) - posterior @ self.log_prior
        kl: Tensor = expected - log_evidence
        return kl


def posterior_grid(model: VAE) -> Generator[None, None, PosteriorGrid]:
    """Decode the plane with a model in eval mode, in parts that last some hundredths of a second."""
    device = next(model.parameters()).device
    z = _middles().to(device)
    pixels = model.config.side**2
    level, slope = (
        torch.empty(len(z), device=device),
        torch.empty(pixels, len(z), device=device),
    )
    for start in range(0, len(z), _PART):
        part = slice(start, start + _PART)
        with torch.no_grad():
            logits, log_sigma = model.decode(z[part]), model.pixel_log_sigma()
        level[part], of_x = affine_part(model.config.likelihood, logits, log_sigma)
        slope[:, part] = of_x.T
        yield
    log_prior = torch.log_softmax(-0.5 * z.square().sum(1), 0)
    return PosteriorGrid(z, log_prior, level, slope)


def _middles() -> Tensor:
    side = (torch.arange(CELLS) + 0.5) * (SIDE / CELLS) - SIDE / 2
    z = torch.cartesian_prod(side, side)
    return z[z.square().sum(1) < REACH**2]


def negative_log_q(mu: Tensor, logvar: Tensor, z: Tensor) -> Tensor:
    """−log q(z|x) of each image, all (B, latent_dim) -> (B,) nats."""
    return 0.5 * (logvar + (z - mu).square() * torch.exp(-logvar) + math.log(2 * math.pi)).sum(1)


def em_problem(config: ModelConfig) -> str:
    """Return a sentence that says why such a model cannot be trained by exact EM; empty where it can."""
    likelihood = LIKELIHOODS[config.likelihood]
    if config.deterministic:
        return "Exact EM needs a p(z|x), which a plain autoencoder has not: train a VAE, or leave exact EM out."
    if config.latent_dim != 2:
        return "Exact EM needs two latent dimensions: set them to 2, or leave exact EM out."
    if not likelihood.affine:
        return (
            f"Exact EM needs a −log p(x|z) that is affine in x, and {likelihood.title} is not: "
            "choose another likelihood, or leave exact EM out."
        )
    return ""
