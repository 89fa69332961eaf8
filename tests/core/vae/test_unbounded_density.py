"""Which images and likelihoods are warned about, and that the warning is true."""

import numpy as np
import pytest
import torch

from vae_gui.core.vae.likelihoods import LIKELIHOODS
from vae_gui.core.vae.losses import reconstruction_loss
from vae_gui.core.vae.unbounded_density import unbounded_density_warning

GREY = np.full((2, 4, 4), 128, np.uint8)


def with_pixel(value: int) -> np.ndarray:
    images = GREY.copy()
    images[1, 2, 3] = value
    return images


@pytest.mark.parametrize("value", [0, 255])
def test_a_continuous_bernoulli_is_warned_about_black_and_white_pixels(value: int) -> None:
    assert unbounded_density_warning("continuous-bernoulli", with_pixel(value)).startswith("3% of")
    assert unbounded_density_warning("continuous-bernoulli", with_pixel(1)) == ""


@pytest.mark.parametrize("likelihood", sorted(set(LIKELIHOODS) - {"continuous-bernoulli"}))
def test_other_likelihoods_are_not_warned_about(likelihood: str) -> None:
    assert unbounded_density_warning(likelihood, with_pixel(0)) == ""


def test_the_density_of_a_black_pixel_has_no_bound_and_that_of_a_grey_one_has() -> None:
    logits = torch.tensor([-1e2, -1e3, -1e4]).reshape(3, 1, 1, 1)
    black, grey = (
        reconstruction_loss("continuous-bernoulli", logits, torch.full_like(logits, value))
        for value in (0.0, 1 / 255)
    )
    assert black.diff().max() < -2
    assert grey.diff().min() > 0
