"""Locally shortest paths of the image, on decoders whose shortest paths are known and on the shipped one."""

from collections.abc import Iterator
from itertools import pairwise, product
from math import gcd

import numpy as np
import pytest
import torch
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra
from torch import Tensor

from vae_gui.core.paths.curves import image_length, straight
from vae_gui.core.paths.geodesic import (
    NOT_FINITE,
    NOT_SHORTER,
    SAME_POINT,
    Decode,
    Geodesic,
    decoder_of,
    geodesic,
    images_of,
    shortest,
)
from vae_gui.core.paths.grid_geodesic import GridGraph, shortest_nodes
from vae_gui.core.paths.narrowing_band import straightened
from vae_gui.core.storage.workspace import load
from vae_gui.core.support.progress import Progress, finish
from vae_gui.core.vae.snapshot import Snapshot
from vae_gui.resources import resources_dir

A, B = np.array([-1.5, 0.2]), np.array([1.5, 0.2])


def affine(z: Tensor) -> Tensor:
    """Pixels that are affine in z, with no sigmoid."""
    weights = torch.linspace(-1, 1, 40).reshape(2, 20)
    return z @ weights + weights.sin()[0]


def hill(z: Tensor) -> Tensor:
    """A plane with a hill in the middle, which a short path walks around."""
    return torch.cat((z, 2 * torch.exp(-2 * z.square().sum(dim=1, keepdim=True))), dim=1)


def constant(z: Tensor) -> Tensor:
    return torch.ones(len(z), 5) + 0 * z[:, :1]


def chords(path: Geodesic, decode: object) -> np.ndarray:
    return np.linalg.norm(np.diff(images_of(decode)(path.points), axis=0), axis=1)


