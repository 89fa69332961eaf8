"""The parts of the ELBO against torch.distributions."""

import math

import pytest
import torch
from torch import Tensor
from torch.distributions import Bernoulli, ContinuousBernoulli, Normal, kl_divergence

from vae_gui.core.vae.likelihoods import LIKELIHOODS
from vae_gui.core.vae.losses import (
    kl_to_prior,
    mean_image,
    reconstruction_loss,
)

LOG_SIGMA = torch.tensor(-0.7)


@pytest.fixture
def logits() -> Tensor:
    torch.manual_seed(1)
    values = 3 * torch.randn(5, 1, 6, 6)
    values[0, 0, 0] = torch.tensor([0.0, 1e-4, -1e-4, 8e-3, -0.02, 12.0])
    return values


@pytest.fixture
def x() -> Tensor:
    return torch.rand(5, 1, 6, 6, generator=torch.Generator().manual_seed(2))


def reference(likelihood: str, logits: Tensor, x: Tensor) -> Tensor:
    """−log p(x|z) of each image from torch.distributions, in float64."""
    logits, x = logits.double().flatten(1), x.double().flatten(1)
    means = torch.sigmoid(logits)
    log_p = {
        "bernoulli": lambda: Bernoulli(logits=logits, validate_args=False).log_prob(x),
        "continuous-bernoulli": lambda: ContinuousBernoulli(logits=logits).log_prob(x),
        "gaussian": lambda: Normal(means, math.sqrt(0.5)).log_prob(x),
        "gaussian-learned": lambda: Normal(means, LOG_SIGMA.double().exp()).log_prob(x),
        "squared-error": lambda: -((means - x) ** 2),
    }[likelihood]()
    return -log_p.sum(1)


def bend(likelihood: str, logits: Tensor) -> Tensor:
    """The second difference of −log p(x|z) in x; (B,)."""
    low, middle, high = (torch.full_like(logits, value) for value in (0.1, 0.4, 0.7))
    first, second, third = (
        reconstruction_loss(likelihood, logits, x, LOG_SIGMA) for x in (low, middle, high)
    )
    return first - 2 * second + third


@pytest.mark.parametrize("likelihood", LIKELIHOODS)
def test_an_affine_likelihood_bends_in_x_alike_for_every_z(likelihood: str, logits: Tensor) -> None:
    bends = bend(likelihood, logits)
    same = torch.allclose(bends, bends[:1].expand_as(bends), rtol=1e-3, atol=1e-3)
    assert same == LIKELIHOODS[likelihood].affine


@pytest.mark.parametrize("likelihood", LIKELIHOODS)
def test_reconstruction_is_the_negative_log_likelihood_per_image(
    likelihood: str, logits: Tensor, x: Tensor
) -> None:
    loss = reconstruction_loss(likelihood, logits, x, LOG_SIGMA)
    assert loss.shape == (5,)
    torch.testing.assert_close(
        loss.double(), reference(likelihood, logits, x), rtol=1e-5, atol=1e-4
    )


def test_the_gaussian_is_squared_error_and_the_constant_that_the_help_names() -> None:
    black = torch.zeros(1, 1, 28, 28)
    loss = reconstruction_loss("gaussian", torch.full_like(black, -40.0), black)
    assert loss.item() == pytest.approx(448.73, abs=0.01)


@pytest.mark.parametrize("likelihood", LIKELIHOODS)
def test_what_is_shown_is_the_mean_of_a_pixel(likelihood: str, logits: Tensor) -> None:
    shown = mean_image(likelihood, logits)
    expected = torch.sigmoid(logits.double())
    if likelihood == "continuous-bernoulli":
        expected = ContinuousBernoulli(logits=logits.double()).mean
    assert shown.shape == logits.shape
    torch.testing.assert_close(shown.double(), expected, rtol=1e-4, atol=2e-5)


@pytest.mark.parametrize("likelihood", LIKELIHOODS)
def test_gradients_are_finite_even_for_certain_pixels(likelihood: str) -> None:
    logits = torch.tensor([-90.0, -1e-3, 0.0, 1e-3, 90.0]).reshape(1, 1, 1, 5).requires_grad_()
    x = torch.tensor([1.0, 0.5, 0.5, 0.0, 0.0]).reshape(1, 1, 1, 5)
    loss = reconstruction_loss(likelihood, logits, x, LOG_SIGMA)
    loss.sum().backward()
    assert torch.isfinite(loss).all()
    assert torch.isfinite(logits.grad).all()


def test_kl_of_each_dimension_is_that_of_two_normals() -> None:
    mu, logvar = torch.randn(7, 3), torch.randn(7, 3)
    expected = kl_divergence(Normal(mu, (0.5 * logvar).exp()), Normal(0.0, 1.0))
    torch.testing.assert_close(kl_to_prior(mu, logvar), expected)


def test_kl_is_zero_at_the_prior_and_for_a_point() -> None:
    zero = torch.zeros(2, 3)
    assert torch.equal(kl_to_prior(zero, zero), zero)
    assert torch.equal(kl_to_prior(torch.ones(2, 3), None), zero)
