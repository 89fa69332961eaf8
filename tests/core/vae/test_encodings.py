"""Class statistics and KL per dimension against plain loops and torch.distributions."""

import numpy as np
import pytest
import torch
from torch.distributions import Normal, kl_divergence

from vae_gui.core.vae.encodings import (
    MAX_LOGVAR,
    Encodings,
    class_statistics,
    kl_per_dimension,
)


@pytest.fixture
def encodings() -> Encodings:
    random = np.random.default_rng(0)
    mu, logvar = random.normal(size=(2, 30, 3)).astype(np.float32)
    labels = np.array([0] * 12 + [2] * 18, np.int16)
    return Encodings(mu, logvar, labels, ("zero", "one", "two"))


def test_kl_of_each_dimension_is_the_mean_over_the_images(encodings: Encodings) -> None:
    assert encodings.logvar is not None
    posterior = Normal(torch.tensor(encodings.mu), torch.tensor(np.exp(0.5 * encodings.logvar)))
    expected = kl_divergence(posterior, Normal(0.0, 1.0)).mean(0).numpy()
    assert kl_per_dimension(encodings) == pytest.approx(expected, rel=1e-5)


def test_kl_of_many_images_far_out_is_a_number() -> None:
    far = np.full((10_000, 2), MAX_LOGVAR, np.float32)
    found = kl_per_dimension(Encodings(far, far, None, ()))
    assert found == pytest.approx([np.exp(np.float64(MAX_LOGVAR)) / 2] * 2, rel=1e-5)


def test_statistics_are_those_of_each_class(encodings: Encodings) -> None:
    found = class_statistics(encodings)
    assert found is not None
    assert encodings.labels is not None
    assert encodings.logvar is not None
    assert found.count.tolist() == [12, 0, 18]
    for label in (0, 2):
        mine = encodings.labels == label
        assert found.mean_mu[label] == pytest.approx(encodings.mu[mine].mean(0), abs=1e-6)
        assert found.spread_mu[label] == pytest.approx(encodings.mu[mine].std(0), abs=1e-6)
        sigma = np.exp(0.5 * encodings.logvar[mine])
        assert found.mean_sigma[label] == pytest.approx(sigma.mean(0), abs=1e-6)


def test_a_class_without_images_has_zeros(encodings: Encodings) -> None:
    found = class_statistics(encodings)
    assert found is not None
    assert not found.mean_mu[1].any()
    assert not found.mean_sigma[1].any()


def test_a_point_encoder_has_no_kl_and_no_sigma(encodings: Encodings) -> None:
    points = Encodings(encodings.mu, None, encodings.labels, encodings.class_names)
    found = class_statistics(points)
    assert kl_per_dimension(points) is None
    assert found is not None
    assert not found.mean_sigma.any()


def test_without_labels_there_are_no_classes(encodings: Encodings) -> None:
    assert class_statistics(Encodings(encodings.mu, None, None, ())) is None
