"""What is written is what one snapshot decodes, frame by frame."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence

from tests.tiny import tiny_config, tiny_data
from vae_gui.core.export.options import ONE_WAY, AnimationOptions, StripOptions
from vae_gui.core.export.render import animation, decoded, picture
from vae_gui.core.inference.engine import Engine
from vae_gui.core.inference.requests import MAX_BATCH
from vae_gui.core.paths.curves import straight
from vae_gui.core.support.progress import finish
from vae_gui.core.vae.snapshot import Snapshot
from vae_gui.core.vae.trainer import Trainer

A, B = np.array([-2.0, 0.5]), np.array([2.0, -1.0])


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    trainer = Trainer(tiny_config(learning_rate=1e-2), tiny_data(), "run")
    for _ in range(6):
        trainer.step()
    return trainer.snapshot()


def test_images_come_in_order_across_the_parts(snapshot: Snapshot) -> None:
    z = straight(A, B, 2 * MAX_BATCH + 5)
    images = np.stack(list(decoded(snapshot, z))).astype(int)
    expected = Engine(snapshot).decode(z.astype(np.float32))
    assert np.abs(images - expected).max() <= 1  # a rounding: parts and whole add up differently


def test_an_animation_shows_the_way_from_a_to_b(snapshot: Snapshot, tmp_path: Path) -> None:
    options = AnimationOptions(frames=7, size=28, interval_ms=40, direction=ONE_WAY)
    path = finish(animation(snapshot, straight(A, B, 7), tmp_path / "way.gif", options))
    with Image.open(path) as gif:
        frames = [np.array(frame.convert("L")) for frame in ImageSequence.Iterator(gif)]
    expected = Engine(snapshot).decode(straight(A, B, 7).astype(np.float32))
    assert np.array_equal(np.stack(frames), expected)


def test_a_strip_shows_the_same_frames_side_by_side(snapshot: Snapshot, tmp_path: Path) -> None:
    options = StripOptions(size=28, gap=2)
    path = finish(picture(snapshot, straight(A, B, 5)[None], tmp_path / "way.png", options))
    with Image.open(path) as image:
        pixels = np.array(image.convert("L"))
    expected = Engine(snapshot).decode(straight(A, B, 5).astype(np.float32))
    assert pixels.shape == (28, 5 * 28 + 4 * 2)
    for index, frame in enumerate(expected):
        assert np.array_equal(pixels[:, index * 30 : index * 30 + 28], frame)
