"""The nearest known images are those with the smallest differences of pixels, and say how small these are."""

import numpy as np
import pytest

from tests.tiny import tiny_config, tiny_data
from vae_gui.core.inference import nearest_image
from vae_gui.core.inference.engine import Engine, answer
from vae_gui.core.inference.nearest_image import KnownImages, NearestImages, known_images
from vae_gui.core.inference.requests import Frozen
from vae_gui.core.support.progress import finish
from vae_gui.core.vae.snapshot import Snapshot
from vae_gui.core.vae.trainer import Trainer

Z = np.array([[0.4, -1.0]], np.float32)


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    return Trainer(tiny_config(), tiny_data(), "run").snapshot()


def differences(snapshot: Snapshot, images: np.ndarray) -> np.ndarray:
    decoded = Engine(snapshot).mean_images(Z)[0]
    return np.sqrt(np.mean((images / 255 - decoded) ** 2, axis=(1, 2)))


def test_an_image_among_others_is_found_with_its_distance(snapshot: Snapshot) -> None:
    decoded = Engine(snapshot).decode(Z)[0]
    others = tiny_data().test.images
    near = np.clip(decoded.astype(int) + 5, 0, 255).astype(np.uint8)
    known = np.concatenate([others, near[None], others])
    found = answer(snapshot, NearestImages(Frozen(Z), KnownImages.of(known)))
    assert found.index.tolist() == [len(others)]
    assert found.rms[0] == pytest.approx(5 / 255, abs=1 / 255)
    assert np.array_equal(found.decoded, decoded)


@pytest.mark.parametrize("block", [4096, 7])
def test_they_come_in_the_order_of_all_differences(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(nearest_image, "_BLOCK", block)
    images = np.random.default_rng(2).integers(0, 256, (60, 28, 28), np.uint8)
    expected = differences(snapshot, images)
    found = answer(snapshot, NearestImages(Frozen(Z), finish(known_images(images)), 9))
    assert found.index.tolist() == np.argsort(expected)[:9].tolist()
    assert found.rms == pytest.approx(np.sort(expected)[:9], abs=1e-5)


def test_of_fewer_images_all_are_given(snapshot: Snapshot) -> None:
    images = tiny_data().test.images[:5]
    found = answer(snapshot, NearestImages(Frozen(Z), KnownImages.of(images), 8))
    assert sorted(found.index.tolist()) == [0, 1, 2, 3, 4]
    assert found.rms == pytest.approx(np.sort(differences(snapshot, images)), abs=1e-5)
