"""The pad's backgrounds: each picture shows at its pixel what the model has at that place."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.tiny import tiny_config
from vae_gui.core.analysis.coverage import Calibrate, calibrate
from vae_gui.core.analysis.density import run
from vae_gui.core.analysis.distortion import distortion_in_parts
from vae_gui.core.inference.engine import Engine, answer
from vae_gui.core.inference.requests import MAX_BATCH, Decode
from vae_gui.core.latent.grid import even_grid
from vae_gui.core.pictures.backgrounds import (
    DISTORTION_CELLS,
    BackgroundPicture,
    CoverageBackground,
    DensityBackground,
    DistortionBackground,
    ManifoldBackground,
    Plane,
)
from vae_gui.core.pictures.histogram import draw_stack, stack
from vae_gui.core.pictures.scatter import View
from vae_gui.core.pictures.shading import enlarge, outline, shade
from vae_gui.core.support.types import Extent
from vae_gui.core.vae.encodings import Encodings
from vae_gui.core.vae.losses import mean_image
from vae_gui.core.vae.models.base import build, restore, take_snapshot
from vae_gui.core.vae.snapshot import Snapshot

RED, BLUE = (255, 0, 0), (0, 0, 255)
RAMP = ((0, 0, 0, 0), (200, 200, 200, 200))
LINE = (1, 2, 3, 4)


def snapshot(latent_dim: int = 2) -> Snapshot:
    return take_snapshot(build(tiny_config(latent_dim=latent_dim).model), "run", 0)


def two_clouds(dims: int = 2, labels: bool = True) -> Encodings:
    """Class 0 around z1 = -2, class 1 around z1 = 2."""
    mu = np.random.default_rng(0).normal(0, 0.4, (200, dims)).astype(np.float32)
    codes = (np.arange(200) % 2).astype(np.int16)
    mu[:, 0] += 4 * codes - 2
    return Encodings(mu, np.full_like(mu, -4), codes if labels else None, ("a", "b"))


def pixel(ground: BackgroundPicture, x: float, y: float) -> np.ndarray:
    """RGBA at a place of the plane."""
    x0, x1, y0, y1 = ground.extent
    height, width = ground.rgba.shape[:2]
    row, column = int((y1 - y) / (y1 - y0) * height), int((x - x0) / (x1 - x0) * width)
    return ground.rgba[row, column]


PLANE = Plane((-4.0, 4.0, -1.0, 3.0), (0, 1), (0.0, 0.0))


def test_each_class_has_its_colour_where_it_lies() -> None:
    ground = answer(snapshot(), DensityBackground(two_clouds(), PLANE, (RED, BLUE), (0, 1)))
    assert pixel(ground, -2, 0)[:3].tolist() == [255, 0, 0]
    assert pixel(ground, 2, 0)[:3].tolist() == [0, 0, 255]
    assert pixel(ground, -2, 0)[3] > 100 > 10 > pixel(ground, 0, 2.9)[3]


def test_a_hidden_class_leaves_the_density() -> None:
    ground = answer(snapshot(), DensityBackground(two_clouds(), PLANE, (RED, BLUE), (1,)))
    assert pixel(ground, -2, 0)[3] < 5
    assert pixel(ground, 2, 0)[3] > 100


def test_without_labels_all_encodings_have_one_colour() -> None:
    ground = answer(snapshot(), DensityBackground(two_clouds(labels=False), PLANE, (RED,), (0,)))
    assert pixel(ground, -2, 0)[:3].tolist() == pixel(ground, 2, 0)[:3].tolist() == [255, 0, 0]


def test_with_no_class_shown_the_density_is_empty() -> None:
    assert not answer(
        snapshot(), DensityBackground(two_clouds(), PLANE, (RED, BLUE), ())
    ).rgba.any()


def test_the_map_is_bright_inside_and_clear_outside_with_lines_between() -> None:
    ground = answer(snapshot(), CoverageBackground(run(calibrate(two_clouds())), PLANE, RAMP, LINE))
    assert pixel(ground, -2, 0)[3] > 100
    assert pixel(ground, 0, 2.9).tolist() == [0, 0, 0, 0]
    assert (ground.rgba == LINE).all(axis=-1).any()
    assert ground.low < ground.high


@pytest.mark.parametrize("dims", [1, 3])
def test_every_background_works_in_other_numbers_of_dimensions(dims: int) -> None:
    model, data = snapshot(dims), two_clouds(dims)
    axes, point = ((0, 0), (0.0,)) if dims == 1 else ((0, 2), (0.0, 0.1, 0.2))
    plane = Plane(PLANE.extent, axes, point)
    density = answer(model, DensityBackground(data, plane, (RED, BLUE), (0, 1)))
    mapped = answer(model, CoverageBackground(run(calibrate(data)), plane, RAMP, LINE))
    stretched = answer(model, DistortionBackground(plane, RAMP))
    for ground in (density, mapped, stretched):
        assert ground.rgba[..., 3].max() > 50
    assert pixel(density, -2, 0)[:3].tolist() == [255, 0, 0]
    assert pixel(mapped, -2, 0)[3] > pixel(mapped, 0, 0)[3]


@pytest.mark.parametrize("extent", [(-3.0, 3.0, -2.0, 2.0), (0.4, 0.5, 1.2, 1.3)])
def test_the_tile_under_a_point_is_what_its_cell_decodes_to(extent: Extent) -> None:
    model, latent_grid = snapshot(3), even_grid(extent, columns=6, rows=4)
    ground = answer(
        model, ManifoldBackground(latent_grid, Plane(extent, (2, 0), (0.0, 0.5, 0.0)), brightness=1)
    )
    x0, x1, y0, y1 = extent
    for u, v in ((0.03, 0.97), (0.6, 0.4), (0.95, 0.02)):
        x, y = x0 + u * (x1 - x0), y0 + v * (y1 - y0)
        cell = latent_grid.nearest(x, y)
        row, column = divmod(cell, 6)
        tile = ground.rgba[28 * row : 28 * row + 28, 28 * column : 28 * column + 28, 0]
        z = np.array([latent_grid.y[row], 0.5, latent_grid.x[column]])
        np.testing.assert_allclose(tile, answer(model, Decode.of(z))[0], atol=1)
        assert (row, column) == (int((1 - v) * 4), int(u * 6))


def jacobian_distortion(model: Snapshot, z: tuple[float, ...], axes: tuple[int, int]) -> float:
    vae = restore(model)

    def mean(at: torch.Tensor) -> torch.Tensor:
        return mean_image(model.model.likelihood, vae.decode(at[None])).flatten()

    jacobian = torch.autograd.functional.jacobian(mean, torch.tensor(z))[:, list(axes)]
    return float(torch.linalg.det(jacobian.T @ jacobian).sqrt())


def with_slanted_axes(model: Snapshot) -> Snapshot:
    """A model whose image changes in much the same way with z1 and with z3."""
    weights = {
        name: array + 0.8 * array[:, [0]] if array.shape[1:] == (3,) else array
        for name, array in model.weights.items()
    }
    return replace(model, weights=weights)


def test_distortion_agrees_with_the_jacobian_of_the_decoder() -> None:
    model, point = with_slanted_axes(snapshot(3)), (0.3, -0.2, 0.8)
    extent = (-0.4, 0.4, 0.1, 0.9)
    values = run(distortion_in_parts(Engine(model), extent, (2, 0), point, 16))
    x, y = -0.4 + 0.05 * 3.5, 0.1 + 0.05 * 10.5
    expected = jacobian_distortion(model, (y, -0.2, x), (2, 0))
    assert values[10, 3] == pytest.approx(expected, rel=1e-2)


def test_distortion_is_of_the_engine_that_answers_and_restores_no_other_model(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine, seen = Engine(snapshot()), []
    decode = engine.mean_images
    monkeypatch.setattr(engine, "mean_images", lambda z: seen.append(len(z)) or decode(z))

    def refuse(*_: object) -> None:
        raise AssertionError("another model")

    for place in ("core.inference.engine.restore", "core.vae.models.base.build"):
        monkeypatch.setattr(f"vae_gui.{place}", refuse)
    run(DistortionBackground(PLANE, RAMP).answer(engine))
    assert sum(seen) == (DISTORTION_CELLS + 1) ** 2


def test_backgrounds_are_long_requests_in_parts_so_that_the_pads_own_go_first() -> None:
    engine, data = Engine(snapshot()), two_clouds()
    requests = (
        Calibrate(data),
        CoverageBackground(run(calibrate(data)), PLANE, RAMP, LINE),
        DensityBackground(data, PLANE, (RED, BLUE), (0, 1)),
        DistortionBackground(PLANE, RAMP),
        ManifoldBackground(even_grid(PLANE.extent, 20, 10), PLANE),
    )
    for request in requests:
        assert sum(1 for _ in request.answer(engine)) >= 1
        assert request.cost > MAX_BATCH


def test_a_ramp_runs_from_its_first_to_its_last_colour() -> None:
    rgba = shade(np.array([[-1.0, 0.0, 0.5, 1.0, 2.0]]), ((0, 0, 0, 0), (100, 50, 200, 250)))
    assert rgba[0, [0, 1, 3, 4]].tolist() == [
        [0] * 4,
        [0] * 4,
        [100, 50, 200, 250],
        [100, 50, 200, 250],
    ]
    np.testing.assert_allclose(rgba[0, 2], [50, 25, 100, 125], atol=1)


def test_enlarging_is_linear_between_the_middles_of_cells() -> None:
    fine = enlarge(np.array([[0.0, 1.0, 2.0]]), 3)
    np.testing.assert_allclose(fine[0], [0, 0, 1 / 3, 2 / 3, 1, 4 / 3, 5 / 3, 2, 2], atol=1e-6)
    assert fine.shape == (3, 9)


def test_an_outline_is_the_inner_border_of_a_region() -> None:
    inside = np.zeros((5, 5), bool)
    inside[1:4, 1:4] = True
    expected = inside.copy()
    expected[2, 2] = False
    assert np.array_equal(outline(inside), expected)


def test_one_dimension_stacks_the_densities_of_its_classes() -> None:
    data = two_clouds(1)
    bands = stack(data.mu[:, 0], data.labels, (0, 1))
    assert bands.tops.max() == pytest.approx(1)
    assert (np.diff(bands.tops, axis=0) >= 0).all()
    view = View(-4, 4, -1, 3, width=80, height=40)
    rgba = draw_stack(bands, np.array([RED, BLUE]), view, unit=2.0)
    assert rgba[29, 20, :3].tolist() == [255, 0, 0]  # just above y = 0 at z1 = -2
    assert rgba[29, 60, :3].tolist() == [0, 0, 255]
    assert not rgba[30:].any()  # nothing below y = 0
    assert not rgba[:9].any()  # nothing above y = 2
    assert not rgba[:, 0].any()
