"""The shortest path over a grid of decoded images (Dijkstra 1959): where a geodesic search may start.

It finds the way around a ridge that the straight line crosses, where descent from the line stops before it.
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

CELLS = 32  # from a to b
BEHIND, BESIDE = 10, 19  # how many more behind each end, and to each side of the line
# (rows, columns) to the 16 neighbours of a node, one of each opposite two.
NEIGHBOURS = ((0, 1), (1, 0), (1, 1), (1, -1), (1, 2), (1, -2), (2, 1), (2, -1))


class GridGraph:
    """The nodes of a grid, counted row by row; an edge is as long as its two images are apart."""

    def __init__(self) -> None:
        self._rows = 0
        self._newest: deque[NDArray[np.floating]] = deque(maxlen=3)  # of the rows, the newest first
        self._edges: list[tuple[NDArray[np.floating], NDArray[np.intp], NDArray[np.intp]]] = []

    def add_row(self, images: NDArray[np.floating]) -> None:
        """images: (columns, pixels), the same number in each row."""
        self._newest.appendleft(images)
        nodes = np.arange(len(images))
        end = self._rows * len(images)
        for down, right in NEIGHBOURS:
            if down >= len(self._newest):
                continue
            here = slice(max(0, -right), len(images) - max(0, right))
            there = slice(max(0, right), len(images) + min(0, right))
            lengths = np.linalg.norm(images[there] - self._newest[down][here], axis=1)
            self._edges.append(
                (lengths, end - down * len(images) + nodes[here], end + nodes[there])
            )
        self._rows += 1

    def matrix(self) -> csr_array:
        """Sparse, (nodes, nodes); an edge stands in one direction only."""
        with import_lock():
            from scipy.sparse import coo_array

        lengths, starts, ends = (np.concatenate(part) for part in zip(*self._edges, strict=True))
        nodes = self._rows * len(self._newest[0])
        return coo_array((lengths, (starts, ends)), shape=(nodes, nodes)).tocsr()


def shortest_nodes(graph: csr_array, first: int, last: int) -> list[int]:
    """The nodes of the shortest path; none where a length is not finite."""
    with import_lock():
        from scipy.sparse.csgraph import dijkstra

    if not np.isfinite(graph.data).all():
        return []
    _, before = dijkstra(graph, directed=False, indices=first, return_predecessors=True)
    path = [last]
    while path[-1] != first:
        path.append(int(before[path[-1]]))
    return path[::-1]


def shortest_on_grid(
    a: NDArray[np.floating], b: NDArray[np.floating], images: Images
) -> Job[Points | None]:
    """From a to b (2,) over a grid along their line, (m, 2); None where an image is not finite."""
    along = np.arange(-BEHIND, CELLS + BEHIND + 1) / CELLS
    beside = np.arange(-BESIDE, BESIDE + 1) / CELLS
    across = np.array([a[1] - b[1], b[0] - a[0]])
    grid: Points = a + along[:, None] * (b - a) + beside[:, None, None] * across
    graph = GridGraph()
    for done, row in enumerate(grid):  # (columns, 2)
        yield Progress(done, len(grid), "Decoding a grid")
        graph.add_row(images(row))
    first = BESIDE * len(along) + BEHIND
    nodes = shortest_nodes(graph.matrix(), first, first + CELLS)
    if not nodes:
        return None
    path: Points = grid.reshape(-1, 2)[nodes]
    path[0], path[-1] = a, b
    return path
