"""q(z|x) as an ellipse, p(z|x) as a picture, and what a model makes of one image."""

import numpy as np
import pytest
from scipy.stats import chi2, norm

from tests.tiny import tiny_config, tiny_data
from vae_gui.core.analysis.exact_posterior import ExactPosterior
from vae_gui.core.analysis.image_posterior import InferPosterior
from vae_gui.core.analysis.log_evidence import bounded_log_evidence, exact_log_evidence
from vae_gui.core.inference.engine import answer
from vae_gui.core.inference.requests import MAX_BATCH, Frozen
from vae_gui.core.latent.alignment import Alignment
from vae_gui.core.pictures.posterior import (
    OF_ELLIPSE,
    OF_LINE,
    PicturePosterior,
    Posterior,
    ellipse,
)
from vae_gui.core.pictures.scatter import View
from vae_gui.core.support.progress import finish
from vae_gui.core.vae.snapshot import Snapshot
from vae_gui.core.vae.trainer import Trainer

RAMP = ((255, 0, 0, 0), (255, 0, 0, 255))


def snapshot_of(architecture: str = "mlp-256", latent_dim: int = 2) -> Snapshot:
    trainer = Trainer(tiny_config(architecture, latent_dim), tiny_data(), "run")
    for _ in range(3):
        trainer.step()
    return trainer.snapshot()


def bar() -> np.ndarray:
    return tiny_data().test.images[0]


def square(x: float, y: float, size: float = 0.125) -> ExactPosterior:
    return ExactPosterior(
        0.0,
        np.array([[x, y]]),
        np.array([size]),
        np.ones(1),
        np.array([x, y]),
        np.zeros((2, 2)),
    )


def test_the_labels_are_what_the_lines_hold() -> None:
    for sigmas, of_ellipse, of_line in zip((1, 2), OF_ELLIPSE, OF_LINE, strict=True):
        assert of_ellipse == f"{100 * chi2.cdf(sigmas**2, 2):.0f} %"
        assert of_line == f"{100 * (norm.cdf(sigmas) - norm.cdf(-sigmas)):.0f} %"


def test_the_ellipse_has_the_axes_of_sigma() -> None:
    mean, covariance = Posterior((1.0, -2.0), (0.3, 0.1)).on_axes((0, 1))
    line = ellipse(mean, covariance, 2)
    assert np.ptp(line, axis=0) == pytest.approx((4 * 0.3, 4 * 0.1), rel=1e-3)
    assert (line.min(axis=0) + line.max(axis=0)) / 2 == pytest.approx((1, -2), abs=1e-3)


def test_of_many_dimensions_the_chosen_ones_are_shown() -> None:
    mean, covariance = Posterior((1.0, 2.0, 3.0), (0.1, 0.2, 0.3)).on_axes((2, 0))
    assert mean == (3.0, 1.0)
    assert covariance == pytest.approx(np.diag((0.09, 0.01)))


def test_of_one_dimension_it_is_a_line_and_of_a_point_encoder_a_point() -> None:
    mean, covariance = Posterior((1.5,), (0.2,)).on_axes((0, 0))
    assert mean == (1.5, 0.0)
    assert np.ptp(ellipse(mean, covariance, 1), axis=0) == pytest.approx((0.4, 0), abs=1e-9)
    assert not Posterior((1.0, 2.0), None).on_axes((0, 1))[1].any()


def test_turned_by_an_alignment_it_becomes_a_full_covariance() -> None:
    turn = np.array([[np.cos(1), np.sin(1)], [-np.sin(1), np.cos(1)]])
    mean, covariance = Posterior((1.0, 0.0), (0.4, 0.1)).on_axes((0, 1), Alignment(turn))
    assert mean == pytest.approx((np.cos(1), np.sin(1)))
    assert np.linalg.eigvalsh(covariance) == pytest.approx((0.01, 0.16))
    offsets = ellipse(mean, covariance, 2) - mean
    distance = np.einsum("ni,ij,nj->n", offsets, np.linalg.inv(covariance), offsets)
    assert distance == pytest.approx(4)


def test_the_picture_covers_the_cells_and_no_more() -> None:
    view = View(-3, 3, -3, 3, 600, 600)
    picture = answer(snapshot_of(), PicturePosterior(square(0.5625, -1.0625), view, RAMP))
    assert picture is not None
    assert picture.extent == pytest.approx((0.5, 0.625, -1.125, -1.0))
    assert (picture.rgba[..., 3] == 255).all()


def test_where_no_cell_is_visible_there_is_no_picture() -> None:
    view = View(2, 3, 2, 3, 100, 100)
    assert answer(snapshot_of(), PicturePosterior(square(0.5625, -1.0625), view, RAMP)) is None


def test_an_image_is_understood_in_one_short_question() -> None:
    snapshot, request = snapshot_of(), InferPosterior(Frozen(bar()[None]))
    found = answer(snapshot, request)
    assert request.cost <= MAX_BATCH
    assert found.bound is not None and found.sigma is not None
    assert found.reconstruction.shape == (28, 28) and len(found.images) == len(found.z) == 10
    exact = finish(exact_log_evidence(snapshot, bar(), None))
    assert found.bound.elbo == pytest.approx(exact.elbo, abs=6 * found.bound.elbo_error + 0.05)
    assert found.bound.elbo <= exact.log_evidence + 3 * found.bound.elbo_error
    assert np.array_equal(answer(snapshot, request).z, found.z)


def test_the_grid_is_used_again_and_changes_nothing() -> None:
    snapshot = snapshot_of()
    first = finish(exact_log_evidence(snapshot, bar(), None))
    second = finish(exact_log_evidence(snapshot, bar(), first.grid))
    assert second.grid is first.grid
    assert second.log_evidence == first.log_evidence
    assert first.exact is not None and first.log_evidence >= first.elbo - 0.5


def test_more_dimensions_have_a_bound() -> None:
    evidence = finish(bounded_log_evidence(snapshot_of(latent_dim=3), bar(), 64))
    assert evidence.exact is None and evidence.samples == 64
    assert evidence.log_evidence >= evidence.elbo


def test_a_point_encoder_has_neither_sigma_nor_bound() -> None:
    found = answer(snapshot_of("autoencoder-512"), InferPosterior(Frozen(bar()[None])))
    assert found.sigma is None and found.bound is None
    assert found.images.shape == (0, 28, 28) and found.mu.shape == (2,)
