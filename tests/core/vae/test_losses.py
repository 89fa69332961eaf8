"""The parts of the ELBO against torch.distributions."""

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
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


def continuous_bernoulli_reference(
    eta: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """E[x], its slope, log C and its slope at the logits η; float64, with series at 0 and no e^|η|."""
    size = np.abs(eta)
    near, one = size < 0.05, np.where(size < 0.05, 1.0, size)
    falling = np.exp(-one)
    mean = np.where(near, 0.5 + size / 12 - size**3 / 720, 1 / (1 - falling) - 1 / one)
    slope = np.where(near, 1 / 12 - size**2 / 240, 1 / one**2 - falling / (1 - falling) ** 2)
    log_c = np.log(one * (1 + falling) / (1 - falling))
    log_c = np.where(near, math.log(2) + size**2 / 12 - 7 * size**4 / 1440, log_c)
    log_c_slope = 1 / one - 2 * falling / (1 - falling**2)
    log_c_slope = np.sign(eta) * np.where(near, size / 6 - 7 * size**3 / 360, log_c_slope)
    return np.where(eta < 0, 1 - mean, mean), slope, log_c, log_c_slope


def value_and_slope(of: Callable[[Tensor], Tensor], at: Tensor) -> tuple[Tensor, Tensor]:
    logits = at.clone().requires_grad_()
    value = of(logits)
    value.sum().backward()
    return value.detach().double(), logits.grad.double()


def test_the_continuous_bernoulli_and_its_gradients_are_right_up_to_logits_of_ten_thousand() -> (
    None
):
    sizes = torch.cat(
        (torch.zeros(1), torch.logspace(-6, 4, 2001), torch.tensor([88.7, 88.8, 1e4]))
    )
    eta = torch.cat((-sizes, sizes))
    mean, mean_slope, log_c, log_c_slope = (
        torch.from_numpy(values) for values in continuous_bernoulli_reference(eta.double().numpy())
    )

    def log_normaliser(logits: Tensor) -> Tensor:  # all that a pixel of ½ leaves beside log cosh
        x = torch.full((len(logits), 1), 0.5)
        terms = [
            reconstruction_loss(name, logits[:, None], x)
            for name in ("bernoulli", "continuous-bernoulli")
        ]
        return terms[0] - terms[1]

    value, slope = value_and_slope(lambda logits: mean_image("continuous-bernoulli", logits), eta)
    torch.testing.assert_close(value, mean, rtol=0, atol=2e-6)
    torch.testing.assert_close(slope, mean_slope, rtol=2e-3, atol=2e-5)
    value, slope = value_and_slope(log_normaliser, eta)
    torch.testing.assert_close(value, log_c, rtol=1e-5, atol=1e-3)
    torch.testing.assert_close(slope, log_c_slope, rtol=2e-3, atol=3e-5)
