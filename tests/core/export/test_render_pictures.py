"""Pictures of many places at once, and the walk of an animation through traversals."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.tiny import tiny_config, tiny_data
from vae_gui.core.export.options import StripOptions
from vae_gui.core.export.render import picture, traversal_frame_order
from vae_gui.core.inference.engine import Engine
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import Progress, finish
from vae_gui.core.vae.snapshot import Snapshot
from vae_gui.core.vae.trainer import Trainer

OPTIONS = StripOptions(size=28, gap=2)


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    return Trainer(tiny_config(), tiny_data(), "run").snapshot()


@pytest.mark.parametrize("suffix", [".png", ".gif", ".webp"])
def test_a_picture_has_row_0_on_top_and_leaves_unknown_places_empty(
    snapshot: Snapshot, tmp_path: Path, suffix: str
) -> None:
    z = np.arange(12, dtype=np.float64).reshape(2, 3, 2) / 4
    z[1, 2] = np.nan
    reports: list[Progress] = []
    path = finish(picture(snapshot, z, tmp_path / f"a{suffix}", OPTIONS), reports.append)
    with Image.open(path) as image:
        pixels = np.asarray(image.convert("L"))
    assert pixels.shape == (58, 88) and reports[0].text == "Decoding"
    expected = Engine(snapshot).decode(z.reshape(6, 2)[:5].astype(np.float32))
    for index, tile in enumerate([*expected, np.zeros((28, 28), np.uint8)]):
        y, x = 30 * (index // 3), 30 * (index % 3)
        assert np.abs(pixels[y : y + 28, x : x + 28].astype(int) - tile).max() <= 1
    assert (pixels[28:30] == 255).all() and (pixels[:, 28:30] == 255).all()


def test_a_picture_that_a_format_cannot_hold_is_refused(snapshot: Snapshot, tmp_path: Path) -> None:
    row = np.zeros((1, 600, 2))
    with pytest.raises(UserError, match="smaller image size"):
        finish(picture(snapshot, row, tmp_path / "a.webp", OPTIONS))
    finish(picture(snapshot, row, tmp_path / "a.gif", OPTIONS))
    with pytest.raises(UserError, match=r"ends in \.png, \.gif, \.webp"):
        finish(picture(snapshot, row[:, :2], tmp_path / "a.mp4", OPTIONS))
    assert [path.name for path in tmp_path.iterdir()] == ["a.gif"]


def test_a_cancelled_picture_leaves_no_file(snapshot: Snapshot, tmp_path: Path) -> None:
    for suffix in (".png", ".gif"):
        job = picture(snapshot, np.zeros((2, 2, 2)), tmp_path / f"a{suffix}", OPTIONS)
        next(job)
        job.close()
    assert list(tmp_path.iterdir()) == []


def test_a_walk_moves_by_single_steps_and_ends_beside_its_start() -> None:
    values = np.arange(5.0)
    rows = np.zeros((2, 5, 2))
    rows[0, :, 0], rows[0, :, 1] = values, 1
    rows[1, :, 1], rows[1, :, 0] = values, 3
    walk = traversal_frame_order(np.array([3.0, 1.0]), rows)
    assert walk[:8, 0].tolist() == [3, 4, 3, 2, 1, 0, 1, 2]
    assert walk[8:, 1].tolist() == [1, 2, 3, 4, 3, 2, 1, 0]
    assert walk[:8, 1].tolist() == [1] * 8 and walk[8:, 0].tolist() == [3] * 8
