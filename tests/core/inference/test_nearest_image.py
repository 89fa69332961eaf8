"""The nearest known image is that with the smallest difference of pixels, and says how small it is."""

import numpy as np
import pytest

from tests.tiny import tiny_config, tiny_data
from vae_gui.core.inference.engine import Engine, answer
from vae_gui.core.inference.nearest_image import KnownImages, NearestImage
from vae_gui.core.inference.requests import Frozen
from vae_gui.core.vae.trainer import Trainer

Z = np.array([[0.4, -1.0]], np.float32)


def test_an_image_among_others_is_found_with_its_distance() -> None:
    snapshot = Trainer(tiny_config(), tiny_data(), "run").snapshot()
    decoded = Engine(snapshot).decode(Z)[0]
    others = tiny_data().test.images
    near = np.clip(decoded.astype(int) + 5, 0, 255).astype(np.uint8)
    known = np.concatenate([others, near[None], others])
    found = answer(snapshot, NearestImage(Frozen(Z), KnownImages.of(known)))
    assert found.index == len(others)
    assert found.rms == pytest.approx(5 / 255, abs=1 / 255)


def test_each_distance_is_the_root_mean_square_of_the_pixels() -> None:
    snapshot = Trainer(tiny_config(), tiny_data(), "run").snapshot()
    decoded = Engine(snapshot).mean_images(Z)[0]
    for image in tiny_data().test.images[:5]:
        found = answer(snapshot, NearestImage(Frozen(Z), KnownImages.of(image[None])))
        assert found.rms == pytest.approx(np.sqrt(np.mean((image / 255 - decoded) ** 2)), abs=1e-5)
