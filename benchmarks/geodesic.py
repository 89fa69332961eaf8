"""L2 to L4: geodesics of the shipped model beside the best that long searches find: `python -m benchmarks geodesic`.

The best is the shortest of ours and of what Dijkstra's path on a grid of 401×401 over the plane becomes when it is
straightened in a band of more points and rounds, and then by L-BFGS. That takes a minute or two, most of it for the
reference.
"""

import time
from dataclasses import dataclass

import numpy as np
import torch

from benchmarks.common import Claim, percentile
from benchmarks.report import table
from vae_gui.core.paths.curve_energy import CurveEnergy
from vae_gui.core.paths.curves import Images, Points, image_length, measured
from vae_gui.core.paths.geodesic import Decode, decoder_of, geodesic, images_of
from vae_gui.core.paths.grid_geodesic import GridGraph, shortest_nodes
from vae_gui.core.paths.narrowing_band import straightened
from vae_gui.core.storage.workspace import Workspace, load
from vae_gui.core.support.progress import finish
from vae_gui.resources import resources_dir

PAIRS, SEED, FAR = 16, 0, 2.0
FRAMES = 32
POINTS, BAND_ROUNDS = 193, 7
NODES, EXTENT = 401, 6.0
MEAN_TARGET, MAX_TARGET, SECONDS_TARGET = 0.01, 0.03, 1.0


@dataclass(frozen=True, slots=True)
class Search:
    """Lengths of one pair, each step refined 32 times."""

    straight: float
    ours: float
    best: float
    seconds: float

    @property
    def excess(self) -> float:
        return self.ours / self.best - 1


def far_pairs(workspace: Workspace) -> list[Points]:
    """Two encodings each, (2, 2), more than FAR apart."""
    assert workspace.encodings is not None
    random, mu = np.random.default_rng(SEED), workspace.encodings.mu.astype(np.float64)
    pairs: list[Points] = []
    while len(pairs) < PAIRS:
        pair = mu[random.choice(len(mu), 2, replace=False)]
        if np.linalg.norm(pair[0] - pair[1]) > FAR:
            pairs.append(pair)
    return pairs


def by_dijkstra(pairs: list[Points], images: Images) -> list[Points]:
    """The shortest path of each pair on the fine grid, with its ends moved onto a and b."""
    axis = np.linspace(-EXTENT, EXTENT, NODES)
    graph = GridGraph(np.ones((NODES, NODES), np.bool_))
    for y in axis:
        graph.add_row(images(np.column_stack((axis, np.full(NODES, y)))))
    matrix = graph.matrix()

    def path(ends: Points) -> Points:
        first, last = (
            int(row * NODES + column) for column, row in np.abs(ends[..., None] - axis).argmin(-1)
        )
        nodes = np.array(shortest_nodes(matrix, first, last))
        found = np.column_stack((axis[nodes % NODES], axis[nodes // NODES]))
        found[0], found[-1] = ends
        return found

    return [path(ends) for ends in pairs]


def by_descent(start: Points, decode: Decode, images: Images) -> Points:
    """L-BFGS from a curve until the energy of POINTS points no longer falls."""
    bending = CurveEnergy(decode, finish(measured(start, images)).evenly(POINTS), 20)
    before, energy = np.inf, bending.lower()
    while before - energy > 1e-4 * energy:
        before, energy = energy, bending.lower()
    return bending.curve()


def best_length(ours: Points, on_grid: Points, decode: Decode, images: Images) -> float:
    """Return the least length of all known curves between these ends."""
    bands = [finish(straightened(start, images, POINTS, BAND_ROUNDS)) for start in (on_grid, ours)]
    shortest = min(bands, key=lambda curve: image_length(curve, images))
    rivals = (ours, *bands, by_descent(shortest, decode, images))
    return min(image_length(curve, images) for curve in rivals)


def searches() -> list[Search]:
    """Each pair searched, timed and compared; prints a line for each."""
    torch.set_num_threads(1)
    workspace = load(resources_dir() / "pretrained.vae")
    snapshot = workspace.checkpoint.snapshot
    decode, pairs = decoder_of(snapshot), far_pairs(workspace)
    images = images_of(decode)
    finish(geodesic(snapshot, pairs[0], FRAMES))  # imports what a search needs
    ours, seconds = [], []
    for ends in pairs:
        began = time.perf_counter()
        ours.append(finish(geodesic(snapshot, ends, FRAMES)))
        seconds.append(time.perf_counter() - began)
    found = []
    for i, on_grid in enumerate(by_dijkstra(pairs, images)):
        best = best_length(ours[i].curve, on_grid, decode, images)
        found.append(Search(ours[i].straight_length, ours[i].length, best, seconds[i]))
        print(
            f"{i:2d}: straight {found[i].straight:.2f}, ours {found[i].ours:.2f}, best {best:.2f}, "
            f"excess {found[i].excess:.1%}, {seconds[i]:.2f} s",
            flush=True,
        )
    return found


def run() -> list[Claim]:
    """All claims of this file."""
    found = searches()
    excess = np.array([search.excess for search in found])
    return [
        _seconds_claim([search.seconds for search in found]),
        _claim("L3", "mean excess over the best known", float(excess.mean()), MEAN_TARGET),
        _claim("L4", "greatest excess", float(excess.max()), MAX_TARGET),
    ]


def _claim(key: str, text: str, measured: float, target: float) -> Claim:
    return Claim(
        key,
        f"the same: {text}",
        f"{measured:.1%}",
        f"bands of {POINTS} points and L-BFGS, from Dijkstra on {NODES}×{NODES}",
        1 + measured,
        f"≤ {target:.0%}",
        measured <= target,
    )


def _seconds_claim(seconds: list[float]) -> Claim:
    median = percentile(seconds, 0.5)
    return Claim(
        "L2",
        f"geodesics between {PAIRS} far pairs of encodings of the pretrained model, median / slowest",
        f"{median:.2f} / {max(seconds):.2f} s",
        "",
        median,
        f"≤ {SECONDS_TARGET:g} s",
        median <= SECONDS_TARGET,
    )


if __name__ == "__main__":
    print(table(run()))
