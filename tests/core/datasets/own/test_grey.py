import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from vae_gui.core.datasets.own.grey import (
    border_median,
    flatten,
    is_dark_on_light,
    to_grey,
    to_square,
    value_range,
)

BAR = np.zeros((10, 10), np.uint8)
BAR[3:7, 4:6] = 255


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "CMYK", "I", "F", "I;16"])
def test_every_mode_of_pillow_becomes_the_same_grey(mode: str) -> None:
    if mode == "I;16":
        image = Image.fromarray(BAR.astype(np.uint16) * 257)
    else:
        image = Image.fromarray(BAR).convert(mode)
    assert image.mode == mode
    np.testing.assert_array_equal(to_grey(image), BAR)


def test_colours_are_weighed_as_the_eye_does() -> None:
    image = Image.new("RGB", (4, 4), (0, 255, 0))
    assert to_grey(image)[0, 0] == pytest.approx(150, abs=1)


@pytest.mark.parametrize(("ink", "behind"), [(0, 255), (255, 0)])
def test_ink_on_nothing_is_laid_on_its_opposite(ink: int, behind: int) -> None:
    rgba = np.full((10, 10, 4), ink, np.uint8)
    rgba[..., 3] = BAR
    grey = flatten(rgba)
    assert (grey[BAR == 255] == ink).all()
    assert (grey[BAR == 0] == behind).all()


def test_a_palette_with_a_clear_colour_is_flattened() -> None:
    image = Image.fromarray(255 - BAR).convert("P")
    image.info["transparency"] = int(np.asarray(image)[0, 0])
    grey = to_grey(image)
    assert (grey[0, 0], grey[4, 4]) == (255, 0)


def test_half_clear_ink_is_half_as_strong() -> None:
    rgba = np.full((4, 4, 4), 255, np.uint8)
    rgba[..., 3] = 128
    assert flatten(rgba)[0, 0] == 128


@pytest.mark.parametrize("shape", [(40, 10), (10, 40), (3, 1000), (1, 1), (100, 100), (8, 7)])
@pytest.mark.parametrize("side", [8, 28, 64])
def test_every_shape_becomes_a_square(shape: tuple[int, int], side: int) -> None:
    square = to_square(np.full(shape, 90, np.uint8), side)
    assert (square == 90).all()
    assert square.shape == (side, side)


def test_proportions_are_kept_and_the_rest_is_background() -> None:
    tall = np.zeros((40, 20), np.uint8)
    tall[10:30, 4:16] = 255
    square = to_square(tall, 20)
    ink = square > 127
    assert (ink.any(axis=1).sum(), ink.any(axis=0).sum()) == (10, 6)
    assert not square[:, :5].any() and not square[:, 15:].any()


def test_a_light_background_is_filled_up_light() -> None:
    wide = np.full((10, 40), 250, np.uint8)
    wide[4:6, 5:35] = 0
    assert (to_square(wide, 20)[[0, -1]] == 250).all()


def test_fine_lines_are_averaged_and_not_lost() -> None:
    fine = np.zeros((200, 200), np.uint8)
    fine[:, ::10] = 255
    small = to_square(fine, 20)
    assert small[:, 2:-2].mean() == pytest.approx(25.5, abs=2)
    assert small[:, 2:-2].std() < 15


def test_an_image_of_the_right_size_is_not_touched() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (28, 28), np.uint8)
    np.testing.assert_array_equal(to_square(noise, 28), noise)


def test_the_border_alone_decides_what_is_background() -> None:
    assert border_median(BAR) == 0
    assert border_median(255 - BAR) == 255
    assert is_dark_on_light([255, 250, 0])
    assert not is_dark_on_light([0, 3, 255])
    assert not is_dark_on_light([])


@pytest.mark.parametrize(
    ("extent", "meant"),
    [
        ((0, 1), (0, 1)),
        ((0.1, 0.4), (0, 1)),
        ((-1, 1), (-1, 1)),
        ((-0.4, 0.9), (-1, 1)),
        ((0, 255), (0, 255)),
        ((3, 200), (0, 255)),
        ((0, 16), (0, 16)),
        ((0, 65535), (0, 65535)),
        ((0, 1000), (0, 1000)),
        ((-3, 5), (-3, 5)),
    ],
)
def test_the_range_of_values_is_recognised(
    extent: tuple[float, float], meant: tuple[float, float]
) -> None:
    assert value_range(*extent) == pytest.approx(meant)


@pytest.mark.parametrize("value", [-7.0, 0.0, 1.0, 300.0])
def test_a_single_value_still_has_a_range(value: float) -> None:
    black, white = value_range(value, value)
    assert black < white


def test_numbers_that_are_none_are_refused() -> None:
    values: NDArray[np.float32] = np.full((3, 3), np.nan, np.float32)
    with pytest.raises(ValueError, match="no numbers"):
        to_grey(Image.fromarray(values))
