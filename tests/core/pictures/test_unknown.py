"""What is marked on the canvas, as pixels of the image that was prepared from it."""

import numpy as np
import pytest

from vae_gui.core.pictures.drawing import Picture, prepare_drawing, prepare_picture
from vae_gui.core.pictures.strokes import rasterise_strokes
from vae_gui.core.pictures.unknown import UNKNOWN_BRUSH, unknown_pixels
from vae_gui.core.state.latent import Stroke

WHOLE = (0.0, 1.0, 0.0, 1.0)
BAR: Stroke = ((0.3, 0.2), (0.3, 0.6))
DOT: Stroke = ((0.3, 0.6),)


def test_without_centring_a_mark_is_where_it_was_made() -> None:
    mask = unknown_pixels((((0.0, 0.75), (1.0, 0.75)),), WHOLE, 28)
    rows = mask.all(axis=1).nonzero()[0]
    assert mask.shape == (28, 28) and mask.any(axis=1).sum() == len(rows)
    middles = (rows + 0.5) / 28
    assert np.abs(middles - 0.75).max() <= UNKNOWN_BRUSH / 2
    assert len(rows) == pytest.approx(28 * UNKNOWN_BRUSH, abs=1)


def test_nothing_marked_is_nothing_unknown() -> None:
    assert not unknown_pixels((), WHOLE, 28).any()


@pytest.mark.parametrize("centred", [True, False])
def test_a_mark_moves_with_the_ink_under_it(centred: bool) -> None:
    ink = rasterise_strokes((BAR,), 0.08)
    prepared = prepare_drawing(ink, 28, centred=centred)
    assert prepared is not None
    # The end of the bar is marked: what is unknown there is a disc about the bar's end in the image.
    mask = unknown_pixels((DOT,), prepared.frame, 28)
    rows, columns = (prepared.image > 127).nonzero()
    end = rows.max() + 0.5, columns.mean() + 0.5
    middle = np.argwhere(mask).mean(axis=0) + 0.5
    scale = 1 / (prepared.frame[1] - prepared.frame[0])
    assert middle[1] == pytest.approx(end[1], abs=0.8)
    assert middle[0] == pytest.approx(end[0] - 0.04 * 28 * scale, abs=1.2)
    radius = UNKNOWN_BRUSH / 2 * 28 * scale
    assert mask.sum() == pytest.approx(np.pi * radius**2, rel=0.2)


def test_the_frame_leads_back_to_the_canvas() -> None:
    ink = np.zeros((280, 280), np.uint8)
    ink[100:200, 40:80] = 255
    prepared = prepare_drawing(ink, 28)
    assert prepared is not None
    x0, x1, y0, y1 = prepared.frame
    rows, columns = prepared.image.nonzero()
    left, right = (x0 + (x1 - x0) * edge / 28 for edge in (columns.min(), columns.max() + 1))
    top, bottom = (y0 + (y1 - y0) * edge / 28 for edge in (rows.min(), rows.max() + 1))
    assert (left, right) == pytest.approx((40 / 280, 80 / 280), abs=1e-6)
    assert (top, bottom) == pytest.approx((100 / 280, 200 / 280), abs=1e-6)


def test_a_picture_that_is_no_square_lies_in_the_middle_of_the_canvas() -> None:
    grey = np.zeros((100, 50), np.uint8)
    grey[20:60, 10:20] = 255
    prepared = prepare_picture(Picture(grey), 28)
    assert prepared is not None
    x0, x1, _, _ = prepared.frame
    columns = prepared.image.nonzero()[1]
    assert x0 + (x1 - x0) * columns.min() / 28 == pytest.approx(0.25 + 0.1, abs=0.01)


def test_beside_the_canvas_it_is_as_at_its_edge() -> None:
    mask = unknown_pixels((((0.0, 1.0), (1.0, 1.0)),), (-0.2, 1.2, -0.2, 1.2), 28)
    assert mask[-1].all() and not mask[:14].any()