def by_dijkstra(decode: object, rows: int, columns: int) -> float:
    """The shortest way from A to B on a fine grid of [-2, 2] × [-1, 2], with steps in 64 directions."""
    xs, ys = np.linspace(-2, 2, columns), np.linspace(-1, 2, rows)
    grid = np.stack(np.meshgrid(xs, ys), axis=-1)  # (rows, columns, 2)
    pixels = images_of(decode)(grid.reshape(-1, 2)).reshape(rows, columns, -1)
    number = np.arange(rows * columns).reshape(rows, columns)
    edges = []
    for down, right in product(range(6), range(-5, 6)):
        if gcd(down, right) != 1 or (down == 0 and right < 0):
            continue
        here = slice(0, rows - down), slice(max(0, -right), columns - max(0, right))
        there = slice(down, rows), slice(max(0, right), columns + min(0, right))
        length = np.linalg.norm(pixels[here] - pixels[there], axis=-1)
        edges.append((length.ravel(), number[here].ravel(), number[there].ravel()))
    length, start, end = (np.concatenate(parts) for parts in zip(*edges, strict=True))
    graph = coo_array((length, (start, end)), shape=(number.size, number.size)).tocsr()
    a, b = (
        number[np.abs(ys - y).argmin(), np.abs(xs - x).argmin()]
        for x, y in (A.tolist(), B.tolist())
    )
    return float(dijkstra(graph, directed=False, indices=a)[b])


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """Small tensors: several threads that wait for each other take ten times as long on a busy machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def around() -> Geodesic:
    return finish(shortest(hill, np.stack((A, B)), 32))


@pytest.fixture(scope="module")
def shipped() -> Snapshot:
    return load(resources_dir() / "pretrained.vae").checkpoint.snapshot


def test_on_a_curved_decoder_it_is_shorter_and_what_dijkstra_finds(around: Geodesic) -> None:
    assert around.note == ""
    assert around.length < 0.9 * around.straight_length
    assert around.length == pytest.approx(by_dijkstra(hill, 121, 161), rel=0.02)


def test_both_lengths_are_those_of_the_refined_ways(around: Geodesic) -> None:
    images = images_of(hill)
    assert around.length == pytest.approx(image_length(around.curve, images), rel=1e-4)
    line = straight(A, B, 65)
    assert around.straight_length == pytest.approx(image_length(line, images), rel=1e-4)


def test_frames_change_the_image_evenly_and_cut_no_corner(around: Geodesic) -> None:
    steps = chords(around, hill)
    assert np.array_equal(around.points[[0, -1]], [A, B])
    assert around.points.shape == (32, 2)
    assert steps.min() / steps.max() > 0.97
    assert steps.sum() / around.length >= 0.97


def test_on_an_affine_decoder_it_is_the_straight_line_and_says_so() -> None:
    path = finish(shortest(affine, np.stack((A, B)), 16))
    assert path.note == NOT_SHORTER
    assert path.length == path.straight_length
    assert np.allclose(path.points, straight(A, B, 16), atol=1e-5)


def test_equal_ends_make_a_path_of_length_zero() -> None:
    path = finish(shortest(hill, np.stack((A, A)), 8))
    assert (path.length, path.straight_length, path.note) == (0, 0, SAME_POINT)
    assert np.array_equal(path.points, np.tile(A, (8, 1)))


def test_an_image_that_never_changes_gives_the_straight_line() -> None:
    path = finish(shortest(constant, np.stack((A, B)), 5))
    assert path.note == NOT_SHORTER
    assert np.allclose(path.points, straight(A, B, 5))


def no_image(z: Tensor) -> Tensor:
    return torch.nan * constant(z)


def no_gradient(z: Tensor) -> Tensor:
    """Finite images whose gradient is not: the square root has none at 0."""
    return hill(z) + (0 * z[:, :1]).sqrt()


def no_image_beside_the_line(z: Tensor) -> Tensor:
    return torch.where((z[:, 1:2] - 0.2).abs() < 1e-4, hill(z), torch.nan)


@pytest.mark.parametrize("decode", [no_image, no_gradient, no_image_beside_the_line])
def test_what_is_not_finite_gives_the_straight_line_and_says_so(decode: Decode) -> None:
    ends = np.stack([[*end, 0.0] for end in (A, B)])  # three dimensions, so that no grid helps
    path = finish(shortest(decode, ends, 5))
    assert path.note == NOT_FINITE
    assert np.allclose(path.curve, straight(*ends, len(path.curve)))


def test_on_a_plane_the_grid_finds_a_path_without_gradients() -> None:
    path = finish(shortest(no_gradient, np.stack((A, B)), 5))
    assert path.note == ""
    assert path.length < 0.9 * path.straight_length


def test_it_goes_through_every_keyframe_and_its_lengths_add_up() -> None:
    middle = np.array([0.5, 1.5])
    keyframes = np.stack((A, middle, B))
    path = finish(shortest(hill, keyframes, 24))
    legs = [finish(shortest(hill, np.stack(ends), 8)) for ends in pairwise(keyframes)]
    (stop,) = np.flatnonzero((path.points == middle).all(axis=1))
    assert path.length == pytest.approx(sum(leg.length for leg in legs))
    assert path.straight_length == pytest.approx(sum(leg.straight_length for leg in legs))
    steps = chords(path, hill)
    assert len(steps) == 23
    assert steps[:stop].min() / steps[:stop].max() > 0.95
    assert steps[:stop].mean() == pytest.approx(steps[stop:].mean(), rel=0.1)


def test_it_works_in_many_dimensions() -> None:
    def lifted(z: Tensor) -> Tensor:
        return torch.cat((hill(z[:, :2]), 0.5 * z[:, 2:]), dim=1)

    ends = np.zeros((2, 20))
    ends[:, :2] = A, B
    path = finish(shortest(lifted, ends, 32))
    assert path.points.shape == (32, 20)
    assert path.length < 0.9 * path.straight_length


def test_the_work_is_bounded_where_every_path_is_as_short_as_any_other() -> None:
    decoded = [0]

    def counted(z: Tensor) -> Tensor:
        decoded[0] += len(z)
        return constant(z)

    finish(shortest(counted, np.array([[-2.0, -2], [2, 2]]), 5))
    assert decoded[0] < 2 * MAX_DECODED


def test_on_the_shipped_model_frames_are_even_and_no_longer_than_the_line(
    shipped: Snapshot,
) -> None:
    reports: list[Progress] = []
    path = finish(geodesic(shipped, np.array([[2.4, 0.0], [2.0, 1.6]]), 32), reports.append)
    steps = chords(path, decoder_of(shipped))
    assert 2 < len(reports) < 100
    assert path.length <= path.straight_length
    assert steps.sum() / path.length >= 0.97
    assert steps.min() / steps.max() > 0.9


# Places of encodings; the last two paths lead around all of them.
FAR_PAIRS = (
    [[-0.6, -2.16], [0.49, 0.78]],
    [[-4.53, 1.05], [0.01, -2.22]],
    [[-3.03, 1.67], [1.0, 0.44]],
)
MAX_DECODED = 25_000


@pytest.fixture(scope="module")
def best_known(shipped: Snapshot) -> list[float]:
    """The lengths of the paths of another grid, the same for all pairs, after more rounds with more points."""
    images, axis = images_of(decoder_of(shipped)), np.linspace(-6, 6, 181)
    grid = GridGraph(np.ones((len(axis), len(axis)), np.bool_))
    for y in axis:
        grid.add_row(images(np.column_stack((axis, np.full(len(axis), y)))))
    graph, lengths = grid.matrix(), []
    for ends in np.array(FAR_PAIRS):
        columns, rows = np.abs(ends.T[..., None] - axis).argmin(axis=-1)
        nodes = np.array(shortest_nodes(graph, *(rows * len(axis) + columns).tolist()))
        path = np.column_stack((axis[nodes % len(axis)], axis[nodes // len(axis)]))
        path[[0, -1]] = ends
        lengths.append(image_length(finish(straightened(path, images, 193, 7)), images))
    return lengths


def test_far_geodesics_of_the_shipped_model_are_as_short_as_the_best_known_and_cost_little(
    shipped: Snapshot, best_known: list[float]
) -> None:
    decode, decoded, excess = decoder_of(shipped), [0], []

    def counted(z: Tensor) -> Tensor:
        decoded[-1] += len(z)
        return decode(z)

    for ends, best in zip(FAR_PAIRS, best_known, strict=True):
        excess.append(finish(shortest(counted, np.array(ends), 32)).length / best - 1)
        assert decoded[-1] < MAX_DECODED
        decoded.append(0)
    assert max(excess) < 0.03 and np.mean(excess) < 0.01, excess


def test_the_shortest_round_is_kept_when_the_curve_leaps(monkeypatch: pytest.MonkeyPatch) -> None:
    ends = np.stack([[*end, 0.0] for end in (A, B)])
    bump = np.sin(np.linspace(0, np.pi, 65))[:, None] * [[0.0, 1.0, 0.0]]
    heights = iter([0.4, 0.8, 3.0])  # the last is much longer than the straight line

    class Leaping:
        """Its energy falls all the time."""

        def __init__(self, *_: object) -> None:
            self.energy = 100.0

        def lower(self) -> float:
            self.energy *= 0.9
            return self.energy

        def curve(self) -> np.ndarray:
            return straight(*ends, 65) + next(heights) * bump

    monkeypatch.setattr("vae_gui.core.paths.curve_energy.CurveEnergy", Leaping)
    path = finish(shortest(hill, ends, 8))
    assert np.allclose(path.curve, straight(*ends, 65) + 0.8 * bump)


@pytest.mark.parametrize(
    "text", ["Measuring the path", "Decoding a grid", "Looking for the geodesic"]
)
def test_it_stops_in_each_of_its_parts(text: str) -> None:
    job = shortest(hill, np.stack((A, B)), 32)
    while next(job).text != text:
        pass
    job.close()
    with pytest.raises(StopIteration):
        next(job)


def test_it_can_be_stopped_every_thousand_images(shipped: Snapshot) -> None:
    decode, decoded = decoder_of(shipped), [0]

    def counted(z: Tensor) -> Tensor:
        decoded[-1] += len(z)
        return decode(z)

    ends = np.array([[2.4, 0.0], [2.0, 1.6]])
    finish(shortest(counted, ends, 32), lambda _: decoded.append(0))
    assert max(decoded) < 1000
