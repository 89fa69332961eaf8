"""What an image is compared with, and where it stands: against plain loops, and on images that are no bars."""

from dataclasses import replace

import numpy as np
import pytest

from tests.tiny import tiny_config, tiny_data
from vae_gui.core.analysis import typicality as module
from vae_gui.core.analysis.coverage import CoverageLevel
from vae_gui.core.analysis.exact_posterior import exact_posterior, likelihood_grid
from vae_gui.core.analysis.iwae import iwae_bound
from vae_gui.core.analysis.observation_model import observation_model_of
from vae_gui.core.analysis.typicality import (
    BOUND_SAMPLES,
    Typicality,
    class_near,
    log_evidences,
    of_equal_ink,
    percentile,
    reconstruction_errors,
    typicality,
)
from vae_gui.core.datasets.base import ImageData, Split
from vae_gui.core.inference.engine import Engine
from vae_gui.core.storage.workspace import load
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import finish
from vae_gui.core.vae.config import ModelConfig
from vae_gui.core.vae.encodings import Encodings
from vae_gui.core.vae.likelihoods import LIKELIHOODS
from vae_gui.core.vae.models.base import build, take_snapshot
from vae_gui.core.vae.snapshot import Snapshot
from vae_gui.core.vae.trainer import Trainer
from vae_gui.resources import resources_dir

DATA = tiny_data(train=400, test=80)


def trained(latent_dim: int, steps: int = 300) -> Snapshot:
    trainer = Trainer(tiny_config(latent_dim=latent_dim, epochs=100), DATA, "run")
    for _ in range(steps):
        trainer.step()
    return trainer.snapshot()


@pytest.fixture(scope="module")
def wide() -> Snapshot:
    return trained(3)


@pytest.fixture(scope="module")
def flat() -> Snapshot:
    return trained(2)


def scribble(ink: float) -> np.ndarray:
    """Dots all over the image, with so much ink."""
    image = np.zeros(28 * 28, np.uint8)
    dots = np.random.default_rng(0).permutation(28 * 28)[: round(ink)]
    image[dots] = 255
    return image.reshape(28, 28)


def test_the_images_of_the_class_with_the_closest_ink_are_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "COMPARED", 7)
    random = np.random.default_rng(3)
    images = random.integers(0, 256, (60, 28, 28), np.uint8) // random.integers(1, 9, (60, 1, 1))
    split = Split(images.astype(np.uint8), (np.arange(60) % 3).astype(np.int16))
    image = split.images[4]
    for label, members in ((1, range(1, 60, 3)), (None, range(60))):
        apart = {i: abs(int(split.images[i].sum()) - int(image.sum())) for i in members}
        expected = sorted(members, key=lambda i: apart[i])[:7]
        among = split if label is not None else Split(split.images, None)
        assert of_equal_ink(among, image, label).tolist() == expected


def test_the_class_is_that_of_most_of_the_fifteen_nearest() -> None:
    mu = np.arange(40, dtype=np.float32)[:, None]
    labels = np.zeros(40, np.int16)
    labels[[0, 1, 2, 3, 8, 9, 10, 11]] = 1  # 8 of the 15 nearest to -1
    assert class_near(Encodings(mu, None, labels, ("a", "b")), np.array([-1.0])) == 1
    labels[11] = 0
    assert class_near(Encodings(mu, None, labels, ("a", "b")), np.array([-1.0])) == 0
    assert class_near(Encodings(mu, None, None, ()), np.array([-1.0])) is None


def test_a_percentile_counts_equal_values_half() -> None:
    values = np.array([1.0, 2.0, 2.0, 5.0])
    assert [percentile(values, v) for v in (0, 2, 3, 9)] == [0, 50, 75, 100]


def test_in_two_dimensions_each_log_evidence_is_exact(flat: Snapshot) -> None:
    images = np.concatenate((DATA.test.images[:5], scribble(60)[None]))
    grid = finish(likelihood_grid(flat))
    expected = [finish(exact_posterior(grid, image)).log_evidence for image in images]
    assert finish(log_evidences(flat, images)) == pytest.approx(expected, abs=0.1)


