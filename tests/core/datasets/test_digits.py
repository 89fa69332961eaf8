from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from vae_gui.core.datasets.base import ImageData, Split
from vae_gui.core.datasets.digits import load, redraw, stratified_split
from vae_gui.core.support.progress import finish


@pytest.fixture(scope="module")
def digits() -> ImageData:
    return finish(load(Path("/nonexistent"), False))


def class_counts(split: Split) -> NDArray[np.int64]:
    assert split.labels is not None
    return np.bincount(split.labels, minlength=10).astype(np.int64)


def test_every_digit_is_in_one_split(digits: ImageData) -> None:
    assert (len(digits.train), len(digits.test)) == (1437, 360)
    both = class_counts(digits.train) + class_counts(digits.test)
    assert both.tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_the_test_split_has_a_fifth_of_every_class(digits: ImageData) -> None:
    test = class_counts(digits.test)
    assert np.all(np.abs(test - (class_counts(digits.train) + test) / 5) < 1)


def test_no_image_is_in_both_splits(digits: ImageData) -> None:
    train = {image.tobytes() for image in digits.train.images}
    assert not any(image.tobytes() in train for image in digits.test.images)


def test_the_split_is_the_same_every_time() -> None:
    labels = (np.arange(50) % 10).astype(np.int16)
    train, test = stratified_split(labels)
    assert test.tolist() == stratified_split(labels)[1].tolist()
    assert sorted([*train, *test]) == list(range(50))
    assert np.bincount(labels[test]).tolist() == [1] * 10


def test_the_images_are_the_same_every_time(digits: ImageData) -> None:
    again = finish(load(Path("/nonexistent"), True))
    np.testing.assert_array_equal(again.train.images, digits.train.images)
    np.testing.assert_array_equal(again.test.labels, digits.test.labels)


def test_the_digits_are_drawn_as_those_of_mnist(digits: ImageData) -> None:
    images = digits.train.images
    ink = images > 0
    assert np.all(images.max(axis=(1, 2)) == 255)
    assert not ink[:, 0].any() and not ink[:, -1].any()
    assert not ink[:, :, 0].any() and not ink[:, :, -1].any()
    assert ink.any(axis=2).sum(axis=1).mean() == pytest.approx(20, abs=0.5), "height of the strokes"
    # MNIST: 81 % black, 8 % white, mean 33.3
    assert np.mean(images == 0) == pytest.approx(0.81, abs=0.03)
    assert np.mean(images >= 250) == pytest.approx(0.08, abs=0.02)
    assert images.mean() == pytest.approx(33.3, abs=4)


def test_the_centre_of_mass_is_in_the_middle(digits: ImageData) -> None:
    images = digits.train.images.astype(np.float64)
    places = np.arange(28) + 0.5
    mass = images.sum(axis=(1, 2))
    assert np.abs(images.sum(axis=1) @ places / mass - 14).max() < 1
    assert np.abs(images.sum(axis=2) @ places / mass - 14).max() < 1


def test_redrawing_keeps_the_digit_upright() -> None:
    coarse = np.zeros((8, 8), np.float32)
    coarse[1:7, 3] = 1  # an L
    coarse[6, 3:6] = 1
    fine = redraw(coarse).astype(np.int64)
    assert fine[14:].sum() > fine[:14].sum()
    assert (fine[17:, 16:] > 0).sum() > 5 > (fine[:11, 16:] > 0).sum()


def test_the_arrays_are_read_only(digits: ImageData) -> None:
    assert not digits.train.images.flags.writeable
    assert digits.test.labels is not None
    assert not digits.test.labels.flags.writeable
