"""The neighbours of a point in z and in pixels, against all distances."""

import numpy as np
import pytest

from tests.tiny import tiny_config, tiny_data
from vae_gui.core.inference.engine import Engine, answer
from vae_gui.core.inference.nearest_image import KnownImages
from vae_gui.core.inference.requests import Frozen
from vae_gui.core.latent.neighbours import FindNeighbours, nearest_encodings
from vae_gui.core.vae.encodings import Encodings
from vae_gui.core.vae.trainer import Trainer


def encodings(dims: int, point: bool = False) -> Encodings:
    random = np.random.default_rng(dims)
    mu = random.normal(size=(400, dims)).astype(np.float32)
    logvar = random.uniform(-4, 0, mu.shape).astype(np.float32)
    return Encodings(mu, None if point else logvar, None, ())


@pytest.mark.parametrize("dims", [1, 2, 7])
def test_the_nearest_in_z_come_with_their_distances_and_all_within_one_sigma_are_counted(
    dims: int,
) -> None:
    known, z = encodings(dims), np.linspace(-0.5, 0.4, dims)
    distances = np.linalg.norm(known.mu - z, axis=1)
    found = nearest_encodings(known, z, 8)
    assert found.index.tolist() == np.argsort(distances)[:8].tolist()
    assert found.distance == pytest.approx(np.sort(distances)[:8], rel=1e-5)
    inside = distances <= 1
    assert 0 < found.within == inside.sum() < 400
    assert found.sigma == pytest.approx(known.sigma[inside].mean(), rel=1e-5)


def test_far_out_there_is_none_and_a_point_encoder_has_no_sigma() -> None:
    far = nearest_encodings(encodings(2), np.array([30.0, 0.0]), 8)
    assert far.within == 0 and far.sigma is None and len(far.index) == 8
    at = nearest_encodings(encodings(2, point=True), np.zeros(2), 8)
    assert at.within > 0 and at.sigma is None


def test_both_kinds_are_of_the_same_point() -> None:
    data = tiny_data()
    snapshot = Trainer(tiny_config(), data, "run").snapshot()
    z, known = np.array([[0.3, -0.2]], np.float32), KnownImages.of(data.train.images)
    mu, logvar = Engine(snapshot).encode(data.train.images)
    request = FindNeighbours(Frozen(z), known, Encodings(mu, logvar, None, ()), 5)
    found = answer(snapshot, request)
    decoded = Engine(snapshot).mean_images(z)[0]
    differences = np.square(data.train.images / 255 - decoded).mean(axis=(1, 2))
    assert found.in_pixels.rms == pytest.approx(np.sqrt(np.sort(differences)[:5]), abs=1e-5)
    assert found.in_z is not None
    expected = np.argsort(np.linalg.norm(mu - z, axis=1))[:5]
    assert found.in_z.index.tolist() == expected.tolist()
    bare = answer(snapshot, FindNeighbours(Frozen(z), known, None, 5))
    assert bare.in_z is None and np.array_equal(bare.in_pixels.index, found.in_pixels.index)
