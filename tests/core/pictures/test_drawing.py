"""Drawings and pictures become images like those of the data, or nothing, or a sentence."""

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from vae_gui.core.datasets.base import ImageData
from vae_gui.core.pictures.drawing import (
    Picture,
    PreprocessedImage,
    pasted_picture,
    prepare_drawing,
    prepare_picture,
    read_picture,
)
from vae_gui.core.support.errors import UserError


def canvas(top: int = 60, left: int = 150, height: int = 120, width: int = 40) -> np.ndarray:
    """A seven, of which most of the ink is above its middle; (280, 280)."""
    strokes = np.zeros((280, 280), np.uint8)
    strokes[top : top + 20, left : left + width] = 255
    strokes[top : top + height, left + width - 15 : left + width] = 255
    return strokes


def centre_of_mass(image: np.ndarray) -> np.ndarray:
    places = np.arange(len(image)) + 0.5
    weights = image.astype(float)
    return np.array([weights.sum(1) @ places, weights.sum(0) @ places]) / weights.sum()


def box(image: np.ndarray) -> tuple[int, int]:
    rows, columns = image.any(axis=1).nonzero()[0], image.any(axis=0).nonzero()[0]
    return int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1


def prepared(value: PreprocessedImage | None) -> np.ndarray:
    assert value is not None
    return value.image


