"""Points as a picture: the right pixel, the right colour, denser is more opaque."""

import numpy as np
import pytest

from vae_gui.core.pictures.scatter import OPACITY, View, rasterise

VIEW = View(-3.0, 3.0, -2.0, 2.0, width=60, height=40)  # ten pixels to the unit
RED, BLUE = (255, 0, 0), (0, 0, 255)


def raster(*points: tuple[float, float], colors: object = RED, radius: int = 0) -> np.ndarray:
    xy = np.array(points, float).reshape(-1, 2)
    return rasterise(xy, np.broadcast_to(np.array(colors, float), (len(xy), 3)), VIEW, radius)


def painted(image: np.ndarray) -> list[tuple[int, int]]:
    return [(int(row), int(column)) for row, column in zip(*image[..., 3].nonzero(), strict=True)]


@pytest.mark.parametrize(
    ("point", "pixel"),
    [
        ((0.05, 0.05), (19, 30)),
        ((-2.99, 1.99), (0, 0)),
        ((2.99, -1.99), (39, 59)),
        ((-2.99, -1.99), (39, 0)),
        ((1.05, 0.05), (19, 40)),
        ((0.05, 1.05), (9, 30)),
    ],
)
def test_a_point_is_where_it_belongs_and_up_is_up(
    point: tuple[float, float], pixel: tuple[int, int]
) -> None:
    assert painted(raster(point)) == [pixel]


def test_a_soft_point_is_symmetric_about_its_pixel() -> None:
    image = raster((0.05, 0.05), radius=1)
    assert painted(image) == [(r, c) for r in (18, 19, 20) for c in (29, 30, 31)]
    assert np.array_equal(image, image[::-1][np.r_[1:40, 0]])
    assert image[19, 30].tolist() == [*RED, int(255 * OPACITY)]


def test_points_outside_leave_no_trace() -> None:
    assert not raster((3.01, 0), (-3.01, 0), (0, 2.01), (0, -2.01), (1e30, 0)).any()


def test_no_points_are_an_empty_picture() -> None:
    image = raster()
    assert (image.shape, image.dtype) == ((40, 60, 4), np.uint8)
    assert not image.any()


def test_points_on_one_pixel_mix_their_colours() -> None:
    image = raster((0.05, 0.05), (0.05, 0.05), colors=[RED, BLUE])
    assert image[19, 30, :3].tolist() == [127, 0, 127]


def test_denser_is_more_opaque_but_never_more_than_opaque() -> None:
    alphas = [int(raster(*[(0.05, 0.05)] * count)[19, 30, 3]) for count in (1, 2, 500)]
    assert alphas[0] < alphas[1] < alphas[2] <= 255


def test_a_view_that_is_not_square_keeps_its_own_scales() -> None:
    view = View(0, 1, 0, 10, width=10, height=10)
    image = rasterise(np.array([[0.55, 2.5]]), np.array([RED]), view, 0)
    assert painted(image) == [(7, 5)]