def test_peaks_as_narrow_as_those_of_the_shipped_model_are_resolved() -> None:
    shipped = load(resources_dir() / "pretrained.vae")
    assert shipped.originals is not None
    snapshot, images = shipped.checkpoint.snapshot, shipped.originals.test.images[:5]
    grid = finish(likelihood_grid(snapshot))
    expected = [finish(exact_posterior(grid, image)).log_evidence for image in images]
    assert finish(log_evidences(snapshot, images)) == pytest.approx(expected, abs=0.05)


def test_what_no_z_changes_is_counted_for_each_image() -> None:
    config = ModelConfig("mlp-256", likelihood="gaussian")
    assert LIKELIHOODS[config.likelihood].affine
    snapshot, images = take_snapshot(build(config), "run", 0), DATA.test.images[:4]
    grid = finish(likelihood_grid(snapshot))
    expected = [finish(exact_posterior(grid, image)).log_evidence for image in images]
    assert finish(log_evidences(snapshot, images)) == pytest.approx(expected, abs=0.1)


def test_in_more_dimensions_each_is_the_bound_with_the_same_samples(wide: Snapshot) -> None:
    images = DATA.test.images[:3]
    expected = [
        finish(iwae_bound(wide, image, BOUND_SAMPLES, seed)).bound
        for seed, image in enumerate(images)
    ]
    assert finish(log_evidences(wide, images)) == pytest.approx(expected)


def test_the_reconstruction_error_is_the_cross_entropy_at_mu(wide: Snapshot) -> None:
    images, engine = DATA.test.images[:4], Engine(wide)
    mu = engine.encode(images)[0]
    means = np.clip(engine.mean_images(mu), 1e-7, 1 - 1e-7).astype(float)
    x = images / 255
    expected = -(x * np.log(means) + (1 - x) * np.log(1 - means)).sum(axis=(1, 2))
    found = reconstruction_errors(observation_model_of(wide), mu, images)
    assert found == pytest.approx(expected, rel=1e-3)


def stands(snapshot: Snapshot, image: np.ndarray, data: ImageData = DATA) -> Typicality:
    return finish(typicality(snapshot, image, data))


def test_a_test_image_is_in_the_middle_and_a_scribble_with_as_much_ink_at_the_end(
    wide: Snapshot,
) -> None:
    found = [stands(wide, image) for image in DATA.test.images[:10]]
    assert 20 < np.median([each.percentile for each in found]) < 80
    assert 20 < np.median([each.reconstruction_percentile for each in found]) < 80
    assert sum(each.level is CoverageLevel.INSIDE for each in found) > 5
    right = [each.class_name == DATA.class_names[i % 2] for i, each in enumerate(found)]
    assert sum(right) >= 6
    assert all(each.has_its_like and not each.exact and each.compared == 40 for each in found)
    other = stands(wide, scribble(np.median([each.ink for each in found])))
    assert other.has_its_like
    assert other.percentile == 0 and other.reconstruction_percentile == 100
    assert other.log_evidence < min(each.log_evidence for each in found)


def test_an_inverted_image_has_no_like_and_a_low_percentile(wide: Snapshot) -> None:
    found = stands(wide, 255 - DATA.test.images[0])
    assert not found.has_its_like and found.ink > found.ink_range[1]
    assert found.percentile == 0


def test_in_two_dimensions_it_stands_among_exact_values(
    flat: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "COMPARED", 6)
    image = DATA.test.images[1]
    found = stands(flat, image)
    label = DATA.class_names.index(found.class_name)
    others = DATA.test.images[of_equal_ink(DATA.test, image, label)]
    evidence = finish(log_evidences(flat, np.concatenate((image[None], others))))
    assert found.exact and found.compared == 6 and found.step == 300
    assert found.log_evidence == pytest.approx(evidence[0])
    assert found.percentile == pytest.approx(percentile(evidence[1:], evidence[0]))


def test_without_labels_it_is_compared_with_all(wide: Snapshot) -> None:
    test = Split(DATA.test.images[:30], None)
    found = stands(wide, test.images[0], replace(DATA, test=test, class_names=()))
    assert found.class_name == "" and found.compared == 30


def test_an_autoencoder_has_none() -> None:
    config = ModelConfig("autoencoder-512", likelihood="squared-error")
    with pytest.raises(UserError):
        stands(take_snapshot(build(config), "run", 0), DATA.test.images[0])
