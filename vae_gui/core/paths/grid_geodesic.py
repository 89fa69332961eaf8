"""The shortest path over a grid of decoded images (Dijkstra 1959): where a geodesic of a plane starts.

It finds the way around a ridge that the straight line crosses, where descent from the line stops before it. A coarse
grid, which reaches far beyond the two ends, tells where short paths are; a fine one looks there alone.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.paths.curves import Images, Points
from vae_gui.core.support.imports import import_lock
from vae_gui.core.support.progress import Job, Progress

if TYPE_CHECKING:
    from scipy.sparse import csr_array

CELLS = 48  # the distance from a to b, in cells of the coarse grid
PARTS = 2  # cells of the fine grid in one of the coarse, along each axis
AROUND = 0.15  # how far the cells are alike beyond the ends, in distances from a to b
REACH = 1.0  # how far the grid goes beyond that, where little changes
GROWTH = 1.3  # from one cell to the next, out there
BESIDE = PARTS + 1  # cells of the fine grid around a node of the coarse one that is let through
SLACK = 1.05  # times the shortest path: what the coarse grid lets the fine one try
# (rows, columns) to the 16 neighbours of a node, one of each opposite two.
NEIGHBOURS = ((0, 1), (1, 0), (1, 1), (1, -1), (1, 2), (1, -2), (2, 1), (2, -1))
_BLOCK = 512  # nodes, about, that are decoded at once
Wanted = NDArray[np.bool_]


class GridGraph:
    """The nodes of a grid, counted row by row; an edge is as long as its two images are apart."""

    def __init__(self, wanted: Wanted) -> None:
        """wanted: (rows, columns), the nodes that have edges."""
        self._wanted = wanted
        self._rows = 0
        # Columns and images of the rows, the newest first.
        self._newest: deque[tuple[NDArray[np.intp], NDArray[np.floating]]] = deque(maxlen=3)
        self._edges: list[tuple[NDArray[np.floating], NDArray[np.intp], NDArray[np.intp]]] = []

    def add_row(self, images: NDArray[np.floating]) -> None:
        """Add the edges of the next row; an edge of an image that is not finite is left out.

        images: (nodes, pixels), those of the row's nodes that are wanted.
        """
        columns = np.flatnonzero(self._wanted[self._rows])
        self._newest.appendleft((columns, images))
        for down, right in NEIGHBOURS:
            if down >= len(self._newest):
                continue
            others, other_images = self._newest[down]
            ends, there, here = np.intersect1d(
                columns, others + right, assume_unique=True, return_indices=True
            )
            if not len(ends):
                continue
            lengths = np.linalg.norm(images[there] - other_images[here], axis=1)
            known = np.isfinite(lengths)
            width = self._wanted.shape[1]
            starts = (self._rows - down) * width + others[here]
            self._edges.append((lengths[known], starts[known], (self._rows * width + ends)[known]))
        self._rows += 1

    def matrix(self) -> csr_array:
        """Sparse, (nodes, nodes); an edge stands in one direction only."""
        with import_lock():
            from scipy.sparse import coo_array

        lengths, starts, ends = (np.concatenate(part) for part in zip(*self._edges, strict=True))
        nodes = self._wanted.size
        return coo_array((lengths, (starts, ends)), shape=(nodes, nodes)).tocsr()


def shortest_nodes(graph: csr_array, first: int, last: int) -> list[int]:
    """Return the nodes of the shortest path; none where there is no path."""
    with import_lock():
        from scipy.sparse.csgraph import dijkstra

    lengths, before = dijkstra(graph, directed=False, indices=first, return_predecessors=True)
    if not np.isfinite(lengths[last]):
        return []
    path = [last]
    while path[-1] != first:
        path.append(int(before[path[-1]]))
    return path[::-1]


def shortest_on_grid(
    a: NDArray[np.floating], b: NDArray[np.floating], images: Images
) -> Job[Points | None]:
    """Return the path from a to b (2,) over the fine grid, (m, 2); None where there is none."""
    grid = _coarse_grid(a, b)
    everywhere = np.ones(grid.shape, np.bool_)
    graph = yield from _graph(grid, everywhere, images)
    near = _near_shortest(graph, grid.node_at(a), grid.node_at(b)).reshape(grid.shape)
    if not near.any():
        return None
    fine = grid.divided(PARTS)
    graph = yield from _graph(fine, _around(near), images)
    nodes = shortest_nodes(graph, fine.node_at(a), fine.node_at(b))
    if not nodes:
        return None
    path = fine.points()[nodes]
    path[0], path[-1] = a, b
    return path


class _Grid:
    """The places where the lines of x (columns,) and y (rows,) meet."""

    def __init__(self, x: Points, y: Points) -> None:
        self.x, self.y = x, y
        self.shape = len(y), len(x)

    def points(self) -> Points:
        """(rows · columns, 2), row by row."""
        x, y = np.meshgrid(self.x, self.y)
        return np.column_stack((x.ravel(), y.ravel()))

    def node_at(self, place: NDArray[np.floating]) -> int:
        """Return the nearest node."""
        row, column = np.abs(self.y - place[1]).argmin(), np.abs(self.x - place[0]).argmin()
        return int(row * len(self.x) + column)

    def divided(self, parts: int) -> _Grid:
        """Return the same grid with each cell divided along both axes."""
        return _Grid(*(_divided(axis, parts) for axis in (self.x, self.y)))


def _divided(axis: Points, parts: int) -> Points:
    places = np.arange((len(axis) - 1) * parts + 1) / parts
    divided: Points = np.interp(places, np.arange(len(axis)), axis)
    return divided


def _coarse_grid(a: NDArray[np.floating], b: NDArray[np.floating]) -> _Grid:
    distance = float(np.linalg.norm(b - a))
    cell, around = distance / CELLS, AROUND * distance
    growing = [cell * GROWTH]
    while sum(growing) < REACH * distance:
        growing.append(growing[-1] * GROWTH)
    beyond = np.cumsum(growing)
    lines = []
    for ends in zip(a, b, strict=True):
        low, high = min(ends) - around, max(ends) + around
        inner = np.linspace(low, high, 1 + int(np.ceil((high - low) / cell)))
        lines.append(np.concatenate((low - beyond[::-1], inner, high + beyond)))
    return _Grid(*lines)


def _graph(grid: _Grid, wanted: Wanted, images: Images) -> Job[csr_array]:
    graph = GridGraph(wanted)
    counts = wanted.sum(axis=1)
    block_of = np.cumsum(counts) // _BLOCK
    for block in np.unique(block_of):
        rows = np.flatnonzero(block_of == block)
        yield Progress(int(rows[0]), len(counts), "Decoding a grid")
        row, column = np.nonzero(wanted[rows])
        places = np.column_stack((grid.x[column], grid.y[rows][row]))
        seen = images(places) if len(places) else np.zeros((0, 1))
        for part in np.split(seen, np.cumsum(counts[rows])[:-1]):
            graph.add_row(part)
    return graph.matrix()


def _near_shortest(graph: csr_array, first: int, last: int) -> Wanted:
    """Return through which nodes there is a path that is little longer than the shortest."""
    with import_lock():
        from scipy.sparse.csgraph import dijkstra

    from_first, from_last = dijkstra(graph, directed=False, indices=[first, last])
    through = from_first + from_last
    near: Wanted = np.isfinite(through) & (through <= SLACK * from_first[last])
    return near


def _around(near: Wanted) -> Wanted:
    """Return the nodes of the fine grid in the cells beside these nodes of the coarse one."""
    with import_lock():
        from scipy.ndimage import binary_dilation

    fine = np.zeros([(count - 1) * PARTS + 1 for count in near.shape], np.bool_)
    fine[::PARTS, ::PARTS] = near
    wide: Wanted = binary_dilation(fine, np.ones((2 * BESIDE + 1, 2 * BESIDE + 1)))
    return wide