@pytest.mark.parametrize("side", [28, 32, 8])
@pytest.mark.parametrize("place", [(60, 150), (0, 0), (160, 240)])
@pytest.mark.parametrize("size", [(120, 40), (30, 200), (20, 16)])
def test_a_drawing_is_scaled_and_centred_by_its_mass(
    side: int, place: tuple[int, int], size: tuple[int, int]
) -> None:
    top, left = (min(at, 280 - length) for at, length in zip(place, size, strict=True))
    image = prepared(prepare_drawing(canvas(top, left, *size), side))
    assert image.shape == (side, side) and image.dtype == np.uint8
    assert not image.flags.writeable
    assert max(box(image)) == round(side * 20 / 28)
    assert (np.floor(centre_of_mass(image) + 1e-2) == side // 2).all()
    assert image.max() == 255


def test_where_and_how_large_it_was_drawn_makes_no_difference() -> None:
    small = prepared(prepare_drawing(canvas(10, 20, 60, 20)[:140, :140], 28))
    large = prepared(prepare_drawing(canvas(100, 90, 60, 20), 28))
    assert np.array_equal(small, large)


def test_nothing_of_a_lopsided_drawing_is_cut_off() -> None:
    strokes = np.zeros((280, 280), np.uint8)
    strokes[:30, :200] = 255
    strokes[:200, :2] = 255
    assert box(prepared(prepare_drawing(strokes, 28))) == (20, 20)


@pytest.mark.parametrize("ink", [0, 10])
def test_an_empty_drawing_gives_nothing(ink: int) -> None:
    assert prepare_drawing(np.full((280, 280), ink, np.uint8), 28) is None
    assert prepare_drawing(np.zeros((0, 0), np.uint8), 28) is None


@settings(max_examples=60)
@given(
    shape=st.tuples(st.integers(1, 60), st.integers(1, 60)),
    dots=st.lists(st.tuples(st.integers(0, 59), st.integers(0, 59)), max_size=5),
    seed=st.integers(0, 999),
)
def test_whatever_is_drawn_or_dropped_is_an_image_or_nothing(
    shape: tuple[int, int], dots: list[tuple[int, int]], seed: int
) -> None:
    pixels = np.random.default_rng(seed).integers(0, 1 + seed % 256, shape).astype(np.uint8)
    drawn = np.zeros(shape, np.uint8)
    for row, column in dots:
        drawn[row % shape[0], column % shape[1]] = 200
    for result in (
        prepare_drawing(drawn, 28),
        prepare_drawing(drawn, 28, centred=False),
        *(
            prepare_picture(Picture(pixels), 28, centred=centred, invert=invert)
            for centred in (True, False)
            for invert in (None, True, False)
        ),
    ):
        assert result is None or (result.image.shape, result.image.dtype) == ((28, 28), np.uint8)
    assert (prepare_drawing(drawn, 28) is None) == (not dots)


def test_a_digit_of_mnist_enlarged_and_drawn_again_is_itself(mnist: ImageData) -> None:
    differences = []
    for digit in mnist.test.images[:200]:
        strokes = np.pad(np.kron(digit, np.ones((10, 10), np.uint8)), ((30, 0), (0, 50)))
        again = prepared(prepare_drawing(strokes, 28)).astype(float)
        differences.append(np.abs(again - digit).mean())
    # Shifted by a pixel they differ by 15 to 40.
    assert np.mean(np.array(differences) < 6) > 0.95


def test_uncentred_data_keeps_the_place_of_the_ink() -> None:
    image = prepared(prepare_drawing(canvas(), 28, centred=False))
    assert centre_of_mass(image) == pytest.approx(centre_of_mass(canvas()) / 10, abs=0.2)


def test_dark_on_light_is_inverted_and_back_on_request() -> None:
    paper = 255 - canvas()
    automatic = prepare_picture(Picture(paper), 28)
    assert automatic is not None and automatic.inverted
    assert np.array_equal(automatic.image, prepared(prepare_drawing(canvas(), 28)))
    for centred in (True, False):
        as_it_was = prepare_picture(Picture(paper), 28, centred=centred, invert=False)
        assert as_it_was is not None and not as_it_was.inverted
        assert np.median(as_it_was.image) == 255
    bright = prepare_picture(Picture(canvas()), 28)
    assert bright is not None and not bright.inverted
    assert np.array_equal(bright.image, automatic.image)


def test_grey_noisy_paper_becomes_black() -> None:
    random = np.random.default_rng(0)
    paper = 190 - 0.5 * canvas() + random.normal(0, 2, (280, 280))
    result = prepare_picture(Picture(paper.astype(np.uint8)), 28)
    assert result is not None and result.inverted
    assert np.abs(result.image - prepared(prepare_drawing(canvas(), 28)).astype(float)).mean() < 4
    assert (result.image[0] == 0).all()


def test_an_even_surface_gives_nothing() -> None:
    for grey in (0, 120, 255):
        assert prepare_picture(Picture(np.full((30, 30), grey, np.uint8)), 28) is None


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "gif", "bmp", "tif"])
def test_a_dropped_file_is_prepared_like_the_drawing_it_shows(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"seven.{suffix}"
    Image.fromarray(255 - canvas()).save(path)
    result = prepare_picture(read_picture(path), 28)
    assert result is not None and result.inverted and not result.flattened
    assert np.abs(result.image - prepared(prepare_drawing(canvas(), 28)).astype(float)).mean() < 4


@pytest.mark.parametrize("ink", [0, 255])
def test_transparency_is_flattened_so_that_the_ink_is_seen(ink: int, tmp_path: Path) -> None:
    rgba = np.dstack((np.full((280, 280, 3), ink, np.uint8), canvas()))
    path = tmp_path / "seven.png"
    Image.fromarray(rgba).save(path)
    for picture in (read_picture(path), pasted_picture(rgba)):
        result = prepare_picture(picture, 28)
        assert result is not None and result.flattened
        assert result.inverted == (ink == 0)
        assert np.array_equal(result.image, prepared(prepare_drawing(canvas(), 28)))


@pytest.mark.parametrize("mode", ["1", "P", "LA", "RGB", "CMYK", "I;16", "F", "RGBA", "PA"])
def test_every_kind_of_pixel_is_read(mode: str, tmp_path: Path) -> None:
    path = tmp_path / "picture.tif"
    grey = Image.fromarray(canvas())
    if mode == "I;16":
        Image.fromarray(canvas().astype(np.uint16) * 257).save(path)
    elif mode == "PA":
        path = path.with_suffix(".png")
        grey.convert("P").save(path, transparency=7)
    else:
        grey.convert(mode).save(path)
    result = prepare_picture(read_picture(path), 28)
    assert (
        np.abs(prepared(result) - prepared(prepare_drawing(canvas(), 28)).astype(float)).max() <= 2
    )


def test_a_large_photograph_is_reduced_before_it_is_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    Image.fromarray(np.kron(255 - canvas(), np.ones((12, 12), np.uint8))).convert("RGB").save(path)
    picture = read_picture(path)
    assert max(picture.grey.shape) < 2048
    result = prepare_picture(picture, 28)
    assert (
        np.abs(prepared(result) - prepared(prepare_drawing(canvas(), 28)).astype(float)).mean() < 4
    )


def test_a_photograph_is_turned_as_its_camera_says(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90° clockwise
    Image.fromarray(np.rot90(canvas())).save(path, exif=exif)
    expected = prepared(prepare_drawing(canvas(), 28)).astype(float)
    assert np.abs(prepared(prepare_picture(read_picture(path), 28)) - expected).mean() < 4


def png_that_claims(width: int, height: int) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    return start + chunk(b"IDAT", zlib.compress(bytes(99))) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [4_500, 10_000, 100_000])
def test_more_than_twenty_megapixels_are_refused_before_decoding(
    side: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "huge.png"
    path.write_bytes(png_that_claims(side, side))
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda self: pytest.fail("decoded"))
    with pytest.raises(UserError, match="20 million pixels"):
        read_picture(path)
    with pytest.raises(UserError, match="20 million pixels"):
        pasted_picture(np.broadcast_to(np.uint8(0), (side, side, 4)))


@settings(max_examples=80)
@given(data=st.data())
def test_a_damaged_file_is_a_picture_or_refused(data: st.DataObject, tmp_path: Path) -> None:
    path = tmp_path / f"damaged.{data.draw(st.sampled_from(['png', 'gif', 'bmp', 'jpg']))}"
    Image.fromarray(canvas()[50:190:4, 140:200:4].copy()).save(path)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    try:
        picture = read_picture(path)
    except UserError as error:
        assert path.name in str(error)
        return
    assert picture.grey.ndim == 2 and picture.grey.dtype == np.uint8


@pytest.mark.parametrize("content", [b"", b"no picture at all", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_picture_is_refused_in_a_sentence(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "notes.png"
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"“notes.png” cannot be read as a picture"):
        read_picture(path)
    with pytest.raises(UserError, match="not in"):
        read_picture(tmp_path / "gone.png")
    with pytest.raises(UserError, match="not a file"):
        read_picture(tmp_path)
