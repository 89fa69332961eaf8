"""Arrays become pictures without a changed grey, and stay sharp at every size."""

import gc

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

from vae_gui.ui.style.images import atlas, draw_digit, resample, to_qimage


def greys(image: QImage) -> np.ndarray:
    """(h, w) of a picture's red channel."""
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    raw = np.frombuffer(image.constBits(), np.uint8)
    return raw.reshape(image.height(), image.bytesPerLine() // 4, 4)[:, : image.width(), 0].copy()


def random_images(count: int, side: int = 28) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (count, side, side), dtype=np.uint8)


def canvas(side: int, ratio: float = 1.0) -> QImage:
    image = QImage(side, side, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(0xFF112233)
    return image


@pytest.mark.parametrize("shape", [(28, 28), (5, 7), (3, 1)])
def test_grey_images_keep_every_value(shape: tuple[int, int]) -> None:
    array = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)

    image = to_qimage(array)

    assert image.format() == QImage.Format.Format_Grayscale8
    assert np.array_equal(greys(image), array)


def test_colour_images_keep_every_value_and_their_alpha() -> None:
    array = np.random.default_rng(0).integers(0, 256, (4, 6, 4), dtype=np.uint8)

    image = to_qimage(array)

    color = image.pixelColor(5, 2)
    assert (color.red(), color.green(), color.blue(), color.alpha()) == tuple(array[2, 5])


def test_an_image_outlives_its_array() -> None:
    array = np.full((64, 64), 7, np.uint8)
    image = to_qimage(array)

    array[:] = 200
    del array
    gc.collect()

    assert (greys(image) == 7).all()


def test_slices_are_taken_as_they_look() -> None:
    array = random_images(1)[0]

    assert np.array_equal(greys(to_qimage(array[:, ::2])), array[:, ::2])


@pytest.mark.parametrize("factor", [1, 2, 3, 5])
def test_whole_scales_repeat_pixels(factor: int) -> None:
    images = random_images(3)

    repeated = images.repeat(factor, axis=1).repeat(factor, axis=2)

    assert np.array_equal(resample(images, 28 * factor), repeated)


def test_large_digits_have_no_grey_that_the_image_has_not() -> None:
    image = np.indices((28, 28)).sum(axis=0).astype(np.uint8) % 2 * 255

    assert set(np.unique(resample(image[None], 301))) == {0, 255}


@pytest.mark.parametrize("side", [9, 14, 40, 75])
def test_small_digits_keep_their_mean(side: int) -> None:
    images = random_images(4)

    means = resample(images, side).mean(axis=(1, 2))

    assert means == pytest.approx(images.mean(axis=(1, 2)), abs=1)


def test_an_atlas_has_its_tiles_row_by_row_and_clear_gaps() -> None:
    images = random_images(5, side=8)

    sheet = atlas(images, columns=2, tile_px=8, step_px=(10, 11))

    assert (sheet.width(), sheet.height()) == (20, 33)
    assert np.array_equal(greys(sheet)[11:19, 10:18], images[3])
    assert sheet.pixelColor(9, 0).alpha() == 0
    assert sheet.pixelColor(15, 25).alpha() == 0, "no sixth tile"


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("at", [3.0, 3.3, 10.25])
def test_a_digit_is_drawn_on_whole_pixels_of_the_screen(ratio: float, at: float) -> None:
    image = np.indices((8, 8)).sum(axis=0).astype(np.uint8) % 2 * 255
    target = canvas(300, ratio)
    painter = QPainter(target)

    drawn = draw_digit(painter, QRectF(at, at, 80, 80), image)
    painter.end()

    left, side = round(drawn.left() * ratio), round(drawn.width() * ratio)
    square = greys(target)[left : left + side, left : left + side]
    assert set(np.unique(square)) == {0, 255}
    assert (greys(target)[left - 1] == 0x11).all(), "nothing is painted outside"


def test_a_digit_is_the_largest_square_and_centred() -> None:
    target = canvas(200)
    painter = QPainter(target)

    drawn = draw_digit(painter, QRectF(0, 0, 200, 100), random_images(1)[0])
    painter.end()

    assert drawn == QRectF(50, 0, 100, 100)
    assert drawn.center() == QPointF(100, 50)


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_a_small_digit_keeps_every_pixel_at_any_scale_of_the_screen(ratio: float) -> None:
    image = random_images(1)[0]
    target = canvas(200, ratio)
    painter = QPainter(target)

    draw_digit(painter, QRectF(8, 8, 28, 28), image)
    painter.end()

    side, left, factor = round(28 * ratio), round(8 * ratio), round(ratio)
    square = greys(target)[left : left + side, left : left + side]
    assert np.array_equal(square, image.repeat(factor, axis=0).repeat(factor, axis=1))
