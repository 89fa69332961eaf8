"""The modes of densities on cells whose peaks are known."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from vae_gui.core.analysis.exact_posterior import ExactPosterior
from vae_gui.core.analysis.modes import modes_of

Peak = tuple[float, tuple[float, float], float]  # weight, place, σ


def cells_of(*peaks: Peak, fine: bool = True) -> ExactPosterior:
    """A mixture of round normal densities on cells of ¼; right of z1 = 0 on cells of ⅛, if they are to be fine."""
    parts = []
    for size, low, high in ((0.25, -4.0, 0.0), (0.125 if fine else 0.25, 0.0, 4.0)):
        across, up = np.arange(low, high, size) + size / 2, np.arange(-4, 4, size) + size / 2
        centres = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
        parts.append((centres, np.full(len(centres), size)))
    centres, sizes = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    density = sum(w * multivariate_normal(at, s * s).pdf(centres) for w, at, s in peaks)
    mass = density * sizes**2
    return ExactPosterior(0.0, centres, sizes, mass / mass.sum(), np.zeros(2), np.eye(2))


@pytest.mark.parametrize("fine", [True, False])
def test_each_peak_is_a_mode_with_its_share(fine: bool) -> None:
    peaks = ((0.2, (-2.0, 1.0), 0.4), (0.5, (2.0, 1.0), 0.5), (0.3, (0.0, -2.0), 0.4))
    modes = modes_of(cells_of(*peaks, fine=fine), 6, 0.0)
    assert modes.shares == pytest.approx([0.5, 0.3, 0.2], abs=0.01)
    assert np.abs(modes.z - [(2, 1), (0, -2), (-2, 1)]).max() <= 0.13


def test_two_peaks_without_a_valley_are_one_mode() -> None:
    near = cells_of((0.5, (-0.6, 0.0), 0.5), (0.5, (0.6, 0.0), 0.5))
    apart = cells_of((0.5, (-1.2, 0.0), 0.5), (0.5, (1.2, 0.0), 0.5))
    assert modes_of(near, 6, 0.0).shares == pytest.approx([1.0])
    assert modes_of(apart, 6, 0.0).shares == pytest.approx([0.5, 0.5], abs=0.01)


def test_the_lightest_are_left_out_but_never_all() -> None:
    posterior = cells_of((0.6, (-2.0, 1.0), 0.4), (0.3, (2.0, 1.0), 0.4), (0.1, (0.0, -2.0), 0.4))
    assert len(modes_of(posterior, 2, 0.0).shares) == 2
    assert len(modes_of(posterior, 6, 0.2).shares) == 2
    assert len(modes_of(posterior, 6, 0.9).shares) == 1


def test_cells_that_do_not_touch_are_modes_of_their_own() -> None:
    centres, sizes = np.array([(-1.5, 0.5), (1.5, 0.5), (2.5, 0.5)]), np.ones(3)
    posterior = ExactPosterior(
        0.0, centres, sizes, np.array((0.4, 0.35, 0.25)), np.zeros(2), np.eye(2)
    )
    modes = modes_of(posterior, 6, 0.0)
    assert modes.shares == pytest.approx([0.6, 0.4])
    assert modes.z.tolist() == [[1.5, 0.5], [-1.5, 0.5]]
