"""Strokes as pixels, and what is prepared and understood of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae_gui.core.pictures.drawing import prepare_drawing
from vae_gui.core.pictures.strokes import SIDE, rasterise_strokes

places = st.tuples(st.floats(0, 1), st.floats(0, 1))


def test_a_dot_is_a_disc_of_the_brush_with_a_soft_edge() -> None:
    pixels = rasterise_strokes((((0.5, 0.5),),), brush=0.25, side=80) / 255
    assert pixels.sum() == pytest.approx(np.pi * 10**2, rel=0.01)
    assert pixels[40, 40] == 1 and pixels[0, 0] == 0
    assert ((pixels > 0) & (pixels < 1)).any()


def test_a_line_is_a_bar_with_round_ends_where_it_was_drawn() -> None:
    pixels = rasterise_strokes((((0.25, 0.5), (0.75, 0.5)),), brush=0.1, side=200) / 255
    rows, columns = np.nonzero(pixels > 0.5)
    assert (columns.min(), columns.max()) == (40, 159)  # 50 … 150, and the radius of 10
    assert (rows.min(), rows.max()) == (90, 109)
    assert pixels.sum() == pytest.approx(100 * 20 + np.pi * 10**2, rel=0.01)


def test_x_goes_across_and_y_goes_down() -> None:
    pixels = rasterise_strokes((((0.9, 0.1),),), brush=0.1)
    rows, columns = np.nonzero(pixels)
    assert columns.mean() > 0.8 * SIDE and rows.mean() < 0.2 * SIDE


def test_strokes_that_cross_are_not_brighter_there() -> None:
    cross = (((0.1, 0.5), (0.9, 0.5)), ((0.5, 0.1), (0.5, 0.9)))
    both = rasterise_strokes(cross, 0.1)
    each = [rasterise_strokes((stroke,), 0.1) for stroke in cross]
    assert np.array_equal(both, np.maximum(*each))


@given(strokes=st.lists(st.lists(places, max_size=4).map(tuple), max_size=3).map(tuple))
def test_any_strokes_give_an_image_or_nothing(strokes: tuple) -> None:
    pixels = rasterise_strokes(strokes, 0.08, side=56)
    assert pixels.shape == (56, 56) and pixels.dtype == np.uint8
    assert (pixels.max() > 0) == any(strokes)
    prepared = prepare_drawing(pixels, 28)
    assert (prepared is None) == (not any(strokes))


def test_the_same_digit_drawn_smaller_and_elsewhere_is_prepared_alike() -> None:
    large = ((0.2, 0.1), (0.2, 0.5), (0.8, 0.5)), ((0.7, 0.1), (0.7, 0.9))
    small = tuple(tuple((0.4 + x / 2, 0.05 + y / 2) for x, y in stroke) for stroke in large)
    first, second = (
        prepare_drawing(rasterise_strokes(strokes, brush), 28)
        for strokes, brush in ((large, 0.1), (small, 0.05))
    )
    assert first is not None and second is not None
    assert np.corrcoef(first.image.ravel(), second.image.ravel())[0, 1] > 0.8
