"""Turning one latent space onto another, and back."""

import numpy as np
import pytest
from scipy.stats import ortho_group

from vae_gui.core.latent.alignment import Alignment, align


def scatter(latent_dim: int = 2, n: int = 300) -> np.ndarray:
    random = np.random.default_rng(7)
    return (random.standard_normal((n, latent_dim)) + 0.5).astype(np.float32)


def rotation(degrees: float) -> np.ndarray:
    angle = np.deg2rad(degrees)
    return np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])


@pytest.mark.parametrize(
    "turn",
    [rotation(30), rotation(180), rotation(-100), np.diag([1.0, -1.0]), np.eye(2)[::-1]],
    ids=["30°", "180°", "-100°", "reflection", "swapped axes"],
)
def test_a_known_rotation_or_reflection_is_undone(turn: np.ndarray) -> None:
    reference = scatter()
    moved = reference @ turn
    alignment = align(moved, reference)
    assert np.allclose(alignment.matrix, turn.T, atol=1e-6)
    assert np.allclose(alignment.to_display(moved), reference, atol=1e-5)


def test_it_works_in_many_dimensions() -> None:
    reference = scatter(20)
    turn = ortho_group.rvs(20, random_state=3)
    assert np.allclose(align(reference @ turn, reference).matrix, turn.T, atol=1e-5)


def test_the_way_back_is_exact() -> None:
    alignment = align(scatter() @ rotation(37), scatter())
    z = np.random.default_rng(1).normal(size=(1000, 2)) * 5
    assert np.allclose(alignment.to_latent(alignment.to_display(z)), z, rtol=0, atol=1e-13)
    cursor = alignment.to_latent(alignment.to_display(z[0]))
    assert cursor.shape == (2,) and np.allclose(cursor, z[0], atol=1e-13)


def test_a_stretched_and_a_shifted_cloud_stay_so() -> None:
    reference = scatter()
    stretched = (reference * 3 + 0.2) @ rotation(70)
    shown = align(stretched, reference).to_display(stretched)
    assert np.allclose(np.linalg.norm(shown, axis=1), np.linalg.norm(stretched, axis=1))
    assert np.allclose(shown.std(axis=0), 3 * reference.std(axis=0), rtol=0.02)


@pytest.mark.parametrize("scale", [0.0, 1e-9, 1.0])
def test_it_is_orthogonal_even_for_a_collapsed_cloud(scale: float) -> None:
    matrix = align(scatter() * scale, scatter()).matrix
    assert np.allclose(matrix @ matrix.T, np.eye(2), atol=1e-12)


def test_covariances_turn_with_the_points() -> None:
    alignment = Alignment(rotation(90))
    logvar = np.log([[4.0, 0.25], [1.0, 1.0]])
    assert np.allclose(alignment.shown_covariance(logvar), [[[0.25, 0], [0, 4]], [[1, 0], [0, 1]]])
    tilted = Alignment(rotation(25))
    samples = np.random.default_rng(0).normal(size=(200_000, 2)) * (2.0, 0.5)
    assert np.allclose(
        tilted.shown_covariance(logvar[0]), np.cov(tilted.to_display(samples).T), atol=0.03
    )


def test_without_alignment_everything_is_where_it_is() -> None:
    z = scatter(3)
    assert np.array_equal(Alignment.none(3).to_display(z), z)
    assert np.array_equal(Alignment.none(3).to_latent(z), z)
