"""The modes of a density that is known on square cells of many sizes, and the share of the mass that each holds."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.analysis.exact_posterior import ExactPosterior

Indices = NDArray[np.int64]
Floats = NDArray[np.float64]

VALLEY = np.log(2)  # nats: two peaks are one mode unless the density falls to half between them
_SIDES = tuple((x, y) for x in (-1, 0, 1) for y in (-1, 0, 1) if (x, y) != (0, 0))
_FAR = 1 << 31  # more cells than there are along an axis


@dataclass(frozen=True, slots=True, eq=False)
class Modes:
    """The modes of a posterior, heaviest first.

    z: (k, 2), the middle of the highest cell of each. shares: (k,) of the mass.
    """

    z: Floats
    shares: Floats


def modes_of(posterior: ExactPosterior, most: int, least_share: float) -> Modes:
    """Return at most `most` modes, each with `least_share` of the mass or more; always the heaviest.

    Each cell belongs to the peak that is reached from it by the steepest way up (watershed).
    """
    log_density = np.log(posterior.probabilities) - 2 * np.log(posterior.sizes)
    pairs = _neighbours(posterior.centres, posterior.sizes)
    peaks = _merged(_steepest_peaks(log_density, pairs), log_density, pairs)
    tops, of_cell = np.unique(peaks, return_inverse=True)
    shares = np.bincount(of_cell, posterior.probabilities)
    order = np.argsort(-shares, kind="stable")[:most]
    kept = order[(shares[order] >= least_share) | (order == order[0])]
    return Modes(posterior.centres[tops[kept]], shares[kept])


def _neighbours(centres: Floats, sizes: Floats) -> Indices:
    """Pairs of cells that touch, (m, 2), each in both orders. The cells are squares of a quadtree about 0."""
    unit = sizes.min()
    levels = np.rint(np.log2(sizes / unit)).astype(np.int64)
    corners = np.rint((centres - sizes[:, None] / 2) / unit).astype(np.int64)
    widths = np.int64(1) << levels
    found = []
    for side in _SIDES:
        # Half of a unit beyond the middle of that side: in the cell there, if it is as large or larger.
        beyond = (2 * corners + widths[:, None] + np.array(side) * (widths[:, None] + 1)) // 2
        for level in np.unique(levels):
            there = np.flatnonzero(levels == level)
            keys = _key(corners[there], level)
            order = np.argsort(keys)
            wanted = _key(beyond, level)
            place = np.minimum(np.searchsorted(keys[order], wanted), len(order) - 1)
            hit = np.flatnonzero(keys[order][place] == wanted)
            found.append(np.stack((hit, there[order][place[hit]]), axis=1))
    pairs = np.concatenate(found)
    return np.concatenate((pairs, pairs[:, ::-1]))


def _key(corners: Indices, level: np.int64) -> Indices:
    """Return one number for the cell of this level that holds a corner, (n, 2) -> (n,)."""
    cell = corners >> level
    key: Indices = cell[:, 0] * _FAR + cell[:, 1]
    return key


def _steepest_peaks(log_density: Floats, pairs: Indices) -> Indices:
    """Return the peak that each cell reaches by going to its highest neighbour again and again."""
    here, there = pairs.T
    best = log_density.copy()
    np.maximum.at(best, here, log_density[there])
    up = np.arange(len(log_density))
    climbs = (log_density[there] == best[here]) & (best[here] > log_density[here])
    up[here[climbs]] = there[climbs]
    while not np.array_equal(up, up[up]):
        up = up[up]
    return up


def _merged(peaks: Indices, log_density: Floats, pairs: Indices) -> Indices:
    """The same with low peaks given to the higher ones from which no deep valley parts them."""
    ends = np.sort(peaks[pairs], axis=1)
    across = ends[:, 0] != ends[:, 1]
    passes, which = np.unique(ends[across], axis=0, return_inverse=True)
    saddles = np.full(len(passes), -np.inf)
    np.maximum.at(saddles, which.ravel(), log_density[pairs[across]].min(axis=1))
    owner = np.arange(len(peaks))
    for index in np.argsort(-saddles, kind="stable"):
        low, high = sorted((_root(owner, end) for end in passes[index]), key=log_density.item)
        if log_density[low] - saddles[index] < VALLEY:
            owner[low] = high
    return np.array([_root(owner, peak) for peak in range(len(peaks))])[peaks]


def _root(owner: Indices, peak: int) -> int:
    while owner[peak] != peak:
        peak = int(owner[peak])
    return peak
