"""Pictures are reopened with Pillow and tables with csv; what cannot be written is said."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.core.export.frames import digits
from vae_gui.core.export.options import AnimationOptions, StripOptions, enlarge, there_and_back
from vae_gui.core.export.writers import (
    export_animation,
    export_grid,
    export_history_csv,
    export_strip,
    save_image,
)
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import Progress, finish
from vae_gui.core.support.settings import settings_of
from vae_gui.core.vae.config import ModelConfig
from vae_gui.core.vae.history import HistoryRows


def test_there_and_back_shows_each_end_once() -> None:
    assert there_and_back(1) == [0]
    assert there_and_back(2) == [0, 1]
    assert there_and_back(4) == [0, 1, 2, 3, 2, 1]
    assert len(there_and_back(100)) == 198


def test_sharp_pixels_are_squares_of_the_models_own_greys() -> None:
    image = digits(1)[0]
    np.testing.assert_array_equal(
        enlarge(image, 280, "sharp"), np.kron(image, np.ones((10, 10), np.uint8))
    )
    odd = enlarge(image, 256, "sharp")
    assert set(np.unique(odd)) == set(np.unique(image))


@pytest.mark.parametrize("name", ["walk", "walk.mp4", "walk.gif.txt"])
def test_an_unknown_ending_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match=r"\.gif, \.png, \.webp"):
        finish(export_animation(digits(2), tmp_path / name, AnimationOptions()))
    assert list(tmp_path.iterdir()) == []


def test_the_ending_may_be_in_capitals(tmp_path: Path) -> None:
    finish(export_animation(digits(2), tmp_path / "WALK.GIF", AnimationOptions(2, 28)))
    with Image.open(tmp_path / "WALK.GIF") as image:
        assert image.format == "GIF"


@pytest.mark.parametrize(
    "values",
    [
        {"frames": 1},
        {"frames": 1001},
        {"size": 27},
        {"size": 1025},
        {"interval_ms": 10},
        {"interval_ms": 1010},
        {"interval_ms": 25},
        {"direction": "sideways"},
        {"enlarging": "fractal"},
    ],
    ids=str,
)
def test_options_outside_their_limits_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(UserError):
        AnimationOptions(**values)


def test_options_make_a_form() -> None:
    assert [item.name for item in settings_of(AnimationOptions)] == [
        "frames",
        "size",
        "interval_ms",
        "direction",
        "enlarging",
    ]
    assert [item.name for item in settings_of(StripOptions)] == ["size", "gap", "enlarging"]
    assert AnimationOptions() == AnimationOptions(100, 256, 40, "there and back", "sharp")


def opened(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        assert image.format == "PNG" and image.mode == "L"
        return np.asarray(image)


def test_a_strip_shows_its_frames_from_left_to_right(tmp_path: Path) -> None:
    frames = digits(3)
    finish(export_strip(frames, tmp_path / "strip.png", StripOptions(56, 2)))
    picture = opened(tmp_path / "strip.png")
    assert picture.shape == (56, 3 * 56 + 2 * 2)
    for index, frame in enumerate(frames):
        start = index * 58
        np.testing.assert_array_equal(
            picture[:, start : start + 56], np.kron(frame, np.ones((2, 2), np.uint8))
        )
    assert (picture[:, 56:58] == 255).all() and (picture[:, 114:116] == 255).all()


@pytest.mark.parametrize("gap", [0, 3])
def test_a_grid_shows_row_0_at_the_top(tmp_path: Path, gap: int) -> None:
    tiles = digits(6).reshape(2, 3, 28, 28)
    finish(export_grid(tiles, tmp_path / "grid.png", StripOptions(28, gap)))
    picture = opened(tmp_path / "grid.png")
    assert picture.shape == (56 + gap, 84 + 2 * gap)
    for row in range(2):
        for column in range(3):
            y, x = row * (28 + gap), column * (28 + gap)
            np.testing.assert_array_equal(picture[y : y + 28, x : x + 28], tiles[row, column])
    assert (picture[28 : 28 + gap] == 255).all()


def test_one_image_is_saved_in_its_size(tmp_path: Path) -> None:
    image = digits(1)[0]
    finish(save_image(image, tmp_path / "digit.png", 56))
    np.testing.assert_array_equal(
        opened(tmp_path / "digit.png"), np.kron(image, np.ones((2, 2), np.uint8))
    )


def test_a_cancelled_grid_leaves_no_file(tmp_path: Path) -> None:
    job = export_grid(digits(6).reshape(3, 2, 28, 28), tmp_path / "grid.png", StripOptions())
    next(job)
    job.close()
    assert list(tmp_path.iterdir()) == []


def test_a_picture_that_no_program_would_open_is_refused(tmp_path: Path) -> None:
    tiles = np.zeros((30, 30, 28, 28), np.uint8)
    with pytest.raises(UserError, match="choose a smaller image size"):
        finish(export_grid(tiles, tmp_path / "grid.png", StripOptions(1024)))


def test_a_picture_has_to_be_a_png(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"ends in \.png"):
        finish(save_image(digits(1)[0], tmp_path / "digit.jpg"))


def test_the_curves_come_back_exactly_from_csv(tmp_path: Path) -> None:
    steps = np.random.default_rng(0).normal(size=(25_000, 4)) * 100
    steps[:, 0] = np.arange(1, 25_001)
    tests = np.array([[25_000, 151.5, np.nan, 1 / 3]])
    path = tmp_path / "curves.csv"
    reports: list[Progress] = []
    model = ModelConfig()
    finish(export_history_csv(HistoryRows(steps, tests), path, model), reports.append)
    rows = list(csv.reader(io.StringIO(path.read_text())))
    assert rows[0] == ["split", "step", "loss", "reconstruction", "kl"]
    assert rows[-1] == ["test", "25000", "151.5", "nan", repr(1 / 3)]
    read = np.array([[float(value) for value in row[1:]] for row in rows[1:-1]])
    np.testing.assert_array_equal(read, steps)
    assert reports[-1].done == reports[-1].total == 25_001


def test_the_curve_of_an_autoencoder_is_a_squared_error_and_nothing_else(tmp_path: Path) -> None:
    rows = np.array([[3, 41.5, 41.5, 0.0]])
    path = tmp_path / "curve.csv"
    model = ModelConfig("autoencoder-512", likelihood="squared-error")
    finish(export_history_csv(HistoryRows(rows, rows), path, model))
    assert path.read_text().splitlines() == [
        "split,step,squared_error",
        "train,3,41.5",
        "test,3,41.5",
    ]
